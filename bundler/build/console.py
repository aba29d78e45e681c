"""dist/console/: the page that the server serves at /console/, with every file it loads.

index.html              shows the sign-in form
files-HASH/             all other files; browsers may cache them forever
    door.css  icon.svg  start.js           the form, which signs in while the rest loads
    python.json         the console's Python, without docstrings and comments
    micropython.mjs  micropython.wasm      the interpreter
    core.js ...         PyScript      uPlot.js  uPlot.css      the charts      console.css
    world.json          the map of the regions, which the dashboard loads if it shows regions
"""

from __future__ import annotations

import ast
import html
import json
import shutil
from pathlib import Path

from ..machine import node
from ..machine.digest import digest
from ..machine.environment import ROOT
from . import compression, world

SOURCE = ROOT / "web" / "console"

_MICROPYTHON = node.MODULES / "@micropython" / "micropython-webassembly-pyscript"
_PYSCRIPT = node.MODULES / "@pyscript" / "core" / "dist"
# PyScript without its editor, terminal and games: its core, the part that starts MicroPython, and the error plugin.
_PYSCRIPT_PARTS = ("core.js", "core-", "error-")
_NO_PLUGINS = ("codemirror", "deprecations-manager", "donkey", "error", "py-editor", "py-game", "py-terminal")
_PLUGINS = {"plugins": [f"!{name}" for name in _NO_PLUGINS]}
_UPLOT = node.MODULES / "uplot" / "dist"
_FIRST = ("door.css", "icon.svg", "start.js")  # the form's own files, which the page loads itself
_LATER = ("world.json",)


def sources() -> list[Path]:
    """The console's own source files."""
    return sorted(path for path in SOURCE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def build(dist: Path) -> None:
    """Make dist/console/ from its sources and the installed npm packages."""
    console = dist / "console"
    files = console / "files"
    files.mkdir(parents=True)
    for path in sources():
        if path.suffix != ".py" and path.name != "index.html":
            _copy(path, files / path.relative_to(SOURCE))
    (files / "python.json").write_text(_python(), encoding="utf-8")
    for path in _vendor_files():
        _copy(path, files / path.name)
    _copy(_UPLOT / "uPlot.iife.min.js", files / "uPlot.js")
    _copy(_UPLOT / "uPlot.min.css", files / "uPlot.css")
    (files / "world.json").write_text(world.paths(), encoding="utf-8")
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


def _python() -> str:
    """All modules by their path, in one file: each of its own would cost a request, and compress worse."""
    python = [path for path in sources() if path.suffix == ".py"]
    modules = {path.relative_to(SOURCE).as_posix(): _lean(path.read_text(encoding="utf-8")) for path in python}
    return json.dumps(modules, separators=(",", ":"))


def _lean(source: str) -> str:
    """A module without docstrings and comments."""
    tree = ast.parse(source)
    for each in ast.walk(tree):
        if isinstance(each, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):  # noqa: SIM102
            if ast.get_docstring(each) is not None:
                each.body = each.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def _page(files: Path) -> str:
    """index.html with the file names of this build, and the sizes of what start.js loads."""
    config = {
        "interpreter": f"./{files.name}/micropython.mjs",
        "files": {f"./{files.name}/python.json": "./python.json"},
        "plugins": _PLUGINS["plugins"],
    }
    loaded = [
        path
        for path in sorted(files.iterdir())
        if path.name not in _FIRST + _LATER and not path.name.startswith("error-")
    ]
    sizes = [
        (f"{files.name}/{path.name}", len(compression.brotli_bytes(path.read_bytes())), path.stat().st_size)
        for path in loaded
    ]
    values = {
        "__FILES__": files.name,
        "__PLUGINS__": html.escape(json.dumps(_PLUGINS)),  # for PyScript's `py` scripts, which it also configures
        "__CONFIG__": html.escape(json.dumps(config, separators=(",", ":"))),
        "__KB__": str(round(sum(size for _, size, _ in sizes) / 1000)),
        "__LOADED__": json.dumps(sizes, separators=(",", ":")),
    }
    text = (SOURCE / "index.html").read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(name, value)
    return text
