"""Splits a module in two: the hot code, which runs at every visit, and the cold code, loaded when the page is idle.

Both halves keep all function indices. A function of the other half is a thunk that calls through a shared table. The
thunks of the first module load the cold one before the call, so the split is correct whatever code runs.

    first module                              cold module
    hot function                              thunk -> table `hot`
    thunk -> ensure -> table `cold`           cold function
    ensure: load unless loaded
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from ..machine.errors import BuildError
from .code import CALL, CALLS, GLOBAL_GET, names
from .exports import UNREACHABLE
from .leb import END, constant, s32, u32
from .wasm import (
    FUNCREF,
    FUNCTION,
    GLOBAL,
    I32,
    MEMORY,
    MUTABLE,
    TABLE,
    TAG,
    Elements,
    Export,
    Global,
    Import,
    Module,
)

LOAD = "load_cold"  # the imported function that loads the cold module
LOADED = "$loaded"  # the exported global that is 1 once the cold module is loaded
_DEBUGGER = "emscripten_debugger"
SHARED = "$"  # the module name of the cold module's imports from the first: memory, tables, tags and globals

_NO_ARGUMENTS = b"\x60\0\0"  # the type of a function without parameters and results


@dataclass(frozen=True)
class Halves:
    first: Module
    cold: Module


@dataclass(frozen=True)
class _Plan:
    """The functions on each side, by their index among the module's own functions."""

    module: Module
    hot: frozenset[int]
    cold_called: list[int]  # cold, and called from the first module, or in a table or an export
    hot_called: list[int]  # hot, and called by cold code
    cold_globals: frozenset[int]  # used by cold code
    load: int  # the index of the import LOAD

    @property
    def imported(self) -> int:
        return len(self.module.imported(FUNCTION))

    @property
    def ensure(self) -> int:
        """The index of the function that loads the cold module, the first module's last."""
        return self.imported + len(self.module.functions)

    @property
    def cold_table(self) -> int:
        return len(self.module.tables)

    @property
    def hot_table(self) -> int:
        return len(self.module.tables) + 1

    @property
    def loaded(self) -> int:
        return len(self.module.globals)


def split(module: Module, hot: Collection[int]) -> Halves:
    """Split the module. `hot` are the functions of the first half, by their index without the imported ones.

    Neither half has data: the memory snapshot and the cold file have it.
    """
    plan = _plan(module, frozenset(hot))
    return Halves(_first(plan), _cold(plan))


def _plan(module: Module, hot: frozenset[int]) -> _Plan:
    imported = len(module.imported(FUNCTION))
    called_by_hot, called_by_cold, cold_globals = set[int](), set[int](), set[int]()
    for function, body in enumerate(module.bodies):
        called = called_by_hot if function in hot else called_by_cold
        for opcode, index in names(body):
            if opcode in CALLS:
                called.add(index - imported)
            elif function not in hot:
                cold_globals.add(index)
    reached = called_by_hot | {index - imported for each in module.elements for index in each.functions}
    reached |= {export.index - imported for export in module.exports if export.kind == FUNCTION}
    return _Plan(
        module,
        hot,
        cold_called=sorted(function for function in reached - hot if function >= 0),
        hot_called=sorted(function for function in called_by_cold & hot if function >= 0),
        cold_globals=frozenset(cold_globals),
        load=_spare_import(module),
    )


def _spare_import(module: Module) -> int:
    """The index of the import that becomes LOAD. It calls a debugger, which no page needs; no other index changes."""
    for index, each in enumerate(module.imported(FUNCTION)):
        if each.name == _DEBUGGER and module.types[int.from_bytes(each.description)] == _NO_ARGUMENTS:
            return index
    raise BuildError(
        f"Python's WebAssembly does not import {_DEBUGGER} any more: choose another import in bundler/slim/split.py."
    )


def _imports(plan: _Plan) -> list[Import]:
    return [
        replace(each, module="env", name=LOAD) if index == plan.load else each
        for index, each in enumerate(plan.module.imports)
    ]


def _first(plan: _Plan) -> Module:
    module = plan.module
    thunks = {function: _loading_thunk(plan, place) for place, function in enumerate(plan.cold_called)}
    return replace(
        module,
        imports=_imports(plan),
        functions=[*module.functions, module.types.index(_NO_ARGUMENTS)],
        tables=[*module.tables, _table(plan.cold_called), _table(plan.hot_called)],
        globals=[*module.globals, Global(I32, MUTABLE, constant(0))],
        exports=[*module.exports, *_shared_exports(plan), Export(LOADED, GLOBAL, plan.loaded)],
        elements=[*module.elements, Elements(plan.hot_table, 0, [plan.imported + each for each in plan.hot_called])],
        bodies=[
            *(
                body if function in plan.hot else thunks.get(function, UNREACHABLE)
                for function, body in enumerate(module.bodies)
            ),
            _ensure(plan),
        ],
        data=[],
    )


def _cold(plan: _Plan) -> Module:
    module = plan.module
    thunks = {function: _thunk(plan, place) for place, function in enumerate(plan.hot_called)}
    return Module(
        types=module.types,
        imports=[*_imports(plan), *_shared_imports(plan)],
        functions=module.functions,
        elements=[
            Elements(plan.cold_table, 0, [plan.imported + each for each in plan.cold_called]),
            *_runs(plan),
        ],
        bodies=[
            thunks.get(function, UNREACHABLE) if function in plan.hot else body
            for function, body in enumerate(module.bodies)
        ],
    )


def _shared_exports(plan: _Plan) -> Iterator[Export]:
    for table in range(plan.hot_table + 1):
        yield Export(f"$t{table}", TABLE, table)
    for tag in range(len(plan.module.tags)):
        yield Export(f"$e{tag}", TAG, tag)
    for index in sorted(plan.cold_globals):
        yield Export(f"$g{index}", GLOBAL, index)


def _shared_imports(plan: _Plan) -> Iterator[Import]:
    module = plan.module
    yield Import(SHARED, "memory", MEMORY, module.memories[0])
    for table, description in enumerate([*module.tables, _table(plan.cold_called), _table(plan.hot_called)]):
        yield Import(SHARED, f"$t{table}", TABLE, description)
    for tag, type_index in enumerate(module.tags):
        yield Import(SHARED, f"$e{tag}", TAG, b"\0" + u32(type_index))
    for index in range(max(plan.cold_globals, default=-1) + 1):
        each = module.globals[index]
        name = f"$g{index}" if index in plan.cold_globals else LOADED  # a placeholder that keeps the index
        yield Import(SHARED, name, GLOBAL, bytes([each.type, each.mutable]))


def _runs(plan: _Plan) -> Iterator[Elements]:
    """Puts the cold functions themselves into the module's own table, in place of their thunks."""
    for elements in plan.module.elements:
        run: list[int] = []
        for place, index in enumerate([*elements.functions, -1]):
            if index >= plan.imported and index - plan.imported not in plan.hot:
                run.append(index)
            elif run:
                yield Elements(elements.table, elements.offset + place - len(run), run)
                run = []


def _table(functions: list[int]) -> bytes:
    return bytes([FUNCREF, 0]) + u32(len(functions))


def _ensure(plan: _Plan) -> bytes:
    load_unless = b"\x45\x04\x40\x10" + u32(plan.load) + bytes([END])  # i32.eqz, if, call
    return b"\0" + bytes([GLOBAL_GET]) + u32(plan.loaded) + load_unless + bytes([END])


def _loading_thunk(plan: _Plan, place: int) -> bytes:
    ensure = bytes([CALL]) + u32(plan.ensure)
    return b"\0" + ensure + _call(plan, plan.cold_called[place], place, plan.cold_table)


def _thunk(plan: _Plan, place: int) -> bytes:
    return b"\0" + _call(plan, plan.hot_called[place], place, plan.hot_table)


def _call(plan: _Plan, function: int, place: int, table: int) -> bytes:
    """The code that calls the function at this place of the table with the caller's own arguments."""
    type_index = plan.module.functions[function]
    arguments = b"".join(b"\x20" + u32(n) for n in range(plan.module.parameters(type_index)))
    return arguments + b"\x41" + s32(place) + b"\x11" + u32(type_index) + u32(table) + bytes([END])
