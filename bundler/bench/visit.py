"""One visit of one page, told in numbers: the same in every browser. What only Chromium can tell is in chromium.py."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ..machine.errors import BuildError

Sample = dict[str, float]  # what one visit gave: `cards_ms` and the like, by names that end in their unit

LONG_TASK_MS = 50  # https://www.w3.org/TR/longtasks-1/: what is longer blocks, by what it is longer

_CALM_S = 1.0  # before each visit, of every page alike
_WITHIN_S = 120.0
_LOOK_EVERY_S = 0.1
_SETTLED_AFTER_S = 2.0


class Page(Protocol):
    """A page of Playwright's or of WebDriver's."""

    def goto(self, url: str) -> object:
        """Open the address and return when it has loaded."""

    def evaluate(self, expression: str) -> Any:
        """What the expression gives in the page, as JSON could say it."""


@dataclass(frozen=True)
class Kind:
    """What is done in a visit, by the page's name in pages.py. All but `python` takes Chromium."""

    page: str
    python: bool = False  # the page says when Python is there, and is not done before
    slowed: int = 1  # times the processor is slowed down
    line: bool = False  # over a line as visitors have it, where else there is none between browser and server
    vitals: bool = False  # the host page's Core Web Vitals are what is asked for
    clicks: int = 0  # of a visitor who uses the page meanwhile
    counts: bool = False  # afterwards the tracker's calls are timed
    again: bool = False  # afterwards the page is visited once more
    wire: bool = False  # only what comes over the wire is counted, since listening to it takes the page's time
    times: int = 1  # how often in a round


def arrive(page: Page, url: str) -> None:
    """Open the address, once the browser has come to rest: it is long busy with a page that is new."""
    time.sleep(_CALM_S)
    page.goto(url)


def watch(page: Page, url: str, kind: Kind, settled: Callable[[], bool] | None = None) -> Mapping[str, Any]:
    """Visit the page until what it is for is there and it has settled; what its probe has seen.

    Raises BuildError when that never comes.
    """
    report: Mapping[str, Any]
    arrive(page, url)
    deadline = time.monotonic() + _WITHIN_S * kind.slowed
    while not is_done(report := page.evaluate("bench.report()"), kind):
        if time.monotonic() > deadline:
            raise BuildError(f"The page {url} did not come to its end within {_WITHIN_S * kind.slowed:.0f} s.")
        time.sleep(_LOOK_EVERY_S)
    busy_at = time.monotonic()
    while (asked_at := time.monotonic()) < min(busy_at + _SETTLED_AFTER_S * kind.slowed, deadline):
        report = page.evaluate("bench.report()")  # which also lets Playwright hear of what is on the wire
        is_late = time.monotonic() - asked_at > _LOOK_EVERY_S  # it was at something else
        if is_late or (settled and not settled()):
            busy_at = time.monotonic()
        time.sleep(_LOOK_EVERY_S)
    return report


def is_done(report: Mapping[str, Any], kind: Kind) -> bool:
    """Whether the visit has shown what it is for."""
    return report["cards_ms"] is not None and (report["python_ms"] is not None or not kind.python)


def measured(report: Mapping[str, Any]) -> Sample:
    """The numbers in what the probe has seen."""
    cards_ms, python_ms, tasks = report["cards_ms"], report["python_ms"], report["tasks"]
    ready_ms = max(cards_ms or 0, python_ms or 0)
    longest_wait_ms = max((late for _, late in report["waits"]), default=0.0)
    sample = {"longest_wait_ms": longest_wait_ms, "wasm_bytes": float(report["wasm_bytes"])}
    if cards_ms is not None:
        sample["cards_ms"] = cards_ms
    if python_ms is not None:
        sample["python_ms"] = python_ms
    if tasks is not None:
        # A task that is not reported as long is shorter, and none is longer than the longest wait for a turn.
        shorter = min(longest_wait_ms, LONG_TASK_MS)
        sample["longest_task_ms"] = max((duration for _, duration in tasks), default=shorter)
        sample["blocking_ms"] = sum(duration - LONG_TASK_MS for start, duration in tasks if start < ready_ms)
    return sample
