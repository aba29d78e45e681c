"""dist/console/: the page that server/ serves at /console/, with everything it loads, and nothing from elsewhere.

index.html              asks for the token at once, and starts Python
files-HASH/             all the rest, so that a browser can keep it for good
    console/            our Python      console.css  icon.svg
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
# PyScript is its core, what starts MicroPython, and a plugin that tells errors; not its editor, terminal or games.
_PYSCRIPT_PARTS = ("core.js", "core-", "error-")
_NO_PLUGINS = ("codemirror", "deprecations-manager", "donkey", "error", "py-editor", "py-game", "py-terminal")
_PLUGINS = {"plugins": [f"!{name}" for name in _NO_PLUGINS]}
_UPLOT = node.MODULES / "uplot" / "dist"
_LOADED_AT_ONCE = {".mjs": "modulepreload", ".js": "modulepreload", ".wasm": "fetch", ".py": "fetch"}


def sources() -> list[Path]:
    """Every file of ours that the console is made of."""
    return sorted(path for path in SOURCE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def build(dist: Path) -> None:
    """Make dist/console/; the npm packages are there already."""
    console = dist / "console"
    files = console / "files"
    files.mkdir(parents=True)
    for path in sources():
        if path.name != "index.html":
            inner = "console" / path.relative_to(SOURCE) if path.suffix == ".py" else path.relative_to(SOURCE)
            _copy(path, files / inner)
    for path in _foreign():
        _copy(path, files / path.name)
    _copy(_UPLOT / "uPlot.iife.min.js", files / "uPlot.js")
    _copy(_UPLOT / "uPlot.min.css", files / "uPlot.css")
    named = files.rename(console / f"files-{_digest(files)}")
    (console / "index.html").write_text(_page(named), encoding="utf-8")


def _foreign() -> list[Path]:
    pyscript = (path for path in sorted(_PYSCRIPT.glob("*.js")) if path.name.startswith(_PYSCRIPT_PARTS))
    return [*pyscript, _MICROPYTHON / "micropython.mjs", _MICROPYTHON / "micropython.wasm"]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _digest(directory: Path) -> str:
    return digest(directory, (path for path in sorted(directory.rglob("*")) if path.is_file()))[:10]


def _page(files: Path) -> str:
    """index.html with the names of this build put in."""
    python = sorted(path.relative_to(files).as_posix() for path in files.rglob("*.py"))
    config = {
        "interpreter": f"./{files.name}/micropython.mjs",
        "files": {f"./{files.name}/{path}": f"./{path}" for path in python},
        "plugins": _PLUGINS["plugins"],
    }
    names = {
        "__FILES__": files.name,
        "__PLUGINS__": html.escape(json.dumps(_PLUGINS)),  # PyScript asks those of `py`, too, which we have not
        "__CONFIG__": html.escape(json.dumps(config, separators=(",", ":"))),
        "__PRELOADS__": "\n".join(_preload(files.name, path) for path in _at_once(files, python)),
    }
    text = (SOURCE / "index.html").read_text(encoding="utf-8")
    for name, value in names.items():
        text = text.replace(name, value)
    return text


def _at_once(files: Path, python: list[str]) -> list[str]:
    """What the page will ask for one after the other, and so is asked for together."""
    modules = [path.name for path in _foreign() if path.name != "core.js" and not path.name.startswith("error-")]
    return [*modules, *python]


def _preload(directory: str, path: str) -> str:
    kind = _LOADED_AT_ONCE[Path(path).suffix]
    rel = f'rel="{kind}"' if kind == "modulepreload" else 'rel="preload" as="fetch" crossorigin'
    return f'<link {rel} href="{directory}/{path}">'
