"""One Playwright for all tests of this process, and the browsers it has started."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # unit tests run without Playwright
    from playwright.sync_api import Browser, Playwright


TEMPORARY = tempfile.gettempdir()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's synchronous API, of which a process can have one."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def launched(playwright: Playwright) -> Iterator[Callable[[str], Browser]]:
    """`launched("firefox")`: that browser, headless, started once."""
    from bundler.browsers import launch

    running: dict[str, Browser] = {}

    def browser(name: str) -> Browser:
        if name not in running:
            kind = launch.browser_type(playwright, name)
            options = launch.launch_options(kind)
            assert options is not None, f"There is no {name} here: `python3 build.py test` installs it."
            # A store in this process has its own TMPDIR, whose path may be too long for Chromium's socket.
            running[name] = kind.launch(**options, env={**os.environ, "TMPDIR": TEMPORARY})
        return running[name]

    yield browser
    for started in running.values():
        started.close()


@pytest.fixture(autouse=True)
def _process_stays_as_it_was() -> Iterator[None]:
    """Fail the test that leaves another directory or other modules behind, and not one that comes long after it."""
    directory, modules = Path.cwd(), {name: sys.modules[name] for name in ("server", "widget") if name in sys.modules}
    yield
    assert Path.cwd() == directory
    assert {name: sys.modules.get(name) for name in modules} == modules


@pytest.fixture(autouse=True)
def _own_event_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let asyncio.run work in tests without a browser.

    Playwright's synchronous API leaves its event loop marked as running in this thread, though it stands still
    (https://github.com/microsoft/playwright-python/issues/462), and asyncio.run refuses to start beside one.
    """
    if "playwright" in request.fixturenames:
        yield
        return
    resting = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(resting)
