"""Finds C strings that only cold code reads: messages, queries, formats, and the help of built-in functions.

A string ends with a NUL, so no list of ranges is needed. The linker puts short strings into the module's first data
segment and may use the end of one string as another, so an address inside a string counts as a use of it.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence

from ..machine.errors import BuildError
from .wasm import Module

# The text between a signature and the help after it: https://devguide.python.org/development-tools/clinic/
_MARKER = b"\n--\n\n"
_WORD = 4  # bytes of an address


def unread(module: Module, memory: bytes, hot: Collection[int]) -> Iterator[tuple[int, int]]:
    """The ranges of such strings. `hot` are the numbers in hot code. Raises BuildError.

    Every number in hot code and every word in the memory counts as an address.
    """
    first = min(module.data, key=lambda data: data.address)
    end = max(data.address + len(data.content) for data in module.data)
    words = array("I", memory[: len(memory) // _WORD * _WORD])
    pointers = sorted({word for word in words if first.address <= word < end})
    hot_numbers = sorted(hot)
    yield from _messages(memory, first.address, first.address + len(first.content), hot_numbers, pointers)
    yield from _help(memory, hot_numbers, pointers)


def _messages(
    memory: bytes, start: int, end: int, hot_numbers: Sequence[int], pointers: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """The strings of the first segment that only cold code names; adjacent ones as one range."""
    begin = last = start
    while start < end:
        stop = memory.index(b"\0", start)
        if _any(hot_numbers, start, stop) or _any(pointers, start, stop):
            if last > begin:
                yield begin, last
            begin = stop + 1
        last = start = stop + 1
    if last > begin:
        yield begin, last


def _help(memory: bytes, hot_numbers: Sequence[int], pointers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The strings with a signature. Data points to them, but only functions that look for _MARKER read them."""
    if any(
        _any(hot_numbers, match.start(), match.end() - 1) for match in re.finditer(b"[)]" + _MARKER + b"\0", memory)
    ):
        raise BuildError(
            "A function that reads the help of built-in functions runs at every visit: make it cold in the profiles, "
            "or keep the help in the snapshot in bundler/slim/texts.py."
        )
    last = 0
    for place in pointers:
        stop = memory.index(b"\0", place)
        if _MARKER in memory[place:stop] and stop != last and not _any(hot_numbers, place, stop):
            yield place, stop
            last = stop


def _any(numbers: Sequence[int], start: int, stop: int) -> bool:
    """True if one of the sorted numbers is in the range from `start` to `stop`, both included."""
    index = bisect_left(numbers, start)
    return index < len(numbers) and numbers[index] <= stop
