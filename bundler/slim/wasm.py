"""Parses a WebAssembly module into its sections and writes it again.

It supports only the features that the released Pyodide uses: active data and element segments, no SIMD, no GC types.
Other features raise BuildError, so that an upgrade that uses them fails at once.
Format: https://webassembly.github.io/spec/core/binary/index.html; exceptions are those of the legacy proposal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..machine.errors import BuildError
from .leb import END, Reader, constant, sized, u32

FUNCTION, TABLE, MEMORY, GLOBAL, TAG = range(5)  # the kinds of imports and exports

# The section ids in the order of the file; the data count comes before the code.
_ORDER = (1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11)
_TYPES, _IMPORTS, _FUNCTIONS, _TABLES, _MEMORIES, _GLOBALS, _EXPORTS, _START, _ELEMENTS, _CODE, _DATA = range(1, 12)
_DATA_COUNT, _TAGS = 12, 13

I32, FUNCREF, MUTABLE = 0x7F, 0x70, 1


@dataclass(frozen=True)
class Import:
    """`description` are the bytes after the kind: a type index, the limits of a table or memory, or a global's type."""

    module: str
    name: str
    kind: int
    description: bytes


@dataclass(frozen=True)
class Export:
    name: str
    kind: int
    index: int


@dataclass(frozen=True)
class Global:
    """`start` is the constant expression of the initial value, with its end."""

    type: int
    mutable: int
    start: bytes


@dataclass(frozen=True)
class Elements:
    """Functions that fill a table from `offset`."""

    table: int
    offset: int
    functions: list[int]


@dataclass(frozen=True)
class Data:
    """Bytes that fill the memory from an address."""

    address: int
    content: bytes


@dataclass
class Module:
    """A module's sections as plain data. Function indices are WebAssembly's: the imported functions come first."""

    types: list[bytes] = field(default_factory=list)  # each as its bytes in the file
    imports: list[Import] = field(default_factory=list)
    functions: list[int] = field(default_factory=list)  # the type of each function that is not imported
    tables: list[bytes] = field(default_factory=list)  # element type and limits
    memories: list[bytes] = field(default_factory=list)  # limits
    tags: list[int] = field(default_factory=list)  # the type of each tag
    globals: list[Global] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    elements: list[Elements] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)  # locals and code, without the size before them
    data: list[Data] = field(default_factory=list)

    def imported(self, kind: int) -> list[Import]:
        """The imports of one kind, which have the first indices of that kind."""
        return [each for each in self.imports if each.kind == kind]

    def parameters(self, type_index: int) -> int:
        """The number of parameters of a function of this type."""
        return Reader(self.types[type_index], 1).u32()


def parse(content: bytes) -> Module:
    """Parse a file's content, without custom sections such as names. Raises BuildError."""
    if content[:8] != b"\0asm\1\0\0\0":
        raise BuildError("The file is not a WebAssembly module of version 1.")
    module, reader = Module(), Reader(content, 8)
    while reader.position < len(content):
        section, size = reader.byte(), reader.u32()
        end = reader.position + size
        if section in _READERS:
            name, read = _READERS[section]
            setattr(module, name, [read(reader) for _ in range(reader.u32())])
        elif section not in (0, _DATA_COUNT):
            raise BuildError(f"The WebAssembly module has the unknown section {section}; see bundler/slim/wasm.py.")
        if section in _READERS and reader.position != end:
            raise BuildError(f"Section {section} of the WebAssembly has unknown parts; see bundler/slim/wasm.py.")
        reader.position = end
    return module


def emit(module: Module) -> bytes:
    """The module as a file's content."""
    contents = {section: _vector(write(each) for each in getattr(module, name)) for section, name, write in _WRITERS}
    if module.data:
        contents[_DATA_COUNT] = u32(len(module.data))
    sections = (bytes([each]) + sized(contents[each]) for each in _ORDER if contents.get(each, b"\0") != b"\0")
    return b"\0asm\1\0\0\0" + b"".join(sections)


def _read_type(reader: Reader) -> bytes:
    start = reader.position
    if reader.byte() != 0x60:
        raise BuildError("The WebAssembly module has types that are not functions; see bundler/slim/wasm.py.")
    reader.take(reader.u32())
    reader.take(reader.u32())
    return reader.since(start)


def _read_import(reader: Reader) -> Import:
    module, name, kind, start = reader.name(), reader.name(), reader.byte(), reader.position
    _DESCRIPTIONS[kind](reader)
    return Import(module, name, kind, reader.since(start))


def _read_limits(reader: Reader) -> bytes:
    start = reader.position
    has_maximum = reader.byte() & 1
    reader.u32()
    if has_maximum:
        reader.u32()
    return reader.since(start)


def _read_table(reader: Reader) -> bytes:
    start = reader.position
    if reader.byte() not in (FUNCREF, 0x6F):
        raise BuildError("The WebAssembly module has a table of an unknown type; see bundler/slim/wasm.py.")
    _read_limits(reader)
    return reader.since(start)


def _read_tag(reader: Reader) -> int:
    reader.byte()
    return reader.u32()


_DESCRIPTIONS: dict[int, Any] = {
    FUNCTION: Reader.u32,
    TABLE: _read_table,
    MEMORY: _read_limits,
    GLOBAL: lambda reader: reader.take(2),
    TAG: _read_tag,
}


def _read_global(reader: Reader) -> Global:
    value_type, mutable, start = reader.byte(), reader.byte(), reader.position
    opcode = reader.byte()
    if opcode in (0x41, 0x42, 0x23):
        reader.s32()
    elif opcode == 0xD0:
        reader.byte()
    else:
        reader.take({0x43: 4, 0x44: 8}[opcode])
    if reader.byte() != END:
        raise BuildError("A global of the WebAssembly module has no constant initial value; see bundler/slim/wasm.py.")
    return Global(value_type, mutable, reader.since(start))


def _read_constant(reader: Reader) -> int:
    if reader.byte() != 0x41:
        raise BuildError("A segment of the WebAssembly module has no constant address; see bundler/slim/wasm.py.")
    value = reader.s32() & 0xFFFFFFFF
    if reader.byte() != END:
        raise BuildError("A segment of the WebAssembly module has no constant address; see bundler/slim/wasm.py.")
    return value


def _read_elements(reader: Reader) -> Elements:
    flags = reader.u32()
    if flags not in (0, 2):
        raise BuildError("The WebAssembly module has element segments of an unknown kind; see bundler/slim/wasm.py.")
    table = reader.u32() if flags else 0
    offset = _read_constant(reader)
    if flags:
        reader.byte()
    return Elements(table, offset, [reader.u32() for _ in range(reader.u32())])


def _read_data(reader: Reader) -> Data:
    if reader.u32() != 0:
        raise BuildError("The WebAssembly module has passive data, which bundler/slim/wasm.py does not support.")
    return Data(_read_constant(reader), reader.take(reader.u32()))


def _write_elements(elements: Elements) -> bytes:
    functions = _vector(u32(function) for function in elements.functions)
    if elements.table == 0:
        return b"\0" + constant(elements.offset) + functions
    return b"\2" + u32(elements.table) + constant(elements.offset) + b"\0" + functions


def _name(text: str) -> bytes:
    return sized(text.encode())


def _vector(items: Iterable[bytes]) -> bytes:
    listed = list(items)
    return u32(len(listed)) + b"".join(listed)


_READERS: dict[int, tuple[str, Any]] = {
    _TYPES: ("types", _read_type),
    _IMPORTS: ("imports", _read_import),
    _FUNCTIONS: ("functions", Reader.u32),
    _TABLES: ("tables", _read_table),
    _MEMORIES: ("memories", _read_limits),
    _TAGS: ("tags", _read_tag),
    _GLOBALS: ("globals", _read_global),
    _EXPORTS: ("exports", lambda reader: Export(reader.name(), reader.byte(), reader.u32())),
    _ELEMENTS: ("elements", _read_elements),
    _CODE: ("bodies", lambda reader: reader.take(reader.u32())),
    _DATA: ("data", _read_data),
}
_WRITERS: list[tuple[int, str, Any]] = [
    (_TYPES, "types", bytes),
    (_IMPORTS, "imports", lambda i: _name(i.module) + _name(i.name) + bytes([i.kind]) + i.description),
    (_FUNCTIONS, "functions", u32),
    (_TABLES, "tables", bytes),
    (_MEMORIES, "memories", bytes),
    (_TAGS, "tags", lambda index: b"\0" + u32(index)),
    (_GLOBALS, "globals", lambda g: bytes([g.type, g.mutable]) + g.start),
    (_EXPORTS, "exports", lambda e: _name(e.name) + bytes([e.kind]) + u32(e.index)),
    (_ELEMENTS, "elements", _write_elements),
    (_CODE, "bodies", sized),
    (_DATA, "data", lambda d: b"\0" + constant(d.address) + sized(d.content)),
]
