"""Python functions that sleep, what goes with them, and docstrings, in a memory like Python's."""

from __future__ import annotations

from struct import pack_into

import pytest

from bundler.machine.errors import BuildError
from bundler.slim import docs, sleepers
from bundler.slim.blocks import Blocks
from bundler.slim.functions import Function
from bundler.slim.objects import Objects

START, LIST_HEAD, NAME = 8192, 64, 512
FUNCTION, CODE, TEXT, TUPLE, CELL = range(1024, 1044, 4)  # types
VECTORCALL, CALL = 762, 9000


class Memory:
    """Blocks as malloc gives them out, with objects of Python's layouts."""

    def __init__(self) -> None:
        self.bytes = bytearray(START + 8192)
        self.head = START
        self.nodes: list[int] = []
        self.codes: set[int] = set()

    def block(self, *words: int) -> int:
        size = 4 * len(words) + 4
        pack_into(f"<{len(words) + 1}I", self.bytes, self.head, (size + 7) & ~7 | 3, *words)
        begin, self.head = self.head + 4, self.head + ((size + 7) & ~7)
        return begin

    def tracked(self, *words: int) -> int:
        begin = self.block(0, 0, *words)
        self.nodes.append(begin)
        return begin + 8

    def text(self, *words: int, hash_: int = 0xFFFFFFFF) -> int:
        return self.block(1, TEXT, 4 * len(words), hash_, 0x64, *words)

    def code(self, *names: int) -> int:
        code = self.block(1, CODE, *names, *[0x1111] * 4)
        self.codes.add(code)
        return code

    def function(self, code: int, name: int = 0) -> int:
        return self.tracked(1, FUNCTION, 0, 0, name, 0, code, *[0] * 10, VECTORCALL, 77)

    def blocks(self) -> Blocks:
        ring = [LIST_HEAD, *self.nodes]
        for before, after in zip(ring, [*ring[1:], ring[0]], strict=True):
            pack_into("<I", self.bytes, before, after)
            pack_into("<I", self.bytes, after + 4, before)
        return Blocks(Objects(self.bytes, START, self.nodes[-1] + 8, TEXT), frozenset(self.codes))

    def word(self, address: int) -> int:
        return int.from_bytes(self.bytes[address : address + 4], "little")


def kinds(*inits: int) -> sleepers.Kinds:
    return sleepers.Kinds(FUNCTION, {CODE, TEXT}, TUPLE, inits)


def report(code: int, *owners: int) -> Function:
    return Function("a.py:f", code, 0, 0, 0, 0, 0, list(owners))


@pytest.fixture
def memory() -> Memory:
    return Memory()


def test_a_sleeping_function_goes_with_all_that_only_it_names(memory):
    own, in_tuple, common = (memory.text(7) for _ in range(3))
    consts = memory.tracked(1, TUPLE, in_tuple, common)
    code = memory.code(own, consts)
    function = memory.function(code, own)
    memory.block(1, CELL, common)
    blocks = memory.blocks()
    before = bytes(memory.bytes)
    data, codes = sleepers.put_to_sleep(blocks, [report(code, function)], kinds(), CALL)
    assert codes == {code}
    for place in (own, in_tuple, code, consts, function + 8, function + 24, function + 52):
        assert memory.word(place) == 0
    assert memory.word(common) == 1
    assert (memory.word(function + 68), memory.word(function + 72)) == (CALL, 0)
    assert memory.word(function) >= 1 << 30  # immortal: https://peps.python.org/pep-0683/
    assert memory.word(LIST_HEAD) == function - 8  # the tuple is not tracked any more
    for each in data:  # the cold half
        memory.bytes[each.address : each.address + len(each.content)] = each.content
    different = {n for n in range(0, len(before), 4) if before[n : n + 4] != memory.bytes[n : n + 4]}
    assert different == {LIST_HEAD, consts - 8, consts - 4, function - 4, function}


def test_an_awake_function_stays_with_what_it_names(memory):
    text = memory.text(7)
    awake, asleep = memory.code(text), memory.code(text)
    functions = [memory.function(awake), memory.function(asleep)]
    blocks = memory.blocks()
    before = bytes(memory.bytes[functions[0] : functions[0] + 76])
    _, codes = sleepers.put_to_sleep(blocks, [report(asleep, functions[1])], kinds(), CALL)
    assert codes == {asleep}
    assert memory.word(text) == memory.word(awake) == 1
    assert memory.bytes[functions[0] : functions[0] + 76] == before


def test_what_an_instruction_or_a_word_between_names_stays(memory):
    first, second, third = (memory.text(7, 8, 9) for _ in range(3))
    code = memory.code(first, second, third)
    function = memory.function(code)
    in_instructions = memory.code(first << 16 & 0xFFFFFFFF, first >> 16)  # not at a whole word
    memory.function(in_instructions)
    memory.block(1, CELL, second + 8)  # a place within
    memory.block(1, CELL, third << 16 & 0xFFFFFFFF, third >> 16)  # no code
    sleepers.put_to_sleep(memory.blocks(), [report(code, function)], kinds(), CALL)
    assert [memory.word(each) for each in (first, second, third, code)] == [1, 1, 0, 0]


def test_an_init_that_its_class_remembers_and_code_that_something_else_names_stay(memory):
    first, second = memory.code(), memory.code()
    functions = [memory.function(first), memory.function(second)]
    remembering = memory.block(1, CELL, functions[0])
    memory.block(1, CELL, second)
    asleep = [report(code, function) for code, function in zip((first, second), functions, strict=True)]
    data, codes = sleepers.put_to_sleep(memory.blocks(), asleep, kinds(remembering + 8), CALL)
    assert (data, codes) == ([], set())


def test_functions_that_ended_do_not_count(memory):
    code = memory.code()
    function, ended = memory.function(code), memory.block(1, CELL, *[0] * 20)
    functions = [report(code, function, ended)]
    assert sleepers.vectorcall(memory.blocks().objects, functions, kinds()) == VECTORCALL
    _, codes = sleepers.put_to_sleep(memory.blocks(), functions, kinds(), CALL)
    assert codes == {code}
    assert memory.word(ended) == 1


def test_functions_with_different_vectorcalls_are_another_layout(memory):
    code = memory.code()
    functions = [memory.function(code), memory.function(code)]
    pack_into("<I", memory.bytes, functions[0] + 68, 1)
    with pytest.raises(BuildError, match="another layout"):
        sleepers.vectorcall(memory.blocks().objects, [report(code, *functions)], kinds())


def test_a_memory_without_blocks_is_another_layout(memory):
    code = memory.code()
    memory.function(code)
    blocks = memory.blocks()
    memory.bytes[START : blocks.objects.tracked - 8] = bytes(blocks.objects.tracked - 8 - START)
    with pytest.raises(BuildError, match="malloc has another layout"):
        blocks.names  # noqa: B018 - computes them


def test_the_letters_of_docstrings_go_unless_something_else_reads_them(memory):
    letters = (0x61626364,) * 8
    plain, hashed, also_named = memory.text(*letters), memory.text(*letters, hash_=5), memory.text(*letters)
    short = memory.text(7)
    memory.block(1, CELL, *(word for text in (plain, hashed, also_named, short) for word in (NAME, text)))
    memory.block(1, CELL, also_named)
    memory.tracked(1, CELL)
    (data,) = docs.find(memory.blocks(), NAME)
    assert data.address == plain + 20
    assert data.content == b"dcba" * 8
