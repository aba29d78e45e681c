"""Counts page views over time by the names of a dashboard's tables: each line has a time range of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ..store.store import Store
from .disclosure import PageViews, Partition, Span, ms_of
from .filters import Filter
from .names import COLUMNS, MOST_NAMES, MOST_WIDGETS, NO_REGION, OTHER, Names
from .page_views import REMEMBERED, Past, Slots, added, sum_of

_TABLES = tuple(COLUMNS)

Counts = Mapping[tuple[str, int], Slots]  # by table and number of a name


class Named(NamedTuple):
    """`portions` counts each page view once over all names of a table, `page_views` once in each name."""

    page_views: Counts
    portions: Counts


@dataclass(frozen=True)
class PageViewsByName:
    """The page views of each name in a question's tables."""

    names: Names
    level: int
    span: Span
    named: Named

    def partition_of(self, table: str, names: Iterable[str]) -> Partition:
        """The moments that divide the page views of these names together."""
        numbers = {self.names.number(table, name) for name in names}
        inside, outside = _sum(self.named.page_views, table, numbers), []
        if table != "errors":  # a page view with one code may have others too, so there is no difference to take
            others = {number for _, number in self.named.portions} - numbers
            outside = [PageViews(_sum(self.named.portions, table, others))]
        return Partition(self.level, self.span, PageViews(inside), outside, may_be_over=True)


class NameCounts:
    """Counts page views by name in a store. What is over does not change, so its counts are remembered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.forget()

    def forget(self) -> None:
        """Forget all counts, because rows of the past were erased."""
        self._remembered_names = lru_cache(REMEMBERED)(self._names)
        self._remembered_counts = lru_cache(REMEMBERED)(self._counts)

    def of(self, past: Past) -> PageViewsByName:
        """The page views by name of the same question and time. Raises StoreError."""
        filter_, stretch = past.filter, past.stretch
        block, middle = stretch.block, max(stretch.middle, stretch.first)
        names = _names_in(
            self._remembered_names(filter_, stretch.first // block * block, middle),
            self._names(filter_, middle, max(stretch.end, stretch.first)),
        )
        parts = (
            self._remembered_counts(filter_, names, stretch.name_level, stretch.start, stretch.middle),
            self._counts(filter_, names, stretch.name_level, stretch.middle, stretch.end),
        )
        named = Named(*(added(*some) for some in zip(*parts, strict=True)))
        return PageViewsByName(names, stretch.name_level, past.span, named)

    def _names(self, filter_: Filter, start: int, end: int) -> tuple[tuple[str, ...], ...]:
        """The most frequent names of each table."""
        if start >= end:
            return ((),) * len(_TABLES)
        literals = filter_.expressions() | {"most_widgets": str(MOST_WIDGETS), "most_names": str(MOST_NAMES)}
        parameters = filter_.parameters() | {"start_ms": ms_of(start), "end_ms": ms_of(end)}
        (row,) = self._store.query("names", literals=literals, **parameters)
        return tuple(tuple(row[table]) for table in _TABLES)

    def _counts(self, filter_: Filter, names: Names, level: int, start: int, end: int) -> Named:
        if start >= end:
            return Named({}, {})
        page_views: defaultdict[tuple[str, int], dict[int, float]] = defaultdict(dict)
        portions: defaultdict[tuple[str, int], dict[int, float]] = defaultdict(dict)
        numbers = {(table, name): names.number(table, name) for table in _TABLES for name in names.of(table)}
        rows = self._store.query(
            "page_views_by_name",
            literals=filter_.expressions(),
            **filter_.parameters(),
            **names.parameters(numbers),
            level=level,
            start_ms=ms_of(start),
            end_ms=ms_of(end),
        )
        for row in rows:
            key, tick = (_TABLES[row["part"] - 1], int(row["name"])), int(row["tick"])
            page_views[key][tick], portions[key][tick] = row["page_views"], row["portions"]
        return Named(page_views, portions)


def _names_in(*most: tuple[tuple[str, ...], ...]) -> Names:
    tables = {}
    for number, table in enumerate(COLUMNS):
        limit = MOST_WIDGETS if table == "by_widget" else MOST_NAMES
        names = [name for some in most for name in some[number] if name not in ("", OTHER)][:limit]
        if table == "by_region" and names:
            names.append(NO_REGION)
        tables[table] = tuple(sorted(dict.fromkeys(names)))
    return Names(tuple(tables.items()))


def _sum(counts: Counts, table: str, numbers: set[int]) -> Slots:
    return sum_of(slots for (of, number), slots in counts.items() if of == table and number in numbers)
