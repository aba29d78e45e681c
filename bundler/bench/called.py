"""Records which functions of the project each test calls: a plugin of pytest."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NamedTuple

import pytest

Calls = set[tuple[str, int]]  # a file, and the first line of a function in it


class Run(NamedTuple):
    """The seconds of a test, those of them in which the processor worked for it, and the functions that it called."""

    seconds: float
    worked_s: float
    calls: frozenset[tuple[str, int]]


class Recorder:
    """Records functions in files below `roots`. What a fixture of many tests calls counts for all tests of the file."""

    def __init__(self, *roots: str) -> None:
        self._roots = roots
        self._runs: dict[str, Run] = {}  # by test
        self._shared: dict[str, Calls] = {}  # by file of tests
        self._current: Calls = set()
        self.imported: Calls = set()  # what is called while the tests are imported

    @property
    def runs(self) -> dict[str, Run]:
        """The run of each test."""
        return {
            name: run._replace(calls=run.calls | self._shared.get(name.partition("::")[0], set()))
            for name, run in self._runs.items()
        }

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Iterator[None]:
        with self._into(self.imported), self._tracing():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        start, worked, calls = time.monotonic(), time.process_time(), Calls()
        with self._into(calls), self._tracing():
            try:
                return (yield)
            finally:
                seconds, worked_s = time.monotonic() - start, time.process_time() - worked
                self._runs[item.nodeid] = Run(seconds, worked_s, frozenset(calls))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Iterator[Any]:
        if fixturedef.scope == "function":
            return (yield)
        file = request.node.nodeid.partition("::")[0]
        with self._into(self._shared.setdefault(file, Calls())):
            return (yield)

    @contextmanager
    def _into(self, calls: Calls) -> Iterator[None]:
        before, self._current = self._current, calls
        try:
            yield
        finally:
            self._current = before

    @contextmanager
    def _tracing(self) -> Iterator[None]:
        sys.settrace(self._trace)
        threading.settrace(self._trace)
        try:
            yield
        finally:
            sys.settrace(None)
            threading.settrace(None)

    def _trace(self, frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        if code.co_filename.startswith(self._roots):
            self._current.add((code.co_filename, code.co_firstlineno))
