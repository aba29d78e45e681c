"""Finds the docstrings of modules and classes written in C: they come with the cold half.

What stays of each is the text's head, so that nothing breaks that only passes it on. Nothing hot reads its letters:
code that prints or compiles something is cold.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from .blocks import Blocks
from .objects import ALL_BITS, DATA, HASH, LENGTH, STATE, WORD
from .wasm import Data

_PLAIN = 0x64  # the state of a text in ASCII that is not interned
_MIN_BYTES = 32  # a shorter text is not worth a segment of its own


def find(blocks: Blocks, name: int) -> Iterator[Data]:
    """The letters of the texts that only dicts name, under `__doc__`, and whose hash nobody has asked for.

    `name` is the address of that key.
    """
    objects = blocks.objects
    values = {n * WORD + WORD for n, word in enumerate(array("I", bytes(objects.memory))) if word == name}
    for begin in sorted({objects.word(value) for value in values}):
        text = begin + WORD  # the word with the type
        letters, size = text + DATA, objects.word(text + LENGTH)
        is_text = blocks.block(begin) == begin and objects.word(text) == objects.text_type
        is_plain = objects.word(text + STATE) == _PLAIN and objects.word(text + HASH) == ALL_BITS
        if is_text and is_plain and size >= _MIN_BYTES and values.issuperset(blocks.names[begin]):
            yield Data(letters, bytes(objects.memory[letters : letters + size]))
