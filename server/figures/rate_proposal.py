"""The sampling rate that a wanted precision takes, from the account's own traffic."""

from __future__ import annotations

import math
from collections.abc import Callable

Z = 1.959964  # the middle 95 % of a normal distribution are within -Z and Z
FEWEST_PAGE_VIEWS = 20  # no figure is shown of fewer
MOST_PAGE_VIEWS = 10_000_000


def page_views_for_percentile(of: Callable[[float], float], level: float, precision: float) -> int | None:
    """The page views heard from that give the percentile at `level` to within `precision`, a fraction such as 0.05.

    `of` gives today's load time at any level. None if no number up to MOST_PAGE_VIEWS does. The interval is Woodruff's
    (JASA 47, 1952), as in statistics.py, so a bumpy distribution needs more.
    """

    def is_enough(page_views: int) -> bool:
        half = Z * math.sqrt(level * (1 - level) / page_views)
        return level + half < 1 and of(level + half) - of(max(level - half, 0)) <= 2 * precision * of(level)

    return _fewest(is_enough)


def page_views_for_share(share: float, precision: float) -> int | None:
    """The page views heard from that give a share of page views to within `precision` of itself, such as 0.2."""
    if not 0 < share < 1:
        return None
    page_views = math.ceil(Z**2 * (1 - share) / share / precision**2)
    return max(page_views, FEWEST_PAGE_VIEWS) if page_views <= MOST_PAGE_VIEWS else None


def rate_for(page_views: int, page_views_a_day: float, days: float) -> float | None:
    """The sampling rate that hears from so many page views within `days`, rounded up to two digits; None if above 1."""
    if page_views_a_day <= 0 or page_views > page_views_a_day * days:
        return None
    rate = page_views / (page_views_a_day * days)
    step = 10.0 ** (math.floor(math.log10(rate)) - 1)
    return min(1.0, round(math.ceil(rate / step - 1e-9) * step, 12))


def _fewest(is_enough: Callable[[int], bool]) -> int | None:
    """The fewest page views, to within 2 %, from which on it is enough."""
    page_views = float(MOST_PAGE_VIEWS)
    if not is_enough(MOST_PAGE_VIEWS):
        return None
    while page_views > FEWEST_PAGE_VIEWS and is_enough(math.floor(page_views / 1.02)):
        page_views /= 1.02
    return max(math.ceil(page_views), FEWEST_PAGE_VIEWS)
