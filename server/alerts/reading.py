"""A reading of a metric over a time span, and the verdict on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from .rule import LIMIT, METRICS, Rule

BAD, GOOD = "bad", "good"
MARGIN = 0.1  # a value this far within the bound is good, even if its interval still crosses the bound
FEWEST_WEEKS = 2  # that `usual` needs


@dataclass(frozen=True)
class Reading:
    """An estimate with its 95% interval, in the metric's unit, and the number of page views behind it.

    `value` is None if it rests on too few page views to be told; the interval is right even so. `high` is None if the
    interval has no upper end.
    """

    value: float | None
    low: float
    high: float | None
    page_views: int


def bound_of(rule: Rule, earlier: Sequence[Reading]) -> float | None:
    """What a reading is compared with: the rule's limit, or its factor times the usual.

    The usual is the median of the same hours of earlier weeks, each at the end of its interval that is nearer to an
    alarm. So one odd week changes nothing, and few page views make the bound wider. None without two such weeks.
    """
    assert rule.bound is not None
    if rule.against == LIMIT:
        return rule.bound
    ends = [reading.low for reading in earlier] if METRICS[rule.metric].is_low_bad else _highs(earlier)
    return rule.bound * median(ends) if len(ends) >= FEWEST_WEEKS else None


def verdict(rule: Rule, reading: Reading, bound: float) -> str | None:
    """BAD if all of the interval is beyond the bound, GOOD if it is clearly within, None if nobody can tell."""
    if METRICS[rule.metric].is_low_bad:
        if reading.high is not None and reading.high < bound:
            return BAD
        is_within = reading.value is not None and reading.value >= bound * (1 + MARGIN)
        return GOOD if reading.low >= bound or is_within else None
    if reading.low > bound:
        return BAD
    is_within = reading.value is not None and reading.value <= bound * (1 - MARGIN)
    return GOOD if is_within or (reading.high if reading.high is not None else math.inf) <= bound else None


def _highs(readings: Sequence[Reading]) -> list[float]:
    return [reading.high for reading in readings if reading.high is not None]
