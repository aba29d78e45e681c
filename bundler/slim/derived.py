"""Leaves out of the snapshot what the page can compute from the rest; web/runtime/derived.js computes it.

- The links of the garbage collector's list. Its order is free: it becomes that of the objects' addresses.
- The hashes of texts, and the index tables of dicts, which follow from them.
- The table of interned texts. Its entries become the interned texts in the order of their addresses.

A mark stands in place of the first word of each. A word is replaced only if computing it gives the same word again, so
a false match does no harm: the restored memory equals the complete one word for word.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from struct import pack_into

from ..machine.errors import BuildError
from .objects import COUNT, FLAGS, HASH, INDICES, USABLE, WORD, Objects

# No byte of a mark is zero, so that no gap begins within. The lowest two bits of a link are flags.
_LINK, _HASH, _INDEX = 0xA55A3CC0, 0xA55A3CC4, 0xA55A3CC8
_FEWEST = 1000  # of texts and of tracked objects; Python has over ten thousand of each


@dataclass(frozen=True)
class Parameters:
    """Addresses that derived.js needs: the list's head, and the keys of the table of interned texts."""

    list: int
    interned: int


def leave_out(objects: Objects) -> tuple[bytes, Parameters]:
    """Put marks into the memory; returns the complete memory as the page will have it. Raises BuildError.

    The complete memory differs from the given one only in the two orders.
    """
    memory = objects.memory
    if any(_LINK <= word <= _INDEX for word in array("I", bytes(memory))):
        raise BuildError("The snapshot contains a mark of bundler/slim/derived.py: choose another.")
    objects.link(objects.links)
    _sort_interned(objects)
    tables = _tables(objects)
    if objects.interned_keys not in tables or min(len(objects.links), len(objects.texts)) < _FEWEST:
        raise BuildError(
            "Python's objects have another layout than bundler/slim/objects.py expects: adapt it, and "
            "web/runtime/derived.js, to the headers that it names."
        )
    complete = bytes(memory)
    for link in objects.links[1:]:
        pack_into("<II", memory, link, _LINK | objects.word(link) & FLAGS, objects.word(link + WORD) & FLAGS)
    for text in objects.texts:
        pack_into("<I", memory, text.address + HASH, _HASH)
    _clear(objects, objects.entries(objects.interned_keys), objects.word(objects.interned_keys + COUNT))
    for keys in tables:
        memory[keys + INDICES : objects.entries(keys)] = bytes(objects.index_bytes(keys))
        pack_into("<I", memory, keys + INDICES, _INDEX)
    return complete, Parameters(objects.links[0], objects.interned_keys)


def _sort_interned(objects: Objects) -> None:
    keys, begins = objects.interned_keys, [text.begin for text in objects.texts if text.is_interned]
    count = objects.word(keys + COUNT)
    free = objects.word(keys + USABLE) + count - len(begins)
    _clear(objects, objects.entries(keys), count)
    for n, begin in enumerate(begins):
        pack_into("<II", objects.memory, objects.entries(keys) + 2 * WORD * n, begin, begin)
    pack_into("<II", objects.memory, keys + USABLE, free, len(begins))
    objects.memory[keys + INDICES : objects.entries(keys)] = objects.indices(keys)


def _clear(objects: Objects, entries: int, count: int) -> None:
    """Fill the entries of the table of interned texts with zeros."""
    objects.memory[entries : entries + 2 * WORD * count] = bytes(2 * WORD * count)


def _tables(objects: Objects) -> list[int]:
    """The addresses of dicts' keys whose index tables are the computed ones."""
    tables: list[int] = []
    end = 0
    for keys in objects.dict_keys():
        is_inside = keys < end  # of another table
        if not is_inside and objects.memory[keys + INDICES : objects.entries(keys)] == objects.indices(keys):
            tables.append(keys)
            end = objects.entries(keys)
    return tables
