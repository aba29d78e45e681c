"""Confidence sequences: intervals that hold at all looks together, however often one looks.

A usual 95 % interval is right for one look. Who looks every day and stops at the first difference is wrong far more
often than once in 20. These intervals are wider, and the chance that any of them ever misses the truth is `alpha`.

They are asymptotic confidence sequences (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas: Time-uniform central limit
theory and asymptotic confidence sequences, Annals of Statistics 52, 2024, theorem 2.2). For quantiles the same boundary
holds for the share of page views at or below the true quantile (as in Howard and Ramdas: Sequential estimation of
quantiles, Bernoulli 28, 2022), and is read off the distribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

ALPHA = 0.05
TIGHTEST_AT = 2000  # effective page views at which the intervals are tightest; fixed before any look


@dataclass(frozen=True)
class Interval:
    """A number between `low` and `high`. An end is None where nothing bounds it."""

    value: float
    low: float | None
    high: float | None

    def excludes_zero(self) -> bool:
        return (self.low is not None and self.low > 0) or (self.high is not None and self.high < 0)


@dataclass(frozen=True)
class Arm:
    """The sums over the page views heard from that were shown one variant, where w is 1 / sampling rate.

    `hits` are those with what is asked for: an interaction, or an error.
    """

    page_views: int = 0
    hit_page_views: int = 0
    weight: float = 0  # sum w
    squares: float = 0  # sum w^2
    hits: float = 0  # sum w over the hits; their w is another one if errors are sampled more often
    hit_squares: float = 0  # sum w^2 over the hits
    is_one_sample: bool = True  # False: it is not known which hits are among the page views

    @property
    def share(self) -> float:
        return self.hits / self.weight

    @property
    def effective(self) -> float:
        """The number of page views of equal weight that would tell as much (Kish, 1965)."""
        return self.weight**2 / self.squares

    @property
    def variance(self) -> float:
        """The variance of one page view of equal weight, as if one more with a hit and one more without were there.

        Without these two, an arm without hits would have the variance 0. Hits and page views that are not of one
        sample are taken for uncorrelated, which widens the interval.
        """
        unit = self.squares / self.weight
        weight, squares = self.weight + 2 * unit, self.squares + 2 * unit**2
        hits, hit_squares = self.hits + unit, self.hit_squares + unit**2
        share = hits / weight
        covariance = share * hit_squares if self.is_one_sample else 0
        return (share**2 * squares - 2 * covariance + hit_squares) / squares


def difference_of_shares(arm: Arm, baseline: Arm, alpha: float = ALPHA) -> Interval:
    """The share of hits of `arm` minus that of `baseline`: a fraction from -1 to 1."""
    variance = arm.variance / arm.effective + baseline.variance / baseline.effective
    effective = 1 / (1 / arm.effective + 1 / baseline.effective)
    half = math.sqrt(variance * effective) * _boundary(effective, alpha)
    value = arm.share - baseline.share
    return Interval(value, max(value - half, -1), min(value + half, 1))


def quantile(of: Callable[[float], float], level: float, effective: float, alpha: float = ALPHA) -> Interval:
    """The quantile at `level` (a fraction) of a distribution; `of` gives the observed quantile at any level."""
    half = math.sqrt(level * (1 - level)) * _boundary(effective, alpha)
    low = of(level - half) if level > half else None
    high = of(level + half) if level + half < 1 else None
    return Interval(of(level), low, high)


def difference(interval: Interval, baseline: Interval) -> Interval:
    """`interval` minus `baseline`. It misses the truth only if one of the two does, so give each half of alpha."""
    low = None if interval.low is None or baseline.high is None else interval.low - baseline.high
    high = None if interval.high is None or baseline.low is None else interval.high - baseline.low
    return Interval(interval.value - baseline.value, low, high)


def _boundary(effective: float, alpha: float) -> float:
    """Half the width of the confidence sequence of a mean of variance 1, after `effective` page views."""
    odds = -2 * math.log(alpha)
    growth = effective * (odds + math.log(odds) + 1) / TIGHTEST_AT
    return math.sqrt(2 * (growth + 1) / (effective * growth) * math.log(math.sqrt(growth + 1) / alpha))
