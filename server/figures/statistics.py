"""Estimates figures from sampled page views, each with its 95 % confidence interval.

Page views are sampled, and all rows of a page view come together. A page view that was sampled at rate r has the weight
w = 1/r. With y its total of what is counted, the engine sums over its rows, each of which carries that total.

* A *total* (loads, interactions, errors of a code) is about the page views that could be heard from, of which a random
  part was sampled. It is the Horvitz-Thompson estimate sum(w y) with the variance sum(w (w - 1) y^2), which is 0 at
  rate 1. (Särndal, Swensson, Wretman: Model Assisted Survey Sampling, 1992, chapter 4: cluster sampling.)
* A *share* (of page views with an error), a *ratio* (errors per load) and a *percentile* (of load times) are about the
  site. Even all of its page views are a sample of it, so these intervals do not vanish at rate 1. The ratio's variance
  is linearised (the same book, 5.6). Loads and errors of a page view come in different batches, so their covariance is
  unknown; it is taken as 0, which widens the interval where pages with more loads have more errors. Percentiles use
  Woodruff's method (JASA 47, 1952): the interval of a proportion, read off the weighted distribution. All loads of a
  page view are taken to be equally slow. Page views with an error can have another rate than the others, so the share's
  variance is that of two sums, with a mean weight of each. At one rate its interval is Wilson's (JASA 22, 1927).

Intervals of totals, shares and ratios are score intervals, as Wilson's is. Their variance grows with the value,
so they are also right for few events and for none.

Where a few page views carry most of the variance, the sums cannot estimate it. The effective number of page views
behind the variance is (sum w^2 y^2)^2 / sum (w y)^4, after Kish's number for a mean (Survey Sampling, 1965), which is
never smaller. Below FEWEST_EFFECTIVE there is no interval: the figure is too uneven to tell.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

Z = 1.959964  # the middle 95 % of a normal distribution are within -Z and Z
FEWEST_EFFECTIVE = 10  # effective page views for an interval
ROUNDING = 1 - 1e-9  # ten equal page views are ten, although floats round

# The quantiles to compute: dense at the top, for p95 and p99 and the ends of their intervals.
_THOUSANDTHS = {*range(0, 900, 10), *range(900, 980, 5), *range(980, 1001)}
LEVELS: tuple[float, ...] = tuple(n / 1000 for n in sorted(_THOUSANDTHS))


@dataclass(frozen=True)
class Tally:
    """The engine's sums over the page views of one kind, where w is the weight and y the page view's total."""

    total: float = 0  # sum w y
    squares: float = 0  # sum w^2 y^2
    fourths: float = 0  # sum w^4 y^4
    counted: float = 0  # sum w y^2
    views: float = 0  # sum w
    view_squares: float = 0  # sum w^2
    view_fourths: float = 0  # sum w^4
    quantiles: Sequence[float] = field(default=())  # of load_ms, at LEVELS


class Estimate(NamedTuple):
    """A value with the ends of its interval. `high` is None if nothing bounds it. Without an interval both are None."""

    value: float
    low: float | None
    high: float | None
    is_uneven: bool = False


def total(tally: Tally) -> Estimate:
    """The number of events. There must be one at least."""
    spread = max(tally.squares - tally.counted, 0) / tally.total  # the variance per event
    if spread and _is_uneven(tally):
        return Estimate(tally.total, None, None, is_uneven=True)
    return Estimate(tally.total, *_score_interval(tally.total, spread))


def share(some: Tally, all_: Tally) -> Estimate:
    """The share of page views of `all_` that are in `some`, a fraction. There must be one page view at least."""
    value = min(some.views / all_.views, 1)
    if are_few(all_.view_squares, all_.view_fourths):
        return Estimate(value, None, None, is_uneven=True)
    rest = Tally(
        views=all_.views - some.views,
        view_squares=all_.view_squares - some.view_squares,
        view_fourths=all_.view_fourths - some.view_fourths,
    )
    parts = (all_, all_) if _are_unknown(some) or _are_unknown(rest) else (some, rest)
    units = [part.view_squares / part.views / all_.views for part in parts]
    # A single page view is not yet evidence of a share: half a page view less keeps `low` right for rare errors.
    return Estimate(value, _share_end(max(value - units[0] / 2, 0), units, 0), _share_end(value, units, 1))


def ratio(errors: Tally, loads: Tally) -> Estimate:
    """Errors per load, a fraction. There must be one load at least."""
    value = errors.total / loads.total
    if not errors.total:
        return Estimate(0, 0, None)  # how many errors a bad page view would have is unknown
    if _is_uneven(loads) or _is_uneven(errors):
        return Estimate(value, None, None, is_uneven=True)
    spread, relative = errors.squares / errors.total / loads.total, loads.squares / loads.total**2
    return Estimate(value, *_score_interval(value, spread, relative))


def percentile(loads: Tally, level: float) -> Estimate:
    """The load time in ms that is not exceeded by the fraction `level` of the loads."""
    value = quantile(loads.quantiles, level)
    if _is_uneven(loads):
        return Estimate(value, None, None, is_uneven=True)
    half = Z * math.sqrt(level * (1 - level) * loads.squares) / loads.total
    low = quantile(loads.quantiles, max(level - half, 0))
    high = quantile(loads.quantiles, level + half) if level + half < 1 else None
    return Estimate(value, low, high)


def _is_uneven(tally: Tally) -> bool:
    """Whether few page views carry most of the variance."""
    return are_few(tally.squares, tally.fourths)


def are_few(squares: float, fourths: float) -> bool:
    """Whether few page views carry most of the sum of their squares, to judge by the sum of the fourth powers."""
    return squares**2 < FEWEST_EFFECTIVE * fourths * ROUNDING


def _are_unknown(part: Tally) -> bool:
    """Whether the mean weight of these page views is not known: they are few."""
    return part.view_squares <= 0 or are_few(part.view_squares, part.view_fourths)


def _share_end(value: float, units: Sequence[float], end: float) -> float:
    """The x between `value` and `end`, 0 or 1, with (value - x)^2 = Z^2 x (1 - x) ((1 - x) some + x rest).

    `units` are `some` and `rest`: the part of all page views that one of each stands for.
    """
    some, rest = units
    inside, outside = value, end
    for _ in range(50):  # halves the distance until floats know no smaller one
        x = (inside + outside) / 2
        if (value - x) ** 2 <= Z * Z * x * (1 - x) * ((1 - x) * some + x * rest):
            inside = x
        else:
            outside = x
    return outside


def _score_interval(value: float, spread: float, relative: float = 0) -> tuple[float, float | None]:
    """The ends of all x with (value - x)^2 <= Z^2 (spread x + relative x^2), which is the variance if x is true."""
    square, middle = 1 - Z * Z * relative, value + Z * Z * spread / 2
    root = math.sqrt(max(middle * middle - square * value * value, 0))
    # `low` is the smaller root, in a form without cancellation. If the larger root is negative, there is no upper end.
    low = value * value / (middle + root) if value else 0.0
    return low, (middle + root) / square if square > 0 else None


def quantiles(load_times: Sequence[int], weights: Sequence[int]) -> list[int]:
    """The load times at LEVELS: each the smallest at which the weights up to it reach the level's part of all weights.

    A load time may be there several times.
    """
    pairs = sorted(zip(load_times, weights, strict=True))
    reached = list(accumulate(weight for _, weight in pairs))
    return [pairs[bisect_left(reached, math.ceil(reached[-1] * level))][0] for level in LEVELS] if pairs else []


def quantile(quantiles: Sequence[float], level: float) -> float:
    """The quantile at `level`, interpolated between the two nearest LEVELS."""
    above = bisect_left(LEVELS, level)
    if LEVELS[above] == level:
        return quantiles[above]
    portion = (level - LEVELS[above - 1]) / (LEVELS[above] - LEVELS[above - 1])
    return quantiles[above - 1] + portion * (quantiles[above] - quantiles[above - 1])
