"""Node.js and the npm packages of package-lock.json: the Python runtime, PyScript and the minifier."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import command, environment, progress

PROJECT = Path(__file__).resolve().parents[1]  # the directory of package.json
LOCK = PROJECT / "package-lock.json"
MODULES = PROJECT / "node_modules"
OLDEST = 20  # the oldest supported major version


def install_packages(directory: Path = PROJECT) -> None:
    """Install the packages of the directory's package-lock.json into its node_modules. Raises BuildError."""
    lock = (directory / "package-lock.json").read_bytes()
    stamp = directory / "node_modules" / f".installed-{hashlib.sha256(lock).hexdigest()[:16]}"
    if stamp.exists():
        return
    with progress.step("Installing npm packages (first time only, some seconds)"):
        # No package needs its install scripts, and they would run with this user's rights.
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1")
        npm("ci", *options, cwd=directory, failure="The npm packages could not be installed.")
    stamp.touch()


def npm(*arguments: str, cwd: Path, failure: str) -> str:
    """Run npm in the directory `cwd`; returns its output. Raises BuildError(`failure`)."""
    path = _path()
    # The cache is in the checkout, since the one in the home directory may be read-only.
    env = {"PATH": path, "npm_config_cache": str(environment.CACHE / "npm")}
    return command.run([shutil.which("npm", path=path) or "npm", *arguments], failure, cwd=cwd, env=env)


def run(script: str | Path, *arguments: str | Path, failure: str) -> str:
    """Run a script of node_modules, such as `esbuild/bin/esbuild`, or of an absolute path; returns its output.

    Raises BuildError(`failure`).
    """
    path = _path()
    node = shutil.which("node", path=path) or "node"
    return command.run([node, MODULES / script, *arguments], failure, env={"PATH": path})


def _path() -> str:
    """The PATH with `node` and `npm`: this machine's own if they are new enough, else those of PyPI."""
    own = os.environ.get("PATH", "")
    if _version(own) >= OLDEST and shutil.which("npm", path=own):
        return own
    environment.install("node", what="Node.js from PyPI (this machine has none that is new enough)")
    return f"{environment.PYTHON.parent}{os.pathsep}{own}"


def _version(path: str) -> int:
    """The major version of the Node.js on this PATH, or 0 if there is none."""
    node = shutil.which("node", path=path)
    if node is None:
        return 0
    output = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.", output)
    return int(match[1]) if match else 0
