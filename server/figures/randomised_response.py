"""Totals by region where the pages have made their answers uncertain (widget/telemetry/regions.py)."""

from __future__ import annotations

from dataclasses import dataclass

from widget.telemetry.regions import REGIONS, truth_probability


@dataclass(frozen=True)
class Answers:
    """The sums over the page views that named one region, where w is 1 / sampling rate."""

    weight: float  # sum w
    squares: float  # sum w^2


def total_and_variance(named: Answers, all_regions: Answers, epsilon: float) -> tuple[float, float]:
    """The estimated number of page views from a region, and its variance.

    A page view that names the region counts (1 - q) / (p - q), any other one -q / (p - q), where p and q are the
    probabilities to name the region if it is true and if it is not. Each count has the expectation 1 or 0, as it
    should. The total may be below 0, by chance. The variance is of the sampling and of the randomisation together:
    sum(w^2 z^2 - w z), where z is a page view's count.
    """
    p = truth_probability(epsilon)
    q = (1 - p) / (len(REGIONS) - 1)
    yes, no = (1 - q) / (p - q), -q / (p - q)
    other_weight = all_regions.weight - named.weight
    total = named.weight * yes + other_weight * no
    squares = named.squares * yes**2 + (all_regions.squares - named.squares) * no**2
    return total, max(squares - total, 0)
