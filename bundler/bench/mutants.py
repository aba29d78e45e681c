"""`bench --mutants PATH`: does a test fail for each small change of a module? A change that none notices is a survivor.

pytest collects the tests of a package once. Each mutant then lives in a fork of that process: its code takes the place
of the function's, and the tests run that call the function. No file changes. What a function cannot take, such as a
constant, is imported anew. `tests/mutants.toml` has the tests of each package, and the survivors that no test can
notice, each with its reason.

mutmut 3.8 is no faster: it tried 31 mutants of `widget/telemetry` a minute, where this tried 40 beside it. It changes
nothing outside of functions, where one in eight of these mutants is, and has no place for a reason but the code.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import pytest

from ..machine.environment import ROOT
from ..machine.errors import BuildError
from ..machine.progress import say
from .called import Recorder, Run
from .changed_module import run_anew
from .mutations import Mutant, mutants

TABLE = ROOT / "tests" / "mutants.toml"
LIMIT_S = 10.0  # and ten times what the tests take: a mutant that takes longer does not end
ELSEWHERE = {"start", "place"}  # fixtures of processes that know nothing of a mutant, as `builds` is a mark
QUICK_S = 2.0  # of the processor: slower tests try no mutants, however busy the machine is
MEMORY = 4 << 30  # bytes
WITHOUT = ("anyio", "cacheprovider", "faulthandler", "hypothesispytest", "playwright", "rerunfailures", "schemathesis",
           "threadexception", "unraisableexception", "xdist")  # fmt: skip
OPTIONS = ("-qq", "-x", "-s", "--assert=plain", "--no-header", *(f"-pno:{name}" for name in WITHOUT))
Package = tuple[list[Path], list[str]]  # modules, and the files of their tests
_FORK = multiprocessing.get_context("fork")


class Test(NamedTuple):
    """A test, and what it did as the code is."""

    item: pytest.Item
    run: Run


def bench(path: str) -> None:
    """Try the mutants of a module, or of all modules of a package. Raises BuildError if one survives unexplained."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    packages = _by_tests(path.rstrip("/"), table["tests"])
    # In a process of its own, since what runs anew there replaces the imported modules.
    with ProcessPoolExecutor(1, _FORK, os.chdir, (ROOT,)) as process:
        left = sum(process.map(partial(_left, table["unnoticed"]), packages))
    if left:
        raise BuildError(f"{left} changes were noticed by no test: write one, or explain them in {TABLE.name}.")


def _left(explained: dict[str, dict[str, str]], package: Package) -> int:
    """How many survivors of a package have no reason, and reasons no survivor."""
    modules, files = package
    recorder = Recorder(str(ROOT / "widget") + os.sep, str(ROOT / "server") + os.sep)
    trial = Trial(modules, explained, recorder)
    if run_anew([*OPTIONS, *files], [trial, recorder]):
        raise BuildError(f"The tests fail without any change: .venv/bin/pytest {' '.join(files)}")
    return trial.left


def _by_tests(path: str, table: dict[str, list[str]]) -> list[Package]:
    """The modules of a path, with the files of their tests. A package without tests has modules with tests."""
    package = path.rpartition("/")[0]
    if path in table or package not in table:
        places = [key for key in table if key == path or key.startswith(f"{path}/")]
        found = [(sorted((ROOT / key).glob("*.py")) or [ROOT / key], table[key]) for key in places]
    else:
        found = [([ROOT / path], table[package])]
    if not found or not all(module.is_file() for modules, _ in found for module in modules):
        raise BuildError(f"{path} has no mutants: {TABLE.name} has tests for {', '.join(table)}.")
    return found


class Trial:
    """A plugin of pytest that runs the tests once as they are, and then for each mutant."""

    def __init__(self, modules: list[Path], explained: dict[str, dict[str, str]], recorder: Recorder) -> None:
        self.left = 0  # survivors without a reason, and reasons without a survivor
        self._recorder = recorder
        self._modules = modules
        self._explained = explained

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        marked = {each for each in items if each.get_closest_marker("builds")}
        fixtures = {each: getattr(each, "fixturenames", ()) for each in items}
        items[:] = [each for each in items if each not in marked and ELSEWHERE.isdisjoint(fixtures[each])]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        functions = [each for each in gc.get_objects() if isinstance(each, FunctionType)]
        gc.freeze()  # a fork then copies none of what is loaded
        tests = _record(session, self._recorder)
        session.config.pluginmanager.unregister(self._recorder)
        if not tests:
            raise session.Failed("a test fails without any change")
        for module in self._modules:
            own = [each for each in functions if each.__code__.co_filename == str(module)]
            self._try_all(module, tests, own)
        return True

    def _try_all(self, module: Path, tests: list[Test], functions: list[FunctionType]) -> None:
        name, start, ends, seen = module.relative_to(ROOT).as_posix(), time.monotonic(), Counter[str](), set()
        explained = self._explained.get(name, {})
        for mutant in mutants(module.read_text(encoding="utf-8"), str(module)):
            place = str(module), mutant.starts
            chosen = tests
            if mutant.starts and place not in self._recorder.imported:
                chosen = [test for test in tests if place in test.run.calls]
            end = _end(mutant, module, chosen, functions)
            text = f"{mutant.scope}: {mutant.change}" if mutant.scope else mutant.change
            if end != "killed" and text in explained:  # on a busy machine what is only faster may seem to be endless
                seen.add(text)
                end = "explained"
            elif end in ("survived", "uncalled"):
                say(f"{name}:{mutant.line} {text} ({end})")
                self.left += 1
            ends[end] += 1
        for text in explained.keys() - seen:
            say(f"{name}: explained, but noticed or gone: {text}")
            self.left += 1
        say(f"{name}: {dict(ends)} in {time.monotonic() - start:.0f} s")


def _record(session: pytest.Session, recorder: Recorder) -> list[Test]:
    """What each quick test calls, the quickest first; nothing if a test fails."""
    here, there = _FORK.Pipe(duplex=False)

    def work() -> int:
        code = _run(session, session.items)
        there.send(recorder.runs)
        return code

    process = _start(work)
    runs = here.recv() if here.poll(900) else {}
    process.join()
    tests = [Test(item, runs[item.nodeid]) for item in session.items if item.nodeid in runs]
    quick = sorted((test for test in tests if test.run.worked_s < QUICK_S), key=lambda test: test.run.worked_s)
    return [] if process.exitcode else quick


def _end(mutant: Mutant, module: Path, tests: list[Test], functions: list[FunctionType]) -> str:
    """What becomes of a mutant: killed, endless, survived, or uncalled, if there is no test."""
    if not tests:
        return "uncalled"
    items = [test.item for test in tests]
    limit_s = LIMIT_S + 10 * sum(test.run.seconds for test in tests)
    end = "survived"
    if mutant.starts:
        end = _wait(_start(lambda: _put(mutant.code, functions) and _run(items[0].session, items)), limit_s)
    if end != "survived":
        return end
    name = ".".join(module.relative_to(ROOT).with_suffix("").parts)
    arguments = [*OPTIONS, *sorted({item.nodeid.partition("::")[0] for item in items})]
    order = {item.nodeid: place for place, item in enumerate(items)}
    return _wait(_start(lambda: run_anew(arguments, [_Chosen(order)], (name, module, mutant.code))), limit_s)


def _put(code: CodeType, functions: list[FunctionType]) -> bool:
    """Put changed code in the place of a module's functions. False if that cannot be, as with a default value."""
    new = {(each.co_qualname, each.co_firstlineno): each for each in _codes(code)}
    changed = False
    for function in functions:
        old = function.__code__
        try:
            function.__code__ = new.get((old.co_qualname, old.co_firstlineno), old)
        except ValueError:  # it would take other names from the function around it
            return False
        changed |= function.__code__ != old
    return changed


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def _run(session: pytest.Session, items: list[pytest.Item]) -> int:
    """Run tests that are collected, until one fails. Returns how many failed."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            break
    return session.testsfailed


def _start(work: Callable[[], int]) -> Any:
    """Start a process that does the work, in a group of its own, with its result as the exit code."""

    def run() -> None:
        os.setpgrp()
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        code = 1
        with suppress(BaseException):
            code = work()
        os._exit(code)  # waits for no thread that a mutant has left

    process = _FORK.Process(target=run)
    process.start()
    return process


def _wait(process: Any, limit_s: float) -> str:
    process.join(limit_s)
    if process.is_alive():
        os.killpg(process.pid, 9)
        process.join()
        return "endless"
    return "killed" if process.exitcode else "survived"


class _Chosen:
    """Lets pytest run only some tests, in this order."""

    def __init__(self, order: dict[str, int]) -> None:
        self._order = order

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((item for item in items if item.nodeid in self._order), key=lambda i: self._order[i.nodeid])
