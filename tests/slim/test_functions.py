"""Functions of Python's that sleep until the cold half is there: see bundler/slim/functions.py."""

from __future__ import annotations

import re

import pytest

IS_LOADED = "python.instance.exports.$loaded.value"
MODULES = "const [builtins, textwrap, heapq, functools] = names.map((name) => python.importModule(name));"
NAMES = ["builtins", "textwrap", "heapq", "functools"]

# No test of the widget comes this way, so that all of these sleep.
CALLS = {
    "a function": ("textwrap.shorten('Hello   world', 20)", "Hello world"),
    "one with cells": ("functools.singledispatch(builtins.len).__name__", "len"),
    "a generator": ("builtins.list(heapq.merge('ad', 'bc')).toString()", "['a', 'b', 'c', 'd']"),
    "a method": ("heapq.merge('ad', 'bc').__next__()", "a"),
}
# What else reads the bytecode or the lines of a function that sleeps.
CODE = "textwrap.shorten.__code__"
READERS = {
    "bytecode": f"builtins.repr({CODE}.co_code)",
    "hash": f"{CODE}.__hash__()",
    "equality": f"{CODE}.__eq__({CODE}.replace())",
    "lines": f"builtins.repr(builtins.list({CODE}.co_lines()))",
    "positions": f"builtins.repr(builtins.list({CODE}.co_positions()))",
    "marshal": f"builtins.repr(python.importModule('marshal').dumps({CODE}))",
}


def on(page, expression: str):
    return page.evaluate(f"(names) => {{ {MODULES} return {expression}; }}", NAMES)


@pytest.mark.parametrize(("call", "expected"), CALLS.values(), ids=CALLS)
def test_a_sleeping_function_wakes_when_it_is_called(runtime_page, call: str, expected: str):
    with runtime_page("slim-bare") as page:
        assert page.evaluate(IS_LOADED) == 0
        assert on(page, call) == expected
        assert page.evaluate(IS_LOADED) == 1
        assert on(page, call) == expected


def test_a_function_that_is_awake_does_not_need_the_cold_half(runtime_page):
    with runtime_page("slim-bare") as page:
        assert on(page, "python.importModule('widget.view.name').initials('Ada Byron')") == "AB"
        assert page.evaluate(IS_LOADED) == 0


@pytest.mark.parametrize("expression", READERS.values(), ids=READERS)
def test_who_reads_a_function_reads_all_of_it(runtime_page, expression: str):
    with runtime_page("slim-bare") as page, runtime_page("slim-bare") as complete:
        complete.evaluate("python.loadCold()")
        assert on(page, expression) == on(complete, expression)


def test_an_error_in_a_woken_function_names_its_lines(runtime_page):
    with runtime_page("slim-bare") as page, runtime_page("slim-bare") as complete:
        complete.evaluate("python.loadCold()")
        wrong = "(() => { try { textwrap.wrap('x', 0) } catch (error) { return error.message } })()"
        said = [on(each, wrong) for each in (page, complete)]
    assert said[0] == said[1]
    assert "ValueError: invalid width 0" in said[0]
    assert len(re.findall(r'File "textwrap.py", line [1-9]\d+, in', said[0])) >= 2
