"""Removes unreachable functions from a module and renumbers the others.

Engines that compile the whole module, such as Firefox's, spend time on each function, even the smallest.
"""

from __future__ import annotations

from dataclasses import replace

from .code import renumbered
from .exports import live
from .wasm import FUNCTION, Module


def drop(module: Module) -> Module:
    """The module with only the functions that exports and tables reach, directly or through other functions."""
    first = len(module.imported(FUNCTION))
    reachable = sorted(function - first for function in live(module, module.exports) if function >= first)
    numbers = dict(enumerate(range(first))) | {
        first + function: first + place for place, function in enumerate(reachable)
    }
    return replace(
        module,
        functions=[module.functions[function] for function in reachable],
        exports=[
            replace(each, index=numbers[each.index]) if each.kind == FUNCTION else each for each in module.exports
        ],
        elements=[replace(each, functions=[numbers[index] for index in each.functions]) for each in module.elements],
        bodies=[renumbered(module.bodies[function], numbers) for function in reachable],
    )
