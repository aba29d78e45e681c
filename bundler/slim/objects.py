"""Finds Python's objects in its memory: texts, the keys of dicts, and what the garbage collector tracks.

Layouts are those of CPython 3.14 in 32 bits; the headers that define them are named at each.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from struct import pack_into, unpack_from

from ..machine.errors import BuildError

WORD = 4
ALL_BITS = 0xFFFFFFFF
FLAGS = 3  # in a link of the garbage collector's list
# PyUnicodeObject, Include/cpython/unicodeobject.h: offsets from the word with the type.
LENGTH, HASH, STATE = 4, 8, 12
DATA, _WIDE_DATA = 16, 24
_INTERNED, _COMPACT, _ASCII = 3, 1 << 5, 1 << 6
# PyDictKeysObject, Include/internal/pycore_dict.h.
_LOG_SIZE, _LOG_BYTES, _KIND, USABLE, COUNT, INDICES = 4, 5, 6, 12, 16, 20
_GENERAL, _SPLIT = 0, 2
_FORMATS = {1: "b", 2: "h", 4: "i"}
# A reference count is before it: three small numbers, a version and two counts, of dicts with 8 to 65,536 places.
_KEYS = re.compile(rb"(?s)[\x03-\x10][\x03-\x12][\x00-\x02]\0.{4}..\0\0..\0\0")
_MULTIPLIER = 1000003  # of FNV, Python/pyhash.c, with the seed 0


@dataclass(frozen=True)
class Text:
    """A text whose hash was computed. `address` is that of its type word, one word after its begin."""

    address: int
    end: int
    is_interned: bool

    @property
    def begin(self) -> int:
        """The address of the object."""
        return self.address - WORD


@dataclass(frozen=True)
class Objects:
    """The objects in the memory from `start` on, where the initial data ends.

    `tracked` is the address of any object that the garbage collector tracks, `text_type` that of the type of texts.
    """

    memory: bytearray
    start: int
    tracked: int
    text_type: int

    def word(self, address: int) -> int:
        """The word at an address."""
        return int.from_bytes(self.memory[address : address + WORD], "little")

    @cached_property
    def links(self) -> list[int]:
        """The addresses of the garbage collector's list, the head's among them: of the two words before each object.

        PyGC_Head, Include/internal/pycore_interp_structs.h. Raises BuildError if its head is not in the initial data.
        """
        first = node = self.tracked - 2 * WORD
        nodes: list[int] = []
        while not nodes or node != first:
            nodes.append(node)
            node = self.word(node) & ~FLAGS
        if sum(node < self.start for node in nodes) != 1:
            raise BuildError("The garbage collector's list has another head than bundler/slim/objects.py expects.")
        return sorted(nodes)

    def link(self, nodes: Sequence[int]) -> None:
        """Link these places, the head first, in this order. The flags in their lowest bits stay."""
        for before, after in zip(nodes, [*nodes[1:], nodes[0]], strict=True):
            pack_into("<I", self.memory, before, after | self.word(before) & FLAGS)
            pack_into("<I", self.memory, after + WORD, before | self.word(after + WORD) & FLAGS)

    @cached_property
    def texts(self) -> list[Text]:
        """The texts whose hash is the computed one, in the order of their addresses."""
        return list(self._texts())

    def _texts(self) -> Iterator[Text]:
        words = array("I", bytes(self.memory))
        for index in range(self.start // WORD, len(words) - _WIDE_DATA // WORD):
            if words[index] == self.text_type:
                address, state = index * WORD, words[index + STATE // WORD]
                size = words[index + LENGTH // WORD] * (state >> 2 & 7)
                data = address + (DATA if state & _ASCII else _WIDE_DATA)
                is_text = state & _COMPACT and size > 0 and data + size <= len(self.memory)
                if is_text and hash_of(self.memory[data : data + size]) == words[index + HASH // WORD]:
                    yield Text(address, data + size, bool(state & _INTERNED))

    def dict_keys(self) -> Iterator[int]:
        """The addresses at which the keys of a dict may begin."""
        position = self.start
        while match := _KEYS.search(self.memory, position):
            address, position = match.start() - _LOG_SIZE, match.start() + 1
            count, free = self.word(address + COUNT), self.word(address + USABLE)
            log_size, log_bytes = self.memory[match.start()], self.memory[match.start() + 1]
            is_table = address % WORD == 0 and log_bytes - log_size in (0, 1, 2)
            if is_table and count > 0 and count + free <= (2 << log_size) // 3:
                yield address

    def index_bytes(self, keys: int) -> int:
        """The size of the index table of a dict's keys, in bytes."""
        return 1 << self.memory[keys + _LOG_BYTES]

    def entries(self, keys: int) -> int:
        """The address of the first entry of a dict's keys."""
        return keys + INDICES + self.index_bytes(keys)

    def indices(self, keys: int) -> bytes:
        """The index table for the entries in their order, after Objects/dictobject.c. Empty where there is no dict."""
        size, kind, count = 1 << self.memory[keys + _LOG_SIZE], self.memory[keys + _KIND], self.word(keys + COUNT)
        step = (3 if kind == _GENERAL else 2) * WORD
        places = [-1] * size
        if self.entries(keys) + count * step > len(self.memory):
            return b""
        for n in range(count):
            entry = self.entries(keys) + n * step
            key, value = unpack_from("<II", self.memory, entry + (WORD if kind == _GENERAL else 0))
            if not value and kind != _SPLIT:
                continue  # deleted
            if not key or key + 4 * WORD > len(self.memory):
                return b""
            key_hash = self.word(entry if kind == _GENERAL else key + WORD + HASH)
            place, rest = key_hash & size - 1, key_hash
            while places[place] >= 0:
                rest >>= 5
                place = 5 * place + rest + 1 & size - 1
            places[place] = n
        return array(_FORMATS[self.index_bytes(keys) // size], places).tobytes()

    @cached_property
    def interned_keys(self) -> int:
        """The keys of the table of interned texts; raises BuildError if its content is another."""
        begins = {text.begin for text in self.texts if text.is_interned}
        tables = [keys for keys in self.dict_keys() if self._pair(keys, 0)[0] in begins]
        table = max(tables, key=lambda keys: self.word(keys + COUNT), default=0)
        pairs = {self._pair(table, n) for n in range(self.word(table + COUNT))}
        if pairs - {(0, 0)} != {(begin, begin) for begin in begins}:
            raise BuildError("The table of interned texts has another content than bundler/slim/objects.py expects.")
        return table

    def _pair(self, keys: int, n: int) -> tuple[int, int]:
        key, value = unpack_from("<II", self.memory, self.entries(keys) + 2 * WORD * n)
        return key, value


def hash_of(data: bytes | bytearray) -> int:
    """Python's hash of a text's data: FNV on words, Python/pyhash.c."""
    if not data:
        return 0
    result = data[0] << 7
    whole = (len(data) - 1) // WORD
    for word in unpack_from(f"<{whole}I", data):
        result = result * _MULTIPLIER & ALL_BITS ^ word
    for byte in data[whole * WORD :]:
        result = result * _MULTIPLIER & ALL_BITS ^ byte
    result ^= len(data)
    return result if result != ALL_BITS else ALL_BITS - 1
