"""Puts Python functions that no visit calls to sleep: their bytecode and line tables come with the cold half.

Each function begins with the instruction RESUME. It compares the version for which the code was instrumented with the
interpreter's version (PEP 669) and calls _Py_Instrument if they differ. _Py_Instrument is cold, so calling it loads the
cold half first. A sleeping function has a version that the interpreter never reaches, so its first call loads the cold
half, and with it the function's own bytecode.

Nothing else reads the bytecode before that: all code that lists, compares or stores code is cold, and so are Python's
compiler and marshal, so that no further code can arrive. (Only the attribute co_linetable would be zeros for a proxy of
a sleeping function.) A sleeping function is immortal: its memory must not be reused before the cold half fills it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..machine.errors import BuildError
from .wasm import Data

# CPython 3.14 in 32 bits: Include/cpython/code.h, Include/refcount.h and Include/internal/pycore_opcode_metadata.h.
_REFERENCES_AT, _LINES_AT, _VERSION_AT = 0, 92, 108  # in a PyCodeObject
IMMORTAL = 5 << 28
_NO_VERSION = 0xFFFFFF00  # versions count up from 0, in the bits above those of the events
_MIN_BYTES = 32  # a smaller part is not worth a segment of its own
RESUME = 128
PACKAGE = "widget/"  # never put to sleep: it is small, and a new function would need new profiles


@dataclass(frozen=True)
class Function:
    """The addresses of a function's parts, as reported by tresta_snapshot.py."""

    name: str  # "file:qualified name", not unique
    code: int  # the code object
    resume: int  # its instruction RESUME
    end: int  # the end of its instructions
    lines: int  # the bytes object with its line table
    lines_start: int  # the line table itself
    lines_end: int
    owners: list[int]  # the function objects with this code


def read(path: Path) -> list[Function]:
    """Read the functions from the file that make_snapshot.mjs writes."""
    return [Function(**each) for each in json.loads(path.read_text(encoding="utf-8"))]


def cold(functions: Sequence[Function], hot: Collection[str]) -> list[Function]:
    """The functions that may sleep: all but the package's and the `hot` ones."""
    return [each for each in functions if each.name not in hot and not each.name.startswith(PACKAGE)]


def put_to_sleep(memory: bytearray, functions: Sequence[Function], asleep: Sequence[Function]) -> list[Data]:
    """Mark the functions `asleep` among all in the memory; returns their cold data.

    Raises BuildError for another layout of code objects.
    """
    codes = {each.code for each in asleep}
    shared = {each.lines for each in functions if each.code not in codes}
    parts = {(each.resume + 2, each.end) for each in asleep}
    parts |= {(each.lines_start, each.lines_end) for each in asleep if each.lines not in shared}
    for each in asleep:
        if _word(memory, each.code + _LINES_AT) != each.lines:
            raise BuildError(
                "Python's code objects have another layout than bundler/slim/functions.py expects: adapt it to "
                "Include/cpython/code.h."
            )
        _set(memory, each.code + _REFERENCES_AT, IMMORTAL)
        _set(memory, each.code + _VERSION_AT, _NO_VERSION)
        memory[each.resume] = RESUME
    return [Data(start, bytes(memory[start:end])) for start, end in sorted(parts) if end - start >= _MIN_BYTES]


def reset(memory: bytearray, functions: Sequence[Function]) -> None:
    """Mark all functions as never called: the first call replaces a function's RESUME by another instruction."""
    for each in functions:
        memory[each.resume] = RESUME


def _word(memory: bytearray, address: int) -> int:
    return int.from_bytes(memory[address : address + 4], "little")


def _set(memory: bytearray, address: int, word: int) -> None:
    memory[address : address + 4] = word.to_bytes(4, "little")
