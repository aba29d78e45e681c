"""Python functions that sleep until the cold half is loaded, and their marks in the memory."""

from __future__ import annotations

import json
from dataclasses import replace
from struct import pack_into, unpack_from

import pytest

from bundler.machine.errors import BuildError
from bundler.slim import functions
from bundler.slim.functions import Function

INSTRUCTIONS = bytes([60, 1, 196, 0]) + bytes(range(1, 41))  # one instruction, then RESUME_CHECK: the function has run
TABLE = b"lines " * 8
SIZE = 512  # bytes of memory for each function


def memory_with(*names: str) -> tuple[bytearray, list[Function]]:
    """A memory with one function for each name, SIZE bytes apart."""
    memory, result = bytearray(SIZE * len(names)), []
    for place, name in enumerate(names):
        code = place * SIZE
        start, lines = code + 128, code + 256
        table = lines + 16
        memory[start : start + len(INSTRUCTIONS)] = INSTRUCTIONS
        memory[table : table + len(TABLE)] = TABLE
        pack_into("<I", memory, code, 3)  # references
        pack_into("<I", memory, code + 92, lines)
        end = start + len(INSTRUCTIONS)
        result.append(Function(name, code, start + 2, end, lines, table, table + len(TABLE), []))
    return memory, result


def test_the_code_after_resume_and_the_line_table_are_cold_data():
    memory, (function,) = memory_with("typing.py:cast")
    parts = functions.put_to_sleep(memory, [function], [function])
    assert [(part.address, part.content) for part in parts] == [
        (function.resume + 2, INSTRUCTIONS[4:]),
        (function.lines_start, TABLE),
    ]
    assert memory[function.resume - 2 : function.resume + 2] == bytes([60, 1, 128, 0])
    references, version = unpack_from("<I", memory, 0)[0], unpack_from("<I", memory, 108)[0]
    assert references >= 1 << 30  # immortal: https://peps.python.org/pep-0683/
    assert version & 0xFF == 0  # the bits of events
    assert version > 0xFFFF


def test_hot_functions_and_those_of_the_package_stay_awake():
    names = ("typing.py:cast", "enum.py:Enum.__hash__", "widget/widget.py:Widget.refresh")
    memory, all_functions = memory_with(*names)
    before = bytes(memory)
    asleep = functions.cold(all_functions, {"enum.py:Enum.__hash__"})
    assert asleep == all_functions[:1]
    parts = functions.put_to_sleep(memory, all_functions, asleep)
    assert {part.address // SIZE for part in parts} == {0}
    assert memory[SIZE:] == before[SIZE:]


def test_a_line_table_shared_with_an_awake_function_stays():
    memory, (asleep, awake) = memory_with("typing.py:cast", "enum.py:Enum.__hash__")
    pack_into("<I", memory, awake.code + 92, asleep.lines)
    shared = replace(awake, lines=asleep.lines, lines_start=asleep.lines_start, lines_end=asleep.lines_end)
    parts = functions.put_to_sleep(memory, [asleep, shared], [asleep])
    assert [part.address for part in parts] == [asleep.resume + 2]
    parts = functions.put_to_sleep(memory, [asleep, shared], [asleep, shared])
    assert [part.address for part in parts] == [asleep.resume + 2, asleep.lines_start, shared.resume + 2]


def test_short_parts_stay():
    memory, (function,) = memory_with("typing.py:cast")
    short = replace(function, end=function.resume + 8)
    assert [part.address for part in functions.put_to_sleep(memory, [short], [short])] == [function.lines_start]


def test_another_layout_of_code_objects_fails_the_build():
    memory, (function,) = memory_with("typing.py:cast")
    with pytest.raises(BuildError, match="another layout than"):
        other = replace(function, lines=function.lines + 4)
        functions.put_to_sleep(memory, [other], [other])


def test_for_a_profile_all_functions_are_marked_as_never_called(tmp_path):
    memory, both = memory_with("typing.py:cast", "enum.py:Enum.__hash__")
    functions.reset(memory, both)
    assert [memory[each.resume] for each in both] == [128, 128]
    file = tmp_path / "functions.json"
    file.write_text(json.dumps([vars(each) for each in both]))
    assert functions.read(file) == both
