"""Moves data that only cold code reads from the snapshot to the cold module.

WebAssembly does not record where an object of C ends, so CUTS lists only ranges whose ends follow from their content.
Each build checks that no hot function names an address in them. That leaves pointers in data that hot code follows:
tests/slim fills the ranges with 0xAA and compares the outcomes. texts.py finds the texts, which end with a NUL.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ..machine.errors import BuildError
from . import texts
from .code import constants
from .wasm import Data, Module


@dataclass(frozen=True)
class Cut:
    """The addresses from `start` up to, not including, `end`."""

    name: str
    start: int
    end: int


# For Pyodide 314.0.7; profile.py checks its fingerprint.
CUTS = (
    # From inside the first of CPython's Modules/cjkcodecs/mappings_*.h; the last of them ends after the range.
    Cut("the mappings of East Asian codecs", 0x0C4000, 0x150000),
    # Modules/unicodedata_db.h after index2, whose size follows from index1: (289 + 1) * 128 * 2 bytes from 0x159230.
    # Then Modules/unicodename_db.h, up to the changes of Unicode 3.2, which other functions read.
    Cut("decompositions and names of characters", 0x16B430, 0x1ED460),
    # From the first to the last array of Python/frozen.c, whose table has their sizes.
    Cut("the bytecode of frozen modules", 0x22C750, 0x296C68),
    # From there up to __exp_data, the first table of musl that hot code reads.
    Cut("the tables of hashes, compressors, parsers and databases", 0x296C68, 0x2B09B0),
    # From the end of __exp_data, which has 14 and 2 * 128 numbers (musl's exp_data.c), up to the UTF-8 table in
    # multibyte/internal.c: musl's iconv, which has the East Asian character sets a second time.
    Cut("the character sets of the C library", 0x2B1220, 0x2D3470),
    # From the end of that table of 51 numbers of 4 bytes up to __pow_log_data.
    Cut("the C library's classes of characters and its mathematics", 0x2D353C, 0x2D7F18),
    # From the pairs of digits in libc++'s charconv.cpp, "00010203...", up to the name of libc++abi's last type.
    Cut("the library of C++", 0x2DCA10, 0x300704),
)
# Numbers in these ranges that hot code uses, but not as addresses: limits of Unicode and UTF-8, a million, powers of 2.
_NUMBERS = {0xE2080, 0xF4240, 0xF4243, 0xFFC00, 0xFFFFF, 0x100000, 0x10FFFF, 0x110000, 0x120000, 0x200000}


def cut(module: Module, hot: Collection[int], memory: bytes) -> list[Data]:
    """The data of the ranges and of cold texts. Raises BuildError if a hot function may read one of the ranges."""
    readers = {number: function for function in hot for number in constants(module.bodies[function])}
    for number in sorted(readers.keys() - _NUMBERS):
        for each in CUTS:
            if each.start <= number < each.end:
                raise BuildError(
                    f"Function {readers[number]} runs at every visit and names 0x{number:x}, in {each.name}: "
                    "end that range before it in bundler/slim/cut.py, or add it to _NUMBERS there if it is no address."
                )
    ranges = [(each.start, each.end) for each in CUTS]
    ranges += [
        (start, end)
        for start, end in texts.unread(module, memory, readers)
        if not any(each.start < end and start < each.end for each in CUTS)
    ]
    return [Data(start, memory[start:end]) for start, end in ranges]
