"""How deep a JSON text nests, found without parsing it."""

from __future__ import annotations

import re

# Whatever is no bracket, and strings with brackets in them or without; then a bracket.
_UP_TO_BRACKET = re.compile(r'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+([\[\]{}])', re.DOTALL)


def is_deeper_than(limit: int, text: str) -> bool:
    """Whether lists and objects lie in each other more than `limit` times.

    In a page this has to be asked before `json.loads`: there a deep text is no RecursionError but the end of the
    browser's stack, and with it of Python and of every widget on the page.
    """
    # Each "},{" closes one that was opened before the deepest place, or opens one after it, or stands in a string: it
    # adds nothing. So a plain list is settled at once, where the pattern takes so many steps that V8 compiles all of
    # Python's matcher anew, on a core that the page may need: https://v8.dev/docs/wasm-compilation-pipeline
    if text.count("[") + text.count("{") - text.count("},{") <= limit:
        return False
    depth, found = 0, _UP_TO_BRACKET.match(text)
    while found:
        depth += 1 if found[1] in "[{" else -1
        if depth > limit:
            return True
        found = _UP_TO_BRACKET.match(text, found.end())
    return False
