"""Leaves parts of Emscripten out of the JavaScript: those for games, and file systems that Python cannot mount itself.

Whoever reads something of a part gets an error that names it.
"""

from __future__ import annotations

import re

from .anchors import missing, replace

# The text's objects of these names.
NAMES = ("Browser", "GL", "IDBFS", "JSEvents", "MainLoop", "PROXYFS", "SDL", "WORKERFS")
_OBJECT = """  var NAME = new Proxy({}, {
    get() {
      throw new Error("NAME is not part of this Python runtime");
    }
  });
"""
# What runs at the start and only serves them.
START = (
    ("    IDBFS.quit();\n", ""),
    ('  Module["requestAnimationFrame"] = MainLoop.requestAnimationFrame;\n', ""),
    ('  Module["pauseMainLoop"] = MainLoop.pause;\n', ""),
    ('  Module["resumeMainLoop"] = MainLoop.resume;\n', ""),
    ("  var requestFullscreen = Browser.requestFullscreen;\n", ""),
    ("  var setCanvasSize = Browser.setCanvasSize;\n", ""),
    ("  var getUserMedia = Browser.getUserMedia;\n", ""),
    ("  var createContext = Browser.createContext;\n", ""),
    *(
        (
            f"  for (var i = 0; i <= 288; ++i) {{\n    miniTempWebGL{kind}Buffers[i] = "
            f"miniTempWebGL{kind}BuffersStorage.subarray(0, i);\n  }}\n",
            "",
        )
        for kind in ("Float", "Int")
    ),
)


def edit(text: str) -> str:
    """The text without the parts. Raises BuildError for a missing anchor."""
    for anchor, replacement in START:
        text = replace(text, anchor, replacement)
    for name in NAMES:
        text = _leave_out(text, name)
    return text


def _leave_out(text: str, name: str) -> str:
    begin = f"  var {name} = {{"
    original = re.compile(rf"^{re.escape(begin)}.*?^  (?:\}} )*\}};\n", re.DOTALL | re.MULTILINE)
    if text.count(begin) != 1 or not original.search(text):
        raise missing(begin)
    return original.sub(lambda _: _OBJECT.replace("NAME", name), text)
