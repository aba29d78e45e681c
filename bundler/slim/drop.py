"""Functions that nothing reaches are dropped, and the others numbered anew.

To an engine that compiles a module whole, as Firefox does, each function counts, however small.
"""

from __future__ import annotations

from dataclasses import replace

from .code import renumbered
from .exports import live
from .wasm import FUNCTION, Module


def drop(module: Module) -> Module:
    """The module with those functions alone that its exports, its tables and each other reach."""
    first = len(module.imported(FUNCTION))
    kept = sorted(function - first for function in live(module, module.exports) if function >= first)
    numbers = dict(enumerate(range(first))) | {first + function: first + place for place, function in enumerate(kept)}
    return replace(
        module,
        functions=[module.functions[function] for function in kept],
        exports=[
            replace(each, index=numbers[each.index]) if each.kind == FUNCTION else each for each in module.exports
        ],
        elements=[replace(each, functions=[numbers[index] for index in each.functions]) for each in module.elements],
        bodies=[renumbered(module.bodies[function], numbers) for function in kept],
    )
