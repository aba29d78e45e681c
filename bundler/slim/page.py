"""Makes Pyodide's JavaScript that of a page, where neither Node.js nor the page's own objects may change what it does.

The memory snapshot is taken in Node.js, with the JavaScript as it was before.
"""

from __future__ import annotations

import re

from .anchors import missing, replace

# Constants of the minifier, which then drops all that they forbid. Polyfills of `process` look like Node.js.
KINDS = {
    "ENVIRONMENT_IS_WEB": "true",
    "ENVIRONMENT_IS_WORKER": "false",
    "ENVIRONMENT_IS_NODE": "false",
    "ENVIRONMENT_IS_SHELL": "false",
}
_IS_ELSEWHERE = re.compile(r"\b\w\.IN_(?:NODE|DENO|BUN|SHELL)\b")
# web/runtime gives the functions that take their place. A page may have another console, or none.
_CONSOLE = (
    "  var out = console.log.bind(console);\n  var err = console.error.bind(console);\n",
    "  var out, err;\n",
)
# A page may have added properties to Object.prototype, which `in` lists too.
_ALL_KEYS = re.compile(r"for \((var|let) (\w+) in ([\w.]+)\)")


def edit(text: str) -> str:
    """The text for a page. Raises BuildError for a missing anchor."""
    for name in KINDS:
        text, count = re.subn(rf"  var {name} = .*;\n", "", text)
        if count != 1:
            raise missing(f"var {name}")
    text = _IS_ELSEWHERE.sub("false", text)
    return _ALL_KEYS.sub(r"for (\1 \2 of Object.keys(\3))", replace(text, *_CONSOLE))
