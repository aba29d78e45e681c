"""Which texts of C stay in the memory that every visit begins with."""

from __future__ import annotations

import struct

import pytest

from bundler.machine.errors import BuildError
from bundler.slim.texts import unread
from bundler.slim.wasm import Data, Module

START = 64
HELP = b"double($self, /)\n--\n\nTwice as much.\0"


def left_out(texts: bytes, hot: set[int] = frozenset(), words: tuple[int, ...] = (), later: bytes = b"") -> list[bytes]:
    """What of a first segment with these texts, and of a second one behind it, is found to be cold code's alone."""
    texts += b"\0" * (-len(texts) % 4)
    segments = [Data(START, texts), Data(START + len(texts), later)]
    memory = bytes(START) + texts + later + bytes(-len(later) % 4) + struct.pack(f"<{len(words)}I", *words)
    return [memory[start:end].rstrip(b"\0") for start, end in unread(Module(data=segments), memory, hot)]


def at(texts: bytes, text: bytes) -> int:
    return START + texts.index(text)


def test_a_text_that_nobody_hot_names_is_left_out():
    texts = b"one\0two\0three\0"
    assert left_out(texts, hot={at(texts, b"two")}) == [b"one", b"three"]
    assert left_out(texts) == [b"one\0two\0three"]  # neighbours together


@pytest.mark.parametrize("place", ["two", "wo", "o\0three"])
def test_a_text_may_be_the_end_of_another(place):
    texts = b"one\0two\0three\0"
    assert left_out(texts, hot={at(texts, place.encode())}) == [b"one", b"three"]


def test_an_empty_text_is_named_by_its_end():
    texts = b"one\0two\0three\0"
    assert left_out(texts, hot={at(texts, b"\0three")}) == [b"one", b"three"]


def test_what_data_points_to_stays():
    texts = b"one\0two\0three\0"
    assert left_out(texts, words=(at(texts, b"two"),)) == [b"one", b"three"]


def test_help_is_left_out_though_data_points_to_it():
    texts = b"one\0" + HELP
    assert left_out(texts, words=(START, at(texts, HELP))) == [HELP[:-1]]
    assert left_out(b"one\0", words=(START, START + 4), later=HELP) == [HELP[:-1]]
    assert left_out(texts, hot={at(texts, b"Twice")}, words=(START, at(texts, HELP))) == []


def test_help_that_two_places_point_to_is_left_out_once():
    texts = b"one\0" + HELP
    assert left_out(texts, words=(START, at(texts, HELP), at(texts, b"($self"))) == [HELP[:-1]]


def test_code_that_reads_help_may_not_be_hot():
    texts = b"($self)\n--\n\n\0one\0"
    with pytest.raises(BuildError, match="A function that reads the help"):
        left_out(texts, hot={at(texts, b")\n--")})
    with pytest.raises(BuildError, match="A function that reads the help"):
        left_out(texts, hot={at(texts, b"\n--")})
