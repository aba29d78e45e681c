"""The distribution of load times: a histogram, and the shares of loads that are good, need work, or are poor.

The bounds are those of web.dev for the largest contentful paint: good up to 2.5 s, poor above 4 s. The bins are the
preferred numbers R10 of ISO 3, ten to a decade, in which both bounds occur.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from .disclosure import is_enough
from .kinds import TOO_FEW, Figure
from .statistics import Z

GOOD_MS, POOR_MS = 2500, 4000
_R10 = (1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000)
BINS = (0, 50, 63, 80, *(n // 10 for n in _R10), *_R10, *(n * 10 for n in _R10))  # in milliseconds
BANDS = {"good": (0, GOOD_MS), "needs_work": (GOOD_MS, POOR_MS), "poor": (POOR_MS, math.inf)}


class Bin(TypedDict):
    """The share of loads with a load time from `from_ms` until before `to_ms`, None for no end."""

    from_ms: int
    to_ms: int | None
    share: float


@dataclass(frozen=True)
class Loads:
    """The loads of one bin. `page_views` counts a page view in parts, by how many of its loads are in the bin."""

    page_views: float = 0
    total: float = 0  # sum of the weights
    squares: float = 0  # sum of their squares, by page view


def histogram(loads: Mapping[int, Loads]) -> list[Bin]:
    """The bins from the first to the last with loads. Neighbours are merged until each rests on enough page views."""
    starts = [start for start in BINS if start in loads]
    if not is_enough(sum(loads[start].page_views for start in starts)):
        return []
    total = sum(each.total for each in loads.values())
    groups: list[list[int]] = [[]]
    for start in (start for start in BINS if starts[0] <= start <= starts[-1]):
        if is_enough(_page_views(loads, groups[-1])):
            groups.append([])
        groups[-1].append(start)
    if not is_enough(_page_views(loads, groups[-1])):
        last = groups.pop()
        groups[-1] += last
    return [
        Bin(
            from_ms=group[0],
            to_ms=BINS[BINS.index(group[-1]) + 1] if group[-1] != BINS[-1] else None,
            share=sum(loads[one].total for one in group if one in loads) / total,
        )
        for group in groups
    ]


def bands(loads: Mapping[int, Loads]) -> dict[str, Figure]:
    """The share of loads in each of BANDS."""
    whole = together(list(loads.values()))
    return {
        name: _share(together([each for start, each in loads.items() if low <= start < high]), whole)
        for name, (low, high) in BANDS.items()
    }


def _share(part: Loads, whole: Loads) -> Figure:
    """A share of loads, with the score interval (Wilson 1927) at the effective number of page views (Kish 1965)."""
    if not is_enough(whole.page_views):
        return TOO_FEW
    share, effective = part.total / whole.total, whole.total**2 / whole.squares
    middle = (share + Z * Z / (2 * effective)) / (1 + Z * Z / effective)
    half = Z * math.sqrt(share * (1 - share) / effective + (Z / (2 * effective)) ** 2) / (1 + Z * Z / effective)
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    page_views = round(whole.page_views)
    return Figure(value=share, low=low, high=high, page_views=page_views, too_few=False, too_uneven=False)


def _page_views(loads: Mapping[int, Loads], starts: list[int]) -> float:
    return sum(loads[start].page_views for start in starts if start in loads)


def together(loads: Sequence[Loads]) -> Loads:
    """All of these loads."""
    return Loads(
        page_views=sum(each.page_views for each in loads),
        total=sum(each.total for each in loads),
        squares=sum(each.squares for each in loads),
    )
