"""Adds functions to the module that load the cold half before a sleeping function is used; see sleepers.py.

    call   what calls of a sleeping function reach. It is cold, so calling it loads the cold half; then it calls
           the function as Python does.
    get    gets an attribute of a function. For a sleeping one it loads the cold half first.
    set    sets an attribute, likewise.

Python reaches them through the function's vectorcall, and through the slots of the type of functions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from ..machine.errors import BuildError
from .leb import END, Reader, s32, u32
from .objects import WORD
from .wasm import FUNCREF, FUNCTION, Data, Elements, Module

# PyFunctionObject, Include/cpython/funcobject.h, and PyTypeObject, Include/cpython/object.h.
VECTORCALL = 17 * WORD
_SIZE_OF_FUNCTION, _SIZE, _OFFSET_OF_VECTORCALL, _GET, _SET = 19 * WORD, 4 * WORD, 7 * WORD, 18 * WORD, 19 * WORD
_NO_ARGUMENTS = b"\x60\0\0"
_LOCAL_GET, _LOAD, _CONST, _EQUAL, _IF, _CALL = b"\x20", b"\x28\2", b"\x41", b"\x46", b"\x04\x40", b"\x10"


@dataclass(frozen=True)
class Guards:
    """The module with the guards; the hot functions among them; the place of `call` in the table of functions.

    `slots` are the words of the memory that get other values: the slots of the type of functions.
    """

    module: Module
    hot: Collection[int]
    call: int
    slots: Mapping[int, int]


def add(module: Module, memory: bytes | bytearray, function_type: int, vectorcall: int) -> Guards:
    """Add the guards. `vectorcall` is what functions have. Raises BuildError for another layout of Python's types."""

    def word(address: int) -> int:
        return int.from_bytes(memory[address : address + WORD], "little")

    layout = word(function_type + _SIZE), word(function_type + _OFFSET_OF_VECTORCALL)
    if layout != (_SIZE_OF_FUNCTION, VECTORCALL):
        raise BuildError("Python's functions have another layout than bundler/slim/guards.py expects: adapt it.")
    first = len(module.imported(FUNCTION)) + len(module.functions)
    reader = Reader(module.tables[0], 1)
    has_maximum, place = reader.byte(), reader.u32()
    wake, call, get, set_ = range(first, first + 4)
    originals = [_at(module, each) for each in (vectorcall, word(function_type + _GET), word(function_type + _SET))]
    types = [module.types.index(_NO_ARGUMENTS), *(_type(module, each) for each in originals)]
    bodies = [
        bytes([0, END]),
        b"\0" + _pass_on(module, originals[0]),
        *(_guard(module, original, place, wake) for original in originals[1:]),
    ]
    limits = bytes([FUNCREF, has_maximum]) + u32(place + 3) * (1 + has_maximum)
    extended = replace(
        module,
        functions=[*module.functions, *types],
        bodies=[*module.bodies, *bodies],
        tables=[limits, *module.tables[1:]],
        elements=[*module.elements, Elements(0, place, [call, get, set_])],
    )
    hot = {each - len(module.imported(FUNCTION)) for each in (get, set_)}
    return Guards(extended, hot, place, {function_type + _GET: place + 1, function_type + _SET: place + 2})


def put(memory: bytearray, slots: Mapping[int, int]) -> list[Data]:
    """Put the values into the memory; returns what the cold half puts back."""
    originals = [Data(address, bytes(memory[address : address + WORD])) for address in slots]
    for address, value in slots.items():
        memory[address : address + WORD] = value.to_bytes(WORD, "little")
    return originals


def _at(module: Module, place: int) -> int:
    """The function at a place of the table."""
    for each in module.elements:
        if each.table == 0 and each.offset <= place < each.offset + len(each.functions):
            return each.functions[place - each.offset]
    raise BuildError(f"Python's memory names the function {place}, which its WebAssembly does not have.")


def _type(module: Module, function: int) -> int:
    return module.functions[function - len(module.imported(FUNCTION))]


def _pass_on(module: Module, function: int) -> bytes:
    """Calls the function with the caller's own arguments."""
    arguments = range(module.parameters(_type(module, function)))
    return b"".join(_LOCAL_GET + u32(n) for n in arguments) + _CALL + u32(function) + bytes([END])


def _guard(module: Module, original: int, call: int, wake: int) -> bytes:
    """if (function.vectorcall == call) wake(); original(...); the function is the first argument"""
    is_asleep = _LOCAL_GET + u32(0) + _LOAD + u32(VECTORCALL) + _CONST + s32(call) + _EQUAL
    return b"\0" + is_asleep + _IF + _CALL + u32(wake) + bytes([END]) + _pass_on(module, original)
