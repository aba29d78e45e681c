"""Fixtures of the slim runtime's tests: a page with a runtime of a given kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial

import pytest
from playwright.sync_api import Browser, Page

from bundler.browsers.launch import NAMES
from bundler.demo import ports
from bundler.demo.origins import running, url
from bundler.machine import node
from tests.slim import pages


@pytest.fixture(scope="session", params=NAMES)
def browser(request: pytest.FixtureRequest, launched: Callable[[str], Browser]) -> Browser:
    """Chromium, then Firefox."""
    return launched(request.param)


@pytest.fixture(scope="session")
def runtime_page(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], AbstractContextManager[Page]]]:
    """`with runtime_page("stock") as page:` a fresh page with the function `window.runSnippet(code)`."""
    node.install_packages()
    origin = pages.origin(tmp_path_factory.mktemp("slim"))
    with ports.listen(0, "runtimes") as listener, running(origin, listener):
        yield partial(pages.open_page, browser, url(listener))
