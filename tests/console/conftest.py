"""Fixtures of the console's tests: a real server for each module, and pages in Chromium, then in Firefox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext

from bundler.browsers.launch import NAMES
from tests.console import running
from tests.console.running import Server, Visit

TIMEOUT_MS = 20_000


@dataclass
class Record:
    """The console messages, errors and requests of a test's pages."""

    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", lambda request: self.urls.append(request.url))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running.server(tmp_path_factory.mktemp("console")) as process:
        yield process


@pytest.fixture(scope="session", params=NAMES)
def browser(request: pytest.FixtureRequest, launched: Callable[[str], Browser]) -> Browser:
    """Chromium, then Firefox."""
    return launched(request.param)


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def visit(browser: Browser, server: Server, record: Record) -> Iterator[Callable[..., Visit]]:
    """`visit(**options)`: a page in a fresh profile. The test fails if the page threw or logged an error."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})  # type: ignore[arg-type]
        context.set_default_timeout(TIMEOUT_MS)
        record.watch(context)
        contexts.append(context)
        return Visit(context.new_page(), server)

    yield make
    for context in contexts:
        context.close()
    assert record.errors == []
    # MicroPython writes each line of a traceback by itself, so all of them are shown.
    is_bad = any("Traceback" in line or "policy" in line.lower() for line in record.console)
    assert not is_bad, "\n".join(record.console)
