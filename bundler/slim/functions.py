"""Functions of Python's that no visit calls sleep: their bytecode and their tables of lines come with the cold half.

Each function begins with RESUME, which compares the version that its code was last instrumented for with the
interpreter's (PEP 669), and calls _Py_Instrument where they differ. That is cold code, so that calling it has the cold
half loaded first: a version that no interpreter reaches makes the function's first call wait for what it is made of.

Nothing else reads what is left out before the cold half is there: what lists, compares or stores code is cold itself,
and so are Python's compiler and marshal, so that no other code than ours has come by then. (The attribute co_linetable
alone would be zeros, for who held a proxy of a function so early.) A sleeping function is immortal, since its memory
must be its own when the cold half fills it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..machine.errors import BuildError
from .wasm import Data

# Of CPython 3.14 in 32 bits: Include/cpython/code.h, Include/refcount.h and Include/internal/pycore_opcode_metadata.h.
_REFERENCES_AT, _LINES_AT, _VERSION_AT = 0, 92, 108  # in a PyCodeObject
_IMMORTAL = 5 << 28
_NO_VERSION = 0xFFFFFF00  # they count up from 0, in the bits above the events
_LEAST = 32  # bytes; less is not worth a segment of its own
RESUME = 128
OURS = "widget/"  # our own package is small, and its tests need no new profile for each new function


@dataclass(frozen=True)
class Function:
    """Where a function's parts lie in the memory; tresta_snapshot.py tells."""

    name: str  # its file, a colon, its qualified name: some have the same
    code: int  # the code object
    resume: int  # the instruction RESUME
    end: int  # of its instructions
    lines: int  # the bytes object with its table of lines
    lines_start: int  # that table
    lines_end: int


def read(path: Path) -> list[Function]:
    """The functions in the file that make_snapshot.mjs has written."""
    return [Function(**each) for each in json.loads(path.read_text(encoding="utf-8"))]


def put_to_sleep(memory: bytearray, functions: Sequence[Function], hot: Collection[str]) -> list[Data]:
    """Marks in the memory all functions but ours and the `hot` ones; what of it comes later. Raises BuildError."""
    asleep = [each for each in functions if each.name not in hot and not each.name.startswith(OURS)]
    shared = {each.lines for each in {*functions} - {*asleep}}
    parts = {(each.resume + 2, each.end) for each in asleep}
    parts |= {(each.lines_start, each.lines_end) for each in asleep if each.lines not in shared}
    for each in asleep:
        if _word(memory, each.code + _LINES_AT) != each.lines:
            raise BuildError(
                "Python's code objects are not laid out as bundler/slim/functions.py knows them: correct it after "
                "Include/cpython/code.h."
            )
        _set(memory, each.code + _REFERENCES_AT, _IMMORTAL)
        _set(memory, each.code + _VERSION_AT, _NO_VERSION)
        memory[each.resume] = RESUME
    return [Data(start, bytes(memory[start:end])) for start, end in sorted(parts) if end - start >= _LEAST]


def forget(memory: bytearray, functions: Sequence[Function]) -> None:
    """As if none had been called: Python makes a function's RESUME another instruction when it runs first."""
    for each in functions:
        memory[each.resume] = RESUME


def _word(memory: bytearray, address: int) -> int:
    return int.from_bytes(memory[address : address + 4], "little")


def _set(memory: bytearray, address: int, word: int) -> None:
    memory[address : address + 4] = word.to_bytes(4, "little")
