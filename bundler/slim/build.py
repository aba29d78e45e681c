"""The slim runtime's files, from the released Pyodide and our package, step by step.

exports, javascript   what nobody needs is left out of the WebAssembly and its JavaScript
strings               texts go to JavaScript many letters at once
library               the standard library and our package, compiled
snapshot              Python's memory once all of it has been imported
profile, split, drop  the code that runs at every visit in one file, the rest in another
cut, texts, functions the data that only the rest reads, and the functions of Python's that no visit calls, go with it
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from ..machine import node, progress
from ..machine.digest import digest as digest_of_files
from ..machine.environment import ROOT
from . import cut, drop, exports, functions, javascript, library, profile, snapshot, split, wasm

HERE = Path(__file__).resolve().parent
RUNTIME = ROOT / "web" / "runtime"
CACHE = ROOT / ".cache" / "slim"
FILES = {
    "runtime": "runtime.js",
    "python": "python.wasm",
    "cold": "cold.wasm",
    # In two, so that the one is put into the memory while the other comes: what lies there before Python runs, and its
    # objects.
    "data": "snapshot-data.bin",
    "heap": "snapshot-heap.bin",
}

_FOR_THE_SNAPSHOT = {"sbrk", "malloc", "free", "emscripten_stack_get_end"}  # what make_snapshot.mjs calls


def build(profiling: bool = False) -> Path:
    """The directory with FILES, made where there is none yet for these sources; raises BuildError.

    `profiling` makes a runtime of one half, whose functions mark that they were called: see record.py.
    """
    made = CACHE / (digest() + ("-profiling" if profiling else ""))
    if not made.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        said = progress.step("Making the slim runtime (about half a minute)")
        with said, tempfile.TemporaryDirectory(dir=CACHE) as draft:
            _make(Path(draft), profiling)
            try:
                (Path(draft) / "made").rename(made)
            except OSError:
                if not made.is_dir():  # else another process was sooner
                    raise
    return made


def instrumented() -> wasm.Module:
    """The module that the profiles are of."""
    with tempfile.TemporaryDirectory() as directory:
        return base(Path(directory))


def base(directory: Path) -> wasm.Module:
    """The trimmed module, with pyodide.asm.mjs and python.wasm that fit it written into the directory."""
    text = node.run(
        "esbuild/bin/esbuild",
        library.PYODIDE / "pyodide.asm.mjs",
        "--log-level=error",
        failure="pyodide.asm.mjs is broken.",
    )
    needed = javascript.needed_exports(text) | _FOR_THE_SNAPSHOT
    module = exports.trim(wasm.parse((library.PYODIDE / "pyodide.asm.wasm").read_bytes()), needed)
    edited = javascript.edit(text, needed, exports.imported_names(module))
    (directory / "pyodide.asm.mjs").write_text(edited, encoding="utf-8")
    (directory / "python.wasm").write_bytes(wasm.emit(module))
    return module


def _make(directory: Path, profiling: bool) -> None:
    made = directory / "made"
    made.mkdir()
    module = base(directory)
    library.compile_all(directory)
    node.run(HERE / "make_snapshot.mjs", directory, failure="The memory snapshot could not be taken.")
    memory, state = bytearray((directory / "memory.bin").read_bytes()), (directory / "state.json").read_bytes()
    hot, apart = _halves(module, memory, functions.read(directory / "functions.json"), profiling)
    halves = split.split(profile.instrument(module) if profiling else module, hot, apart)
    (made / "python.wasm").write_bytes(wasm.emit(drop.drop(halves.first)))
    (made / "cold.wasm").write_bytes(wasm.emit(drop.drop(halves.cold)))
    ranges = [(each.address, each.address + len(each.content)) for each in apart]
    border = max(each.address + len(each.content) for each in module.data)
    (made / FILES["data"]).write_bytes(snapshot.encode(bytes(memory[:border]), state, ranges))
    (made / FILES["heap"]).write_bytes(snapshot.encode(bytes(memory), state, [(0, border), *ranges]))
    for name in ("stdlib.zip", "functions.json"):
        shutil.copy(directory / name, made)  # for the tests and the profiles; no page loads them
    bundle(directory, made / "runtime.js")


def _halves(
    module: wasm.Module, memory: bytearray, of_python: Sequence[functions.Function], profiling: bool
) -> tuple[Collection[int], list[wasm.Data]]:
    """The functions of the first half, and the data of the second."""
    known = profile.known(module)
    if profiling:
        functions.forget(memory, of_python)
    elif known:
        apart = cut.cut(module, known.code, bytes(memory))
        return known.code, [*apart, *functions.put_to_sleep(memory, of_python, known.python)]
    else:
        progress.say(
            "The profiles are of another Pyodide, so that all code and data come at once, 2 MB more for a visitor whom "
            "Python runs for. Make them anew: python3 build.py bundle --profile."
        )
    return range(len(module.bodies)), []


def bundle(directory: Path, target: Path) -> None:
    """Pyodide's edited JavaScript and web/runtime/ in one module."""
    minified = directory / "pyodide.min.mjs"
    node.run(
        "terser/bin/terser",
        directory / "pyodide.asm.mjs",
        "--module",
        "--compress=passes=3,pure_getters=true,keep_fargs=false,ecma=2022",
        "--mangle",
        "--define=ENVIRONMENT_IS_NODE=false,ENVIRONMENT_IS_SHELL=false",
        f"--output={minified}",
        failure="Pyodide's JavaScript could not be minified.",
    )
    node.run(
        "esbuild/bin/esbuild",
        RUNTIME / "slim.js",
        "--bundle",
        "--format=esm",
        "--minify",
        "--charset=utf8",
        f"--alias:pyodide.asm.mjs={minified}",
        "--external:node:*",
        "--external:ws",
        f"--outfile={target}",
        "--log-level=error",
        failure="web/runtime/ could not be bundled.",
    )


def digest() -> str:
    """A hash of everything that the files are made of."""
    sources = [path for path in sorted(HERE.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
    sources += [*sorted(RUNTIME.iterdir()), *sorted((ROOT / "widget").rglob("*.py")), node.LOCK]
    return digest_of_files(ROOT, sources)[:16]
