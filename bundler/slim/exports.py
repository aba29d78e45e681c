"""The module without what nobody needs: exports for side modules, and the functions that only those reach."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from ..machine.errors import BuildError
from .code import CALLS, names
from .leb import END, constant
from .wasm import FUNCTION, GLOBAL, I32, MUTABLE, Export, Global, Import, Module

UNREACHABLE = bytes([0, 0, END])  # a body: no locals, then the trap
UNUSED = "unused"  # the import that stands for all that nothing calls

_GOT = ("GOT.func", "GOT.mem")


def trim(module: Module, needed: Iterable[str]) -> Module:
    """The module with the exports in `needed` alone; raises BuildError for a name that it does not export.

    All indices stay as they are, so that function pointers in a memory snapshot hold for every module made of it.
    """
    kept = _kept_exports(module, set(needed))
    reached = live(module, kept)
    first = len(module.imported(FUNCTION))
    bodies = [body if first + n in reached else UNREACHABLE for n, body in enumerate(module.bodies)]
    return replace(
        module,
        imports=_imports(module, reached),
        globals=_globals(module, kept, bodies),
        exports=kept,
        bodies=bodies,
    )


def _kept_exports(module: Module, needed: set[str]) -> list[Export]:
    kept = [export for export in module.exports if export.name in needed]
    missing = needed - {export.name for export in kept}
    if missing:
        raise BuildError(
            f"Python's WebAssembly does not export {', '.join(sorted(missing))}, which its JavaScript needs."
        )
    return kept


def live(module: Module, exports: list[Export]) -> set[int]:
    """The functions that can be called: exported, in a table, or named by one of these."""
    first = len(module.imported(FUNCTION))
    found = {export.index for export in exports if export.kind == FUNCTION}
    found.update(function for elements in module.elements for function in elements.functions)
    waiting = deque(found)
    while waiting:
        function = waiting.popleft()
        if function < first:
            continue
        called = {index for opcode, index in names(module.bodies[function - first]) if opcode in CALLS}
        waiting.extend(called - found)
        found |= called
    return found


def _imports(module: Module, reached: set[int]) -> list[Import]:
    """Functions alone; those that nothing calls keep their place under one name, so that JavaScript needs but one."""
    functions = module.imported(FUNCTION)
    others = [each for each in module.imports if each.kind != FUNCTION and each.module not in _GOT]
    if others:
        raise BuildError(f"Python's WebAssembly imports {others[0].module}.{others[0].name}, which is no function.")
    return [each if n in reached else replace(each, module="env", name=UNUSED) for n, each in enumerate(functions)]


def _globals(module: Module, exports: list[Export], bodies: list[bytes]) -> list[Global]:
    """What was imported from the dynamic linker's tables is a plain 0 now: nothing is linked at run time."""
    imported = [Global(I32, MUTABLE, constant(0))] * len(module.imported(GLOBAL))
    everything = imported + module.globals
    used = {index for body in bodies for opcode, index in names(body) if opcode not in CALLS}
    used |= {export.index for export in exports if export.kind == GLOBAL}
    return everything[: max(used, default=-1) + 1]


def imported_names(module: Module) -> set[str]:
    """The names of the functions that the module really takes from JavaScript."""
    return {each.name for each in module.imported(FUNCTION)} - {UNUSED}
