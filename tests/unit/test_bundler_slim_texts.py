"""Which C strings stay in the snapshot and which are cold data."""

from __future__ import annotations

import struct
from collections.abc import Collection

import pytest

from bundler.machine.errors import BuildError
from bundler.slim.texts import unread
from bundler.slim.wasm import Data, Module

START = 64
HELP = b"double($self, /)\n--\n\nTwice as much.\0"


def cold_texts(texts: bytes, hot: Collection[int] = (), words: tuple[int, ...] = (), later: bytes = b"") -> list[bytes]:
    """The cold texts of a module with these texts in its first data segment and `later` in a second one."""
    texts += b"\0" * (-len(texts) % 4)
    segments = [Data(START, texts), Data(START + len(texts), later)]
    memory = bytes(START) + texts + later + bytes(-len(later) % 4) + struct.pack(f"<{len(words)}I", *words)
    return [memory[start:end].rstrip(b"\0") for start, end in unread(Module(data=segments), memory, hot)]


def address(texts: bytes, text: bytes) -> int:
    return START + texts.index(text)


def test_texts_that_hot_code_does_not_name_are_cold():
    texts = b"one\0two\0three\0"
    assert cold_texts(texts, hot={address(texts, b"two")}) == [b"one", b"three"]
    assert cold_texts(texts) == [b"one\0two\0three"]  # adjacent texts as one range


@pytest.mark.parametrize("place", ["two", "wo", "o\0three"])
def test_an_address_inside_a_text_keeps_the_whole_text(place):
    texts = b"one\0two\0three\0"
    assert cold_texts(texts, hot={address(texts, place.encode())}) == [b"one", b"three"]


def test_the_address_of_its_final_nul_keeps_a_text():
    texts = b"one\0two\0three\0"
    assert cold_texts(texts, hot={address(texts, b"\0three")}) == [b"one", b"three"]


def test_texts_that_data_points_to_stay():
    texts = b"one\0two\0three\0"
    assert cold_texts(texts, words=(address(texts, b"two"),)) == [b"one", b"three"]


def test_help_is_cold_although_data_points_to_it():
    texts = b"one\0" + HELP
    assert cold_texts(texts, words=(START, address(texts, HELP))) == [HELP[:-1]]
    assert cold_texts(b"one\0", words=(START, START + 4), later=HELP) == [HELP[:-1]]
    assert cold_texts(texts, hot={address(texts, b"Twice")}, words=(START, address(texts, HELP))) == []


def test_help_with_two_pointers_is_cold_data_once():
    texts = b"one\0" + HELP
    assert cold_texts(texts, words=(START, address(texts, HELP), address(texts, b"($self"))) == [HELP[:-1]]


def test_hot_code_that_reads_help_fails_the_build():
    texts = b"($self)\n--\n\n\0one\0"
    with pytest.raises(BuildError, match="A function that reads the help"):
        cold_texts(texts, hot={address(texts, b")\n--")})
    with pytest.raises(BuildError, match="A function that reads the help"):
        cold_texts(texts, hot={address(texts, b"\n--")})
