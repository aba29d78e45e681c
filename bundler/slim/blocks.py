"""Python's memory as the blocks that malloc gave out, and which words of the memory name a block.

dlmalloc's layout: before each block is a word with its size, which includes that word, and two flags: whether the block
before it is in use, and whether it is itself. The blocks follow each other without gaps.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ..machine.errors import BuildError
from .objects import WORD, Objects

_IN_USE, _FLAGS, _LEAST = 2, 7, 16
_HALF = WORD // 2  # instructions have this alignment, and so do the addresses in their caches


@dataclass(frozen=True)
class Blocks:
    """The blocks of the memory, each by the address where it begins.

    `code` are blocks with instructions. There an address may begin at any instruction.
    """

    objects: Objects
    code: frozenset[int]

    @cached_property
    def ends(self) -> dict[int, int]:
        """The end of each block in use, in the order of their addresses. Raises BuildError for another layout."""
        tracked = self.objects.tracked - 2 * WORD
        for start in range(self.objects.start // WORD * WORD, tracked, WORD):
            if self.objects.word(start) & ~_FLAGS >= _LEAST and (ends := self._walk(start)) and tracked in ends:
                return ends
        raise BuildError("malloc has another layout than bundler/slim/blocks.py expects: adapt it.")

    def _walk(self, head: int) -> dict[int, int]:
        ends = {}
        while head + WORD <= len(self.objects.memory):
            word = self.objects.word(head)
            size = word & ~_FLAGS
            if size < _LEAST:
                break
            if word & _IN_USE:
                ends[head + WORD] = head + size
            head += size
        return ends

    @cached_property
    def _begins(self) -> list[int]:
        return list(self.ends)

    def block(self, address: int) -> int:
        """The block in use that has the address, or 0."""
        place = bisect_right(self._begins, address) - 1
        begin = self._begins[place] if place >= 0 else 0
        return begin if begin and address < self.ends[begin] else 0

    def named(self, block: int) -> set[int]:
        """The blocks that the block names."""
        words = array("I", bytes(self.objects.memory[block : block + (self.ends[block] - block) // WORD * WORD]))
        return {self.block(word) for word in words} - {0}

    @cached_property
    def names(self) -> dict[int, list[int]]:
        """The addresses of the words that name a block, or a place within it."""
        names = defaultdict(list)
        for address, word in self._words():
            if block := self.block(word):
                names[block].append(address)
        return names

    def _words(self) -> Iterable[tuple[int, int]]:
        memory, low = self.objects.memory, self._begins[0]
        high = self.ends[self._begins[-1]]
        for n, word in enumerate(array("I", bytes(memory))):
            if low <= word < high:
                yield n * WORD, word
        for block in self.code:
            end = self.ends[block] - (self.ends[block] - block - _HALF) % WORD
            for n, word in enumerate(array("I", bytes(memory[block + _HALF : end]))):
                if low <= word < high:
                    yield block + _HALF + n * WORD, word
