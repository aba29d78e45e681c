"""One visit of one page as numbers, the same in every browser. chromium.py measures what only Chromium can."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ..machine.errors import BuildError

Sample = dict[str, float]  # the numbers of one visit, such as `cards_ms`; each name ends with its unit

LONG_TASK_MS = 50  # the part of a task over this blocks: https://www.w3.org/TR/longtasks-1/

_IDLE_BEFORE_S = 1.0
_TIMEOUT_S = 120.0
_POLL_INTERVAL_S = 0.1
_QUIET_S = 2.0


class Page(Protocol):
    """A page of Playwright or of WebDriver."""

    def goto(self, url: str) -> object:
        """Open the URL and return when the page has loaded."""

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page, converted through JSON."""


@dataclass(frozen=True)
class Network:
    """An emulated network: its speed in Mbit/s, and the time of a round trip in ms."""

    mbit_s: float
    round_trip_ms: int

    def __str__(self) -> str:
        return f"{self.mbit_s:g} Mbit/s with {self.round_trip_ms} ms round trips"


FIXED, MOBILE = Network(10, 40), Network(1.6, 150)  # a line to a house, and a slow 4G one


@dataclass(frozen=True)
class Kind:
    """What a visit does, on the page of this name in pages.py. Only Chromium supports fields after `python`."""

    page: str
    python: bool = False  # the visit ends only once the page reports that Python is up
    slowed: int = 1  # the CPU throttling factor
    line: Network | None = None  # emulate a visitor's network
    vitals: bool = False  # measure the host page's Core Web Vitals
    clicks: int = 0  # by a visitor who uses the page meanwhile
    counts: bool = False  # afterwards, time the tracker's calls
    again: bool = False  # afterwards, visit the page once more
    wire: bool = False  # count bytes only: listening to the network costs the page time
    times: int = 1  # visits per round


def open_page(page: Page, url: str) -> None:
    """Open the URL after a pause: opening a tab keeps the browser busy for a while."""
    time.sleep(_IDLE_BEFORE_S)
    page.goto(url)


def watch(page: Page, url: str, kind: Kind, is_quiet: Callable[[], bool] | None = None) -> Mapping[str, Any]:
    """Visit the page until it is done and then quiet; returns its probe's report.

    Raises BuildError if the page is not done in time.
    """
    report: Mapping[str, Any]
    open_page(page, url)
    deadline = time.monotonic() + _TIMEOUT_S * kind.slowed
    while not is_done(report := page.evaluate("bench.report()"), kind):
        if time.monotonic() > deadline:
            raise BuildError(f"The page {url} was not done within {_TIMEOUT_S * kind.slowed:.0f} s.")
        time.sleep(_POLL_INTERVAL_S)
    quiet_since = time.monotonic()
    while (start := time.monotonic()) < min(quiet_since + _QUIET_S * kind.slowed, deadline):
        report = page.evaluate("bench.report()")  # also lets Playwright handle network events
        was_busy = time.monotonic() - start > _POLL_INTERVAL_S
        if was_busy or (is_quiet and not is_quiet()):
            quiet_since = time.monotonic()
        time.sleep(_POLL_INTERVAL_S)
    return report


def is_done(report: Mapping[str, Any], kind: Kind) -> bool:
    """True if the page has shown all cards and, where the kind needs it, Python is up."""
    return report["cards_ms"] is not None and (report["python_ms"] is not None or not kind.python)


def to_sample(report: Mapping[str, Any]) -> Sample:
    """The numbers in a probe's report."""
    cards_ms, python_ms, tasks = report["cards_ms"], report["python_ms"], report["tasks"]
    ready_ms = max(cards_ms or 0, python_ms or 0)
    longest_wait_ms = max((late for _, late in report["waits"]), default=0.0)
    sample = {"longest_wait_ms": longest_wait_ms, "wasm_bytes": float(report["wasm_bytes"])}
    if cards_ms is not None:
        sample["cards_ms"] = cards_ms
    if python_ms is not None:
        sample["python_ms"] = python_ms
    if tasks is not None:
        # A task that is not reported is shorter than LONG_TASK_MS, and no task is longer than the longest wait.
        shorter = min(longest_wait_ms, LONG_TASK_MS)
        sample["longest_task_ms"] = max((duration for _, duration in tasks), default=shorter)
        sample["blocking_ms"] = sum(duration - LONG_TASK_MS for start, duration in tasks if start < ready_ms)
    return sample
