"""Compiles the standard library and the package `widget` to bytecode, into two zips."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

from ..machine import node
from ..machine.environment import ROOT
from ..machine.errors import BuildError

HERE = Path(__file__).resolve().parent
PYODIDE = node.MODULES / "pyodide"

# The released modules that python/ replaces, with their hashes: a changed one must be read first.
_REPLACED = {
    "_pyodide/docstring.py": "c50fd26c0dac8690009018db9f6832e77880aa7155f03e366235519cb64c852c",
    "_pyodide/jsbind.py": "1f6cdda94963d1496db13711a8aba16f81fb20e7e528d720e21b4e55bddcb489",
    "asyncio/__init__.py": "8148552daea881e3b33639d6e9bdab0da2021367ab694ee0604431c33c16983f",
}
_ORIGINALS = {"_pyodide/jsbind.py": "_pyodide/_jsbind.py"}  # the replacement imports the rest from the original
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a fixed time, the zip format's first: the same sources give the same bytes


def compile_all(directory: Path) -> None:
    """Write `stdlib.zip` and `package.zip` into the directory. Raises BuildError."""
    sources = {"stdlib": _standard_library(), "package": _package()}
    for name, files in sources.items():
        (directory / f"{name}.sources.zip").write_bytes(_zip(files))
    node.run(
        HERE / "compile.mjs",
        PYODIDE,
        HERE / "compile.py",
        *(directory / f"{name}{suffix}" for name in sources for suffix in (".sources.zip", ".zip")),
        failure="The standard library could not be compiled.",
    )


def _standard_library() -> dict[str, bytes]:
    with zipfile.ZipFile(PYODIDE / "python_stdlib.zip") as released:
        files = {name: released.read(name) for name in released.namelist() if name.endswith(".py")}
    for name, expected in _REPLACED.items():
        actual = hashlib.sha256(files[name]).hexdigest()
        if actual != expected:
            raise BuildError(
                f"Pyodide's {name} is not the one that bundler/slim/python/ replaces: compare them and put the hash "
                f"{actual} into bundler/slim/library.py."
            )
        if name in _ORIGINALS:
            files[_ORIGINALS[name]] = files[name]
    replacements = HERE / "python"
    paths = sorted(replacements.rglob("*.py"))
    return files | {path.relative_to(replacements).as_posix(): path.read_bytes() for path in paths}


def _package() -> dict[str, bytes]:
    package = ROOT / "widget"
    paths = [path for path in sorted(package.rglob("*.py")) if not path.name.startswith("testing")]
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}


def _zip(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files[name])
    return target.getvalue()
