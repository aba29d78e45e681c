"""Builds the slim runtime's files from the released Pyodide and the package `widget`, in these steps:

exports, javascript   remove unused parts from the WebAssembly and its JavaScript
page                  makes the JavaScript that of a page
parts                 leaves graphics, sound and some file systems out of the JavaScript
strings               convert texts to JavaScript in large pieces
library               compile the standard library and the package
snapshot, clearing    save Python's memory after the imports, without the remains of freed objects
unused, derived       leave out of it what no visit needs, and what the page can compute
profile, split, drop  put the code that runs at every visit, the hot code, into one file and the cold code into another
cut, texts, docs      move data that only cold code reads to the cold file
sleepers, guards      move Python functions that no visit calls to the cold file, with all that only they name
functions             moves at least the bytecode and the line table of the others that no visit calls
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from ..machine import lock, node, progress
from ..machine.digest import digest as digest_of_files
from ..machine.environment import ROOT
from . import (
    clearing,
    cold,
    cut,
    derived,
    docs,
    drop,
    exports,
    functions,
    guards,
    javascript,
    library,
    page,
    profile,
    sleepers,
    snapshot,
    split,
    unused,
    wasm,
)
from .blocks import Blocks
from .objects import Objects

HERE = Path(__file__).resolve().parent
RUNTIME = ROOT / "web" / "runtime"
CACHE = ROOT / ".cache" / "slim"
FILES = {
    "runtime": "runtime.js",
    "python": "python.wasm",
    "cold": "cold.bin",
    # Two files, so that the page restores the first while the second arrives: the initial data, and Python's objects.
    "data": "snapshot-data.bin",
    "heap": "snapshot-heap.bin",
}

_SNAPSHOT_EXPORTS = {"sbrk", "malloc", "free", "emscripten_stack_get_end"}  # make_snapshot.mjs calls them


def build(profiling: bool = False) -> Path:
    """Make the files of FILES unless they exist for these sources; returns their directory. Raises BuildError.

    `profiling` makes a runtime whose code is all in the first half and records which functions are called, for
    record.py.
    """
    directory = CACHE / (digest() + ("-profiling" if profiling else ""))
    with lock.held(CACHE / "lock"):
        if not directory.is_dir():
            draft = CACHE / "draft"
            shutil.rmtree(draft, ignore_errors=True)  # of a build that was killed
            draft.mkdir()
            with progress.step("Making the slim runtime (about half a minute)"):
                _make(draft, profiling).rename(directory)
            shutil.rmtree(draft)
    return directory


def instrumented() -> wasm.Module:
    """The module to which the numbers in the profiles refer."""
    with tempfile.TemporaryDirectory() as directory:
        return base(Path(directory))


def base(directory: Path) -> wasm.Module:
    """The trimmed module. Also writes it as python.wasm, and its pyodide.asm.mjs, into the directory."""
    text = node.run(
        "esbuild/bin/esbuild",
        library.PYODIDE / "pyodide.asm.mjs",
        "--log-level=error",
        failure="pyodide.asm.mjs is broken.",
    )
    needed = javascript.needed_exports(text) | _SNAPSHOT_EXPORTS
    module = exports.trim(wasm.parse((library.PYODIDE / "pyodide.asm.wasm").read_bytes()), needed)
    edited = javascript.edit(text, needed, exports.imported_names(module))
    (directory / "pyodide.asm.mjs").write_text(edited, encoding="utf-8")
    (directory / "python.wasm").write_bytes(wasm.emit(module))
    return module


def _make(directory: Path, profiling: bool) -> Path:
    """Make the files in a scratch directory; returns the directory of the results below it."""
    files = directory / "files"
    files.mkdir()
    module = base(directory)
    library.compile_all(directory)
    (directory / "python.wasm").write_bytes(wasm.emit(clearing.clearing(module)))
    node.run(HERE / "make_snapshot.mjs", directory, failure="The memory snapshot could not be taken.")
    data_end = max(each.address + len(each.content) for each in module.data)
    anchors = json.loads((directory / "anchors.json").read_text(encoding="utf-8"))
    memory = bytearray((directory / "memory.bin").read_bytes())
    objects = Objects(memory, data_end, anchors["tracked"], anchors["text_type"])
    unused.clear(objects)
    parts = _parts(module, objects, functions.read(directory / "functions.json"), anchors, profiling)
    halves = split.split(profile.instrument(parts.module) if profiling else parts.module, parts.hot)
    (files / "python.wasm").write_bytes(wasm.emit(drop.drop(halves.first)))
    (files / FILES["cold"]).write_bytes(cold.emit(drop.drop(halves.cold), parts.cold_data))
    ranges = [(each.address, each.address + len(each.content)) for each in parts.left_out]
    state = _leave_out(replace(objects), directory)
    (files / FILES["data"]).write_bytes(snapshot.encode(bytes(memory[:data_end]), state, ranges))
    (files / FILES["heap"]).write_bytes(snapshot.encode(bytes(memory), state, [(0, data_end), *ranges]))
    for name in ("stdlib.zip", "functions.json"):
        shutil.copy(directory / name, files)  # for the tests and the profiles; no page loads them
    bundle(directory, files / "runtime.js")
    return files


def _leave_out(objects: Objects, directory: Path) -> bytes:
    """Leave out of the memory what the page computes. Returns the snapshot's state as JSON.

    Raises BuildError if the page's code would not restore the memory word for word.
    """
    complete, parameters = derived.leave_out(objects)
    (directory / "complete.bin").write_bytes(complete)
    (directory / "marked.bin").write_bytes(objects.memory)
    files = (RUNTIME / "derived.js", directory / "marked.bin", directory / "complete.bin")
    failure = "The page would restore another memory than the one that was saved."
    node.run(HERE / "check_derived.mjs", *files, json.dumps(asdict(parameters)), failure=failure)
    hiwire = json.loads((directory / "state.json").read_text(encoding="utf-8"))
    return json.dumps({"hiwire": hiwire, "derived": asdict(parameters)}).encode()


@dataclass(frozen=True)
class _Parts:
    """The module, its hot functions, and the cold data. `left_out` is the cold data that the snapshot still has."""

    module: wasm.Module
    hot: Collection[int]
    cold_data: list[wasm.Data]
    left_out: list[wasm.Data]


def _parts(
    module: wasm.Module,
    objects: Objects,
    python_functions: Sequence[functions.Function],
    anchors: Mapping[str, Any],
    profiling: bool,
) -> _Parts:
    """What is hot and what is cold. Puts cold Python functions to sleep in the memory."""
    hot = profile.load(module)
    if profiling:
        functions.reset(objects.memory, python_functions)
    elif hot:
        data = cut.cut(module, hot.code, bytes(objects.memory))
        asleep = functions.cold(python_functions, hot.python)
        kinds = sleepers.Kinds(**{each.name: anchors[each.name] for each in fields(sleepers.Kinds)})
        vectorcall = sleepers.vectorcall(objects, python_functions, kinds)
        guarded = guards.add(module, objects.memory, kinds.function_type, vectorcall)
        blocks = Blocks(objects, frozenset(each.code for each in python_functions))
        data += docs.find(blocks, anchors["doc_name"])
        moved, codes = sleepers.put_to_sleep(blocks, asleep, kinds, guarded.call)
        moved += guards.put(objects.memory, guarded.slots)
        rest = [each for each in asleep if each.code not in codes]
        data += functions.put_to_sleep(objects.memory, python_functions, rest)
        return _Parts(guarded.module, {*hot.code, *guarded.hot}, [*data, *moved], data)
    else:
        progress.say(
            "The profiles are of another Pyodide, so all code is hot: a visitor for whom Python runs waits for 2 MB "
            "more. Record them again: python3 build.py bundle --profile."
        )
    return _Parts(module, range(len(module.bodies)), [], [])


def bundle(directory: Path, target: Path) -> None:
    """Bundle Pyodide's edited JavaScript and web/runtime/ into one module."""
    edited, minified = directory / "pyodide.page.mjs", directory / "pyodide.min.mjs"
    edited.write_text(page.edit((directory / "pyodide.asm.mjs").read_text(encoding="utf-8")), encoding="utf-8")
    node.run(
        "terser/bin/terser",
        edited,
        "--module",
        "--compress=passes=3,pure_getters=true,keep_fargs=false,ecma=2022",
        "--mangle",
        f"--define={','.join(f'{kind}={value}' for kind, value in page.KINDS.items())}",
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
    """The hash of all sources of the files."""
    sources = [path for path in sorted(HERE.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
    sources += [*sorted(RUNTIME.iterdir()), *sorted((ROOT / "widget").rglob("*.py")), node.LOCK]
    return digest_of_files(ROOT, sources)[:16]
