"""How much a figure can be trusted: estimates from sampled rows, each with its 95 % interval.

A row that was sampled at rate r weighs w = 1/r and stands for count * w events. What each interval covers:

* A *total* (loads, interactions, errors of a code) is that of all visits that were, of which a random part sent. It is
  the Horvitz-Thompson estimate, sum(count * w), with the variance sum(count^2 * w * (w - 1)), which is 0 at rate 1:
  everybody was counted. (Särndal, Swensson, Wretman: Model Assisted Survey Sampling, 1992, 2.8 and 3.2.)
* A *ratio* (errors per load) and a *percentile* (of load times) are about the site, of which even all visits are a
  sample: their intervals do not vanish at rate 1. The ratio's variance is linearised (the same, 5.6). Percentiles are
  Woodruff's (JASA 47, 1952): the interval of a proportion, read off the weighted distribution, where
  (sum w)^2 / sum w^2 is the number of rows that would tell as much if all weighed the same (Kish, 1965).

Intervals of totals and ratios are score intervals (Wilson, JASA 22, 1927): they let the variance grow with the value,
and so hold for few events too, and for none. Two ends are honest where the rows are too few: a ratio's or a
percentile's `high` is None when no upper end can be told, such as that of p99 below 380 rows.

The rows are taken as drawn one by one. Those of one page view are drawn together, but nothing ties them (that would
need an identifier), so totals over all widgets are a little less sure than they say on pages that show several.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict

Z = 1.959964  # of a normal distribution's middle 95 %
FEWEST_ROWS = 20

# The quantiles the engine is asked for: close together at the top, where p95 and p99 and their ends lie.
_THOUSANDTHS = {*range(0, 900, 10), *range(900, 980, 5), *range(980, 1001)}
LEVELS: tuple[float, ...] = tuple(n / 1000 for n in sorted(_THOUSANDTHS))


class Figure(TypedDict):
    """One number on the screen; below FEWEST_ROWS value, low and high are None and `too_few` is true.

    A value of None that is not `too_few` is one that cannot be told at all. A `high` of None beside a value: open.
    """

    value: float | None
    low: float | None
    high: float | None
    rows: int
    too_few: bool


@dataclass(frozen=True)
class Tally:
    """What the engine sums up of the rows of one kind, count being c and weight w."""

    rows: int = 0
    total: float = 0  # sum c w
    squares: float = 0  # sum c^2 w^2
    counted: float = 0  # sum c^2 w
    quantiles: Sequence[float] = field(default=())  # of load_ms, at LEVELS


UNTOLD = Figure(value=None, low=None, high=None, rows=0, too_few=False)


def total(tally: Tally) -> Figure:
    """How many there were."""
    if tally.rows < FEWEST_ROWS:
        return _too_few(tally.rows)
    spread = max(tally.squares - tally.counted, 0) / tally.total  # the variance by event
    return _figure(tally.total, _score_interval(tally.total, spread), tally.rows)


def ratio(errors: Tally, loads: Tally) -> Figure:
    """Errors per load: 0.02 is two in a hundred. Its rows are those of the loads."""
    if loads.rows < FEWEST_ROWS:
        return _too_few(loads.rows)
    # Where no error was seen, one would have weighed as much as a load does.
    weight = errors.squares / errors.total if errors.rows else loads.squares / loads.total
    interval = _score_interval(errors.total / loads.total, weight / loads.total, loads.squares / loads.total**2)
    return _figure(errors.total / loads.total, interval, loads.rows)


def percentile(loads: Tally, level: float) -> Figure:
    """The load time in ms that the fraction `level` of loads stays below."""
    if loads.rows < FEWEST_ROWS:
        return _too_few(loads.rows)
    half = Z * math.sqrt(level * (1 - level) * loads.squares) / loads.total
    low = _quantile(loads.quantiles, max(level - half, 0))
    high = _quantile(loads.quantiles, level + half) if level + half < 1 else None
    return _figure(_quantile(loads.quantiles, level), (low, high), loads.rows)


def _score_interval(value: float, spread: float, relative: float = 0) -> tuple[float, float | None]:
    """All x with (value - x)^2 <= Z^2 (spread x + relative x^2), the variance if x were the truth."""
    square, middle = 1 - Z * Z * relative, value + Z * Z * spread / 2
    root = math.sqrt(max(middle * middle - square * value * value, 0))
    # The smaller root, written so that nothing cancels out; and where the larger one is negative, there is no end.
    low = value * value / (middle + root) if value else 0.0
    return low, (middle + root) / square if square > 0 else None


def _quantile(quantiles: Sequence[float], level: float) -> float:
    """Between the two levels that were asked for."""
    above = bisect_left(LEVELS, level)
    if LEVELS[above] == level:
        return quantiles[above]
    share = (level - LEVELS[above - 1]) / (LEVELS[above] - LEVELS[above - 1])
    return quantiles[above - 1] + share * (quantiles[above] - quantiles[above - 1])


def _figure(value: float, interval: tuple[float, float | None], rows: int) -> Figure:
    return Figure(value=value, low=interval[0], high=interval[1], rows=rows, too_few=False)


def _too_few(rows: int) -> Figure:
    return Figure(value=None, low=None, high=None, rows=rows, too_few=True)
