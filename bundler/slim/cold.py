"""The cold file: the size of the code's module as 32 bits, that module, and the module that writes the cold data.

web/runtime/cold.js reads it. Two modules, since Chromium compiles none of more than 8 MB while the page waits.
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import pack, unpack_from

from ..machine.errors import BuildError
from . import wasm
from .split import SHARED
from .wasm import MEMORY, Data, Import, Module

_LARGEST = 8 << 20  # bytes
_SIZE = 4  # bytes


def emit(code: Module, data: Iterable[Data]) -> bytes:
    """The file's content. Raises BuildError for a module that Chromium would not compile."""
    memory = next(each for each in code.imports if each.kind == MEMORY)
    writer = Module(imports=[Import(SHARED, memory.name, MEMORY, memory.description)], data=list(data))
    modules = [wasm.emit(each) for each in (code, writer)]
    if max(map(len, modules)) > _LARGEST:
        raise BuildError("A module of the cold file is larger than 8 MB, which Chromium refuses: split it further.")
    return pack("<I", len(modules[0])) + b"".join(modules)


def parse(content: bytes) -> tuple[Module, list[Data]]:
    """The code's module and the data of a file."""
    end = _SIZE + unpack_from("<I", content)[0]
    return wasm.parse(content[_SIZE:end]), wasm.parse(content[end:]).data
