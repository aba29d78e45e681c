"""Which of Python's functions sleep until the cold half is there, and how that is marked in the memory."""

from __future__ import annotations

import json
from dataclasses import replace
from struct import pack_into, unpack_from

import pytest

from bundler.machine.errors import BuildError
from bundler.slim import functions
from bundler.slim.functions import Function

INSTRUCTIONS = bytes([60, 1, 196, 0]) + bytes(range(1, 41))  # one before RESUME_CHECK, which has run
TABLE = b"lines " * 8
SIZE = 512  # bytes of memory for each function


def laid_out(*names: str) -> tuple[bytearray, list[Function]]:
    """A memory with a function of each name in it, one after the other."""
    memory, found = bytearray(SIZE * len(names)), []
    for place, name in enumerate(names):
        code = place * SIZE
        start, lines = code + 128, code + 256
        table = lines + 16
        memory[start : start + len(INSTRUCTIONS)] = INSTRUCTIONS
        memory[table : table + len(TABLE)] = TABLE
        pack_into("<I", memory, code, 3)  # references
        pack_into("<I", memory, code + 92, lines)
        found.append(Function(name, code, start + 2, start + len(INSTRUCTIONS), lines, table, table + len(TABLE)))
    return memory, found


def test_what_follows_resume_and_the_lines_come_later():
    memory, (function,) = laid_out("typing.py:cast")
    parts = functions.put_to_sleep(memory, [function], set())
    assert [(part.address, part.content) for part in parts] == [
        (function.resume + 2, INSTRUCTIONS[4:]),
        (function.lines_start, TABLE),
    ]
    assert memory[function.resume - 2 : function.resume + 2] == bytes([60, 1, 128, 0])
    references, version = unpack_from("<I", memory, 0)[0], unpack_from("<I", memory, 108)[0]
    assert references >= 1 << 30  # immortal: https://peps.python.org/pep-0683/
    assert version & 0xFF == 0  # else it would be one with events
    assert version > 0xFFFF


def test_hot_ones_and_ours_stay_awake():
    names = ("typing.py:cast", "enum.py:Enum.__hash__", "widget/mount.py:Widget.refresh")
    memory, found = laid_out(*names)
    before = bytes(memory)
    parts = functions.put_to_sleep(memory, found, {"enum.py:Enum.__hash__"})
    assert {part.address // SIZE for part in parts} == {0}
    assert memory[SIZE:] == before[SIZE:]


def test_lines_that_one_awake_shares_stay():
    memory, (asleep, awake) = laid_out("typing.py:cast", "enum.py:Enum.__hash__")
    pack_into("<I", memory, awake.code + 92, asleep.lines)
    shared = replace(awake, lines=asleep.lines, lines_start=asleep.lines_start, lines_end=asleep.lines_end)
    parts = functions.put_to_sleep(memory, [asleep, shared], {shared.name})
    assert [part.address for part in parts] == [asleep.resume + 2]
    parts = functions.put_to_sleep(memory, [asleep, shared], set())
    assert [part.address for part in parts] == [asleep.resume + 2, asleep.lines_start, shared.resume + 2]


def test_what_is_short_stays():
    memory, (function,) = laid_out("typing.py:cast")
    short = replace(function, end=function.resume + 8)
    assert [part.address for part in functions.put_to_sleep(memory, [short], set())] == [function.lines_start]


def test_another_layout_fails_the_build():
    memory, (function,) = laid_out("typing.py:cast")
    with pytest.raises(BuildError, match="not laid out as"):
        functions.put_to_sleep(memory, [replace(function, lines=function.lines + 4)], set())


def test_a_profile_begins_with_functions_that_nobody_has_called(tmp_path):
    memory, found = laid_out("typing.py:cast", "enum.py:Enum.__hash__")
    functions.forget(memory, found)
    assert [memory[each.resume] for each in found] == [128, 128]
    file = tmp_path / "functions.json"
    file.write_text(json.dumps([vars(each) for each in found]))
    assert functions.read(file) == found
