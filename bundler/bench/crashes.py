"""A page whose process ends by itself, as Chromium's sometimes does: the bench names it and goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Error, Page
from playwright.sync_api import TimeoutError as TooLate


class PageCrashed(Exception):
    """The process of a page has ended. The text is the page's address."""


@contextmanager
def named(context: BrowserContext, url: str) -> Iterator[None]:
    """Raises PageCrashed in place of the browser's error if a page of this context has crashed."""
    try:
        yield
    except TooLate:
        raise
    except Error as error:
        if not any(map(_has_crashed, context.pages)):
            raise
        raise PageCrashed(url) from error


def _has_crashed(page: Page) -> bool:
    try:
        page.evaluate("0")
    except Error as error:
        return "crashed" in error.message
    return False
