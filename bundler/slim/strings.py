"""A Python text becomes JavaScript's many letters at once: letter by letter, fifty cards' markup takes 4 to 12 ms.

It is all the same text, with lone surrogates in it, too. Pyodide has such a way itself for what is all ASCII.
"""

from __future__ import annotations

import re

from ..machine.errors import BuildError

_KINDS = 3  # of one, two and four bytes a letter

_LETTER_BY_LETTER = re.compile(
    r"(?<=function _python2js_ucs[124]\(ptr2, len\) \{\n    try \{\n      let jsstr = \"\";\n)"
    r"      for \(let i2 = 0; i2 < len; \+\+i2\) \{\n"
    r"        jsstr \+= String\.(\w+)\((HEAPU\d+)\[\(ptr2 >>> (\d)\) \+ i2 >>> 0\]\);\n"
    r"      \}\n"
)
# An engine's stack bounds how many arguments a call may have: some ten thousands.
_AT_ONCE = (
    r"      for (let at = ptr2 >>> \3, end = at + len; at < end; at += 4096) {\n"
    r"        jsstr += String.\1.apply(null, \2.subarray(at, Math.min(at + 4096, end)));\n"
    r"      }\n"
)


def quick(text: str) -> str:
    """Pyodide's JavaScript, formatted by esbuild, with it; raises BuildError where it is not what this knows."""
    text, count = _LETTER_BY_LETTER.subn(_AT_ONCE, text)
    if count != _KINDS:
        raise BuildError(
            f"This Pyodide's JavaScript is not what bundler/slim/strings.py knows: {count} of {_KINDS} conversions of "
            "text go letter by letter."
        )
    return text
