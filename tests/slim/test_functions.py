"""Python functions that sleep until the cold half is loaded: see bundler/slim/functions.py."""

from __future__ import annotations

import re

import pytest

from widget.view.layouts import LAYOUTS

IS_LOADED = "python.instance.exports.$loaded.value"
MODULES = "const [builtins, textwrap, heapq, functools] = names.map((name) => python.importModule(name));"
NAMES = ["builtins", "textwrap", "heapq", "functools"]

# No test of the widget calls these functions, so they all sleep.
CALLS = {
    "a function": ("textwrap.shorten('Hello   world', 20)", "Hello world"),
    "one with cells": ("functools.singledispatch(builtins.len).__name__", "len"),
    "a generator": ("builtins.list(heapq.merge('ad', 'bc')).toString()", "['a', 'b', 'c', 'd']"),
    "a method": ("heapq.merge('ad', 'bc').__next__()", "a"),
}
# Other ways to read the bytecode or the lines of a sleeping function.
CODE = "textwrap.shorten.__code__"
READERS = {
    "bytecode": f"builtins.repr({CODE}.co_code)",
    "hash": f"{CODE}.__hash__()",
    "equality": f"{CODE}.__eq__({CODE}.replace())",
    "lines": f"builtins.repr(builtins.list({CODE}.co_lines()))",
    "positions": f"builtins.repr(builtins.list({CODE}.co_positions()))",
    "code itself": f"builtins.repr({CODE}.co_names)",
    "name": "textwrap.shorten.__qualname__",
    "lists of attributes": "builtins.repr(builtins.dir(textwrap.shorten))",
    "defaults": "builtins.repr(heapq.merge.__kwdefaults__)",
    "attribute that is set": "(builtins.setattr(textwrap.shorten, 'mark', 5), textwrap.shorten.mark)",
    "module": "textwrap.shorten.__module__",
    "marshal": f"builtins.repr(python.importModule('marshal').dumps({CODE}))",
}


def evaluate(page, expression: str):
    return page.evaluate(f"(names) => {{ {MODULES} return {expression}; }}", NAMES)


@pytest.mark.parametrize(("call", "expected"), CALLS.values(), ids=CALLS)
def test_a_call_wakes_a_sleeping_function(runtime_page, call: str, expected: str):
    with runtime_page("slim-bare") as page:
        assert page.evaluate(IS_LOADED) == 0
        assert evaluate(page, call) == expected
        assert page.evaluate(IS_LOADED) == 1
        assert evaluate(page, call) == expected


def test_an_awake_function_does_not_load_the_cold_half(runtime_page):
    with runtime_page("slim-bare") as page:
        assert evaluate(page, "python.importModule('widget.view.name').initials('Ada Byron')") == "AB"
        assert page.evaluate(IS_LOADED) == 0


@pytest.mark.parametrize("expression", READERS.values(), ids=READERS)
def test_reading_a_sleeping_function_loads_the_cold_half(runtime_page, expression: str):
    with runtime_page("slim-bare") as page, runtime_page("slim-bare") as complete:
        complete.evaluate("python.loadCold()")
        assert evaluate(page, expression) == evaluate(complete, expression)


def test_the_widget_draws_while_all_that_sleeps_is_overwritten(runtime_page):
    draw = """(layouts) => {
      const names = ["json", "widget.content", "widget.design", "widget.view"];
      const [json, content, design, view] = names.map((name) => python.importModule(name));
      const text = "A bowl to keep. ".repeat(30);
      const testimonials = [1, 2, 3].map((n) => ({ id: `t${n}`, author: "Ada Byron", rating: n, text }));
      const parsed = content.parse_content(JSON.stringify({ id: "w1", testimonials }));
      return layouts.map((layout) => {
        const parsedDesign = design.parse_design(json.loads(JSON.stringify({ layout }))).get(0);
        return `${view.draw(parsed, parsedDesign)} ${view.stylesheet(parsedDesign)}`;
      });
    }"""
    with runtime_page("slim-bare") as page, runtime_page("slim-bare-poisoned") as poisoned:
        drawings = page.evaluate(draw, [*LAYOUTS])
        without_text = [layout for layout, each in zip(LAYOUTS, drawings, strict=True) if "A bowl to keep" not in each]
        assert without_text == ["badge"]
        assert poisoned.evaluate(draw, [*LAYOUTS]) == drawings
        assert (page.evaluate(IS_LOADED), poisoned.evaluate(IS_LOADED)) == (0, 0)


def test_an_error_in_a_woken_function_names_its_lines(runtime_page):
    with runtime_page("slim-bare") as page, runtime_page("slim-bare") as complete:
        complete.evaluate("python.loadCold()")
        wrong = "(() => { try { textwrap.wrap('x', 0) } catch (error) { return error.message } })()"
        messages = [evaluate(each, wrong) for each in (page, complete)]
    assert messages[0] == messages[1]
    assert "ValueError: invalid width 0" in messages[0]
    assert len(re.findall(r'File "textwrap.py", line [1-9]\d+, in', messages[0])) >= 2
