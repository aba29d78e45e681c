"""A second, higher sampling rate for errors: figures of its page views, from the page's draw to the intervals.

Each kind of page view goes through the real tracker, the parser and the rows, once for each answer that the draw can
give. The simulation then takes many page views of each kind, and adds up their rows as `sql/sums.sql` does.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from server.figures.kinds import Kind, figures
from server.figures.statistics import LEVELS, Tally
from server.ingest.page_totals import add_page_totals
from server.ingest.rows import rows_of
from server.store.row import Row
from widget.telemetry import TelemetryTracker
from widget.telemetry.parser import parse
from widget.testing import FakeBridge

RUNS = 400
LOAD_MS, SPREAD, Z75 = 800.0, 0.6, 0.674490


class Page:
    """A page view with one widget. `is_in_sample` says whether its draw is below the first rate."""

    def __init__(self, draw: float, rate: float, rate_on_error: float) -> None:
        self.bridge = FakeBridge()
        self.bridge.shared["draw"] = draw
        self.is_in_sample = draw < rate
        config = {"samplingRate": rate, "samplingRateOnError": rate_on_error}
        self.tracker = TelemetryTracker("w1", "1.0.0", config, bridge=self.bridge)

    def load(self) -> None:
        self.tracker.start_load_tracking()
        self.tracker.track_load("grid")

    def fail(self, times: int = 1) -> None:
        for _ in range(times):
            self.tracker.track_error("RENDER_ERROR")

    def idle(self) -> None:
        self.bridge.idle.fire_once()


def loads(page: Page) -> None:
    page.load()


def fails(page: Page) -> None:
    page.fail()


def fails_at_once(page: Page) -> None:
    page.load()
    page.fail(3)


def fails_later(page: Page) -> None:
    page.load()
    page.idle()
    page.fail(2)


def fails_as_python_starts(page: Page) -> None:
    """Where the page view is not in the sample, only the error starts Python: the load waits for it."""
    page.load()
    if page.is_in_sample:
        page.idle()
    page.fail()


# What happens in a page view, its loads, its errors, and how often that is.
KINDS: tuple[tuple[Callable[[Page], None], int, int, float], ...] = (
    (loads, 1, 0, 0.93),
    (fails, 0, 1, 0.02),
    (fails_at_once, 1, 3, 0.02),
    (fails_later, 1, 2, 0.01),
    (fails_as_python_starts, 1, 1, 0.02),
)
SHARES = [share for *_, share in KINDS]


class Case(NamedTuple):
    page_views: int
    rate: float
    rate_on_error: float


CASES = [Case(4_000, 0.1, 1.0), Case(40_000, 0.01, 0.2), Case(200_000, 0.01, 0.2), Case(40_000, 0.05, 0.1)]


@cache
def rows(kind: int, draw: float, rate: float, rate_on_error: float) -> list[Row]:
    """The rows of a page view, as the server stores them."""
    page = Page(draw, rate, rate_on_error)
    KINDS[kind][0](page)
    page.bridge.hide()
    stored = []
    for body in page.bridge.sent:
        batch = [row for report in parse(body) for row in rows_of(report, "acme")]
        add_page_totals(batch)
        stored += batch
    return stored


def sums(of: list[Row], number: int) -> dict[str, Kind]:
    """What so many page views with these rows add to each kind, by the expressions of `sql/sums.sql`."""
    added = {}
    for name in ("load", "error"):
        tally: defaultdict[str, float] = defaultdict(float)
        new: defaultdict[str, float] = defaultdict(float)
        page_views = new_page_views = 0.0
        for row in of:
            if row.kind != name:
                continue
            w, y, parts = 1 / row.rate, max(row.count, row.page_count), max(1, row.page_rows)
            events = {"total": w, "squares": w**2 * y, "counted": w * y, "fourths": w**4 * y**3}
            views = {"views": w / parts, "view_squares": w**2 / parts, "view_fourths": w**4 / parts}
            for key, value in events.items():
                tally[key] += row.count * value
            page_views += 1 / parts
            is_new = name == "load" or row.page_loads < 1
            new_page_views += is_new / parts
            for key, value in views.items():
                tally[key] += value
                new[key] += value * is_new
        of_all, of_new = ({key: value * number for key, value in each.items()} for each in (tally, new))
        added[name] = Kind(
            page_views * number, Tally(**of_all, quantiles=()), new_page_views * number, Tally(**of_new, quantiles=())
        )
    return added


def together(kinds: list[Kind], quantiles: list[float]) -> Kind:
    names = ("total", "squares", "fourths", "counted", "views", "view_squares", "view_fourths")
    tally, new = (
        Tally(**{name: sum(getattr(getattr(kind, part), name) for kind in kinds) for name in names}, quantiles=of)
        for part, of in (("tally", quantiles), ("new", []))
    )
    return Kind(sum(kind.page_views for kind in kinds), tally, sum(kind.new_page_views for kind in kinds), new)


def quantiles_of(times: NDArray[Any]) -> list[float]:
    return list(np.quantile(times, LEVELS, method="inverted_cdf")) if len(times) else []


def simulate(case: Case, random: np.random.Generator) -> tuple[int, dict[str, Any]]:
    """The loads of one period, and the figures of it."""
    of_kind = random.multinomial(case.page_views, SHARES)
    parts, loads_heard = [], 0
    for kind, number in enumerate(of_kind):
        draws = random.random(number)
        for draw, low, high in ((0.0, 0.0, case.rate), (case.rate, case.rate, case.rate_on_error)):
            heard = rows(kind, draw, case.rate, case.rate_on_error)
            many = int(((draws >= low) & (draws < high)).sum())
            loads_heard += many * sum(row.kind == "load" for row in heard)
            parts.append(sums(heard, many))
    load_ms = random.lognormal(math.log(LOAD_MS), SPREAD, loads_heard)
    kinds = {name: together([part[name] for part in parts], quantiles_of(load_ms)) for name in ("load", "error")}
    return sum(int(n) * loads for n, (_, loads, _, _) in zip(of_kind, KINDS, strict=True)), dict(figures(kinds))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_intervals_hold_in_95_of_100_simulations(case):
    random = np.random.default_rng(7)
    loads_each, errors_each, fail_each = (
        sum(share * value for share, value in zip(SHARES, values, strict=True))
        for values in ([k[1] for k in KINDS], [k[2] for k in KINDS], [k[2] > 0 for k in KINDS])
    )
    told: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for _ in range(RUNS):
        loads, answer = simulate(case, random)
        truth = {
            "loads": loads,
            "error_share": fail_each / (loads_each + fail_each),  # errors have a batch of their own
            "error_rate": errors_each / loads_each,
            "p75": LOAD_MS * math.exp(Z75 * SPREAD),
        }
        for name, value in truth.items():
            if (low := answer[name]["low"]) is not None:
                told[name] += 1
                held[name] += low <= value <= (math.inf if answer[name]["high"] is None else answer[name]["high"])
    assert set(told) == {"loads", "error_share", "error_rate", "p75"}
    assert min(told.values()) == RUNS, told
    shares = {name: held[name] / RUNS for name in told}
    spread = 3 * math.sqrt(0.05 * 0.95 / RUNS)
    assert all(0.95 - spread <= share for share in shares.values()), shares
    assert all(share <= 0.98 + spread / 2 for share in shares.values()), shares


def test_more_page_views_with_an_error_make_the_share_surer():
    def width(rate_on_error: float) -> float:
        _, answer = simulate(Case(40_000, 0.01, rate_on_error), np.random.default_rng(8))
        return float(answer["error_share"]["high"] - answer["error_share"]["low"])

    assert width(0.2) < width(0.01) / 2
