"""The npm package: the files of web/npm/, and release.js with the URL and the hash of this build's embed script.

The URL is that of `embed-HASH.js`. Its bytes never change, so a page can check their hash as long as it uses this
version of the package.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from ..machine import node
from ..machine.environment import ROOT
from ..machine.errors import BuildError

SOURCE = ROOT / "web" / "npm"
CDN_URL = "https://cdn.tresta.app"


def build(dist: Path, directory: Path, version: str) -> Path:
    """Write the package into the directory, and return its path. The same sources give the same bytes.

    `dist` is the built dist/. Raises BuildError.
    """
    directory.mkdir(parents=True, exist_ok=True)
    version = version.replace("+", "-")  # npm drops what follows a plus; after a hyphen it is a prerelease
    with tempfile.TemporaryDirectory() as scratch:
        package = Path(scratch) / "package"
        package.mkdir()
        _fill(package, dist, version)
        node.npm(
            "pack",
            "--offline",
            "--ignore-scripts",
            "--loglevel=error",
            f"--cache={Path(scratch) / 'cache'}",  # else npm would need a writable home directory
            f"--pack-destination={directory.resolve()}",
            cwd=package,
            failure="The npm package could not be packed.",
        )
    return directory / f"tresta-widget-{version}.tgz"


def _fill(package: Path, dist: Path, version: str) -> None:
    for path in [*SOURCE.glob("*.*"), ROOT / "LICENSE"]:
        shutil.copyfile(path, package / path.name)
    metadata = json.loads((package / "package.json").read_text(encoding="utf-8"))
    metadata["version"] = version
    (package / "package.json").write_text(json.dumps(metadata, indent=2) + "\n", encoding="utf-8")
    (package / "release.js").write_text(_release(dist), encoding="utf-8")
    for path in package.iterdir():
        path.chmod(0o644)  # else the modes would depend on this machine's umask


def _release(dist: Path) -> str:
    """The source of release.js."""
    scripts = list(dist.glob("embed-*.js"))
    if len(scripts) != 1:
        raise BuildError(f"{dist} must have one file embed-HASH.js: run python3 build.py bundle.")
    digest = base64.b64encode(hashlib.sha384(scripts[0].read_bytes()).digest()).decode()
    constants = {"EMBED_URL": f"{CDN_URL}/{scripts[0].name}", "EMBED_INTEGRITY": f"sha384-{digest}"}
    return "".join(f"export const {name} = {json.dumps(value)};\n" for name, value in constants.items())
