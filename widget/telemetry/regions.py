"""The regions of the world that a batch may name: the sub-regions of the United Nations (M49), never a country.

With randomised response the page itself makes its answer uncertain: with a known probability it names another region.
Nobody can know what is true of one page, and the server still estimates the totals.
"""

from __future__ import annotations

import math
from collections.abc import Callable

REGIONS = (
    "northern-africa",
    "eastern-africa",
    "middle-africa",
    "southern-africa",
    "western-africa",
    "caribbean",
    "central-america",
    "south-america",
    "northern-america",
    "central-asia",
    "eastern-asia",
    "south-eastern-asia",
    "southern-asia",
    "western-asia",
    "eastern-europe",
    "northern-europe",
    "southern-europe",
    "western-europe",
    "australia-and-new-zealand",
    "melanesia",
    "micronesia",
    "polynesia",
    "unknown",
)
UNKNOWN_REGION = "unknown"


def truth_probability(epsilon: float) -> float:
    """The probability that a page names its own region, for a privacy budget `epsilon` above 0.

    What one answer tells changes the odds between any two regions by a factor of at most e^epsilon. (Kairouz, Oh,
    Viswanath: Extremal mechanisms for local differential privacy, JMLR 17, 2016: k-ary randomised response.)
    """
    return math.exp(epsilon) / (math.exp(epsilon) + len(REGIONS) - 1)


def randomise(region: str, epsilon: float, random: Callable[[], float]) -> str:
    """The region itself or, by chance, one of the others; `random` draws from [0, 1)."""
    if random() < truth_probability(epsilon):
        return region
    others = [name for name in REGIONS if name != region]
    return others[int(random() * len(others))]
