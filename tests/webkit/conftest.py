"""Fixtures of the WebKit tests: a page in a fresh profile, driven over WebDriver."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from bundler.browsers import webkit
from tests.browser.conftest import WITHOUT_COLD, faulty_api, origins, site
from tests.browser.hosts.conftest import tag
from tests.browser.servers import Site

__all__ = ["faulty_api", "origins", "site", "tag"]

collect_ignore_glob = [] if webkit.is_here() else ["test_*.py"]  # bundler/checks.py reports it

# `heard` is what reaches the page's console and its error handlers.
HEARD = """{
  window.heard = [];
  addEventListener('error', ({ message }) => heard.push(message));
  addEventListener('unhandledrejection', ({ reason }) => heard.push(String(reason)));
  for (const name of ['log', 'warn', 'error']) {
    const write = console[name];
    console[name] = (...values) => { heard.push(values.join(' ')); write.apply(console, values); };
  }
}"""
_WITHIN_S = 60.0
_COLD_LOADS = """performance.getEntriesByType("resource")
  .filter(({ name, initiatorType }) => name.includes("/cold-") && initiatorType === "xmlhttprequest").length"""


class Visit:
    """One visitor's page. It starts empty, so that a test can prepare it before any tag runs."""

    def __init__(self, page: webkit.WebDriverPage, site: Site) -> None:
        self._page, self._site = page, site

    def open(self, html: str) -> None:
        """Open a page and insert this HTML; its scripts run."""
        self._page.goto(self._site.page("<main></main>"))
        self.run(WITHOUT_COLD)
        self.run("document.querySelector('main').append(document.createRange().createContextualFragment(html))", html)

    def load(self, body: str, *, head: str = "", **options: Any) -> None:
        """Open a page of this HTML, whose scripts run while it loads. `heard` is what reaches its console."""
        before = f"<script nonce=abc>{WITHOUT_COLD}{HEARD}</script>"
        self.goto(self._site.page(body, head=f"<title>A shop</title>{before}{head}", **options))

    def goto(self, url: str) -> None:
        self._page.goto(url)

    def run(self, script: str, html: str = "") -> None:
        """Run a script in the page, with `html` as a variable."""
        self._page.evaluate(f"(html => {{ {script} }})({html!r})")

    def press(self, key: str) -> None:
        """Press a key: see webkit.WebDriverPage."""
        self._page.press(key)

    def get(self, expression: str) -> Any:
        """The value of an expression; a promise is awaited."""
        self.run(f"window.answer = undefined; Promise.resolve({expression}).then(value => (window.answer = [value]))")
        return self.until("window.answer")[0]

    def until(self, expression: str) -> Any:
        """Wait until the expression is true; returns its value."""
        deadline = time.monotonic() + _WITHIN_S
        while not (value := self._page.evaluate(expression)):
            assert time.monotonic() < deadline, f"Waited {_WITHIN_S:.0f} s for {expression}."
            time.sleep(0.05)
        return value

    def leave(self) -> None:
        """Open another page. Fails if this one loaded the cold part synchronously, which would block it."""
        assert self._page.evaluate(_COLD_LOADS) == 0
        self._page.goto(self._site.page("<p>Elsewhere</p>"))


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    with webkit.screen() as name:
        yield name


@pytest.fixture
def visit(display: str, site: Site) -> Iterator[Visit]:
    with webkit.fresh_page(display) as page:
        yield Visit(page, site)
