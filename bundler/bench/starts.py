"""`bench --starts N`: N starts of our Python and N of the released Pyodide in Chromium, and which of them fail.

They take turns. Every fourth pair has a slower processor. Each start is a first visit.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Browser, Error, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

from ..browsers import launch
from ..build import dist
from ..machine.progress import say
from . import content, crashes, pages
from .visitors import CHROMIUM

PAGES = {"ours": "slim runtime", "stock": "released Pyodide"}
CRASHED = "crashed"
_SLOWED, _SLOWED_EVERY = 4, 4
_WITHIN_S = 60.0  # a processor of full speed
_TELL_EVERY = 50
_IS_UP = "(({ python_ms, cards_ms } = {}) => python_ms > 0 && cards_ms > 0)(window.bench?.report())"


@dataclass(frozen=True)
class Failure:
    """A start that did not come to its end, with what may be the same in all of them."""

    page: str
    number: int  # of the start
    slowed: int  # how many times
    reason: str
    after_s: float
    file: str  # the last one that had arrived

    def __str__(self) -> str:
        return (
            f"{self.page}, start {self.number}, processor slowed {self.slowed} times: {self.reason} "
            f"after {self.after_s:.1f} s, last file {self.file}"
        )


def bench(number: int) -> str:
    """The report of so many starts of each page. Raises BuildError."""
    launch.ensure()
    dist.build()
    failures: list[Failure] = []
    with pages.serving(content.fetch()) as shop, sync_playwright() as playwright:
        kind = launch.browser_type(playwright, CHROMIUM)
        options = launch.launch_options(kind) or {}
        browser = kind.launch(**options)
        for n in range(1, number + 1):
            for page in PAGES:
                if not browser.is_connected():
                    browser = kind.launch(**options)
                if failure := start(browser, f"{shop}/{page}.html", n, slowed=1 if n % _SLOWED_EVERY else _SLOWED):
                    failures.append(failure)
                    say(str(failure))
            if n % _TELL_EVERY == 0:
                say(f"{n} starts of each")
        version = browser.version
        browser.close()
    return report(version, number, failures)


def start(browser: Browser, url: str, number: int, slowed: int) -> Failure | None:
    """Open the page in a new profile until Python has drawn its cards. Returns what went wrong."""
    began = time.monotonic()
    files = ["none"]
    reason = ""
    try:
        with browser.new_context() as context, crashes.named(context, url):
            page = context.new_page()
            page.on("requestfinished", lambda request: files.append(_name(request.url)))
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
            page.goto(url, wait_until="commit")
            page.wait_for_function(_IS_UP, timeout=_WITHIN_S * slowed * 1000)
            return None
    except crashes.PageCrashed:
        reason = CRASHED
    except TooLate:
        reason = "not up"
    except Error as error:
        reason = error.message.splitlines()[0]
    return Failure(_name(url), number, slowed, reason, time.monotonic() - began, files[-1])


def report(version: str, number: int, failures: Sequence[Failure]) -> str:
    """How many starts failed, in Markdown, and each of them."""
    lines = [
        f"{number} starts of each in Chromium {version}, every fourth with a processor {_SLOWED} times slower:",
        "",
        "| | crashed | of them slowed | failed otherwise |",
        "|---|---|---|---|",
    ]
    for page, title in PAGES.items():
        own = [failure for failure in failures if failure.page == f"{page}.html"]
        crashed = [failure for failure in own if failure.reason == CRASHED]
        slowed = sum(failure.slowed > 1 for failure in crashed)
        lines.append(f"| {title} | {len(crashed)} | {slowed} | {len(own) - len(crashed)} |")
    return "\n".join([*lines, *map(str, failures)])


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]
