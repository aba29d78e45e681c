"""One contract for both bridges: the fake one runs here, the browser's in Chromium and in Firefox.

In a browser all checks run once, in one page. Each check is still a test of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from bundler.browsers.launch import NAMES
from bundler.build import dist
from bundler.demo.origins import running, url

pytest.register_assert_rewrite(*(f"tests.contract.{name}_checks" for name in ("bridge", "network", "place")))

from tests.contract import (  # noqa: E402, F401 - they register their checks
    bridge_checks,
    document_checks,
    network_checks,
    page_checks,
    place_checks,
)
from tests.contract.checks import EVERYWHERE, IN_A_PAGE  # noqa: E402
from tests.contract.fake_harness import FakeHarness  # noqa: E402
from tests.contract.origin import origin  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Outcomes = dict[str, str]  # the error of each check, empty if it passed

RUN_WITHIN_S = 150
UNCAUGHT = "the_browser_tells_of_no_uncaught_error"  # errors that the page itself cannot see
ON_PURPOSE = "visitor: "  # the start of errors that visitor.js raises itself


@pytest.mark.parametrize("name", EVERYWHERE)
def test_the_fake_page_keeps_the_contract(name: str) -> None:
    harness = FakeHarness()
    asyncio.run(EVERYWHERE[name](harness))
    assert harness.resource_count() == 0


@pytest.fixture(scope="module")
def outcomes(launched: Callable[[str], Browser]) -> Callable[[str], Outcomes]:
    """`outcomes("firefox")`: the results of the checks in that browser."""
    outcomes_by_browser: dict[str, Outcomes] = {}

    def of(name: str) -> Outcomes:
        if name not in outcomes_by_browser:
            with _origin() as address:
                outcomes_by_browser[name] = _run(launched(name), address)
        return outcomes_by_browser[name]

    return of


@pytest.mark.parametrize("name", [*EVERYWHERE, *IN_A_PAGE, UNCAUGHT])
@pytest.mark.parametrize("browser_name", NAMES)
def test_the_browser_keeps_the_contract(outcomes: Callable[[str], Outcomes], browser_name: str, name: str) -> None:
    error = outcomes(browser_name).get(name, "The page has not run this check.")
    if error:
        pytest.fail(error, pytrace=False)


@contextlib.contextmanager
def _origin() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener, running(origin(dist.build()), listener):
        yield url(listener)


def _run(browser: Browser, address: str) -> Outcomes:
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    uncaught: list[str] = []
    page.on("pageerror", lambda error: uncaught.append(str(error)))
    try:
        page.goto(f"{address}/page.html")
        deadline = time.monotonic() + RUN_WITHIN_S
        while not (done := page.evaluate("visitor.done")) and time.monotonic() < deadline:
            page.wait_for_timeout(100)
        outcomes: Outcomes = page.evaluate("visitor.outcomes")
        assert done in (True, False), f"The page could not run the checks: {done}"
        outcomes[UNCAUGHT] = "\n".join(error for error in uncaught if ON_PURPOSE not in error)
        return outcomes
    finally:
        page.close()
