"""Counts page views over time, from which `disclosure` takes the time ranges that a dashboard may have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from ..retention_period import RETENTION
from ..store.store import Store
from .disclosure import HOUR_LEVEL, PageViews, Partition, Span, ms_of, tick_of
from .filters import Filter
from .question import Question

NEWEST_ROWS = 1000  # of twenty page views, each with several widgets and errors
DAY_MS = 86_400_000
REMEMBERED = 64  # counts of the past, of up to some ten thousand numbers each

Slots = Mapping[int, float]  # page views by a slot's first tick
Key = TypeVar("Key")


@dataclass(frozen=True)
class Stretch:
    """The time around a question in which page views are counted, in ticks. What is before `middle` is over."""

    level: int  # of the finest slots of the question's range and points
    name_level: int  # of the finest slots of its names
    first: int  # where the question's range begins
    start: int
    middle: int
    end: int
    now: int
    over: int  # before it, all rows are stored by now

    @property
    def block(self) -> int:
        """The length of the slots of names."""
        return 1 << self.name_level

    @classmethod
    def around(cls, question: Question, now: datetime) -> Stretch:
        step = tick_of(int(question.step.total_seconds() * 1000) // 4)
        span = tick_of(int(question.length.total_seconds() * 1000) // 32)
        level = min(step.bit_length() - 1, HOUR_LEVEL)
        name_level = max(span.bit_length() - 1, level)
        block, now_tick = 1 << name_level, tick_of(_ms(now))
        first, last = tick_of(question.start_ms), tick_of(question.end_ms) + 1
        margin = (last - first) // 4
        start, end = (first - margin) // block * block, min(last + margin, now_tick + 1)
        over = (now_tick - block) // block * block
        middle = max(min(end // block * block, over), start)
        return cls(level, name_level, first, start, middle, end, now_tick, over)


@dataclass(frozen=True)
class Past:
    """The page views of a question, and of those that its filter leaves out, by class."""

    filter: Filter
    stretch: Stretch
    span: Span
    classes: Mapping[int, Slots]

    @property
    def over(self) -> int:
        """The tick before which all rows are stored by now."""
        return self.stretch.over

    def partition(self) -> Partition:
        """The moments that divide the question's page views."""
        outside = [PageViews(slots) for number, slots in self.classes.items() if number]
        inside = PageViews(self.classes.get(0, {}))
        return Partition(self.stretch.level, self.span, inside, outside, may_be_over=bool(self.filter.code))


class PageViewCounts:
    """Counts page views in a store. What is over does not change, so its counts are remembered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.forget()

    def forget(self) -> None:
        """Forget all counts, because rows of the past were erased."""
        self._remembered_counts = lru_cache(REMEMBERED)(self._counts)
        self._remembered_oldest = lru_cache(REMEMBERED)(self._oldest_ms)

    def past(self, question: Question, now: datetime) -> Past:
        """The page views of the question's range and of some time around it. Raises StoreError."""
        filter_, stretch = Filter.of(question), Stretch.around(question, now)
        start, middle, end = stretch.start, stretch.middle, stretch.end
        classes = added(
            self._remembered_counts(filter_, stretch.level, start, middle),
            self._counts(filter_, stretch.level, middle, end),
        )
        if not any(tick < stretch.first for tick in classes.get(0, {})):
            classes = added(classes, {0: self._before(filter_, start, now)})
        oldest = self._oldest(filter_.account, classes, stretch, now)
        return Past(filter_, stretch, Span(start, stretch.now, oldest), classes)

    def _counts(self, filter_: Filter, level: int, start: int, end: int) -> Mapping[int, Slots]:
        if start >= end:
            return {}
        parameters = filter_.parameters() | {"level": level, "start_ms": ms_of(start), "end_ms": ms_of(end)}
        counts: defaultdict[int, dict[int, float]] = defaultdict(dict)
        for row in self._store.query("page_views", literals=filter_.expressions(), **parameters):
            counts[int(row["class"])][int(row["tick"])] = row["page_views"]
        return counts

    def _before(self, filter_: Filter, start: int, now: datetime) -> Slots:
        """The newest page views before `start`, for a question that has none just before its range.

        Otherwise nobody knows whether many came before, as on the day before, and its range could not begin.
        """
        oldest_ms = _ms(now - RETENTION)
        for start_ms in (max(ms_of(start) - DAY_MS, oldest_ms), oldest_ms):  # nearly always a day has enough
            rows = self._store.query(
                "page_views_before",
                literals=filter_.expressions(),
                **filter_.parameters(),
                start_ms=start_ms,
                end_ms=ms_of(start),
                most=NEWEST_ROWS,
            )
            if len(rows) == NEWEST_ROWS:
                break
        slots: defaultdict[int, float] = defaultdict(float)
        for row in rows:
            slots[int(row["tick"])] += row["portion"]
        return slots

    def _oldest(self, account: str, classes: Mapping[int, Slots], stretch: Stretch, now: datetime) -> int:
        """The tick before which the account has no page view, or -1 if that is unknown or begins to expire."""
        end = stretch.start + stretch.block
        if any(stretch.start <= tick < end for slots in classes.values() for tick in slots):
            return -1
        oldest_ms = self._remembered_oldest(account, f"{now:%Y-%m-%d %H}")
        return tick_of(oldest_ms) if oldest_ms > _ms(now - RETENTION + timedelta(days=1)) else -1

    def _oldest_ms(self, account: str, hour: str) -> int:
        """The time of the account's oldest row. It is asked for in each hour, because rows expire."""
        (row,) = self._store.query("oldest_row_of_account", account=account)
        return int(row["oldest_ms"])


def added(*parts: Mapping[Key, Slots]) -> dict[Key, Slots]:
    """The page views of all parts, by the same keys."""
    keys = {key for part in parts for key in part}
    return {key: sum_of(part[key] for part in parts if key in part) for key in keys}


def sum_of(all_slots: Iterable[Slots]) -> Slots:
    sums: defaultdict[int, float] = defaultdict(float)
    for slots in all_slots:
        for tick, page_views in slots.items():
            sums[tick] += page_views
    return sums


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
