"""The sampling rate that a wanted precision takes, from the traffic of the last days."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from .disclosure import FEWEST_PAGE_VIEWS, is_enough
from .kinds import NOTHING, PERCENTILES, Kind
from .statistics import Z, quantile

RANGE = "7d"  # the traffic that a proposal looks at
MOST_PAGE_VIEWS = 10_000_000
FIGURES = (*PERCENTILES, "error_share")
_DAY = timedelta(days=1)
_TOO_FEW = f"The last 7 days have fewer than {FEWEST_PAGE_VIEWS} page views in the sample, too few to propose a rate."


@dataclass(frozen=True)
class Proposal:
    """Of `page_views_a_day` in all, `page_views` are to be heard from. None is what cannot be told.

    `rate` is a fraction. It is None if even all page views of the wanted days are too few.
    """

    page_views: int | None
    page_views_a_day: float | None
    rate: float | None
    sentence: str


def propose(kinds: Mapping[str, Kind], length: timedelta, figure: str, precision: float, days: float) -> Proposal:
    """The rate that gives one of FIGURES to within `precision` of itself, a fraction, within `days`.

    `kinds` are the sums of all page views in a time of this length.
    """
    load, error = kinds.get("load", NOTHING), kinds.get("error", NOTHING)
    if not is_enough(min(load.page_views, load.new_page_views + error.new_page_views)):
        return Proposal(None, None, None, _TOO_FEW)
    views = load.new.views + error.new.views
    if figure in PERCENTILES:
        quantiles = load.tally.quantiles
        page_views = page_views_for_percentile(lambda at: quantile(quantiles, at), PERCENTILES[figure], precision)
    else:
        page_views = page_views_for_share(error.tally.views / views, precision)
    a_day = _rounded_up(views / (length / _DAY))
    rate = rate_for(page_views, a_day, days) if page_views else None
    return Proposal(page_views, a_day, rate, _sentence(figure, precision, days, page_views, a_day, rate))


def page_views_for_percentile(of: Callable[[float], float], level: float, precision: float) -> int | None:
    """The page views heard from that give the percentile at `level` to within `precision`, a fraction such as 0.05.

    `of` gives today's load time at any level. None if no number up to MOST_PAGE_VIEWS does. The interval is Woodruff's
    (JASA 47, 1952), as in statistics.py, so a bumpy distribution needs more.
    """

    def is_precise(page_views: int) -> bool:
        half = Z * math.sqrt(level * (1 - level) / page_views)
        return level + half < 1 and of(level + half) - of(max(level - half, 0)) <= 2 * precision * of(level)

    return _fewest(is_precise)


def page_views_for_share(share: float, precision: float) -> int | None:
    """The page views heard from that give a share of page views to within `precision` of itself, such as 0.2."""
    if not 0 < share < 1:
        return None
    page_views = math.ceil(Z**2 * (1 - share) / share / precision**2)
    return max(page_views, FEWEST_PAGE_VIEWS) if page_views <= MOST_PAGE_VIEWS else None


def rate_for(page_views: int, page_views_a_day: float, days: float) -> float | None:
    """The sampling rate that hears from so many page views within `days`, rounded up to two digits; None if above 1."""
    if page_views > page_views_a_day * days:
        return None
    return _rounded_up(page_views / (page_views_a_day * days))


def _fewest(is_precise: Callable[[int], bool]) -> int | None:
    """The fewest page views, to within 2 %, from which on it is precise."""
    page_views = float(MOST_PAGE_VIEWS)
    if not is_precise(MOST_PAGE_VIEWS):
        return None
    while page_views > FEWEST_PAGE_VIEWS and is_precise(math.floor(page_views / 1.02)):
        page_views /= 1.02
    return max(math.ceil(page_views), FEWEST_PAGE_VIEWS)


def _rounded_up(value: float) -> float:
    """The number, rounded up to two digits."""
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return round(math.ceil(value / step - 1e-9) * step, 12)


def _sentence(
    figure: str, precision: float, days: float, page_views: int | None, a_day: float, rate: float | None
) -> str:
    name = f"{figure} of load time" if figure in PERCENTILES else "The share of page views with an error"
    wish = f"{name} to ±{100 * precision:.3g}%"
    within = "within a day" if days == 1 else f"within {days:g} days"
    if page_views is None:
        why = "load times lie too far apart there" if figure in PERCENTILES else "none or all had an error"
        return f"{wish} cannot be told from the page views of the last 7 days: {why}."
    if rate is not None:
        return f"{wish} {within} needs a sampling rate of {100 * rate:.3g}%."
    takes = f"It takes {math.ceil(page_views / a_day)} days at a sampling rate of 100%."
    return f"{wish} {within} needs {page_views:,} page views, more than there are. {takes}"
