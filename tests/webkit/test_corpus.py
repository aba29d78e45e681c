"""A part of the corpus of snippets has the same outcome in WebKit on the slim runtime as on the released Pyodide.

Chromium and Firefox run all of it (tests/slim/test_corpus.py). These topics hang most on the engine: promises, the
stack, exceptions that cross into JavaScript, and conversions. Those of time are left out, since WebKit fires the timers
of a window in the background together.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bundler.browsers import webkit
from bundler.demo import ports
from bundler.demo.origins import running, url
from bundler.machine import node
from tests.slim import pages
from tests.slim.test_corpus import CORPUS, DIFFERENCES, POISONED, READS_CUT, RUN, SLIM, SNIPPET_WITHIN_MS, differences

TOPICS = ("errors", "json", "pyodide", "regex", "text", "tracebacks")
WITHIN_S = 120.0

Outcomes = dict[str, str]


class Runtime:
    """A page with a runtime, after its start."""

    def __init__(self, page: webkit.WebDriverPage) -> None:
        self._page = page

    def call(self, function: str, argument: object) -> object:
        """The result of an asynchronous JavaScript function. WebDriver does not wait for promises, so this asks."""
        start = f"({function})({json.dumps(argument)}).then((value) => [value], (error) => [`The page: ${{error}}`])"
        self._page.evaluate(f"(window.answer = null, {start}.then((answer) => {{ window.answer = answer; }}), 0)")
        end = time.monotonic() + WITHIN_S
        while not (answer := self._page.evaluate("window.answer")):
            assert time.monotonic() < end, f"Waited {WITHIN_S:.0f} s for the page."
            time.sleep(0.1)
        return answer[0]

    def run(self, snippets: dict[str, str]) -> Outcomes:
        outcomes = self.call(RUN, [list(snippets.items()), SNIPPET_WITHIN_MS])
        assert isinstance(outcomes, dict), outcomes
        return outcomes


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    node.install_packages()
    directory: Path = tmp_path_factory.mktemp("slim")
    with ports.listen(0, "runtimes") as listener, running(pages.origin(directory), listener):
        yield url(listener)


@contextmanager
def runtime(display: str, origin: str, kind: str) -> Iterator[Runtime]:
    with webkit.fresh_page(display) as page:
        page.goto(f"{origin}/stock/package.json")  # any page of this origin
        started = Runtime(page)
        assert started.call(pages.BOOT[kind], pages.RUNNER) is None
        yield started


@pytest.fixture(scope="module")
def stock(display: str, origin: str) -> dict[str, Outcomes]:
    """The outcomes on the released Pyodide by topic."""
    with runtime(display, origin, "stock") as page:
        return {topic: page.run(CORPUS[topic]) for topic in TOPICS}


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("kind", SLIM)
def test_slim_equals_stock_in_webkit(kind: str, topic: str, stock: dict[str, Outcomes], display: str, origin: str):
    skipped = READS_CUT if kind == POISONED else {}
    snippets = {name: code for name, code in CORPUS[topic].items() if f"{topic}/{name}" not in skipped}
    expected = {name: stock[topic][name] for name in snippets}
    with runtime(display, origin, kind) as page:
        actual = page.run(snippets)
    unknown = [
        f"{topic}/{name}\n{lines}"
        for name, lines in differences(expected, actual).items()
        if f"{topic}/{name}" not in DIFFERENCES
    ]
    assert not unknown, "\n".join(unknown)
