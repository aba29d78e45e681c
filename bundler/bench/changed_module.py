"""Runs pytest on freshly imported code, in which one module may be changed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

import pytest

PACKAGES = ("widget", "server", "tests")  # are imported anew


def run_anew(
    arguments: Sequence[str], plugins: Sequence[object], change: tuple[str, Path, CodeType] | None = None
) -> int:
    """pytest's exit code. `change` has a module's name, its path and its changed code."""
    for name in list(sys.modules):
        if name.partition(".")[0] in PACKAGES:
            del sys.modules[name]
    if change:
        sys.meta_path.insert(0, _Changed(*change))
    return int(pytest.main([*arguments], [*plugins]))


class _Changed(SourceFileLoader):
    """Finds a module, and loads it from changed code."""

    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        super().__init__(name, str(path))
        self._code = code

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        return spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, fullname: str) -> CodeType:
        return self._code
