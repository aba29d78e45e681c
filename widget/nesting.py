"""How deep a JSON text nests, found without parsing it."""

from __future__ import annotations

import re

_STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)


def is_deeper_than(limit: int, text: str) -> bool:
    """Whether lists and objects lie in each other more than `limit` times.

    In a page this has to be asked before `json.loads`: there a deep text is no RecursionError but the end of the
    browser's stack, and with it of Python and of every widget on the page.
    """
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        if found[0] in "[{":
            depth += 1
            if depth > limit:
                return True
        elif found[0] in "]}":
            depth -= 1
    return False
