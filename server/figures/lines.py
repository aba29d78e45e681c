"""The lines of a dashboard: its summary, its points in time and the names of its tables, each with a time range.

A range begins and ends at the nearest moments that `disclosure` allows for the line's own page views. A line without
such moments is not told, and a name then belongs to `other`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from .disclosure import ms_of, shown_names, tick_of
from .names import COLUMNS, OTHER
from .page_views import Past
from .page_views_by_name import PageViewsByName
from .question import Question

SUMMARY, OVER_TIME = "summary", "over_time"


@dataclass(frozen=True)
class Line:
    """A line's part of the dashboard, its name, and its time range in milliseconds since 1970."""

    part: str
    name: object
    start_ms: int
    end_ms: int

    @property
    def start(self) -> datetime:
        return datetime.fromtimestamp(self.start_ms / 1000, UTC)

    @property
    def end(self) -> datetime:
        return datetime.fromtimestamp(self.end_ms / 1000, UTC)


@dataclass(frozen=True)
class Lines:
    """All lines that may be told. In a query a line is its position, from 1 on; the summary comes first."""

    all: Sequence[Line] = ()
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)  # the numbers of names, by table and name

    @property
    def summary(self) -> Line | None:
        return self.all[0] if self.all else None

    def within(self, start_ms: int, end_ms: int) -> tuple[Lines, Sequence[int]]:
        """The lines cut to a stretch of time, and the number that each has among all lines.

        Points in time that are outside of the stretch are left out. Other lines may be empty; they stay, so that what
        is asked of the past does not depend on the newest rows.
        """
        lines: list[Line] = []
        numbers: list[int] = []
        for number, line in enumerate(self.all, start=1):
            start, end = (min(max(at, start_ms), end_ms) for at in (line.start_ms, line.end_ms))
            if line.part != OVER_TIME or start < end:
                lines.append(replace(line, start_ms=start, end_ms=end))
                numbers.append(number)
        positions = {number: position for position, number in enumerate(numbers, start=1)}
        return Lines(lines, {name: positions[number] for name, number in self.numbers.items()}), numbers


def lines_of(
    question: Question,
    starts: Sequence[datetime],
    past: Past,
    by_name: PageViewsByName | None = None,
    tables: Iterable[str] = COLUMNS,
) -> Lines:
    """The lines of a question, whose points in time begin at `starts`, and of the names of these tables, if known."""
    partition = past.partition()
    first, last = _tick(question.start), _tick(question.end)
    window = partition.window(first, last)
    if window is None:
        return Lines()
    lines = [_line(SUMMARY, "", *window)]
    most = max(tick_of(int(question.step / timedelta(milliseconds=1))) // 2, 1)
    edges = [window[0], *(partition.nearest(_tick(at), most) for at in starts[1:]), window[1]]
    for at, (start, end) in zip(starts, pairwise(edges), strict=bool(starts)):
        if start is not None and end is not None and window[0] <= start < end <= window[1]:
            lines.append(_line(OVER_TIME, at, start, end))
    numbers: dict[tuple[str, str], int] = {}
    if by_name:
        for table in tables:
            _add_names(table, by_name, window, (first, last), lines, numbers)
    return Lines(lines, numbers)


def _add_names(
    table: str,
    by_name: PageViewsByName,
    window: tuple[int, int],
    asked: tuple[int, int],
    lines: list[Line],
    numbers: dict[tuple[str, str], int],
) -> None:
    """Append the table's lines, and number its names."""
    *names, _ = by_name.names.of(table)
    windows = {name: by_name.partition_of(table, [name]).window(*asked) for name in names}
    page_views = {name: by_name.partition_of(table, [name]).inside.between(*window) for name in names}
    told = {name: page_views[name] for name in names if windows[name]}
    rest = by_name.partition_of(table, [name for name in by_name.names.of(table) if name not in told])
    shown = shown_names(told, rest.inside.between(*window))
    for name in names:
        if (range_ := windows[name]) and name in shown:
            lines.append(_line(table, name, *range_))
            numbers[table, name] = len(lines)
    others = [name for name in by_name.names.of(table) if name not in shown]
    if range_ := by_name.partition_of(table, others).window(*asked):
        lines.append(_line(table, OTHER, *range_))
        numbers |= {(table, name): len(lines) for name in others}


def _line(part: str, name: object, start: int, end: int) -> Line:
    return Line(part, name, ms_of(start), ms_of(end))


def _tick(at: datetime) -> int:
    """The tick nearest to a moment."""
    return tick_of(int(at.timestamp() * 1000) + 439)
