"""dist/: the files that pages load from the CDN, and the console.

    embed.js                  the script tag's file
    embed-HASH.js             a copy of it for pages that check its hash: the npm package has its URL
    carousel-HASH.js          moves a carousel
    boot-HASH.js              starts Python where it is needed: the slim runtime, or the released one as fallback
    runtime-HASH.js  python-HASH.wasm  cold-HASH.bin  snapshot-data-HASH.bin  snapshot-heap-HASH.bin   the slim runtime
    pyodide/                  the released Pyodide, which needs the wheel
    tresta_widget-VERSION-py3-none-any.whl
    pyscript/                 for PyScript pages; the script tag does not need it
    regions.json              the region of each time zone, for pages of accounts that collect regions
    manifest.json             the hash of each file
    console/                  served by the server at /console/; a CDN does not need it

embed.js finds the other files relative to its own URL. A file with a hash in its name never changes. A CDN must keep
those of earlier releases: pages with an earlier npm package still load them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..machine import lock, node, progress
from ..machine.digest import digest
from ..machine.environment import CACHE, ROOT
from ..slim import build as slim
from . import budget, compression, console, loader, manifest, regions, wheel
from .runtimes import PROFILING, SLIM, STOCK

DIST = ROOT / "dist"
DRAFT = CACHE / "dist-draft"

RUNTIME = os.environ.get("TRESTA_RUNTIME", SLIM)  # the runtime that the tests use

_PYODIDE = {
    "loader": "pyodide.mjs",
    "glue": "pyodide.asm.mjs",
    "python": "pyodide.asm.wasm",
    "library": "python_stdlib.zip",
    "lock": "pyodide-lock.json",
}
# Loaded by PyScript's editor and terminal, which no page here has.
_PYSCRIPT_EXTRAS = ("codemirror", "xterm", "service-worker")


def build(runtime: str = RUNTIME) -> Path:
    """Build dist/ if a source has changed, and return its path. Raises BuildError.

    `runtime` is SLIM, STOCK for the released Pyodide alone, or PROFILING for slim/record.py.
    """
    stamp = CACHE / "dist-inputs"
    with lock.held(CACHE / "dist.lock"):
        node.install_packages()
        inputs = _digest(runtime)
        if DIST.is_dir() and stamp.exists() and stamp.read_text() == inputs:
            return DIST
        slim_files = None if runtime == STOCK else slim.build(runtime == PROFILING)
        with progress.step("Building dist/"):
            shutil.rmtree(DRAFT, ignore_errors=True)  # of a build that was killed
            DRAFT.mkdir(parents=True)
            _fill(DRAFT, slim_files, runtime)
            stamp.unlink(missing_ok=True)
            shutil.rmtree(DIST, ignore_errors=True)
            DRAFT.rename(DIST)  # whole at once: a failed build leaves the last good one
            stamp.write_text(inputs)
    return DIST


def _fill(dist: Path, slim_files: Path | None, runtime: str) -> None:
    wheel_path = wheel.build_for_pages(dist)
    _copy((node.MODULES / "pyodide" / name for name in _PYODIDE.values()), dist / "pyodide")
    stock = {part: manifest.entry(dist, dist / "pyodide" / name) for part, name in _PYODIDE.items()}
    files: dict[str, object] = {"stock": {**stock, "wheel": manifest.entry(dist, wheel_path)}}
    if slim_files:
        files["slim"] = {
            part: manifest.add(dist, name, (slim_files / name).read_bytes()) for part, name in slim.FILES.items()
        }
    loader.build(dist, files)
    _copy(_pyscript_files(), dist / "pyscript")
    (dist / regions.NAME).write_text(regions.table(), encoding="utf-8")
    manifest.write(dist)
    console.build(dist)
    compression.compress_all(dist)
    if runtime != PROFILING:
        budget.check(dist)


def _pyscript_files() -> Iterator[Path]:
    for path in sorted((node.MODULES / "@pyscript" / "core" / "dist").iterdir()):
        if path.suffix in (".js", ".css") and not path.name.startswith(_PYSCRIPT_EXTRAS):
            yield path


def _copy(paths: Iterator[Path], directory: Path) -> None:
    directory.mkdir()
    for path in paths:
        shutil.copyfile(path, directory / path.name)


def _digest(runtime: str) -> str:
    """The hash of all sources of dist/."""
    sources = [*loader.sources(), *console.sources(), regions.M49, ROOT / "pyproject.toml", node.LOCK]
    sources += sorted([*(ROOT / "widget").rglob("*.py"), *Path(__file__).parent.glob("*.py")])
    return digest(ROOT, sources, f"{runtime} {slim.digest()}")
