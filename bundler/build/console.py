"""dist/console/: the page that the server serves at /console/, with every file it loads.

index.html              shows the sign-in form and starts Python
files-HASH/             all other files; browsers may cache them forever
    console/            the console's Python      console.css  icon.svg
    micropython.mjs  micropython.wasm      the interpreter
    start.js  core.js ...      PyScript      uPlot.js  uPlot.css      the charts
"""

from __future__ import annotations

import html
import json
import shutil
from pathlib import Path

from ..machine import node
from ..machine.digest import digest
from ..machine.environment import ROOT

SOURCE = ROOT / "web" / "console"

_MICROPYTHON = node.MODULES / "@micropython" / "micropython-webassembly-pyscript"
_PYSCRIPT = node.MODULES / "@pyscript" / "core" / "dist"
# PyScript without its editor, terminal and games: its core, the part that starts MicroPython, and the error plugin.
_PYSCRIPT_PARTS = ("core.js", "core-", "error-")
_NO_PLUGINS = ("codemirror", "deprecations-manager", "donkey", "error", "py-editor", "py-game", "py-terminal")
_PLUGINS = {"plugins": [f"!{name}" for name in _NO_PLUGINS]}
_UPLOT = node.MODULES / "uplot" / "dist"
_PRELOAD_TYPES = {".mjs": "modulepreload", ".js": "modulepreload", ".wasm": "fetch", ".py": "fetch"}


def sources() -> list[Path]:
    """The console's own source files."""
    return sorted(path for path in SOURCE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def build(dist: Path) -> None:
    """Make dist/console/ from its sources and the installed npm packages."""
    console = dist / "console"
    files = console / "files"
    files.mkdir(parents=True)
    for path in sources():
        if path.name != "index.html":
            inner = "console" / path.relative_to(SOURCE) if path.suffix == ".py" else path.relative_to(SOURCE)
            _copy(path, files / inner)
    for path in _vendor_files():
        _copy(path, files / path.name)
    _copy(_UPLOT / "uPlot.iife.min.js", files / "uPlot.js")
    _copy(_UPLOT / "uPlot.min.css", files / "uPlot.css")
    files = files.rename(console / f"files-{_digest(files)}")
    (console / "index.html").write_text(_page(files), encoding="utf-8")


def _vendor_files() -> list[Path]:
    pyscript = (path for path in sorted(_PYSCRIPT.glob("*.js")) if path.name.startswith(_PYSCRIPT_PARTS))
    return [*pyscript, _MICROPYTHON / "micropython.mjs", _MICROPYTHON / "micropython.wasm"]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _digest(directory: Path) -> str:
    return digest(directory, (path for path in sorted(directory.rglob("*")) if path.is_file()))[:10]


def _page(files: Path) -> str:
    """index.html with the file names of this build."""
    python = sorted(path.relative_to(files).as_posix() for path in files.rglob("*.py"))
    config = {
        "interpreter": f"./{files.name}/micropython.mjs",
        "files": {f"./{files.name}/{path}": f"./{path}" for path in python},
        "plugins": _PLUGINS["plugins"],
    }
    values = {
        "__FILES__": files.name,
        "__PLUGINS__": html.escape(json.dumps(_PLUGINS)),  # for PyScript's `py` scripts, which it also configures
        "__CONFIG__": html.escape(json.dumps(config, separators=(",", ":"))),
        "__PRELOADS__": "\n".join(_preload(files.name, path) for path in _preloaded(python)),
    }
    text = (SOURCE / "index.html").read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _preloaded(python: list[str]) -> list[str]:
    """The files that the page would otherwise request one after the other."""
    modules = [path.name for path in _vendor_files() if path.name != "core.js" and not path.name.startswith("error-")]
    return [*modules, *python]


def _preload(directory: str, path: str) -> str:
    kind = _PRELOAD_TYPES[Path(path).suffix]
    rel = f'rel="{kind}"' if kind == "modulepreload" else 'rel="preload" as="fetch" crossorigin'
    return f'<link {rel} href="{directory}/{path}">'
