"""Imported just before the snapshot: our package and whatever it will use; what only the build needed is put away."""

import asyncio.constants
import asyncio.format_helpers
import contextvars
import gc
import linecache
import re
import sys
import traceback
import zipimport

import _pyodide

import widget.browser
import widget.facade

# No library is there in the page, so these must have run: tasks use them, and the words of an exception.
_USED = (asyncio.constants, asyncio.format_helpers, contextvars, linecache)
for module in _USED:
    hasattr(module, "__all__") or hasattr(module, "any")
try:
    raise ValueError
except ValueError as error:
    traceback.format_exception(error)

_pyodide.set_excepthook()
sys.stdin = sys.__stdin__ = None  # its buffer is 128 KB of what was in the memory before
sys.path[:] = [path for path in sys.path if not path.endswith(".zip")]
sys.path_importer_cache.clear()
zipimport._zip_directory_cache.clear()
re.purge()
sys._clear_internal_caches()
for _ in range(3):
    gc.collect()
