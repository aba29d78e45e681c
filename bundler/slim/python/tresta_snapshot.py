"""Imported just before the snapshot: imports the package and what it will use, and removes what only builds need."""

import asyncio.constants
import asyncio.format_helpers
import contextvars
import gc
import json
import linecache
import os
import re
import sys
import traceback
import zipimport
from types import AsyncGeneratorType, CodeType, CoroutineType, FunctionType, GeneratorType

import _pyodide
import annotationlib

import widget.facade
import widget.page.browser
from widget.content import parse_content
from widget.design import parse_design
from widget.telemetry.receipt import Receipt
from widget.telemetry.schema import Load, WidgetReport, encode
from widget.view import draw, stylesheet
from widget.view.layouts import LAYOUTS
from widget.view.receipt import draw_receipt

_HEAPTYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: not a type that is a constant of C
_RESUME = {128, 196}  # RESUME, and RESUME_CHECK, which replaces it once it ran: Lib/_opcode_metadata.py

# These must run now, since the page has no library: tasks and the formatting of exceptions use them.
_USED = (asyncio.constants, asyncio.format_helpers, contextvars, linecache)
for module in _USED:
    hasattr(module, "__all__") or hasattr(module, "any")
# These are frozen in the released Python, whose __file__ names the source.
_FROZEN = ("_collections_abc", "_sitebuiltins", "abc", "codecs", "genericpath", "io", "os", "posixpath", "site", "stat")
for module in map(sys.modules.get, _FROZEN):
    module.__file__ = module.__spec__.origin = module.__file__.removesuffix("c")
try:
    raise ValueError
except ValueError as error:
    traceback.format_exception(error)


def rehearse():
    """Draw and report a few times, so that the snapshot has the instructions that Python specialized meanwhile."""
    texts = ("A bowl to keep.", "It came whole, and it has been on the table every day since. " * 6)
    testimonials = [
        {"id": f"t{n}", "author": "Ada Byron", "rating": n % 6, "verified": not n % 2, "text": texts[n % 2]}
        for n in range(24)
    ]
    for layout in LAYOUTS:
        content = parse_content(json.dumps({"id": "rehearsal", "testimonials": testimonials}))
        design, _ = parse_design({"layout": layout, "max": len(testimonials)})
        draw(content, design)
        stylesheet(design)
        loads = [Load(layout, ms, ms, ms, ms, ms) for ms in range(24)]
        batch = encode([WidgetReport("rehearsal", "0.1.0", 0.01, loads, {"API_ERROR": 1}, {layout: 1})])
        answers = {"do_not_track": "", "global_privacy_control": "", "page": "", "account": "yes"}
        for visitor in ("", "no"):
            draw_receipt(Receipt({**answers, "visitor": visitor}, True, True, [batch]), {}, "https://tresta.test/")


rehearse()
del rehearse
stylesheet.cache_clear()
del annotationlib.get_annotations, annotationlib.Format  # the next use runs the whole module
del os.environ["PYTHON_FROZEN_MODULES"]
_pyodide.set_excepthook()
sys.stdin = sys.__stdin__ = None  # its buffer is 128 KB of old memory contents
sys.path[:] = [path for path in sys.path if not path.endswith(".zip")]
sys.path_importer_cache.clear()
zipimport._zip_directory_cache.clear()
re.purge()
sys._clear_internal_caches()
for _ in range(3):
    gc.collect()


def functions():
    """All code objects of functions, with the function objects that have them. None may be of a suspended function."""
    objects = gc.get_objects()
    begun = [each for each in objects if type(each) in (AsyncGeneratorType, CoroutineType, GeneratorType)]
    if begun:
        raise RuntimeError(f"{begun} would run on without RESUME, which bundler/slim/functions.py relies on.")
    owners, by_id = {}, {}
    for each in objects:
        if type(each) is FunctionType:
            owners.setdefault(id(each.__code__), []).append(id(each))
    codes = [each.__code__ for each in objects if type(each) is FunctionType]
    while codes:
        code = codes.pop()
        if id(code) not in by_id and code.co_filename != "tresta_snapshot.py":
            by_id[id(code)] = code
            codes += [each for each in code.co_consts if type(each) is CodeType]
    return [(code, owners.get(place, [])) for place, code in by_id.items()]


def place(code, owners):
    """The addresses of its parts; bundler/slim/functions.py describes them."""
    start, instructions, lines = id(code) + CodeType.__basicsize__, code._co_code_adaptive, id(code.co_linetable)
    table = lines + bytes.__basicsize__ - 1  # without the final zero byte
    resume = next(at for at in range(0, len(instructions), 2) if instructions[at] in _RESUME)
    return {
        "name": f"{code.co_filename}:{code.co_qualname}",
        "code": id(code),
        "resume": start + resume,
        "end": start + len(instructions),
        "lines": lines,
        "lines_start": table,
        "lines_end": table + len(code.co_linetable),
        "owners": owners,
    }


def anchors():
    """Addresses from which bundler/slim/ finds the other objects."""
    # PyHeapTypeObject ends with the __init__ for which calls of the class are specialized.
    classes = [each for each in gc.get_objects() if isinstance(each, type) and each.__flags__ & _HEAPTYPE]
    return {
        "tracked": id(sys.modules),
        "text_type": id(str),
        "doc_name": id(sys.intern("__doc__")),
        "tuple_type": id(tuple),
        "function_type": id(FunctionType),
        "plain_types": [id(each) for each in (CodeType, bytes, complex, float, int, str)],
        "inits": [id(each) + type.__basicsize__ - 4 for each in classes],
    }


with open("/functions.json", "w") as file:  # noqa: PTH123 - pathlib would be part of the snapshot
    file.write(json.dumps([place(*each) for each in functions()]))
with open("/anchors.json", "w") as file:  # noqa: PTH123 - as above
    file.write(json.dumps(anchors()))
del anchors, file, functions, place
gc.collect()
gc.freeze()  # these objects stay forever, so no collection needs to visit them
