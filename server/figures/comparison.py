"""Compares a figure with the same figure of the period before, and says whether the change is more than chance.

The interval of a difference follows from the intervals of both figures (MOVER: Zou and Donner, Statistics in Medicine
27, 2008). For a number of events, each side is widened by the chance in the visits themselves: the square root of
their number, as for Poisson counts. So a total that was counted whole differs by more than chance only if it differs
by more than visits do by themselves.

What can be told of the two periods is seldom equally long (see `disclosure`), so numbers of events are compared for
the same length of time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict

from .statistics import Z

COUNTS = ("loads", "interactions")  # figures that are numbers of events


class Change(TypedDict):
    """A figure's change. `share` is (now - before) / before, None where before is 0.

    A number of events `before` is that of as much time as is told of now.
    """

    before: float
    share: float | None
    is_beyond_chance: bool


def changes(now: Mapping[str, Any], before: Mapping[str, Any], times: float = 1) -> dict[str, Change | None]:
    """The change of each figure. None where one of both has no value, or an interval without an end.

    `times` is the length of the time that `now` tells of, divided by that of `before`.
    """
    return {
        name: _change(figure, before[name], times if name in COUNTS else 1, is_count=name in COUNTS)
        for name, figure in now.items()
    }


def length_told(answer: Mapping[str, Any]) -> timedelta:
    """The length of the time that a dashboard's answer tells of."""
    return datetime.fromisoformat(answer["to"]) - datetime.fromisoformat(answer["from"])


def _change(now: Mapping[str, Any], before: Mapping[str, Any], times: float, *, is_count: bool) -> Change | None:
    if any(figure[part] is None for figure in (now, before) for part in ("value", "low")):
        return None
    expected = before["value"] * times
    difference = now["value"] - expected
    end, other_end = ("low", "high") if difference >= 0 else ("high", "low")
    half = math.hypot(_half(now, end, is_count), _half(before, other_end, is_count) * times)
    return Change(
        before=expected,
        share=difference / expected if expected else None,
        is_beyond_chance=abs(difference) > half,
    )


def _half(figure: Mapping[str, Any], end: str, is_count: bool) -> float:
    """From the value to an end of the interval, in either direction; infinite if the interval has no such end."""
    if figure[end] is None:
        return math.inf
    half = figure[end] - figure["value"]
    return math.hypot(half, Z * math.sqrt(figure["value"])) if is_count else half
