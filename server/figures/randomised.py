"""Figures of page views whose region is known by chance only: pages named it by randomised response.

A page names its own region with the probability p, and each other one with q = (1 - p) / (k - 1), where k is the number
of regions. For a line of n regions a page view counts (1 - n q) / (p - q) if it named one of them, and -n q / (p - q)
if not: 1 on average if it is from there, and 0 on average if not (Warner, JASA 60, 1965; for k answers Kairouz, Oh,
Viswanath, JMLR 17, 2016). These counts multiply the weights of the sampling, so the variances are those of the sampling
and of the randomisation together:

* of a total sum(w z y), with z a page view's count: sum(w^2 z^2 y^2 - w z y^2)
* of a share and a ratio: that of sum(w z (e - R a)), where R is true (Fieller, Biometrika 32, 1940)
* of a percentile: that of the share of loads below it, read off the corrected distribution (Woodruff, JASA 47, 1952)

Many page views add noise to each line, so that normal intervals fit. A line whose page views cannot be told from none
has no share, no ratio and no percentile.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from widget.telemetry.schema import REGIONS

from .disclosure import is_enough
from .kinds import PERCENTILES, TOO_FEW, UNKNOWN, Figure, Kind
from .statistics import LEVELS, Z, are_few


@dataclass(frozen=True)
class Part:
    """The sums of the page views that gave one kind of answer, and what each of them counts for the line."""

    factor: float
    kind: Kind
    view_squares: float  # sum w^2 over the page views of the kind


Parts = Sequence[Part]


def factor(truth: float, regions: int, *, is_named: bool) -> float:
    """What a page view counts for a line of so many regions; `is_named`: it named one of them."""
    other = (1 - truth) / (len(REGIONS) - 1)
    return (is_named - regions * other) / (truth - other)


def figures(parts: Mapping[str, Parts], *, with_errors: bool = True) -> dict[str, Figure]:
    """The figures of the kinds `load`, `error` and `interaction`, as in kinds.py; `parts` may lack any of them."""
    load, error, interaction = (parts.get(name, ()) for name in ("load", "error", "interaction"))
    return {
        "loads": count(load),
        "error_share": error_share(load, error) if with_errors else UNKNOWN,
        "error_rate": error_rate(load, error) if with_errors else UNKNOWN,
        "interactions": count(interaction),
        **{name: percentile(load, level) for name, level in PERCENTILES.items()},
    }


def count(parts: Parts) -> Figure:
    """The number of events."""
    page_views = _named(parts)
    if not is_enough(page_views):
        return TOO_FEW
    value = sum(part.factor * part.kind.tally.total for part in parts)
    squares = sum(part.factor**2 * part.kind.tally.squares for part in parts)
    variance = max(squares - sum(part.factor * part.kind.tally.counted for part in parts), 0)
    if variance and are_few(squares, sum(part.factor**4 * part.kind.tally.fourths for part in parts)):
        return _figure(page_views, value, None, None)
    half = Z * math.sqrt(variance)
    return _figure(page_views, value, value - half, value + half)


def error_share(load: Parts, error: Parts) -> Figure:
    """The share of page views with an error, a fraction."""
    both = [*load, *error]
    page_views = sum(part.kind.new_page_views for part in both if part.factor > 0)
    if not is_enough(page_views):
        return TOO_FEW
    views = sum(part.factor * part.kind.new.views for part in both)
    with_error = sum(part.factor * part.kind.tally.views for part in error)
    squares = sum(part.factor**2 * part.kind.new.view_squares for part in both)
    new = ((part.factor, part.kind.new.view_squares, part.kind.new.view_fourths) for part in both)
    of_errors = sum(part.factor**2 * part.view_squares for part in error) + _one_more(new)
    ends = _ends(with_error, views, of_errors, of_errors, max(squares, of_errors))
    if ends is None:
        return TOO_FEW
    low, high = ends
    return _figure(page_views, min(with_error / views, 1), min(low, 1), min(high, 1))


def error_rate(load: Parts, error: Parts) -> Figure:
    """Errors per load, a fraction."""
    page_views = _named(load)
    if not is_enough(page_views):
        return TOO_FEW
    loads = sum(part.factor * part.kind.tally.total for part in load)
    errors = sum(part.factor * part.kind.tally.total for part in error)
    of_loads, of_errors = (sum(part.factor**2 * part.kind.tally.squares for part in parts) for parts in (load, error))
    one = _one_more((part.factor, part.kind.tally.squares, part.kind.tally.fourths) for part in load)
    ends = _ends(errors, loads, of_errors + one, 0, of_loads)
    if ends is None:
        return TOO_FEW
    if not of_errors:
        return _figure(page_views, 0, 0, None)  # how many errors a bad page view would have is unknown
    return _figure(page_views, errors / loads, *ends)


def percentile(parts: Parts, level: float) -> Figure:
    """The load time in ms that is not exceeded by the fraction `level` of the loads."""
    page_views = _named(parts)
    total = sum(part.factor * part.kind.tally.total for part in parts)
    spread = sum(part.factor**2 * part.kind.tally.squares for part in parts)
    is_told = is_enough(page_views) and is_enough(sum(part.factor * part.kind.page_views for part in parts))
    if not is_told or total <= Z * math.sqrt(spread):
        return TOO_FEW
    times = max(parts, key=lambda part: (part.factor > 0, part.kind.page_views)).kind.tally.quantiles
    above = [_above(parts, time, level) for time in times]
    reached = next((n for n, (excess, _) in enumerate(above) if excess >= 0), len(times) - 1)
    first = next((n for n, (excess, half) in enumerate(above) if excess >= -half), len(times) - 1)
    last = max((n for n, (excess, half) in enumerate(above) if excess <= half), default=0)
    high = times[last + 1] if last + 1 < len(times) else None
    return _figure(page_views, _between(times, above, reached), times[max(first - 1, 0)], high)


def _above(parts: Parts, time: float, level: float) -> tuple[float, float]:
    """By how many loads more than `level` of all are not slower than `time`, and half the interval of that number."""
    excess = variance = 0.0
    for part in parts:
        tally = part.kind.tally
        below = _fraction(tally.quantiles, time)
        excess += part.factor * tally.total * (below - level)
        variance += part.factor**2 * tally.squares * (below * (1 - level) ** 2 + (1 - below) * level**2)
    return excess, Z * math.sqrt(variance)


def _between(times: Sequence[float], above: Sequence[tuple[float, float]], reached: int) -> float:
    """The time at which the excess is 0, between the time that reaches it and the one before."""
    if reached == 0 or above[reached][0] <= above[reached - 1][0]:
        return times[reached]
    before, after = above[reached - 1][0], above[reached][0]
    portion = min(-before / (after - before), 1)
    return times[reached - 1] + portion * (times[reached] - times[reached - 1])


def _fraction(quantiles: Sequence[float], time: float) -> float:
    """The fraction of loads that are not slower than `time`, interpolated between the two nearest LEVELS."""
    position = bisect_right(quantiles, time)
    if position in (0, len(quantiles)):
        return float(position > 0)
    low, high = quantiles[position - 1], quantiles[position]
    return LEVELS[position - 1] + (time - low) / (high - low) * (LEVELS[position] - LEVELS[position - 1])


def _named(parts: Parts) -> float:
    """The page views that named a region of the line."""
    return sum(part.kind.page_views for part in parts if part.factor > 0)


def _one_more(parts: Iterable[tuple[float, float, float]]) -> float:
    """What one page view more with an error would add to a variance, of the weight that carries most of it.

    None at all is not yet evidence that there can be none. `parts` are factors with sums of squares and fourth powers.
    """
    return max(factor**2 * fourths / squares for factor, squares, fourths in parts if factor > 0 and squares)


def _ends(some: float, all_: float, of_some: float, of_both: float, of_all: float) -> tuple[float, float] | None:
    """The ends of all x with (some - x all)^2 <= Z^2 (of_some - 2 x of_both + x^2 of_all), which is the variance.

    None if the whole cannot be told from nothing: then any x would do.
    """
    square = all_**2 - Z**2 * of_all
    if all_ <= 0 or square <= 0:
        return None
    middle, rest = some * all_ - Z**2 * of_both, some**2 - Z**2 * of_some
    root = math.sqrt(max(middle**2 - square * rest, 0))
    return (middle - root) / square, (middle + root) / square


def _figure(page_views: float, value: float, low: float | None, high: float | None) -> Figure:
    """The figure. What is below 0 is so by chance."""
    ends = (None if end is None else max(end, 0.0) for end in (low, high))
    return Figure(
        value=max(value, 0.0),
        low=next(ends),
        high=next(ends),
        page_views=round(page_views),
        too_few=False,
        too_uneven=low is None,
    )
