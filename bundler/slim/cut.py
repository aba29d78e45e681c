"""Data that only cold code reads. It is left out of the snapshot and comes with the cold module.

Where an object of C ends is not written in WebAssembly, so a range is named here only where its ends are known from
what is in it, and each build proves that no hot function names an address in it. What is left is a pointer to it in
data that hot code follows: tests/slim fills the ranges with 0xAA and finds the same outcomes as without. Texts, which
tell where they end, are found by texts.py.
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
    """Addresses from `start` up to `end`."""

    what: str
    start: int
    end: int


# Of Pyodide 314.0.7; profile.py's fingerprint says whether it is the one.
CUTS = (
    # From within the first of CPython's Modules/cjkcodecs/mappings_*.h on; the last one ends behind it.
    Cut("the mappings of East Asian codecs", 0x0C4000, 0x150000),
    # Modules/unicodedata_db.h behind index2, whose size index1 tells: (289 + 1) * 128 * 2 bytes from 0x159230 on. Then
    # Modules/unicodename_db.h, up to the changes of Unicode 3.2, which other functions read.
    Cut("decompositions and names of characters", 0x16B430, 0x1ED460),
    # From the first to the last of Python/frozen.c's arrays, which its table gives with their sizes.
    Cut("the bytecode of frozen modules", 0x22C750, 0x296C68),
    # From there up to __exp_data, the first table of musl's that hot code reads.
    Cut("the tables of hashes, compressors, parsers and databases", 0x296C68, 0x2B09B0),
    # Behind __exp_data, which has 14 numbers and 2 * 128 more (musl's exp_data.c), up to the table of UTF-8 in
    # multibyte/internal.c: its iconv, with the character sets of East Asia once more.
    Cut("the character sets of the C library", 0x2B1220, 0x2D3470),
    # Behind that one, whose 51 numbers have 4 bytes, up to __pow_log_data.
    Cut("the C library's classes of characters and its mathematics", 0x2D353C, 0x2D7F18),
    # From the pairs of digits of libc++'s charconv.cpp, "00010203...", up to the name of the last type of libc++abi's.
    Cut("the library of C++", 0x2DCA10, 0x300704),
)
# Hot code's numbers in these ranges that are no addresses: limits of characters and of UTF-8, a million, powers of two.
_NUMBERS = {0xE2080, 0xF4240, 0xF4243, 0xFFC00, 0xFFFFF, 0x100000, 0x10FFFF, 0x110000, 0x120000, 0x200000}


def cut(module: Module, hot: Collection[int], memory: bytes) -> list[Data]:
    """What the ranges hold; raises BuildError where a hot function may read one before the cold module is there."""
    named = {number: function for function in hot for number in constants(module.bodies[function])}
    for number in sorted(named.keys() - _NUMBERS):
        for each in CUTS:
            if each.start <= number < each.end:
                raise BuildError(
                    f"Function {named[number]} runs at every visit and names 0x{number:x}, in {each.what}: "
                    "end that range before it in bundler/slim/cut.py, or find out that it is no address."
                )
    ranges = [(each.start, each.end) for each in CUTS]
    ranges += [
        (start, end)
        for start, end in texts.unread(module, memory, named)
        if not any(each.start < end and start < each.end for each in CUTS)
    ]
    return [Data(start, memory[start:end]) for start, end in ranges]
