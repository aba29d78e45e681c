"""Opens each browser and makes first visits with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

from ..browsers import launch, webkit
from . import chromium, crashes
from .visit import Kind, Sample, to_sample, watch

CHROMIUM, FIREFOX, WEBKIT = NAMES = ("chromium", "firefox", "webkit")

Visit = Callable[[str, Kind], Sample]  # visits a URL in a fresh profile


def missing_reason(name: str) -> str:
    """Why WebKit is skipped, or an empty string. The other browsers are installed by launch.ensure()."""
    return webkit.MISSING if name == WEBKIT and not webkit.is_here() else ""


@contextmanager
def open_browser(name: str) -> Iterator[tuple[str, Visit]]:
    """Yields the browser's name with its version, and a function that visits with it."""
    with _webkit() if name == WEBKIT else _playwright(name) as opening:
        yield opening


@contextmanager
def _playwright(name: str) -> Iterator[tuple[str, Visit]]:
    with sync_playwright() as playwright:
        browser_type = launch.browser_type(playwright, name)
        with browser_type.launch(**(launch.launch_options(browser_type) or {})) as browser:

            def visit(url: str, kind: Kind) -> Sample:
                with browser.new_context() as context, crashes.named(context, url):
                    if name == CHROMIUM:
                        return chromium.first_visit(context, url, kind)
                    return to_sample(watch(context.new_page(), url, kind))

            yield f"{name.title()} {browser.version}", visit


@contextmanager
def _webkit() -> Iterator[tuple[str, Visit]]:
    with webkit.screen() as display:

        def visit(url: str, kind: Kind) -> Sample:
            with webkit.fresh_page(display) as page:
                return to_sample(watch(page, url, kind))

        yield webkit.version(display), visit
