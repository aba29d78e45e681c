"""How long an experiment takes at today's traffic, told before it begins."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .sequences import ALPHA, Arm, difference_of_shares

LONGEST_DAYS = 90  # nothing is kept for longer


def days_needed(
    share: float, change: float, page_views_a_day: float, rate: float, shares: Sequence[float], alpha: float = ALPHA
) -> int | None:
    """The days after which a change of this size is expected to be seen; None if that is more than LONGEST_DAYS.

    `share` is today's share of page views with what decides (a fraction), `change` is relative (0.2 is 20 %),
    `page_views_a_day` are those of the widget, `rate` the sampling rate, `shares` those of the variants, of which the
    first is the one to compare with. The smallest of the others decides.
    """
    daily = [page_views_a_day * rate * part for part in (shares[0], min(shares[1:]))]
    alpha = alpha / (len(shares) - 1)
    for days in range(1, LONGEST_DAYS + 1):
        baseline, arm = (_expected(days * n, p) for n, p in zip(daily, (share, share * (1 + change)), strict=True))
        if min(baseline.page_views, arm.page_views) and difference_of_shares(arm, baseline, alpha).excludes_zero():
            return days
    return None


def _expected(page_views: float, share: float) -> Arm:
    hits = page_views * min(share, 1)
    return Arm(math.floor(page_views), math.floor(hits), page_views, page_views, hits, hits)
