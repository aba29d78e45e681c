"""The nesting depth of a JSON text, measured without parsing it."""

from __future__ import annotations

import re

# Anything but brackets, and whole strings, which may contain brackets; then one bracket.
_UP_TO_BRACKET = re.compile(r'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+([\[\]{}])', re.DOTALL)


def is_deeper_than(limit: int, text: str) -> bool:
    """Whether lists and objects nest more than `limit` levels deep.

    In a page this check must come before `json.loads`. There a deep text raises no RecursionError: it overflows the
    browser's stack, which ends Python and with it every widget on the page.
    """
    # A "},{" never makes the text deeper: it closes one object and opens another. So this count settles a plain list at
    # once. The pattern below would take so many steps that V8 recompiles all of Python's regex matcher, on a core that
    # the page may need: https://v8.dev/docs/wasm-compilation-pipeline
    if text.count("[") + text.count("{") - text.count("},{") <= limit:
        return False
    depth, match = 0, _UP_TO_BRACKET.match(text)
    while match:
        depth += 1 if match[1] in "[{" else -1
        if depth > limit:
            return True
        match = _UP_TO_BRACKET.match(text, match.end())
    return False
