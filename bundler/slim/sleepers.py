"""Moves Python functions that no visit calls to the cold half, with all that nothing else names.

Of a sleeping function, the object stays, without its content: its calls reach `call` of guards.py, and reading or
setting an attribute of it reaches `get` or `set`. Each loads the cold half, which has the content. Its version is 0, so
that no instruction that was specialized for it takes the way past its vectorcall. The one instruction that asks for no
version calls the __init__ that its class remembers; those functions are left out.

With the function goes its code object, and the texts, numbers, bytes and tuples that only such functions name. Any
word of the memory that may be an address counts as one. A sleeping function is immortal: its memory must not be reused
before the cold half fills it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from struct import pack_into

from ..machine.errors import BuildError
from .blocks import Blocks
from .functions import IMMORTAL, Function
from .guards import VECTORCALL
from .objects import WORD, Objects
from .wasm import Data

# PyFunctionObject, Include/cpython/funcobject.h. Between the two parts are __dict__ and the weak references, which may
# get a value at any time.
_CODE, _PARTS = 6 * WORD, ((2 * WORD, 11 * WORD), (13 * WORD, VECTORCALL))
_CALLING = (VECTORCALL, VECTORCALL + 2 * WORD)  # the vectorcall and the version
_HEAD = 2 * WORD  # PyGC_Head, before an object that the garbage collector may track


@dataclass(frozen=True)
class Kinds:
    """The types of functions and of what may go, and the addresses of the words in which classes remember __init__."""

    function_type: int
    plain_types: Collection[int]  # without references, and code
    tuple_type: int
    inits: Collection[int]


@dataclass(frozen=True)
class Sleepers:
    """The sleeping functions, and the blocks that go."""

    functions: Collection[int]
    blocks: Collection[int]


def vectorcall(objects: Objects, functions: Sequence[Function], kinds: Kinds) -> int:
    """What functions have. Raises BuildError if that is not one and the same."""
    calls = {objects.word(owner + VECTORCALL) for each in functions for owner in _owners(objects, each, kinds)}
    if len(calls) != 1:
        raise BuildError("Python's functions have another layout than bundler/slim/sleepers.py expects: adapt it.")
    return calls.pop()


def _owners(objects: Objects, function: Function, kinds: Kinds) -> list[int]:
    """The function objects that still exist: that of an import's lock ended with the import."""
    return [owner for owner in function.owners if objects.word(owner + WORD) == kinds.function_type]


def put_to_sleep(blocks: Blocks, asleep: Sequence[Function], kinds: Kinds, call: int) -> tuple[list[Data], set[int]]:
    """Move what can go of the functions `asleep` out of the memory; returns it, and the code objects among it.

    `call` is what calls of a sleeping function reach. Raises BuildError if loading the cold half would not restore the
    memory word for word.
    """
    objects = blocks.objects
    sleepers = _find(blocks, asleep, kinds)
    objects.link([link for link in objects.links if link not in sleepers.blocks])
    for link in {*objects.links} & {*sleepers.blocks}:
        pack_into("<II", objects.memory, link, 0, 0)  # the garbage collector does not track it any more
    for function in sleepers.functions:
        pack_into("<I", objects.memory, function, IMMORTAL)
    complete, data = bytes(objects.memory), list(_data(objects, blocks, sleepers))
    for each in data:
        objects.memory[each.address : each.address + len(each.content)] = bytes(len(each.content))
    for function in sleepers.functions:
        pack_into("<I", objects.memory, function + VECTORCALL, call)
    _check(objects.memory, data, complete)
    return data, {each.code for each in asleep} & {*sleepers.blocks}


def _check(memory: bytearray, data: Sequence[Data], complete: bytes) -> None:
    restored = bytearray(memory)
    for each in data:
        restored[each.address : each.address + len(each.content)] = each.content
    if restored != complete:
        raise BuildError("The cold half would restore another memory than bundler/slim/sleepers.py took it from.")


def _find(blocks: Blocks, asleep: Sequence[Function], kinds: Kinds) -> Sleepers:
    """The largest set in which each block is named by the set only."""
    word = blocks.objects.word
    remembered = {word(each) for each in kinds.inits}
    codes = {each.code for each in asleep}
    functions = {owner: each.code for each in asleep for owner in _owners(blocks.objects, each, kinds)}
    functions = {owner: code for owner, code in functions.items() if owner not in remembered}
    fields = {address: owner for owner in functions for part in _PARTS for address in _words(owner, part)}
    tracked = {link + side for link in blocks.objects.links for side in (0, WORD)}

    def may_go(block: int) -> bool:
        is_plain = word(block + WORD) in kinds.plain_types and (block in codes or block not in blocks.code)
        return is_plain or word(block + _HEAD + WORD) == kinds.tuple_type

    found = _reachable(blocks, codes | {blocks.block(word(address)) for address in fields}, may_go)

    def is_free(block: int) -> bool:
        return all(
            fields.get(address) in functions or blocks.block(address) in found or address in tracked
            for address in blocks.names[block]
        )

    while named := {block for block in found if not is_free(block)}:
        found -= named
        functions = {owner: code for owner, code in functions.items() if code in found}
    return Sleepers(sorted(functions), found)


def _words(function: int, part: tuple[int, int]) -> range:
    return range(function + part[0], function + part[1], WORD)


def _reachable(blocks: Blocks, named: Collection[int], may_go: Callable[[int], bool]) -> set[int]:
    """The blocks that may go among those named, and among those that such blocks name."""
    reached: set[int] = set()
    waiting = [*named]
    while waiting:
        block = waiting.pop()
        if block and block not in reached and may_go(block):
            reached.add(block)
            waiting.extend(blocks.named(block))
    return reached


def _data(objects: Objects, blocks: Blocks, sleepers: Sleepers) -> Iterator[Data]:
    for begin, end in _runs(blocks, sorted(sleepers.blocks)):
        yield Data(begin, bytes(objects.memory[begin:end]))
    for function in sleepers.functions:
        for begin, end in (*_PARTS, _CALLING):
            yield Data(function + begin, bytes(objects.memory[function + begin : function + end]))


def _runs(blocks: Blocks, sorted_blocks: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The blocks, adjacent ones as one range: malloc reads the word before a block only if one beside it is freed."""
    begin = end = 0
    for block in sorted_blocks:
        if block != end + WORD:
            if begin:
                yield begin, end
            begin = block
        end = blocks.ends[block]
    if begin:
        yield begin, end
