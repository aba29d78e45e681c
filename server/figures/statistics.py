"""Estimates figures from sampled rows, each with its 95 % confidence interval.

A row that was sampled at rate r has the weight w = 1/r and stands for count * w events.

* A *total* (loads, interactions, errors of a code) is about all page views that took place, of which a random part was
  sampled. It is the Horvitz-Thompson estimate, sum(count * w), with the variance sum(count^2 * w * (w - 1)). At rate 1
  every page view is counted and the variance is 0. (Särndal, Swensson, Wretman: Model Assisted Survey Sampling, 1992,
  2.8 and 3.2.)
* A *ratio* (errors per load) and a *percentile* (of load times) are about the site. Even all of its page views are a
  sample of it, so these intervals do not vanish at rate 1. The ratio's variance is linearised (the same book, 5.6).
  Percentiles use Woodruff's method (JASA 47, 1952): the interval of a proportion, read off the weighted distribution.
  The effective number of rows is (sum w)^2 / sum w^2 (Kish, 1965).

Intervals of totals and ratios are score intervals (Wilson, JASA 22, 1927). Their variance grows with the value, so they
are also right for few events and for none. `high` of a ratio or a percentile is None when there are too few rows to
bound it, such as fewer than 380 for p99.

The estimates assume that rows were sampled independently. In fact the rows of one page view are sampled together, but
the server cannot group them without an identifier. On pages with several widgets, the intervals of totals over all
widgets are therefore a little too narrow.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict

Z = 1.959964  # the middle 95 % of a normal distribution are within -Z and Z
FEWEST_ROWS = 20  # a figure of fewer rows has no value

# The quantiles to query: dense at the top, for p95 and p99 and the ends of their intervals.
_THOUSANDTHS = {*range(0, 900, 10), *range(900, 980, 5), *range(980, 1001)}
LEVELS: tuple[float, ...] = tuple(n / 1000 for n in sorted(_THOUSANDTHS))


class Figure(TypedDict):
    """An estimate with its interval. With fewer than FEWEST_ROWS, the numbers are None and `too_few` is true.

    If value is None and `too_few` is false, the figure cannot be estimated at all. If only `high` is None, the
    interval has no upper end.
    """

    value: float | None
    low: float | None
    high: float | None
    rows: int
    too_few: bool


@dataclass(frozen=True)
class Tally:
    """The engine's sums over the rows of one kind, where c is the count and w the weight."""

    rows: int = 0
    total: float = 0  # sum c w
    squares: float = 0  # sum c^2 w^2
    counted: float = 0  # sum c^2 w
    quantiles: Sequence[float] = field(default=())  # of load_ms, at LEVELS


UNKNOWN = Figure(value=None, low=None, high=None, rows=0, too_few=False)


def total(tally: Tally) -> Figure:
    """The number of events."""
    if tally.rows < FEWEST_ROWS:
        return _too_few(tally.rows)
    spread = max(tally.squares - tally.counted, 0) / tally.total  # the variance per event
    return _figure(tally.total, _score_interval(tally.total, spread), tally.rows)


def ratio(errors: Tally, loads: Tally) -> Figure:
    """Errors per load, a fraction. Its `rows` are those of the loads."""
    if loads.rows < FEWEST_ROWS:
        return _too_few(loads.rows)
    # Without any error, assume the average weight of a load.
    weight = errors.squares / errors.total if errors.rows else loads.squares / loads.total
    interval = _score_interval(errors.total / loads.total, weight / loads.total, loads.squares / loads.total**2)
    return _figure(errors.total / loads.total, interval, loads.rows)


def percentile(loads: Tally, level: float) -> Figure:
    """The load time in ms that is not exceeded by the fraction `level` of the loads."""
    if loads.rows < FEWEST_ROWS:
        return _too_few(loads.rows)
    half = Z * math.sqrt(level * (1 - level) * loads.squares) / loads.total
    low = _quantile(loads.quantiles, max(level - half, 0))
    high = _quantile(loads.quantiles, level + half) if level + half < 1 else None
    return _figure(_quantile(loads.quantiles, level), (low, high), loads.rows)


def _score_interval(value: float, spread: float, relative: float = 0) -> tuple[float, float | None]:
    """The ends of all x with (value - x)^2 <= Z^2 (spread x + relative x^2), which is the variance if x is true."""
    square, middle = 1 - Z * Z * relative, value + Z * Z * spread / 2
    root = math.sqrt(max(middle * middle - square * value * value, 0))
    # `low` is the smaller root, in a form without cancellation. If the larger root is negative, there is no upper end.
    low = value * value / (middle + root) if value else 0.0
    return low, (middle + root) / square if square > 0 else None


def _quantile(quantiles: Sequence[float], level: float) -> float:
    """The quantile at `level`, interpolated between the two nearest LEVELS."""
    above = bisect_left(LEVELS, level)
    if LEVELS[above] == level:
        return quantiles[above]
    share = (level - LEVELS[above - 1]) / (LEVELS[above] - LEVELS[above - 1])
    return quantiles[above - 1] + share * (quantiles[above] - quantiles[above - 1])


def _figure(value: float, interval: tuple[float, float | None], rows: int) -> Figure:
    return Figure(value=value, low=interval[0], high=interval[1], rows=rows, too_few=False)


def _too_few(rows: int) -> Figure:
    return Figure(value=None, low=None, high=None, rows=rows, too_few=True)
