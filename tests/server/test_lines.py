"""The lines of a dashboard: which are told, from when to when, and how a query names them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from server.figures.disclosure import PageViews, Span, ms_of, tick_of
from server.figures.lines import OVER_TIME, SUMMARY, Line, Lines, lines_of
from server.figures.names import COLUMNS, OTHER, Names
from server.figures.page_views_by_name import Named, PageViewsByName
from server.figures.question import Question

START = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICKS = 4096  # of an hour
FIRST, LAST = 498_759 * TICKS, 498_763 * TICKS
POINTS = [START + hours * HOUR for hours in range(4)]


class Moments:
    """The moments that divide, by what is asked for."""

    def __init__(self, window: tuple[int, int] | None, *nearest: int | None) -> None:
        self.given, self.nearest_of, self.asked = window, iter(nearest), list[tuple[int, int]]()

    def window(self, start: int, end: int) -> tuple[int, int] | None:
        self.asked.append((start, end))
        return self.given

    def nearest(self, tick: int, most: int) -> int | None:
        self.asked.append((tick, most))
        return next(self.nearest_of)

    def partition(self) -> Moments:
        return self


def question(start: datetime = START, step: timedelta = HOUR) -> Question:
    return Question("acme", start, START + 4 * HOUR, chosen_step=step)


def hours(lines: Sequence[Line]) -> list[tuple[object, float, float]]:
    """Each line's name, and the hours of its range."""
    return [(line.name, (line.start - START) / HOUR, (line.end - START) / HOUR) for line in lines]


def lines(moments: Moments, asked: Question | None = None, points: Sequence[datetime] = POINTS, **by: Any) -> Lines:
    return lines_of(asked or question(), points, moments, **by)  # type: ignore[arg-type]


def test_the_summary_comes_first_and_each_point_begins_where_the_one_before_ends() -> None:
    moments = Moments((FIRST, LAST), FIRST + 4000, FIRST + 8192, FIRST + 3 * TICKS)
    found = lines(moments)
    assert moments.asked == [(FIRST, LAST), *((FIRST + number * TICKS, 2048) for number in (1, 2, 3))]
    assert [line.part for line in found.all] == [SUMMARY, *[OVER_TIME] * 4] == ["summary", *["over_time"] * 4]
    assert [line.name for line in found.all] == ["", *POINTS]
    assert [tick_of(line.start_ms) - FIRST for line in found.all] == [0, 0, 4000, 8192, 12_288]
    assert [tick_of(line.end_ms) - FIRST for line in found.all] == [16_384, 4000, 8192, 12_288, 16_384]
    assert found.summary == found.all[0]
    assert hours(found.all)[0] == ("", 0, 4)
    assert found.numbers == {}


def test_a_point_without_moments_within_the_range_is_not_told() -> None:
    def told(*nearest: int | None, window: tuple[int, int] = (FIRST, LAST)) -> list[object]:
        return [line.name for line in lines(Moments(window, *nearest)).all[1:]]

    one, two, three = (FIRST + number * TICKS for number in (1, 2, 3))
    assert told(one, None, three) == [POINTS[0], POINTS[3]]
    assert told(one, one, three) == [POINTS[0], POINTS[2], POINTS[3]]
    assert told(FIRST - 1, two, three) == [POINTS[2], POINTS[3]]
    assert told(one, two, LAST + 1) == [POINTS[0], POINTS[1]]
    assert told(one, two, three, window=(one, three)) == [POINTS[1], POINTS[2]]
    assert told(two, one, three) == [POINTS[0], POINTS[2], POINTS[3]]


def test_without_a_range_there_are_no_lines() -> None:
    assert lines(Moments(None)) == Lines() == Lines((), {})
    assert Lines().summary is None
    assert len(lines(Moments((FIRST, LAST)), points=()).all) == 1


def test_ends_are_asked_for_at_the_nearest_tick_and_moments_at_least_one_away() -> None:
    moments = Moments((FIRST, LAST), FIRST + 1)
    tick_ms = timedelta(milliseconds=ms_of(FIRST + 1) - ms_of(FIRST))
    lines(moments, question(START + tick_ms * 0.51, timedelta(seconds=1)), POINTS[:2])
    assert moments.asked == [(FIRST + 1, LAST), (FIRST + TICKS, 1)]
    moments = Moments((FIRST, LAST))
    lines(moments, question(START + tick_ms * 0.49), ())
    assert moments.asked == [(FIRST, LAST)]


def by_name(table: str, **numbers: float) -> PageViewsByName:
    """So many page views in the first hour of each name, and of other names as `other`."""
    listed = tuple(name for name in numbers if name != OTHER)
    names = Names(tuple((each, listed if each == table else ()) for each in COLUMNS))
    of_names = {
        (table, position): {FIRST + 5: numbers[name]}
        for position, name in enumerate((*listed, OTHER), start=1)
        if name in numbers
    }
    return PageViewsByName(names, 0, Span(0, LAST, LAST), Named(of_names, of_names))  # everywhere is a moment


def of_names(table: str = "by_widget", **numbers: float) -> tuple[list[object], dict[str, int]]:
    """The names that are told after the summary, and the numbers of their lines."""
    found = lines(Moments((FIRST, LAST)), points=(), by_name=by_name(table, **numbers))
    assert all(line.part == table for line in found.all[1:])
    assert all(each == table for each, _ in found.numbers)
    return [line.name for line in found.all[1:]], {name: number for (_, name), number in found.numbers.items()}


def test_names_of_too_few_page_views_are_told_together() -> None:
    assert of_names(a=100, b=50) == (["a", "b"], {"a": 2, "b": 3})
    assert of_names(a=100, b=50, other=20) == (["a", "b", OTHER], {"a": 2, "b": 3, OTHER: 4})
    assert of_names(a=100, b=50, c=3) == (["a", OTHER], {"a": 2, "b": 3, "c": 3, OTHER: 3})
    assert of_names(a=100, b=50, c=3, other=17) == (["a", "b", OTHER], {"a": 2, "b": 3, "c": 4, OTHER: 4})
    assert of_names("errors", a=19) == of_names("by_region", a=5, other=5) == ([], {})


def test_a_name_is_told_from_when_to_when_it_may_be_and_counts_in_the_range_of_all() -> None:
    views = by_name("by_widget", a=100, b=50)
    moved = PageViews({FIRST + 5: 10, FIRST + TICKS: 100})
    parts = {name: Moments((FIRST + number, LAST)) for number, name in enumerate(("a", "b"))}

    asked: list[list[str]] = []

    def partition_of(table: str, some: Sequence[str]) -> Any:
        asked.append(list(some))
        (window, inside) = (parts[some[0]], moved) if list(some) in (["a"], ["b"]) else (Moments(None), PageViews({}))
        return SimpleNamespace(window=window.window, inside=inside)

    watched: Any = SimpleNamespace(names=views.names, partition_of=partition_of)
    found = lines(Moments((FIRST, FIRST + 10)), points=(), by_name=watched, tables=("by_widget",))
    assert [line.name for line in found.all] == [""]  # ten page views of each in the range of all
    found = lines(Moments((FIRST, LAST)), points=(), by_name=watched, tables=("by_widget",))
    assert [tick_of(line.start_ms) - FIRST for line in found.all] == [0, 0, 1]
    assert parts["b"].asked == [(FIRST, LAST)] * 2
    assert asked[-1] == [OTHER]
    assert lines(Moments((FIRST, LAST)), points=(), by_name=watched, tables=()).numbers == {}
    parts["b"] = Moments(None)  # enough page views, and no range of its own
    found = lines(Moments((FIRST, LAST)), points=(), by_name=watched, tables=("by_widget",))
    assert [line.name for line in found.all] == ["", "a"]
    assert asked[-2:] == [["b", OTHER]] * 2


def test_lines_within_a_stretch_are_cut_and_keep_their_numbers() -> None:
    def line(part: str, name: object, start: int, end: int) -> Line:
        return Line(part, name, start, end)

    points = line(OVER_TIME, 1, 0, 50), line(OVER_TIME, 2, 50, 100)
    whole = Lines([line(SUMMARY, "", 0, 100), *points, line("by_widget", "a", 0, 40)], {("by_widget", "a"): 4})
    found, numbers = whole.within(50, 80)
    assert found.all == [line(SUMMARY, "", 50, 80), line(OVER_TIME, 2, 50, 80), line("by_widget", "a", 50, 50)]
    assert (found.numbers, numbers) == ({("by_widget", "a"): 3}, [1, 3, 4])
    early, numbers = whole.within(-10, 30)
    assert [(each.start_ms, each.end_ms) for each in early.all] == [(0, 30), (0, 30), (0, 30)]
    assert numbers == [1, 2, 4]
