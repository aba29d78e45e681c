"""dist/: everything a page loads from the CDN, and nothing else.

    embed.js                                the script tag's file
    tresta_widget-<version>-py3-none-any.whl
    pyodide/                                Python itself
    pyscript/                               for pages in PyScript; the script tag does not need it

All but embed.js is found by it: relative to its own address.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import budget, compression, loader, node, progress, wheel
from .environment import ROOT

DIST = ROOT / "dist"
CACHE = ROOT / ".cache"

_PYODIDE = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
# What PyScript's editor and terminal load once a page has one; none of ours does.
_PYSCRIPT_EXTRAS = ("codemirror", "xterm", "service-worker")


def build() -> Path:
    """Bring dist/ up to date, and return it; raises BuildError. Does nothing when no source has changed."""
    stamp = CACHE / "dist-inputs"
    digest = _digest()
    if DIST.is_dir() and stamp.exists() and stamp.read_text() == digest:
        return DIST
    node.install_packages()
    CACHE.mkdir(exist_ok=True)
    with progress.step("Building dist/"), tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        draft = Path(scratch) / "dist"
        draft.mkdir()
        _fill(draft)
        draft.chmod(0o755)
        if DIST.exists():
            DIST.rename(Path(scratch) / "old")
        draft.rename(DIST)  # the whole of it at once: a failed build leaves the last good one
    stamp.write_text(digest)
    return DIST


def _fill(dist: Path) -> None:
    loader.build(dist / "embed.js")
    budget.check(dist)
    wheel.build(dist)
    _copy((node.MODULES / "pyodide" / name for name in _PYODIDE), dist / "pyodide")
    _copy(_pyscript_files(), dist / "pyscript")
    compression.compress_all(dist)


def _pyscript_files() -> Iterator[Path]:
    for path in sorted((node.MODULES / "@pyscript" / "core" / "dist").iterdir()):
        if path.suffix in (".js", ".css") and not path.name.startswith(_PYSCRIPT_EXTRAS):
            yield path


def _copy(paths: Iterator[Path], directory: Path) -> None:
    directory.mkdir()
    for path in paths:
        shutil.copyfile(path, directory / path.name)


def _digest() -> str:
    """A hash of everything that decides what is in dist/."""
    sources = [loader.SOURCE, ROOT / "pyproject.toml", node.HERE / "package-lock.json"]
    sources += sorted([*(ROOT / "widget").rglob("*.py"), *node.HERE.glob("*.py")])
    digest = hashlib.sha256()
    for path in sources:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()
