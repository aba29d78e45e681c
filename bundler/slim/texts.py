"""Texts of C that only cold code reads: messages, queries, formats, and what the help of built-in functions says.

A text ends with its NUL, so that it is found without a list. The linker has put all short ones into the module's first
segment of data and lets one be the end of another, so that an address anywhere in a text may be that of a text.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence

from ..machine.errors import BuildError
from .wasm import Module

# What stands between a signature and the words behind it: https://devguide.python.org/development-tools/clinic/
_MARKER = b"\n--\n\n"
_WORD = 4  # bytes of an address


def unread(module: Module, memory: bytes, hot: Collection[int]) -> Iterator[tuple[int, int]]:
    """The ranges with such texts; `hot` are the numbers that hot code names. Raises BuildError.

    Every number in hot code and every word in the memory counts as an address, whatever else it may be.
    """
    first = min(module.data, key=lambda data: data.address)
    border = max(data.address + len(data.content) for data in module.data)
    words = array("I", memory[: len(memory) // _WORD * _WORD])
    pointers = sorted({word for word in words if first.address <= word < border})
    named = sorted(hot)
    yield from _messages(memory, first.address, first.address + len(first.content), named, pointers)
    yield from _help(memory, named, pointers)


def _messages(
    memory: bytes, start: int, end: int, named: Sequence[int], pointers: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Those of the first segment that only cold code names; neighbours together."""
    begin = last = start
    while start < end:
        stop = memory.index(b"\0", start)
        if _any(named, start, stop) or _any(pointers, start, stop):
            if last > begin:
                yield begin, last
            begin = stop + 1
        last = start = stop + 1
    if last > begin:
        yield begin, last


def _help(memory: bytes, named: Sequence[int], pointers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Those with a signature. Pointers lead there, but only functions that look for its end read them."""
    if any(_any(named, found.start(), found.end() - 1) for found in re.finditer(b"[)]" + _MARKER + b"\0", memory)):
        raise BuildError(
            "A function that reads the help of built-in functions runs at every visit: let it wait for the rest of the "
            "code, or leave that help in the snapshot, in bundler/slim/texts.py."
        )
    last = 0
    for place in pointers:
        stop = memory.index(b"\0", place)
        if _MARKER in memory[place:stop] and stop != last and not _any(named, place, stop):
            yield place, stop
            last = stop


def _any(places: Sequence[int], start: int, stop: int) -> bool:
    """Whether one of the sorted places is from start to stop, both included."""
    index = bisect_left(places, start)
    return index < len(places) and places[index] <= stop
