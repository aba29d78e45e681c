"""What may be told of few page views: nothing. This module is the whole rule, for figures, tables and time ranges.

A figure, a name and a count need FEWEST_PAGE_VIEWS page views. So does the difference between two answers. Therefore a
time range begins and ends only at moments that divide: the time between any two of them holds no page view of the
question's filter, or at least FEWEST_PAGE_VIEWS.

Time is halved again and again: blocks of 2^n ticks, an hour being 2^12. A moment divides if, in every block around it,
the page views before it are none or enough, and those after it too. Between two such moments lies the edge of the
largest block that has one there. From either moment to that edge it is none or enough, so it is in all. A block that
is not over yet must have enough. Moments that divide therefore stay so, whatever comes.

A filter divides all page views into those that meet it and those that do not, for each of its conditions. The rule
holds for each of these classes, so that the difference to the answer without the filter tells no more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

FEWEST_PAGE_VIEWS = 20
HOUR_LEVEL = 12  # an hour is 2^12 ticks of 0.88 s
HOUR_MS = 3_600_000
_LEVELS = 33  # the largest block is longer than time from 1970 to 2089
_NONE = 1e-6  # page views are added up as parts, which floats round
_ENOUGH = FEWEST_PAGE_VIEWS - _NONE


def is_enough(page_views: float) -> bool:
    """Whether a figure of so many page views may be told."""
    return page_views >= _ENOUGH


def tick_of(ms: int) -> int:
    """The tick that contains a moment, given in milliseconds since 1970."""
    return (ms << HOUR_LEVEL) // HOUR_MS


def ms_of(tick: int) -> int:
    """The first millisecond of a tick."""
    return -((-tick * HOUR_MS) >> HOUR_LEVEL)


@dataclass(frozen=True)
class Span:
    """What is known of time, in ticks: page views are counted from `start` on, and none came before `oldest`."""

    start: int
    now: int
    oldest: int


class PageViews:
    """The page views of one class by slot of time. `slots` maps a slot's first tick to its page views."""

    def __init__(self, slots: Mapping[int, float]) -> None:
        self._ticks = sorted(slots)
        self._sums = list(accumulate((slots[tick] for tick in self._ticks), initial=0.0))

    def between(self, start: int, end: int) -> float:
        """The page views of the slots that begin from `start` until before `end`."""
        return self._sums[bisect_left(self._ticks, end)] - self._sums[bisect_left(self._ticks, start)]


@dataclass(frozen=True)
class Partition:
    """The moments that divide, at multiples of 2^level ticks."""

    level: int
    span: Span
    inside: PageViews  # the page views of the question
    outside: Sequence[PageViews] = ()  # those that meet only some of the filter's conditions, by class
    may_be_over: bool = (
        False  # for a name: nothing since, as after an outage or of an old version, is as good as enough
    )
    other: Partition | None = None  # a moment must divide that, too

    def nearest(self, tick: int, most: int) -> int | None:
        """The moment that divides nearest to `tick`, at most `most` ticks away. None if there is none."""
        if tick <= self.span.oldest:
            return tick  # nothing is before it
        return next((moment for moment in self._around(tick, most) if self.divides(moment)), None)

    def window(self, start: int, end: int) -> tuple[int, int] | None:
        """The two moments nearest to the ends of a range. None if the time between them tells too little."""
        most, step = end - start, 1 << self.level
        if not is_enough(self.inside.between(start - most - 2 * step, end + most + 2 * step)):
            return None  # so no ends that are near enough have enough between them
        first, last = self.nearest(start, most), self.nearest(end, most)
        if first is None or last is None or not is_enough(self.inside.between(first, last)):
            return None
        return first, last

    def divides(self, moment: int) -> bool:
        """Whether a range may begin or end at this moment."""
        return (
            self._divides(moment, self.inside, is_strict=not self.may_be_over)
            and all(self._divides(moment, views, is_strict=False) for views in self.outside)
            and (self.other is None or self.other.divides(moment))
        )

    def _around(self, tick: int, most: int) -> Iterator[int]:
        step = 1 << self.level
        below = tick // step * step
        for offset in range(0, most + step, step):
            yield from sorted((below - offset, below + step + offset), key=lambda moment: abs(moment - tick))

    def _divides(self, moment: int, views: PageViews, *, is_strict: bool) -> bool:
        if moment > self.span.now:
            return False
        return self._before(moment, views, is_strict) and self._after(moment, views, is_strict)

    def _before(self, moment: int, views: PageViews, is_strict: bool) -> bool:
        for start, _ in _blocks(moment, self.level):
            count = views.between(start, moment)
            if count > _NONE:
                return is_enough(count)
            if max(start, self.span.start) <= self.span.oldest:
                return True
        return not is_strict

    def _after(self, moment: int, views: PageViews, is_strict: bool) -> bool:
        for _, end in _blocks(moment, self.level):
            count = views.between(moment, end)
            if count > _NONE:
                return is_enough(count)
        return not is_strict


def _blocks(moment: int, level: int) -> Iterator[tuple[int, int]]:
    """The blocks that have a moment inside, the smallest first: where each begins and ends."""
    for size in (1 << n for n in range(level, _LEVELS)):
        if offset := moment % size:
            yield moment - offset, moment - offset + size


def shown_names(page_views: Mapping[str, float], rest: float) -> set[str]:
    """The names of a table that may be told, from their page views. `rest` are the page views of all other names.

    A name of too few page views joins the others. If these are too few themselves, so that a sum would tell them, the
    next smallest name joins them too.
    """
    shown = {name for name, number in page_views.items() if is_enough(number)}
    rest += sum(number for name, number in page_views.items() if name not in shown)
    if shown and rest > _NONE and not is_enough(rest):
        shown.remove(min(shown, key=lambda name: (page_views[name], name)))
    return shown
