"""Converts Python texts to JavaScript in pieces of 4096 characters: one by one, fifty cards' markup takes 4 to 12 ms.

The result is the same, also for lone surrogates. Pyodide itself has such a shortcut for ASCII texts.
"""

from __future__ import annotations

import re

from ..machine.errors import BuildError

_CONVERSIONS = 3  # for one, two and four bytes per character

_ONE_BY_ONE = re.compile(
    r"(?<=function _python2js_ucs[124]\(ptr2, len\) \{\n    try \{\n      let jsstr = \"\";\n)"
    r"      for \(let i2 = 0; i2 < len; \+\+i2\) \{\n"
    r"        jsstr \+= String\.(\w+)\((HEAPU\d+)\[\(ptr2 >>> (\d)\) \+ i2 >>> 0\]\);\n"
    r"      \}\n"
)
# The stack limits the number of arguments of a call to some ten thousand.
_IN_PIECES = (
    r"      for (let at = ptr2 >>> \3, end = at + len; at < end; at += 4096) {\n"
    r"        jsstr += String.\1.apply(null, \2.subarray(at, Math.min(at + 4096, end)));\n"
    r"      }\n"
)


def edit(text: str) -> str:
    """Edit Pyodide's JavaScript, formatted by esbuild. Raises BuildError if the conversions have changed."""
    text, count = _ONE_BY_ONE.subn(_IN_PIECES, text)
    if count != _CONVERSIONS:
        raise BuildError(
            f"Pyodide's JavaScript is not what bundler/slim/strings.py expects: it has {count} of {_CONVERSIONS} "
            "conversions of texts."
        )
    return text
