"""malloc and free that clear their memory while the snapshot is made."""

from __future__ import annotations

import pytest

from bundler.slim.clearing import clearing
from bundler.slim.leb import END, s32
from bundler.slim.wasm import FUNCTION, MEMORY, Export, Module, emit
from tests.unit.slim_modules import run

pytestmark = pytest.mark.builds

BLOCK, CHUNK = 1024, 48  # the block's address, and the size of its chunk with the header of 4 bytes


def allocator() -> Module:
    """An allocator with one block: `malloc` gives it for any size above 0, and `free` counts at address 0."""
    block = b"\x20\0\x04\x7f\x41" + s32(BLOCK) + b"\x05\x41\0\x0b"  # size ? BLOCK : 0
    count = b"\x41\0\x41\0\x28\2\0\x41\1\x6a\x36\2\0"
    return Module(
        types=[b"\x60\1\x7f\1\x7f", b"\x60\1\x7f\0"],
        functions=[0, 1],
        memories=[b"\0\1"],
        exports=[Export("malloc", FUNCTION, 0), Export("free", FUNCTION, 1), Export("memory", MEMORY, 0)],
        bodies=[b"\0" + block + bytes([END]), b"\0" + count + bytes([END])],
    )


def test_a_block_is_cleared_when_it_is_taken_and_before_it_is_given_back(tmp_path):
    script = f"""
      const allocator = new WebAssembly.Instance(whole).exports;
      const bytes = new Uint8Array(allocator.memory.buffer), words = new Uint32Array(allocator.memory.buffer);
      const block = () => [...bytes.slice({BLOCK - 4}, {BLOCK + CHUNK})];
      const dirty = () => {{ bytes.fill(7, {BLOCK}, {BLOCK + CHUNK}); words[{BLOCK} / 4 - 1] = {CHUNK} | 3; }};
      dirty();
      const address = allocator.malloc(40), taken = block();
      dirty();
      allocator.free(address);
      print([address, taken, block(), words[0], allocator.malloc(0)]);
    """
    address, taken, freed, frees, nothing = run(script, tmp_path, whole=emit(clearing(allocator())))
    header, after = [CHUNK | 3, 0, 0, 0], [7] * 4  # of the next chunk
    assert (address, frees, nothing) == (BLOCK, 1, 0)
    assert taken == freed == [*header, *[0] * (CHUNK - 4), *after]


def test_freeing_nothing_clears_nothing(tmp_path):
    script = """
      const allocator = new WebAssembly.Instance(whole).exports;
      allocator.free(0);
      print(new Uint32Array(allocator.memory.buffer)[0]);
    """
    assert run(script, tmp_path, whole=emit(clearing(allocator()))) == 1
