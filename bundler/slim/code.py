"""Reads a WebAssembly function's code: which functions and globals it names, and which numbers may be addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..machine.errors import BuildError
from .leb import END, Reader, u32

CALL, RETURN_CALL, REF_FUNC = CALLS = 0x10, 0x12, 0xD2  # the opcodes that name a function
GLOBAL_GET, GLOBAL_SET = 0x23, 0x24

_I32_CONST, _I64_CONST, _PREFIX = 0x41, 0x42, 0xFC
_MEMORY = range(0x28, 0x3F)
_ALL_BITS = 0xFFFFFFFF

_NAMING = {CALL, RETURN_CALL, REF_FUNC, GLOBAL_GET, GLOBAL_SET}
_NOTHING, _ONE, _TWO = "", "n", "nn"
_SIZES = {"": 0, "b": 1, "4": 4, "8": 8}
# The operands of each opcode: n is a LEB128 number, b a byte, 4 and 8 that many bytes, * a count and that many numbers.
_OPERANDS: dict[int, str] = {
    **dict.fromkeys((0x00, 0x01, 0x05, 0x0A, END, 0x0F, 0x19, 0x1A, 0x1B, 0xD1, *range(0x45, 0xC5)), _NOTHING),
    **dict.fromkeys((0x02, 0x03, 0x04, 0x06, 0x07, 0x08, 0x09, 0x0C, 0x0D, 0x18, 0x20, 0x21, 0x22, 0x25, 0x26), _ONE),
    **dict.fromkeys((0x41, 0x42, 0xD0, *_NAMING), _ONE),
    **dict.fromkeys((0x11, 0x13, *_MEMORY), _TWO),
    0x0E: "*n",
    0x1C: "*",
    0x3F: "b",
    0x40: "b",
    0x43: "4",
    0x44: "8",
}
# The operands after the prefix 0xFC: conversions have none, then come the bulk operations.
_BULK = {**dict.fromkeys(range(8), _NOTHING), 8: "nn", 9: "n", 10: "nn", 11: "n", 12: "nn", 13: "n", 14: "nn"}
_BULK |= {15: "n", 16: "n", 17: "n"}


def names(body: bytes) -> Iterator[tuple[int, int]]:
    """Each opcode that names a function or a global, with its index. Raises BuildError for an unknown instruction."""
    return ((opcode, numbers[0]) for _, opcode, numbers in _instructions(body) if opcode in _NAMING)


def renumbered(body: bytes, numbers: Mapping[int, int]) -> bytes:
    """The body with the functions that it names renumbered."""
    parts, last = [], 0
    for start, opcode, _ in _instructions(body):
        if opcode in CALLS:
            reader = Reader(body, start + 1)  # measures the number, which a linker may have padded
            parts += [body[last : reader.position], u32(numbers[reader.u32()])]
            last = reader.position
    return b"".join([*parts, body[last:]])


def constants(body: bytes) -> Iterator[int]:
    """Each number that may be an address: an operand of `i32.const`, or the offset of a load or store."""
    for _, opcode, numbers in _instructions(body):
        if opcode == _I32_CONST or opcode in _MEMORY:
            yield numbers[-1]


def _instructions(body: bytes) -> Iterator[tuple[int, int, list[int]]]:
    """Position, opcode and operands of each instruction with numbers, except `br_table` and `select`."""
    reader = Reader(body)
    for _ in range(reader.u32()):  # locals
        reader.u32()
        reader.byte()
    while reader.position < len(body):
        start, opcode = reader.position, reader.byte()
        operands = _OPERANDS.get(opcode)
        if operands == _NOTHING:
            continue
        if operands is None:
            if opcode != _PREFIX:
                raise BuildError(
                    f"The WebAssembly code has the unknown instruction 0x{opcode:02x}; add it to bundler/slim/code.py."
                )
            operands = _BULK[reader.u32()]
        if operands[:1] == "n":
            signed = opcode in (_I32_CONST, _I64_CONST)
            yield start, opcode, [reader.s32() & _ALL_BITS if signed else reader.u32() for _ in operands]
        elif operands[:1] == "*":
            for _ in range(reader.u32() + len(operands) - 1):
                reader.u32()
        else:
            reader.take(_SIZES[operands])
    if body[-1] != END:
        raise BuildError("A function of the WebAssembly module does not end where its size says.")
