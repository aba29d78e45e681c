"""A browser at a time, and the way to make a first visit with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

from ..browsers import launch, webkit
from . import chromium
from .visit import Kind, Sample, measured, watch

CHROMIUM, FIREFOX, WEBKIT = NAMES = ("chromium", "firefox", "webkit")

Visit = Callable[[str, Kind], Sample]  # one visit of an address in a fresh profile


def why_not(name: str) -> str:
    """Why there is no such browser, or an empty string; launch.ensure() answers for the other two."""
    return webkit.MISSING if name == WEBKIT and not webkit.is_here() else ""


@contextmanager
def opened(name: str) -> Iterator[tuple[str, Visit]]:
    """The browser's name and version, and how to visit with it."""
    with _webkit() if name == WEBKIT else _playwright(name) as opening:
        yield opening


@contextmanager
def _playwright(name: str) -> Iterator[tuple[str, Visit]]:
    with sync_playwright() as playwright:
        browser_type = launch.browser_type(playwright, name)
        with browser_type.launch(**(launch.launch_options(browser_type) or {})) as browser:

            def visit(url: str, kind: Kind) -> Sample:
                with browser.new_context() as context:
                    if name == CHROMIUM:
                        return chromium.first(context, url, kind)
                    return measured(watch(context.new_page(), url, kind))

            yield f"{name.title()} {browser.version}", visit


@contextmanager
def _webkit() -> Iterator[tuple[str, Visit]]:
    with webkit.screen() as display:

        def visit(url: str, kind: Kind) -> Sample:
            with webkit.fresh(display) as page:
                return measured(watch(page, url, kind))

        yield webkit.version(display), visit
