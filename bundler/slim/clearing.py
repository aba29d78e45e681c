"""Makes malloc and free clear their memory while the snapshot is made: what was there before compresses badly.

The snapshot would hold the rest of freed objects, and the unused ends of allocated blocks. Python never reads them; but
they are bytes that every visitor for whom Python starts would load. The page runs the functions as they were.
"""

from __future__ import annotations

from dataclasses import replace

from .leb import END, u32
from .wasm import FUNCTION, Module

_NO_LOCALS, _ONE_LOCAL = b"\0", b"\1\1\x7f"
_GET, _TEE, _CALL, _CONST, _IF, _SUB, _AND, _LOAD = 0x20, 0x22, 0x10, 0x41, 0x04, 0x6B, 0x71, 0x28
_FILL = b"\xfc\x0b\0"  # memory.fill: address, value, size
_VOID = 0x40


def clearing(module: Module) -> Module:
    """The module whose `malloc` and `free` fill the block with zeros: after taking it, and before giving it back."""
    first = len(module.imported(FUNCTION))
    indices = {each.name: each.index for each in module.exports if each.kind == FUNCTION}
    bodies, functions = list(module.bodies), list(module.functions)
    for name, wrapper in (("malloc", _malloc), ("free", _free)):
        index = indices[name] - first
        original = first + len(bodies)
        bodies.append(bodies[index])  # the original gets a new number, so that every call goes through the wrapper
        functions.append(functions[index])
        bodies[index] = wrapper(original)
    return replace(module, bodies=bodies, functions=functions)


def _malloc(original: int) -> bytes:
    """block = original(size); if (block) fill(block, 0, usable size); return block"""
    block = 1
    return (
        _ONE_LOCAL
        + bytes([_GET, 0, _CALL]) + u32(original) + bytes([_TEE, block, _IF, _VOID])
        + _fill(block)
        + bytes([END, _GET, block, END])
    )  # fmt: skip


def _free(original: int) -> bytes:
    """if (block) fill(block, 0, usable size); original(block)"""
    return (
        _NO_LOCALS
        + bytes([_GET, 0, _IF, _VOID])
        + _fill(0)
        + bytes([END, _GET, 0, _CALL])
        + u32(original)
        + bytes([END])
    )


def _fill(block: int) -> bytes:
    """Fills a block of dlmalloc: the word before it is the chunk's size with its header of 4 bytes and 3 flag bits."""
    size = bytes([_GET, block, _CONST, 4, _SUB, _LOAD, 2, 0, _CONST, 0x78, _AND, _CONST, 4, _SUB])
    return bytes([_GET, block, _CONST, 0]) + size + _FILL
