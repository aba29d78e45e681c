"""Node.js and the npm packages of package-lock.json: the Python runtime, PyScript and the minifier."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import command, environment, progress

PROJECT = Path(__file__).resolve().parents[1]  # where package.json is
LOCK = PROJECT / "package-lock.json"
MODULES = PROJECT / "node_modules"
OLDEST = 20  # the oldest major version that still gets repairs


def install_packages(directory: Path = PROJECT) -> None:
    """Bring the directory's node_modules to what its package-lock.json pins; raises BuildError."""
    lock = (directory / "package-lock.json").read_bytes()
    stamp = directory / "node_modules" / f".installed-{hashlib.sha256(lock).hexdigest()[:16]}"
    if stamp.exists():
        return
    path = _path()
    npm = shutil.which("npm", path=path) or "npm"
    with progress.step("Installing npm packages (first time only, some seconds)"):
        # No install scripts: none of these packages needs one, and they would run with our rights.
        command.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"],
            "The npm packages could not be installed.",
            cwd=directory,
            # A cache of our own: the one in the home directory may be read-only.
            env={"PATH": path, "npm_config_cache": str(environment.CACHE / "npm")},
        )
    stamp.touch()


def run(script: str | Path, *arguments: str | Path, failure: str) -> str:
    """What a script prints, one of node_modules such as `esbuild/bin/esbuild`, or any by its whole path.

    Raises BuildError(`failure`).
    """
    path = _path()
    node = shutil.which("node", path=path) or "node"
    return command.run([node, MODULES / script, *arguments], failure, env={"PATH": path})


def _path() -> str:
    """The PATH on which `node` and `npm` are: this machine's own where it is new enough, else PyPI's."""
    own = os.environ.get("PATH", "")
    if _version(own) >= OLDEST and shutil.which("npm", path=own):
        return own
    environment.install("node", what="Node.js from PyPI (there is none here that is new enough)")
    return f"{environment.PYTHON.parent}{os.pathsep}{own}"


def _version(path: str) -> int:
    """The major version of the Node.js on this PATH, 0 where there is none."""
    node = shutil.which("node", path=path)
    if node is None:
        return 0
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.", said)
    return int(found[1]) if found else 0
