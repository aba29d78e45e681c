"""What the snapshot leaves out: the page computes it again, word for word."""

from __future__ import annotations

import json
from dataclasses import asdict
from struct import pack_into, unpack_from

import pytest

from bundler.machine import node
from bundler.machine.errors import BuildError
from bundler.slim import build, derived, unused
from bundler.slim.objects import Objects, hash_of

pytestmark = pytest.mark.builds

START, LIST_HEAD, TEXT_TYPE, CACHE, DICT = 40960, 64, 128, 256, 0x20000
ASCII, WIDE = 0x64, 0x28  # states of compact texts: of one byte a character, and of two
WORDS = [f"name_{n}" for n in range(40)] + ["größer €", "日本語"]


class Memory:
    """A memory with objects as Python would have them."""

    def __init__(self) -> None:
        self.bytes = bytearray(0x24000)
        self.free = START
        self.nodes: list[int] = []

    def block(self, size: int) -> int:
        address, self.free = self.free, self.free + (size + 15) // 8 * 8
        return address

    def text(self, text: str, interned: int) -> int:
        """A text object's address. `interned` is 0 to 2."""
        state, data = (ASCII, text.encode()) if text.isascii() else (WIDE, text.encode("utf-16-le"))
        start = 20 if text.isascii() else 28
        address = self.block(start + len(data) + 2)
        pack_into("<5I", self.bytes, address, 1, TEXT_TYPE, len(text), hash_of(data), state | interned)
        self.bytes[address + start : address + start + len(data)] = data
        return address

    def keys(self, log_size: int, kind: int, entries: list[tuple[int, ...]]) -> int:
        """A dict's keys with these entries: (hash, key, value) for kind 0, else (key, value)."""
        size, step = 1 << log_size, 12 if kind == 0 else 8
        address = self.block(20 + size + step * len(entries))
        free = (2 << log_size) // 3 - len(entries)
        pack_into("<IBBBBIII", self.bytes, address, 1, log_size, log_size, kind, 0, 7, free, len(entries))
        for n, entry in enumerate(entries):
            pack_into(f"<{len(entry)}I", self.bytes, address + 20 + size + n * step, *entry)
        self.bytes[address + 20 : address + 20 + size] = self.objects().indices(address)
        return address

    def track(self, version: int) -> int:
        """An object that the garbage collector tracks, with a function's version."""
        node = self.block(8 + 80)
        pack_into("<I", self.bytes, node + 8 + 72, version)
        self.nodes.append(node)
        return node + 8

    def link(self) -> None:
        """Link all tracked objects in the order in which they were made, the head first."""
        ring = [LIST_HEAD, *self.nodes[::-1]]
        for before, after in zip(ring, [*ring[1:], ring[0]], strict=True):
            pack_into("<I", self.bytes, before, after | (1 if before != LIST_HEAD else 0))
            pack_into("<I", self.bytes, after + 4, before)

    def objects(self) -> Objects:
        return Objects(self.bytes, START, self.nodes[0] + 8 if self.nodes else 0, TEXT_TYPE)


@pytest.fixture
def memory(monkeypatch) -> Memory:
    monkeypatch.setattr(derived, "_FEWEST", 5)
    monkeypatch.setattr(unused, "_FEWEST", 5)
    memory = Memory()
    texts = [memory.text(word, 2 if n % 3 else 0) for n, word in enumerate(WORDS)]
    interned = [text for n, text in enumerate(texts) if n % 3]
    memory.keys(4, 1, [(texts[n], 1) for n in range(9)])
    memory.keys(3, 2, [(texts[n], 0) for n in (1, 2, 4)])
    memory.keys(4, 0, [(n * 16, texts[n], 1) for n in range(9)])  # the same place for all, but for what is above
    table = memory.keys(6, 1, [(interned[-1],) * 2, (0, 0), *((text, text) for text in interned[-2::-1])])
    pack_into("<7I", memory.bytes, DICT, 1, 9, len(interned), 0, 0, 0, table)
    for version in range(1, 9):
        function = memory.track(version)
        pack_into("<II", memory.bytes, CACHE + 8 * version, function, 5)
    memory.link()
    return memory


def restore(memory, complete, parameters, tmp_path):
    """Run the check of each build: raises BuildError if the page's code makes another memory."""
    (tmp_path / "marked.bin").write_bytes(memory.bytes)
    (tmp_path / "complete.bin").write_bytes(complete)
    arguments = (build.RUNTIME / "derived.js", tmp_path / "marked.bin", tmp_path / "complete.bin")
    node.run(build.HERE / "check_derived.mjs", *arguments, json.dumps(asdict(parameters)), failure="It differs.")


def test_the_page_restores_what_was_left_out_word_for_word(memory, tmp_path):
    complete, parameters = derived.leave_out(memory.objects())
    assert memory.bytes != complete
    restore(memory, complete, parameters, tmp_path)


def test_a_memory_that_the_page_would_not_restore_fails_the_build(memory, tmp_path):
    complete, parameters = derived.leave_out(memory.objects())
    other = bytearray(complete)
    other[memory.nodes[3]] ^= 4
    with pytest.raises(BuildError, match="computes other words"):
        restore(memory, other, parameters, tmp_path)


def test_only_the_order_of_links_and_of_interned_texts_changes(memory):
    before = bytes(memory.bytes)
    objects = memory.objects()
    table, links = objects.interned_keys, objects.links
    complete, _ = derived.leave_out(objects)
    changed = {n for n in range(0, len(before), 4) if before[n : n + 4] != complete[n : n + 4]}
    ends = table + 20 + 64 + 8 * len(WORDS)
    assert {n for n in changed if not table <= n < ends} <= {*links, *(link + 4 for link in links)}
    count = unpack_from("<I", complete, table + 16)[0]
    pairs = [unpack_from("<II", complete, table + 84 + 8 * n) for n in range(count)]
    assert pairs == sorted(pairs)
    assert all(key == value for key, value in pairs)


def test_another_layout_fails_the_build(memory):
    pack_into("<I", memory.bytes, memory.objects().texts[1].address + 8, 12345)  # a hash that is none
    with pytest.raises(BuildError, match="has another content"):
        derived.leave_out(memory.objects())


def test_a_mark_that_is_there_already_fails_the_build(memory):
    pack_into("<I", memory.bytes, DICT + 64, 0xA55A3CC4)
    with pytest.raises(BuildError, match="choose another"):
        derived.leave_out(memory.objects())


def test_a_text_that_only_its_table_names_is_forgotten_and_the_cache_is_empty(memory, tmp_path):
    objects = memory.objects()
    interned = [text for text in objects.texts if text.is_interned]
    unused.clear(objects)
    remaining = [text for text in objects.texts if text.is_interned]
    named = {WORDS[n] for n in range(9) if n % 3}
    assert len(remaining) == len(named)
    for text in {*interned} - {*remaining}:
        assert not any(memory.bytes[text.begin : text.end])
    assert unpack_from("<I", memory.bytes, DICT + 8)[0] == len(remaining)
    assert not any(memory.bytes[CACHE : CACHE + 4096 * 8])
    complete, parameters = derived.leave_out(objects)
    restore(memory, complete, parameters, tmp_path)


def test_the_hash_is_fnv_on_words_and_never_minus_one():
    # By hand: x = 97 << 7; x = x * 1000003 ^ 97; x ^= 1
    assert (hash_of(b""), hash_of(b"\0\0")) == (0, 2)
    assert hash_of(b"a") == ((97 << 7) * 1000003 & 0xFFFFFFFF ^ 97) ^ 1
