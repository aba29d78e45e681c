"""Fixtures of the browser tests: the three origins, the browsers, a customer's site, and an API that can fail."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request

from bundler.browsers.launch import NAMES
from tests.browser import origins as three_origins
from tests.browser.origins import ROOT, Origins
from tests.browser.servers import FaultyApi, Site

TIMEOUT_MS = 30_000  # Python starts in three seconds, but more slowly when several workers start it

# The slim runtime's cold code does not load when the page is idle. Code that needs it must load it at once, which
# fails the test.
_COLD = "/cold-"
WITHOUT_COLD = f"""{{
  const real = window.fetch;
  window.fetch = (url, options) =>
    String(url).includes("{_COLD}") ? new Promise(() => {{}}) : real.call(window, url, options);
}}"""


@dataclass
class Record:
    """The console lines, errors and requests of one test's pages."""

    console: list[str] = field(default_factory=list)  # "warning: text"
    errors: list[str] = field(default_factory=list)  # uncaught ones, with unhandled rejections
    requests: list[Request] = field(default_factory=list)  # without beacons, which only a server sees
    crashes: list[str] = field(default_factory=list)  # the addresses of pages whose process ended by itself

    def watch(self, context: BrowserContext) -> None:
        context.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", lambda request: self.requests.append(request))
        context.on("page", lambda page: page.on("crash", lambda crashed: self.crashes.append(crashed.url)))

    @property
    def cold_loads(self) -> list[str]:
        """The URLs of cold code that was loaded synchronously, by code that could not wait for it."""
        return [each.url for each in self.requests if _COLD in each.url and each.resource_type == "xhr"]


@pytest.fixture(scope="session")
def origins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origins]:
    """The shop, the CDN and the API, with a store and content files of their own."""
    directory = tmp_path_factory.mktemp("origins")
    widgets = directory / "widgets"
    shutil.copytree(ROOT / "web" / "demo" / "widgets", widgets)
    with three_origins.running(directory / "data", widgets) as running_origins:
        yield running_origins


@pytest.fixture(scope="session", params=NAMES)
def browser(request: pytest.FixtureRequest, launched: Callable[[str], Browser]) -> Browser:
    """Chromium, then Firefox."""
    return launched(request.param)


@pytest.fixture
def record() -> Record:
    """The console lines, errors and requests of the test's pages."""
    return Record()


@pytest.fixture
def new_context(browser: Browser, record: Record) -> Iterator[Callable[..., BrowserContext]]:
    """`new_context(**options)`: a new profile, recorded, and closed after the test. `cold` allows the cold code."""
    contexts: list[BrowserContext] = []

    def make(*, cold: bool = False, **options: object) -> BrowserContext:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        if not cold:
            context.add_init_script(WITHOUT_COLD)
        context.set_default_timeout(TIMEOUT_MS)
        record.watch(context)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert record.crashes == []
    assert record.cold_loads == []


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page in a new profile."""
    page = new_context().new_page()
    yield page
    if not page.is_closed():
        page.unroute_all(behavior="ignoreErrors")  # an unfinished route would fail the next test


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A customer's site, on an origin of its own: `page.goto(site.page(origins.tag("w1")))`."""
    with Site() as server:
        yield server


@pytest.fixture
def faulty_api() -> Iterator[FaultyApi]:
    """An API whose answers the test sets, and which records the requests."""
    with FaultyApi() as server:
        yield server
