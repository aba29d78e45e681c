"""Counts page views over time, from which `disclosure` takes the time ranges that a dashboard may have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from ..retention_period import RETENTION
from ..store.store import Store
from . import page_totals
from .disclosure import HOUR_LEVEL, PageViews, Partition, Span, ms_of, tick_of
from .names import COLUMNS, MOST_NAMES, MOST_WIDGETS, NO_REGION, OTHER, Names
from .question import FILTERS, Question

_CONDITIONS = (*FILTERS, "code")
NEWEST_ROWS = 1000  # of twenty page views, each with several widgets and errors
REMEMBERED = 64  # counts of the past, of up to some ten thousand numbers each


class Slots(NamedTuple):
    """Page views by a slot's first tick. `portions` counts a page view once over all names, `page_views` in each."""

    page_views: dict[int, float]
    portions: dict[int, float]


Counts = Mapping[tuple[str, int], Slots]  # by part and number; those of the part `class` are the classes of the filter


@dataclass(frozen=True)
class Filter:
    """What selects the rows of a question, besides its time range."""

    account: str
    widget: str
    layout: str
    version: str
    region: str
    not_widget: str
    not_layout: str
    not_version: str
    not_region: str
    code: str
    exclusions: str  # a condition of SQL

    @classmethod
    def of(cls, question: Question) -> Filter:
        return cls(question.account, *(getattr(question, name) or "" for name in _CONDITIONS), **question.literals)

    def parameters(self) -> dict[str, object]:
        return {"account": self.account, **{name: getattr(self, name) for name in _CONDITIONS}}

    def expressions(self) -> dict[str, str]:
        totals = page_totals.expressions(widget=bool(self.widget), layout=bool(self.layout), code=bool(self.code))
        return {**totals, "exclusions": self.exclusions}


@dataclass(frozen=True)
class Past:
    """The page views of a question: all of them, and those of each name in its tables."""

    names: Names
    level: int
    name_level: int
    span: Span
    counts: Counts
    over: int  # the tick before which all rows are stored by now
    is_of_code: bool = False

    def partition(self) -> Partition:
        """The moments that divide the question's page views."""
        classes = {number: slots.page_views for (part, number), slots in self.counts.items() if part == "class"}
        outside = [PageViews(slots) for number, slots in classes.items() if number]
        return Partition(self.level, self.span, PageViews(classes.get(0, {})), outside, may_be_over=self.is_of_code)

    def partition_of(self, table: str, names: Iterable[str]) -> Partition:
        """The moments that divide the page views of these names together."""
        numbers = {self.names.number(table, name) for name in names}
        inside, outside = _sum(self.counts, table, numbers), []
        if table != "errors":  # a page view with one code may have others too, so there is no difference to take
            others = {number for part, number in self.counts if part == table and number} - numbers
            outside = [PageViews(_sum(self.counts, table, others).portions)]
        return Partition(self.name_level, self.span, PageViews(inside.page_views), outside, may_be_over=True)


class PageViewCounts:
    """Counts page views in a store. What is over does not change, so its counts are remembered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.forget()

    def forget(self) -> None:
        """Forget all counts, because rows of the past were erased."""
        self._remembered_names = lru_cache(REMEMBERED)(self._names)
        self._remembered_counts = lru_cache(REMEMBERED)(self._counts)
        self._remembered_oldest = lru_cache(REMEMBERED)(self._oldest_ms)

    def past(self, question: Question, now: datetime) -> Past:
        """The page views of the question's range and of some time around it. Raises StoreError."""
        filter_, (level, name_level) = Filter.of(question), _levels(question)
        block, now_tick = 1 << name_level, tick_of(_ms(now))
        first, last = tick_of(_ms(question.start)), tick_of(_ms(question.end)) + 1
        margin = (last - first) // 4
        start, end = (first - margin) // block * block, min(last + margin, now_tick + 1)
        over = (now_tick - block) // block * block
        middle = max(min(end // block * block, over), start)
        names = _names_in(
            self._remembered_names(filter_, first // block * block, max(middle, first)),
            self._names(filter_, max(middle, first), max(end, first)),
        )
        counts = _joined(
            self._remembered_counts(filter_, names, level, name_level, start, middle),
            self._counts(filter_, names, level, name_level, middle, end),
        )
        if not any(tick < first for tick in counts.get(("class", 0), Slots({}, {})).page_views):
            counts = _joined(counts, self._before(filter_, start, now))
        oldest = self._oldest(filter_.account, counts, start, start + block, now)
        return Past(names, level, name_level, Span(start, now_tick, oldest), counts, over, bool(question.code))

    def _names(self, filter_: Filter, start: int, end: int) -> tuple[tuple[str, ...], ...]:
        """The most frequent names of each table."""
        if start >= end:
            return ((),) * len(COLUMNS)
        literals = {
            "most_widgets": str(MOST_WIDGETS),
            "most_names": str(MOST_NAMES),
            "exclusions": filter_.exclusions,
        }
        parameters = filter_.parameters() | {"start_ms": ms_of(start), "end_ms": ms_of(end)}
        (row,) = self._store.query("names", literals=literals, **parameters)
        return tuple(tuple(row[table]) for table in COLUMNS)

    def _counts(self, filter_: Filter, names: Names, level: int, name_level: int, start: int, end: int) -> Counts:
        if start >= end:
            return {}
        numbers = {(table, name): names.number(table, name) for table in COLUMNS for name in names.of(table)}
        rows = self._store.query(
            "page_views",
            literals=filter_.expressions(),
            **filter_.parameters(),
            **names.parameters(numbers),
            level=level,
            name_level=name_level,
            start_ms=ms_of(start),
            end_ms=ms_of(end),
        )
        counts: defaultdict[tuple[str, int], Slots] = defaultdict(lambda: Slots({}, {}))
        for row in rows:
            slots, tick = counts[row["part"], int(row["name"])], int(row["tick"])
            slots.page_views[tick], slots.portions[tick] = row["page_views"], row["portions"]
        return counts

    def _before(self, filter_: Filter, start: int, now: datetime) -> Counts:
        """The newest page views before `start`, for a question that has none just before its range.

        Otherwise nobody knows whether many came before, as on the day before, and its range could not begin.
        """
        parameters = {"start_ms": _ms(now - RETENTION), "end_ms": ms_of(start), "most": NEWEST_ROWS}
        rows = self._store.query(
            "page_views_before", literals=filter_.expressions(), **filter_.parameters(), **parameters
        )
        slots = Slots(defaultdict(float), defaultdict(float))
        for row in rows:
            for portions in slots:
                portions[int(row["tick"])] += row["portion"]
        return {("class", 0): slots} if slots.portions else {}

    def _oldest(self, account: str, counts: Counts, start: int, end: int, now: datetime) -> int:
        """The tick before which the account has no page view, or -1 if that is unknown or begins to expire."""
        if any(start <= tick < end for slots in counts.values() for tick in slots.portions):
            return -1
        oldest_ms = self._remembered_oldest(account, f"{now:%Y-%m-%d %H}")
        return tick_of(oldest_ms) if oldest_ms > _ms(now - RETENTION + timedelta(days=1)) else -1

    def _oldest_ms(self, account: str, hour: str) -> int:
        """The time of the account's oldest row. It is asked for in each hour, because rows expire."""
        (row,) = self._store.query("oldest_row_of_account", account=account)
        return int(row["oldest_ms"])


def _levels(question: Question) -> tuple[int, int]:
    """The finest slots of a question's range and points, and those of its names, as levels of `disclosure`."""
    step = tick_of(int(question.step.total_seconds() * 1000) // 4)
    span = tick_of(int((question.end - question.start).total_seconds() * 1000) // 32)
    level = min(max(step.bit_length() - 1, 0), HOUR_LEVEL)
    return level, max(span.bit_length() - 1, level)


def _names_in(*most: tuple[tuple[str, ...], ...]) -> Names:
    tables = {}
    for number, table in enumerate(COLUMNS):
        limit = MOST_WIDGETS if table == "by_widget" else MOST_NAMES
        names = [name for some in most for name in some[number] if name not in ("", OTHER)][:limit]
        if table == "by_region" and names:
            names.append(NO_REGION)
        tables[table] = tuple(sorted(dict.fromkeys(names)))
    return Names(tuple(tables.items()))


def _joined(*parts: Counts) -> Counts:
    return {key: _sum_of(part[key] for part in parts if key in part) for key in {key for part in parts for key in part}}


def _sum(counts: Counts, part: str, numbers: set[int]) -> Slots:
    return _sum_of(slots for (of, number), slots in counts.items() if of == part and number in numbers)


def _sum_of(all_slots: Iterable[Slots]) -> Slots:
    sums = Slots(defaultdict(float), defaultdict(float))
    for slots in all_slots:
        for total, some in zip(sums, slots, strict=True):
            for tick, page_views in some.items():
                total[tick] += page_views
    return sums


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
