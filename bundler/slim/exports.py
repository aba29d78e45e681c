"""Removes unused exports from a module, such as those for side modules, and the functions that only they reach."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from ..machine.errors import BuildError
from .code import CALLS, names
from .leb import END, constant
from .wasm import FUNCTION, GLOBAL, I32, MUTABLE, Export, Global, Import, Module

UNREACHABLE = bytes([0, 0, END])  # a body without locals that traps
UNUSED = "unused"  # the name of all imports that nothing calls

_GOT = ("GOT.func", "GOT.mem")


def trim(module: Module, needed: Iterable[str]) -> Module:
    """The module with only the exports in `needed`. Raises BuildError if it does not export one of them.

    No index changes, so that the function pointers in a memory snapshot stay valid.
    """
    exports = _needed_exports(module, set(needed))
    reached = live(module, exports)
    first = len(module.imported(FUNCTION))
    bodies = [body if first + n in reached else UNREACHABLE for n, body in enumerate(module.bodies)]
    return replace(
        module,
        imports=_imports(module, reached),
        globals=_globals(module, exports, bodies),
        exports=exports,
        bodies=bodies,
    )


def _needed_exports(module: Module, needed: set[str]) -> list[Export]:
    exports = [export for export in module.exports if export.name in needed]
    missing = needed - {export.name for export in exports}
    if missing:
        raise BuildError(
            f"Python's WebAssembly does not export {', '.join(sorted(missing))}, which its JavaScript needs; "
            "see bundler/slim/javascript.py."
        )
    return exports


def live(module: Module, exports: list[Export]) -> set[int]:
    """The functions that can be called: those exported, in a table, or named by such a function."""
    first = len(module.imported(FUNCTION))
    reached = {export.index for export in exports if export.kind == FUNCTION}
    reached.update(function for elements in module.elements for function in elements.functions)
    waiting = deque(reached)
    while waiting:
        function = waiting.popleft()
        if function < first:
            continue
        called = {index for opcode, index in names(module.bodies[function - first]) if opcode in CALLS}
        waiting.extend(called - reached)
        reached |= called
    return reached


def _imports(module: Module, reached: set[int]) -> list[Import]:
    """The imported functions. Those that nothing calls keep their index under one common name."""
    functions = module.imported(FUNCTION)
    others = [each for each in module.imports if each.kind != FUNCTION and each.module not in _GOT]
    if others:
        raise BuildError(f"Python's WebAssembly imports {others[0].module}.{others[0].name}, which is no function.")
    return [each if n in reached else replace(each, module="env", name=UNUSED) for n, each in enumerate(functions)]


def _globals(module: Module, exports: list[Export], bodies: list[bytes]) -> list[Global]:
    """The globals. Those imported from the dynamic linker become a constant 0: nothing is linked at run time."""
    imported = [Global(I32, MUTABLE, constant(0))] * len(module.imported(GLOBAL))
    all_globals = imported + module.globals
    used = {index for body in bodies for opcode, index in names(body) if opcode not in CALLS}
    used |= {export.index for export in exports if export.kind == GLOBAL}
    return all_globals[: max(used, default=-1) + 1]


def imported_names(module: Module) -> set[str]:
    """The names of the imported functions that the module calls."""
    return {each.name for each in module.imported(FUNCTION)} - {UNUSED}
