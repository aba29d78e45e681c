"""The distribution of load times: a histogram, and the shares of loads that are good, need work, or are poor.

The bounds are those of web.dev for the largest contentful paint: good up to 2.5 s, poor above 4 s. The bins are the
preferred numbers R10 of ISO 3, ten to a decade, in which both bounds occur.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypedDict

from .buckets import FEWEST
from .statistics import Figure, Tally, Z

GOOD_MS, POOR_MS = 2500, 4000
_R10 = (1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000)
BINS = (0, 50, 63, 80, *(n // 10 for n in _R10), *_R10, *(n * 10 for n in _R10))  # in milliseconds
BANDS = {"good": (0, GOOD_MS), "needs_work": (GOOD_MS, POOR_MS), "poor": (POOR_MS, math.inf)}


class Bin(TypedDict):
    """The share of loads with a load time from `from_ms` until before `to_ms`, None for no end."""

    from_ms: int
    to_ms: int | None
    share: float


def histogram(tallies: Mapping[int, Tally]) -> list[Bin]:
    """The bins from the first to the last with loads. Neighbours are merged until each rests on FEWEST loads."""
    starts = [start for start in BINS if start in tallies]
    if sum(tallies[start].rows for start in starts) < FEWEST:
        return []
    total = sum(tally.total for tally in tallies.values())
    groups: list[list[int]] = [[]]
    for start in (start for start in BINS if starts[0] <= start <= starts[-1]):
        if sum(_tally(tallies, one).rows for one in groups[-1]) >= FEWEST:
            groups.append([])
        groups[-1].append(start)
    if len(groups) > 1 and sum(_tally(tallies, one).rows for one in groups[-1]) < FEWEST:
        last = groups.pop()
        groups[-1] += last
    return [
        Bin(
            from_ms=group[0],
            to_ms=BINS[BINS.index(group[-1]) + 1] if group[-1] != BINS[-1] else None,
            share=sum(_tally(tallies, one).total for one in group) / total,
        )
        for group in groups
    ]


def bands(tallies: Mapping[int, Tally]) -> dict[str, Figure]:
    """The share of loads in each of BANDS."""
    whole = _sum(list(tallies.values()))
    return {
        name: _share(_sum([tally for start, tally in tallies.items() if low <= start < high]), whole)
        for name, (low, high) in BANDS.items()
    }


def _share(part: Tally, whole: Tally) -> Figure:
    """A share of loads, with the score interval (Wilson 1927) at the effective number of loads (Kish 1965)."""
    if whole.rows < FEWEST:
        return Figure(value=None, low=None, high=None, rows=whole.rows, too_few=True)
    share, effective = part.total / whole.total, whole.total**2 / whole.squares
    middle = (share + Z * Z / (2 * effective)) / (1 + Z * Z / effective)
    half = Z * math.sqrt(share * (1 - share) / effective + (Z / (2 * effective)) ** 2) / (1 + Z * Z / effective)
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    return Figure(value=share, low=low, high=high, rows=whole.rows, too_few=False)


def _tally(tallies: Mapping[int, Tally], start: int) -> Tally:
    return tallies.get(start, Tally())


def _sum(tallies: list[Tally]) -> Tally:
    return Tally(
        rows=sum(tally.rows for tally in tallies),
        total=sum(tally.total for tally in tallies),
        squares=sum(tally.squares for tally in tallies),
    )
