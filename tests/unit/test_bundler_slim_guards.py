"""The functions that load the cold half before a sleeping function is used."""

from __future__ import annotations

from dataclasses import replace
from struct import pack_into

import pytest

from bundler.machine.errors import BuildError
from bundler.slim import guards, split
from bundler.slim.leb import END, u32
from bundler.slim.wasm import Data, Elements, emit
from tests.unit.slim_modules import HALVES, module, run

pytestmark = pytest.mark.builds

TYPE, FUNCTION, PLACE = 1024, 2048, 4  # PLACE: after the table's own four functions
CALL, GET, SET = 1, 2, 3  # places in the table


def python_module():
    """The module of the other tests, with a call, a getter and a setter in the table: they add their arguments."""
    base = module()
    types = [b"\x60" + u32(count) + b"\x7f" * count + b"\1\x7f" for count in (4, 2, 3)]
    adding = [b"\0" + b"".join(b"\x20" + u32(n) for n in range(count)) + b"\x6a" * (count - 1) for count in (4, 2, 3)]
    first = 2 + len(base.functions)
    return replace(
        base,
        types=[*base.types, *types],
        functions=[*base.functions, 2, 3, 4],
        bodies=[*base.bodies, *(body + bytes([END]) for body in adding)],
        elements=[Elements(0, CALL, [first, first + 1, first + 2])],
    )


def memory() -> bytearray:
    content = bytearray(4096)
    pack_into("<I", content, TYPE + 16, 76)
    pack_into("<I", content, TYPE + 28, 68)
    pack_into("<II", content, TYPE + 72, GET, SET)
    return content


def test_using_a_sleeping_function_loads_the_cold_half_first(tmp_path):
    base = python_module()
    added = guards.add(base, memory(), TYPE, CALL)
    assert (added.call, added.slots) == (PLACE, {TYPE + 72: PLACE + 1, TYPE + 76: PLACE + 2})
    halves = split.split(added.module, {*range(len(base.bodies)), *added.hot})
    both = {"first": emit(halves.first), "cold": emit(halves.cold)}
    for place, arguments, result in (
        (0, "1, 2, 3, 4", 10),
        (1, f"{FUNCTION}, 5", FUNCTION + 5),
        (2, f"{FUNCTION}, 1, 1", 2050),
    ):
        for vectorcall in (CALL, PLACE):
            script = f"""
              new Uint32Array(x.memory.buffer)[{FUNCTION + 68} / 4] = {vectorcall};
              const result = x.table.get({PLACE + place})({arguments});
              print([result, loads]);
            """
            loads = 1 if place == 0 or vectorcall == PLACE else 0
            assert run(HALVES + script, tmp_path, **both) == [result, loads]


def test_the_slots_are_put_and_put_back():
    content = memory()
    originals = guards.put(content, {TYPE + 72: 8, TYPE + 76: 9})
    assert content[TYPE + 72 : TYPE + 80] == bytes([8, 0, 0, 0, 9, 0, 0, 0])
    assert originals == [Data(TYPE + 72, bytes([GET, 0, 0, 0])), Data(TYPE + 76, bytes([SET, 0, 0, 0]))]


def test_another_layout_of_functions_or_a_call_that_is_none_fails_the_build():
    content = memory()
    with pytest.raises(BuildError, match="names the function 9"):
        guards.add(python_module(), content, TYPE, 9)
    pack_into("<I", content, TYPE + 28, 64)
    with pytest.raises(BuildError, match="another layout"):
        guards.add(python_module(), content, TYPE, CALL)
