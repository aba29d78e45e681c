"""How long an experiment takes at today's traffic, told before it begins."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from .experiment import LONGEST
from .sequences import ALPHA, Arm, difference, difference_of_shares, quantile


def days_needed(
    share: float, change: float, page_views_a_day: float, rate: float, shares: Sequence[float], alpha: float = ALPHA
) -> int | None:
    """The days after which a change of this size is as likely seen as not; None if LONGEST is too short.

    `share` is today's share of page views with what decides (a fraction), `change` is relative (0.2 is 20 %),
    `page_views_a_day` are those of the widget, `rate` the sampling rate, `shares` those of the variants, of which the
    first is the one to compare with. The smallest of the others decides.
    """
    alpha = alpha / (len(shares) - 1)

    def is_seen(baseline: float, other: float) -> bool:
        arms = _expected(baseline, share), _expected(other, share * (1 + change))
        return difference_of_shares(arms[1], arms[0], alpha).excludes_zero()

    return _first_day(is_seen, page_views_a_day * rate, shares)


def days_needed_for_load_time(
    load_time: Callable[[float], float], level: float, change: float, page_views_a_day: float, shares: Sequence[float]
) -> int | None:
    """The same for the quantile at `level`, if all load times change by `change`.

    `load_time` gives today's quantile at any level, `page_views_a_day` are those in the sample.
    """
    alpha = ALPHA / (len(shares) - 1) / 2

    def is_seen(baseline: float, other: float) -> bool:
        before = quantile(load_time, level, baseline, alpha)
        after = quantile(lambda at: (1 + change) * load_time(at), level, other, alpha)
        return difference(after, before).excludes_zero()

    return _first_day(is_seen, page_views_a_day, shares)


def _first_day(is_seen: Callable[[float, float], bool], a_day: float, shares: Sequence[float]) -> int | None:
    daily = a_day * shares[0], a_day * min(shares[1:])
    for days in range(1, LONGEST.days + 1):
        baseline, other = (days * page_views for page_views in daily)
        if min(baseline, other) >= 1 and is_seen(baseline, other):
            return days
    return None


def _expected(page_views: float, share: float) -> Arm:
    hits = page_views * min(share, 1)
    return Arm(math.floor(page_views), math.floor(hits), page_views, page_views, hits, hits)
