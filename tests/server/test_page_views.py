"""Counting page views over time, for the moments that divide, from a store that the test fills and watches."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.figures import page_views
from server.figures.disclosure import ms_of, tick_of
from server.figures.filters import Filter
from server.figures.names import COLUMNS, MOST_NAMES, MOST_WIDGETS, NO_REGION, OTHER, Names
from server.figures.page_views import DAY_MS, NEWEST_ROWS, PageViewCounts, Stretch, added
from server.figures.page_views_by_name import NameCounts
from server.figures.question import Question

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 11, 20, 10, 10, tzinfo=UTC)
FIRST = 2_042_503_850  # its tick, 682 after a multiple of 2048
PageView = tuple[int, Mapping[str, str]]  # ticks after FIRST, and names by column


class Watched:
    """A store of page views. It counts as the engine does, and notes what it is asked."""

    def __init__(self, *some: PageView, hidden: Iterable[int] = (), oldest: datetime = START - 30 * DAY) -> None:
        self.page_views, self.hidden, self.oldest = list(some), list(hidden), oldest
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def query(self, name: str, *, literals: Mapping[str, str] | None = None, **parameters: Any) -> list[dict[str, Any]]:
        self.asked.append((name, parameters | dict(literals or {})))
        rows: list[dict[str, Any]] = getattr(self, f"_{name}")(**parameters)
        return rows

    def of(self, name: str) -> list[dict[str, Any]]:
        """What it was asked by this name since the last time, with the times in ticks after FIRST."""
        asked = [each for each in self.asked if each[0] == name]
        self.asked = [each for each in self.asked if each[0] != name]
        return [
            each | {key: tick_of(each[f"{key}_ms"]) - FIRST for key in ("start", "end") if f"{key}_ms" in each}
            for _, each in asked
        ]

    def _between(self, start_ms: int, end_ms: int) -> list[PageView]:
        return [each for each in self.page_views if start_ms <= ms_of(FIRST + each[0]) < end_ms]

    def _page_views(self, level: int, start_ms: int, end_ms: int, **_: object) -> list[dict[str, Any]]:
        slots: defaultdict[tuple[int, int], float] = defaultdict(float)
        for tick, _names in self._between(start_ms, end_ms):
            slots[0, (FIRST + tick) >> level << level] += 1
        for tick in self.hidden:
            if start_ms <= ms_of(FIRST + tick) < end_ms:
                slots[1, (FIRST + tick) >> level << level] += 1
        return [{"class": str(key), "tick": str(tick), "page_views": number} for (key, tick), number in slots.items()]

    def _page_views_before(self, start_ms: int, end_ms: int, most: int, **_: object) -> list[dict[str, Any]]:
        found = sorted((FIRST + tick for tick, _ in self._between(start_ms, end_ms)), reverse=True)
        return [{"tick": str(tick), "portion": 0.5} for tick in found for _ in range(2)][:most]

    def _oldest_row_of_account(self, account: str) -> list[dict[str, Any]]:
        return [{"oldest_ms": str(int(self.oldest.timestamp() * 1000))}]

    def _names(self, start_ms: int, end_ms: int, **_: object) -> list[dict[str, Any]]:
        names: dict[str, list[str]] = {table: [] for table in COLUMNS}
        for _tick, each in self._between(start_ms, end_ms):
            for table, column in COLUMNS.items():
                names[table] += [each[column]] if column in each else []
        return [{table: list(dict.fromkeys(some)) for table, some in names.items()}]

    def _page_views_by_name(self, level: int, start_ms: int, end_ms: int, **parameters: Any) -> list[dict[str, Any]]:
        counts: defaultdict[tuple[int, int, int], int] = defaultdict(int)
        for tick, names in self._between(start_ms, end_ms):
            for part, column in enumerate(COLUMNS.values(), start=1):
                listed = dict(zip(parameters[f"{column}s"], parameters[f"{column}_numbers"], strict=True))
                number = listed.get(names.get(column, ""), parameters[f"{column}_other"])
                counts[part, number, (FIRST + tick) >> level << level] += 1
        return [
            {"part": part, "name": str(name), "tick": str(tick), "page_views": number, "portions": number / 2}
            for (part, name, tick), number in counts.items()
            if name
        ]


def question(length: timedelta = DAY, **changes: Any) -> Question:
    return Question("acme", START, START + length, **changes)


@pytest.mark.parametrize(
    ("length", "age", "levels", "ticks"),
    [
        (DAY, 3 * DAY, (8, 11), (-25_258, 122_198, 122_881, 294_912, 292_182)),
        (DAY, DAY + MINUTE, (8, 11), (-25_258, 95_574, 98_373, 98_372, 95_574)),
        (5 * MINUTE, HOUR, (0, 3), (-90, 422, 428, 4096, 4086)),
        (90 * DAY, 90 * DAY, (12, 18), (-2_237_098, 8_510_806, 8_847_361, 8_847_360, 8_510_806)),
        (timedelta(seconds=1), 3 * DAY, (0, 0), (0, 2, 2, 294_912, 294_911)),
    ],
)
def test_page_views_are_counted_a_quarter_around_the_range_in_slots_that_fit_it(length, age, levels, ticks) -> None:
    stretch = Stretch.around(question(length), START + age)
    assert (stretch.level, stretch.name_level) == levels
    assert stretch.first == FIRST
    edges = (stretch.start, stretch.middle, stretch.end, stretch.now, stretch.over)
    assert tuple(edge - FIRST for edge in edges) == ticks
    assert stretch.block == 2 ** levels[1]


def test_slots_of_names_are_shorter_than_a_thirty_second_of_the_range() -> None:
    for length, level in ((16 * HOUR, 11), (16 * HOUR - timedelta(seconds=15), 10)):
        assert Stretch.around(question(length), START + DAY).name_level == level


def test_nothing_of_a_range_that_begins_now_is_over() -> None:
    stretch = Stretch.around(question(HOUR), START - HOUR)
    assert (stretch.start, stretch.middle, stretch.end) == (FIRST - 1066, FIRST - 1066, FIRST - 4095)


NOW = START + DAY + MINUTE  # ticks: the stretch begins at -25258, and what is before 95574 is over


def past(store: Any, now: datetime = NOW, **changes: Any) -> Any:
    return PageViewCounts(store).past(question(**changes), now)


def test_the_counts_are_by_class_and_slot() -> None:
    store = Watched((-20_000, {}), (-19_999, {}), (95_574, {}), hidden=[7])
    found = past(store, widget="w1")
    assert {number: ticks_of(slots) for number, slots in found.classes.items()} == {
        0: {-20_138: 2, 95_574: 1},
        1: {-170: 1},
    }
    for asked, edges in zip(store.of("page_views"), ((-25_258, 95_574), (95_574, 98_373)), strict=True):
        assert (asked["start"], asked["end"], asked["level"]) == (*edges, 8)
        assert (asked["account"], asked["widget"]) == ("acme", "w1")
        assert asked["class"] == "if(widget = {widget:String}, 0, 1)"
    assert found.over == FIRST + 95_574
    assert (found.span.start, found.span.now) == (FIRST - 25_258, FIRST + 98_372)
    assert found.filter == Filter.of(question(widget="w1"))


def ticks_of(slots: Mapping[int, float]) -> dict[int, float]:
    """The slots by ticks after FIRST."""
    return {tick - FIRST: page_views for tick, page_views in slots.items()}


def test_what_is_over_is_counted_once() -> None:
    store = Watched((-20_000, {}), (10, {}))
    counts = PageViewCounts(store)  # type: ignore[arg-type]
    for minutes in (0, 1):
        counts.past(question(), NOW + minutes * timedelta(seconds=1))
    assert [each["start"] for each in store.of("page_views")] == [-25_258, 95_574, 95_574]
    assert len(store.of("oldest_row_of_account")) == 1
    counts.forget()
    counts.past(question(), NOW)
    assert [each["start"] for each in store.of("page_views")] == [-25_258, 95_574]
    assert len(store.of("oldest_row_of_account")) == 1
    counts.past(question(), NOW + HOUR)
    assert len(store.of("oldest_row_of_account")) == 1  # rows expire


def test_a_range_without_page_views_just_before_it_looks_for_older_ones() -> None:
    day = DAY_MS * 4096 // 3_600_000
    store = Watched((-26_000, {}), (-26_000 - day, {}), (300, {}))
    found = past(store)
    assert ticks_of(found.classes[0]) == {-26_000 - day: 1, -26_000: 1, 86: 1}
    first, second = store.of("page_views_before")
    assert (first["start"], first["end"], first["most"]) == (-25_258 - day, -25_258, NEWEST_ROWS)
    assert (second["start"], second["end"]) == (tick_of(int((NOW - 90 * DAY).timestamp() * 1000)) - FIRST, -25_258)
    assert first["filter"] == second["filter"] == "" and first["account"] == second["account"] == "acme"
    with_some = Watched((-20_000, {}))
    assert past(with_some)
    assert not with_some.of("page_views_before")


def test_a_page_view_with_which_the_range_begins_is_not_before_it() -> None:
    for tick, is_before in ((-1, True), (0, False)):
        store = Watched((tick, {}))
        PageViewCounts(store).past(question(5 * MINUTE), NOW)  # type: ignore[arg-type]
        assert bool(store.of("page_views_before")) is not is_before


def test_older_page_views_are_looked_for_no_further_than_the_newest_thousand_rows_reach(monkeypatch) -> None:
    monkeypatch.setattr(page_views, "NEWEST_ROWS", 4)
    store = Watched((-26_000, {}), (-26_000, {}), (-26_001, {}), (300, {}))
    assert ticks_of(past(store).classes[0]) == {-26_000: 2, 86: 1}
    assert len(store.of("page_views_before")) == 1


def test_the_last_day_that_is_kept_is_not_asked_for_twice() -> None:
    store = Watched((300, {}))
    past(store, START + 90 * DAY + HOUR)
    first, second = store.of("page_views_before")
    assert first["start_ms"] == second["start_ms"] == int((START + HOUR).timestamp() * 1000)


@pytest.mark.parametrize(
    ("oldest", "tick"),
    [
        (START - DAY, FIRST - 98_304),
        (NOW - 89 * DAY + MINUTE, FIRST - 88 * 98_304 + 137),
        (NOW - 89 * DAY, -1),  # it begins to expire
        (NOW - 90 * DAY, -1),
    ],
)
def test_before_the_oldest_row_of_the_account_is_nothing(oldest, tick) -> None:
    found = past(Watched((0, {}), oldest=oldest))
    assert found.span.oldest == tick


@pytest.mark.parametrize(("at", "is_asked"), [(-25_258, False), (-23_211, False), (-23_210, True)])
def test_page_views_at_the_begin_of_the_counts_are_not_the_oldest(at, is_asked) -> None:
    for store in (Watched((at, {})), Watched((0, {}), hidden=[at])):
        assert (past(store).span.oldest == -1) is not is_asked
        assert len(store.of("oldest_row_of_account")) == is_asked


def test_few_page_views_that_nobody_counted_stay_with_the_rest() -> None:
    """The first five page views of an account are its oldest rows. A burst follows, in whose middle a range begins."""
    block = -(FIRST % 2**20)  # the begin of a block that holds all of them
    first, burst = 2**19 + block - 30_000, 2**19 + block
    store = Watched(*[(first, {})] * 5, *[(burst + tick, {}) for tick in range(2000, 2100)])
    store.oldest = datetime.fromtimestamp(ms_of(FIRST + first) / 1000, UTC)
    at = datetime.fromtimestamp(ms_of(FIRST + burst + 2050) / 1000, UTC)
    partition = PageViewCounts(store).past(Question("acme", at, at + HOUR), at + 30 * DAY).partition()  # type: ignore[arg-type]
    assert partition.inside.between(0, FIRST + burst + 1900) == 0  # the five are not known
    assert not any(partition.divides(FIRST + burst + tick) for tick in range(2000))


def test_all_parts_are_added_by_slot() -> None:
    assert added({"a": {1: 2, 2: 1}}, {"a": {1: 3}, "b": {1: 1}}, {}) == {"a": {1: 5, 2: 1}, "b": {1: 1}}


def test_a_filter_by_code_may_be_over_and_others_not() -> None:
    store = Watched((0, {}), hidden=[1])
    inside, (outside,) = (found := past(store).partition()).inside, found.outside
    assert (inside.between(FIRST - 170, FIRST + 1), outside.between(FIRST - 170, FIRST + 1)) == (1, 1)
    assert (found.level, found.span, found.may_be_over) == (8, past(store).span, False)
    assert past(store, code="API_ERROR").partition().may_be_over is True
    nothing = past(Watched(hidden=[1])).partition()
    assert nothing.inside.between(0, FIRST * 2) == 0


# By name


def names(**each: str) -> dict[str, str]:
    return {"widget": "w1", "layout": "grid", "version": "1.0.0", **each}


def by_name(store: Watched, now: datetime = NOW, **changes: Any) -> Any:
    counts = PageViewCounts(store).past(question(**changes), now)  # type: ignore[arg-type]
    return NameCounts(store).of(counts)  # type: ignore[arg-type]


def test_the_names_of_a_table_are_those_of_the_range_in_order() -> None:
    store = Watched(
        (-700, names(widget="w9")),  # before the block in which the range begins
        (-600, names(widget="w3")),
        (5, names()),
        (6, names(region="caribbean")),
        (96_000, names(widget="w2", version="", code="API_ERROR", layout=OTHER)),
    )
    found = by_name(store)
    assert dict(found.names.tables) == {
        "by_widget": ("w1", "w2", "w3"),
        "by_layout": ("grid",),
        "by_version": ("1.0.0",),
        "by_region": ("caribbean", NO_REGION),
        "errors": ("API_ERROR",),
    }
    old, new = store.of("names")
    assert (old["start"], old["end"], new["start"], new["end"]) == (-682, 95_574, 95_574, 98_373)
    assert (old["most_widgets"], old["most_names"], old["account"]) == ("100", "50", "acme")
    assert dict(by_name(Watched((0, {}))).names.tables) == dict.fromkeys(COLUMNS, ())


def test_page_views_are_counted_by_name_and_the_others_once() -> None:
    store = Watched((0, names()), (1, names(widget="w2")), (1, names(widget="w2")), (95_574, names(widget="w3")))
    found = by_name(store)
    old, new = store.of("page_views_by_name")
    assert (old["start"], old["end"], new["start"], new["end"]) == (-25_258, 95_574, 95_574, 98_373)
    assert (old["level"], new["level"], found.level) == (11, 11, 11)
    assert old["widgets"] == ["", "w1", "w2", "w3"] and old["widget_numbers"] == [0, 1, 2, 3]
    assert old["account"] == "acme" and old["filter"] == ""
    partition = found.partition_of("by_widget", ["w2", "w3"])
    assert [partition.inside.between(FIRST - 682, FIRST + end) for end in (0, 95_575)] == [2, 3]
    (outside,) = partition.outside
    assert outside.between(FIRST - 682, FIRST + 95_575) == 0.5
    assert (partition.level, partition.span, partition.may_be_over) == (11, found.span, True)
    assert found.partition_of("by_version", ["1.0.0"]).inside.between(FIRST - 682, FIRST + 95_575) == 4
    assert list(found.partition_of("errors", []).outside) == []


def test_names_of_what_is_over_are_remembered_too() -> None:
    store = Watched((-20_000, names()), (0, names()))
    counts, of_names = PageViewCounts(store), NameCounts(store)  # type: ignore[arg-type]
    for minutes in (0, 1):
        of_names.of(counts.past(question(), NOW + minutes * timedelta(seconds=1)))
    assert [each["start"] for each in store.of("page_views_by_name")] == [-25_258, 95_574, 95_574]
    assert [each["start"] for each in store.of("names")] == [-682, 95_574, 95_574]
    of_names.forget()
    of_names.of(counts.past(question(), NOW))
    assert len(store.of("page_views_by_name")) == len(store.of("names")) == 2


def test_nothing_is_counted_of_a_range_that_is_to_come() -> None:
    store = Watched((-5000, names()))
    counts = PageViewCounts(store).past(question(HOUR), START - HOUR)  # type: ignore[arg-type]
    found = NameCounts(store).of(counts)  # type: ignore[arg-type]
    assert Counter(name for name, _ in store.asked) == {"names": 1, "oldest_row_of_account": 1, "page_views_before": 2}
    assert ticks_of(counts.classes[0]) == {-5000: 1}
    assert dict(found.names.tables) == dict.fromkeys(COLUMNS, ())
    assert found.named == ({}, {})


@pytest.mark.parametrize(
    ("column", "most"), [("widget", MOST_WIDGETS), ("version", MOST_NAMES), ("layout", MOST_NAMES)]
)
def test_a_table_has_the_most_frequent_names_of_both_parts(column, most) -> None:
    (table,) = [table for table, each in COLUMNS.items() if each == column]
    store = Watched(
        *[(tick, names(**{column: f"n{tick:03}"})) for tick in range(most - 1)],
        *[(95_574 + tick, names(**{column: f"new{tick}"})) for tick in range(3)],
    )
    found = by_name(store).names.of(table)
    assert len(found) == most + 1
    assert {"n000", f"n{most - 2:03}", "new0", OTHER} < set(found)


def test_a_name_is_its_position_and_what_is_not_asked_for_is_0() -> None:
    assert (OTHER, NO_REGION) == ("other", "none")
    tables = {"by_widget": ("a", "b"), "by_layout": ("grid",), "by_version": (), "by_region": ("x", NO_REGION)}
    some = Names((*tables.items(), ("errors", ("API_ERROR",))))
    assert (some.of("by_widget"), some.number("by_widget", "b"), some.number("by_widget", OTHER)) == (
        ("a", "b", OTHER), 2, 3,
    )  # fmt: skip
    assert some.parameters({("by_widget", "b"): 7, ("by_widget", OTHER): 9, ("by_region", NO_REGION): 4}) == {
        "widgets": ["", "a", "b"], "widget_numbers": [0, 0, 7], "widget_other": 9,
        "layouts": ["", "grid"], "layout_numbers": [0, 0], "layout_other": 0,
        "versions": [""], "version_numbers": [0], "version_other": 0,
        "regions": ["", "x"], "region_numbers": [4, 0], "region_other": 0,
        "codes": ["", "API_ERROR"], "code_numbers": [0, 0], "code_other": 0,
    }  # fmt: skip
