"""Runs modules of the standard library when they are first used, not when they are imported.

Modules that the package never uses are then not in the memory snapshot, and still work where the library's zip exists.
The interpreter itself imports `sitecustomize`, before any module of Pyodide.
"""

import sys
from _thread import _local, lock
from types import FunctionType, MethodType, ModuleType, SimpleNamespace

_ZIP = "/lib/python314.zip"
_SET_BY_IMPORT = {"__path__", "__file__", "__cached__"}
# Their import has side effects, or imports need them.
_AT_ONCE = {"collections", "_pyodide", "pyodide", "encodings", "importlib", "tresta_snapshot"}
_BUT_LATER = {"_pyodide._base"}  # it compiles Python source, which no page contains
_CO_COROUTINE = 128


def _iscoroutinefunction(function):
    """inspect.iscoroutinefunction for functions and methods, the only objects that Pyodide passes."""
    while isinstance(function, MethodType):
        function = function.__func__
    if isinstance(function, FunctionType):
        return bool(function.__code__.co_flags & _CO_COROUTINE) or hasattr(function, "_is_coroutine_marker")
    return False


def _get_annotations(owner, **_format):
    """annotationlib.get_annotations as far as dataclasses need it while the package is imported."""
    return owner.__annotations__


# Names that other modules read during their import. Reading only these does not run the module.
_KNOWN = {
    "annotationlib": {"get_annotations": _get_annotations, "Format": SimpleNamespace(FORWARDREF=3)},
    "concurrent.futures": {
        "FIRST_COMPLETED": "FIRST_COMPLETED",
        "FIRST_EXCEPTION": "FIRST_EXCEPTION",
        "ALL_COMPLETED": "ALL_COMPLETED",
    },
    "inspect": {"iscoroutinefunction": _iscoroutinefunction},
    "logging": {"DEBUG": 10},
    "socket": {"AF_UNSPEC": 0, "AI_PASSIVE": 1},
    "subprocess": {"PIPE": -1},
    "threading": {"Lock": lock, "local": _local},
}


class LazyModule(ModuleType):
    """A module that runs when an attribute is read that it does not have yet."""

    def __getattr__(self, name):
        if name in _SET_BY_IMPORT:
            raise AttributeError(name)
        self.__class__ = ModuleType
        self.__spec__.loader.loader.exec_module(self)
        return getattr(self, name)

    def __dir__(self):
        hasattr(self, "__all__")
        return dir(self)


class _LazyLoader:
    def __init__(self, loader):
        self.loader = loader

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def create_module(self, spec):
        module = LazyModule(spec.name)
        vars(module).update(_KNOWN.get(spec.name, {}))
        return module

    def exec_module(self, module):
        """Does nothing: LazyModule runs the module."""


class _LazyFinder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in _AT_ONCE and name not in _BUT_LATER:
            return None
        for finder in sys.meta_path:
            spec = finder is not _LazyFinder and finder.find_spec(name, path, target)
            if spec:
                if spec.has_location and spec.origin.startswith(_ZIP):
                    spec.loader = _LazyLoader(spec.loader)
                return spec
        return None


sys.meta_path.insert(0, _LazyFinder)
