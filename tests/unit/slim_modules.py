"""A small WebAssembly module for the tests of bundler/slim, and a function that runs modules in Node.js."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bundler.machine import node
from bundler.slim.leb import END, constant, s32, u32
from bundler.slim.wasm import (
    FUNCTION,
    GLOBAL,
    I32,
    MEMORY,
    MUTABLE,
    TABLE,
    Data,
    Elements,
    Export,
    Global,
    Import,
    Module,
)

NOTHING_TO_NOTHING = b"\x60\0\0"
INT_TO_INT = b"\x60\1\x7f\1\x7f"

# JavaScript: `x` are the exports of the first half, and `loads` counts how often it loaded the cold one.
HALVES = """
  let loads = 0, cold_imports;
  const load = () => { new WebAssembly.Instance(cold, cold_imports); x.$loaded.value = 1 };
  const env = { never() {}, load_cold() { loads += 1; load() } };
  const x = new WebAssembly.Instance(first, { env }).exports;
  cold_imports = { env, $: x };
"""

# The module's own functions, counted without the two imported ones.
DOUBLE, SQUARE, BOTH, INDIRECT, COUNT, UNUSED = range(6)


def calls(function: int) -> bytes:
    """The code that calls one of the module's own functions."""
    return b"\x10" + u32(2 + function)


ARGUMENT = b"\x20\0"
ADD, MULTIPLY = b"\x6a", b"\x6c"


def module() -> Module:
    """A module that doubles, squares, does `both`, calls through a table, and counts in a global and in its memory."""
    count = b"\x23\0\x41\1\x6a\x24\0"  # adds 1 to global 0
    bodies = {
        DOUBLE: ARGUMENT + ARGUMENT + ADD,
        SQUARE: ARGUMENT + ARGUMENT + MULTIPLY,
        BOTH: ARGUMENT + calls(DOUBLE) + calls(SQUARE),  # (2 n) ** 2
        INDIRECT: ARGUMENT + b"\x41\1\x11" + u32(1) + b"\0",  # the function at index 1 of the table
        COUNT: count + b"\x23\0" + ARGUMENT + ADD + b"\x41" + s32(64) + b"\x28\2\0" + ADD,  # + the number at address 64
        UNUSED: b"\x41\x07",
    }
    return Module(
        types=[NOTHING_TO_NOTHING, INT_TO_INT],
        imports=[
            Import("env", "emscripten_debugger", FUNCTION, u32(0)),
            Import("env", "never", FUNCTION, u32(1)),
        ],
        functions=[1] * len(bodies),
        tables=[b"\x70\0" + u32(4)],
        memories=[b"\0" + u32(1)],
        globals=[Global(I32, MUTABLE, constant(40))],
        exports=[
            *(
                Export(name, FUNCTION, 2 + n)
                for n, name in enumerate(("double", "square", "both", "indirect", "count"))
            ),
            Export("memory", MEMORY, 0),
            Export("table", TABLE, 0),
            Export("counted", GLOBAL, 0),
        ],
        elements=[Elements(0, 1, [2 + SQUARE, 2 + DOUBLE])],
        bodies=[b"\0" + body + bytes([END]) for body in bodies.values()],
        data=[Data(64, b"\x01")],
    )


def run(script: str, directory: Path, **modules: bytes) -> Any:
    """The value that the script passes to `print`. Each module is a constant of its name in the script."""
    for name, content in modules.items():
        (directory / f"{name}.wasm").write_bytes(content)
    read = f"const read = (name) => require('fs').readFileSync(`${{{json.dumps(str(directory))}}}/${{name}}.wasm`);"
    compiled = read + "".join(f"const {name} = new WebAssembly.Module(read('{name}'));" for name in modules)
    path = directory / "script.cjs"
    path.write_text(
        compiled + "const print = (value) => console.log(JSON.stringify(value));" + script, encoding="utf-8"
    )
    return json.loads(node.run(path, failure="The script failed."))
