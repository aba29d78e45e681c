"""The rule of twenty page views: the moments that divide, the names that are told, and what an attacker learns."""

from __future__ import annotations

import itertools
import random
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.figures.buckets import buckets
from server.figures.dashboard import Dashboards
from server.figures.disclosure import HOUR_MS, PageViews, Partition, Span, is_enough, ms_of, shown_names, tick_of
from server.figures.lines import Line, lines_of
from server.figures.names import NO_REGION
from server.figures.question import Question
from server.ingest.page_totals import add_page_totals
from server.store.row import Row
from server.store.store import Store, line

HOUR = 1 << 12  # ticks


def test_ticks_and_milliseconds_agree() -> None:
    assert HOUR_MS == 3_600_000
    assert tick_of(HOUR_MS) == HOUR
    assert ms_of(HOUR) == HOUR_MS
    for tick in (1, 2, 4095, 2_000_000_123):
        assert tick_of(ms_of(tick)) == tick
        assert tick_of(ms_of(tick) - 1) == tick - 1


def arrivals(chance: random.Random) -> dict[int, float]:
    """Page views by tick, over 512 ticks: some come alone, some in bursts, and some hours are empty."""
    slots: dict[int, float] = {}
    for _ in range(chance.randint(0, 60)):
        tick = chance.randrange(512)
        for _ in range(chance.choice([1, 1, 3, 25])):
            slots[min(511, tick + chance.randrange(4))] = slots.get(min(511, tick + chance.randrange(4)), 0) + 1
    return slots


def moments(partition: Partition) -> list[int]:
    return [moment for moment in range(0, 513, 1 << partition.level) if partition.divides(moment)]


@pytest.mark.parametrize("seed", range(40))
def test_between_any_two_moments_are_none_or_twenty_page_views_of_each_class(seed) -> None:
    chance = random.Random(seed)
    slots, others = arrivals(chance), arrivals(chance)
    inside, outside = PageViews(slots), PageViews(others)
    partition = Partition(0, Span(0, 10_000, -1), inside, [outside])
    for first, last in itertools.combinations(moments(partition), 2):
        for views in (inside, outside):
            assert views.between(first, last) == 0 or views.between(first, last) >= 20, (first, last)


@pytest.mark.parametrize("seed", range(40))
def test_a_moment_that_divides_does_so_whatever_comes(seed) -> None:
    """An attacker may ask at one time and again later: the two answers tell no more than one."""
    chance = random.Random(seed)
    slots = arrivals(chance)
    all_moments: set[int] = set()
    for now in range(0, 520, 20):
        known = {tick: page_views for tick, page_views in slots.items() if tick <= now}
        all_moments |= set(moments(Partition(0, Span(0, now, -1), PageViews(known))))
    views = PageViews(slots)
    for first, last in itertools.combinations(sorted(all_moments), 2):
        assert views.between(first, last) == 0 or views.between(first, last) >= 20, (first, last)


@pytest.mark.parametrize("seed", range(20))
def test_coarser_slots_give_some_of_the_same_moments(seed) -> None:
    slots = arrivals(random.Random(seed))
    span = Span(0, 10_000, -1)
    fine = moments(Partition(0, span, PageViews(slots)))
    coarse_slots: dict[int, float] = {}
    for tick, page_views in slots.items():
        coarse_slots[tick // 8 * 8] = coarse_slots.get(tick // 8 * 8, 0) + page_views
    assert set(moments(Partition(3, span, PageViews(coarse_slots)))) <= set(fine)


def test_steady_traffic_is_divided_about_where_it_is_asked() -> None:
    views = PageViews(dict.fromkeys(range(0, 100000, 10), 1.0))  # 410 page views an hour
    partition = Partition(3, Span(0, 100_000, 0), views)
    for asked in (30_000, 44_444, 77_777):
        nearest = partition.nearest(asked, 10_000)
        assert nearest is not None
        assert abs(nearest - asked) <= 512
    always = Partition(3, Span(0, 100_000, 0), PageViews(dict.fromkeys(range(0, 2000, 8), 20)))
    assert [always.nearest(tick, 10_000) for tick in (1000, 1003, 1004, 1005)] == [1000, 1000, 1000, 1008]
    window = partition.window(30_000, 99_999)
    assert window is not None
    assert views.between(*window) > 6500


def test_the_beginning_of_an_account_divides() -> None:
    views = PageViews(dict.fromkeys(range(1000, 2000, 10), 5.0))
    assert Partition(0, Span(0, 5000, 1000), views).nearest(500, 4000) == 500
    assert Partition(0, Span(0, 5000, -1), views).nearest(500, 4000) != 500
    assert Partition(3, Span(0, 5000, 1003), views).nearest(1003, 4000) == 1003


@pytest.mark.parametrize(("before", "divides"), [(0, False), (19, False), (20, True)])
def test_a_range_can_begin_in_silence_if_it_is_known_that_enough_came_before(before, divides) -> None:
    span = Span(start=1000, now=2000, oldest=-1)  # page views were counted from 1000 on
    views = PageViews({100: before, 1500: 30} if before else {1500: 30})
    assert Partition(0, span, views).divides(1400) is divides


@pytest.mark.parametrize(("before", "divides"), [(19, False), (20, True)])
def test_page_views_before_a_silence_count_however_long_it_was(before, divides) -> None:
    views = PageViews({100: before, 1500: 30})
    assert Partition(0, Span(start=1090, now=2000, oldest=-1), views).divides(1100) is divides


def test_a_silence_of_which_a_part_was_not_counted_does_not_divide() -> None:
    views = PageViews({1500: 30})
    assert not Partition(0, Span(start=1000, now=2000, oldest=100), views).divides(1400)
    assert Partition(0, Span(start=1000, now=2000, oldest=100), views, may_be_over=True).divides(1400)


def test_a_block_that_begins_with_the_account_divides() -> None:
    assert Partition(0, Span(start=1024, now=2000, oldest=1024), PageViews({1500: 30})).divides(1400)


def test_a_class_without_page_views_forbids_nothing() -> None:
    some, none, few = PageViews({1500: 30}), PageViews({}), PageViews({1300: 19})
    span = Span(start=1000, now=2000, oldest=1000)
    assert Partition(0, span, some, [none]).divides(1400)
    assert not Partition(0, span, some, [none, few]).divides(1400)
    assert not Partition(0, span, some, [none], other=Partition(0, span, few)).divides(1400)
    assert Partition(0, span, some, [none], other=Partition(0, span, some)).divides(1400)


def test_a_name_may_be_over_and_no_moment_is_to_come() -> None:
    views = PageViews({1100: 30})
    span = Span(start=1000, now=2000, oldest=1000)
    assert not Partition(0, span, views).divides(1500)
    name = Partition(0, span, views, may_be_over=True)
    assert name.divides(1500)
    assert name.divides(2000)
    assert not name.divides(2001)


def test_what_floats_leave_of_nothing_is_nothing() -> None:
    span = Span(start=1000, now=2000, oldest=1000)
    assert Partition(0, span, PageViews({1100: 20, 1200: 1e-9, 1500: 20, 1600: 1e-9})).divides(1300)


# Slots of 8 ticks. Only 0, 64 and 128 of these divide, since the page views in between are too few for one side.
EARLY = {-36: 20, 0: 20, 32: 5, 100: 20}
LATE = {-36: 20, 24: 5, 56: 20, 164: 20}
FAR = 64 * 1001


def window(slots: Mapping[int, float], start: int, end: int) -> tuple[int, int] | None:
    """The window of a range; all ticks are after FAR."""
    views = PageViews({FAR + tick: page_views for tick, page_views in slots.items()})
    found = Partition(3, Span(0, FAR + 5000, -1), views).window(FAR + start, FAR + end)
    return found and (found[0] - FAR, found[1] - FAR)


def test_the_ends_of_a_range_may_be_as_far_away_as_it_is_long() -> None:
    assert window(EARLY, 31, 48) == (0, 64)
    assert window(LATE, 16, 33) == (0, 64)
    assert window(LATE, 24, 33) is None
    assert window(LATE, 31, 40) is None  # an end at 64 without a beginning
    assert window(EARLY, 16, 25) is None  # a beginning at 0 without an end
    assert window(LATE, 65, 67) is None  # both at 64


def test_fewer_than_twenty_page_views_have_no_range() -> None:
    for oldest in (-1, 100):
        assert Partition(0, Span(0, 5000, oldest), PageViews({100: 19.0})).window(0, 4000) is None


@pytest.mark.parametrize(
    ("page_views", "rest", "shown"),
    [
        ({"a": 100, "b": 50}, 0, {"a", "b"}),
        ({"a": 100, "b": 50, "c": 3}, 0, {"a"}),  # c is too few; b joins it, or all - a - b would tell c
        ({"a": 100, "b": 50, "c": 3}, 17, {"a", "b"}),  # together with the rest of 17, c is twenty
        ({"a": 100, "b": 3}, 0, set()),
        ({"a": 19}, 0, set()),
        ({"c": 30, "b": 30, "a": 40}, 1, {"a", "c"}),
        ({"a": 100, "b": 50}, 1e-9, {"a", "b"}),  # floats round
        ({"a": 100, "b": 20}, 19, {"a"}),
        ({"a": 100, "b": 20}, 20, {"a", "b"}),
        ({}, 5, set()),
    ],
)
def test_no_hidden_name_is_the_rest_of_a_sum(page_views, rest, shown) -> None:
    assert shown_names(page_views, rest) == shown


def test_parts_of_page_views_that_floats_round_add_up_to_twenty() -> None:
    assert is_enough(sum([1 / 3] * 60))
    assert not is_enough(19.9)


# An attacker with a token asks two questions and takes the difference of their answers.

Selection = tuple[tuple[str, str], ...]  # the columns and values that select rows
Answers = dict[Selection, list[tuple[int, int]]]  # the time ranges for which an attacker gets figures of them

NOW = datetime.now(UTC).replace(microsecond=0)
DAYS = 6
WIDGET, LAYOUT, VERSION = ("widget", "a"), ("layout", "grid"), ("version", "1.0.0")
REGION = ("region", "western-europe")
NESTED: tuple[Selection, ...] = ((), (WIDGET,), (LAYOUT, WIDGET), (LAYOUT, VERSION, WIDGET))
NESTED_BY_REGION: tuple[Selection, ...] = ((), (REGION,), (REGION, WIDGET))
FILTERS = (
    *NESTED,
    *NESTED_BY_REGION[1:],
    (("widget", "rare"),),
    (("version", "1.1.0"),),
)
TABLES = {"by_widget": "widget", "by_layout": "layout", "by_version": "version", "by_region": "region"}


class Shop:
    """A store of small traffic with rare widgets, versions and codes, and the page views in it."""

    def __init__(self, store: Store) -> None:
        chance = random.Random(11)
        self.page_views = [
            (int((NOW - timedelta(seconds=chance.randrange(DAYS * 86_400))).timestamp()) * 1000, page_view(chance))
            for _ in range(8000)
        ]
        self.page_views.sort(key=lambda item: item[0])
        for _, day in itertools.groupby(self.page_views, key=lambda item: item[0] // 86_400_000):
            store.insert_lines([line(row, datetime.fromtimestamp(ms / 1000, UTC)) for ms, rows in day for row in rows])
        self._dashboards = Dashboards(store)
        self.ask = lru_cache(self._ask)

    def _ask(self, start: datetime, end: datetime, filter_: Selection) -> Answers:
        """The ranges and selections of all figures that are told."""
        filters: dict[str, Any] = dict(filter_)
        question = Question("acme", start, end, **filters)
        points = buckets(question.start, question.end, question.step, ZoneInfo("UTC"))
        answers: Answers = {}
        for each in self.lines(question, points):
            selection = dict(filter_)
            if each.part in TABLES:
                if each.name == "other" or selection.get(TABLES[each.part], each.name) != each.name:
                    continue
                selection[TABLES[each.part]] = "" if each.name == NO_REGION else str(each.name)
            elif each.part == "errors":
                continue
            answers.setdefault(tuple(sorted(selection.items())), []).append((each.start_ms, each.end_ms))
        return answers

    def lines(self, question: Question, points: Sequence[datetime]) -> Sequence[Line]:
        """The lines of the dashboard."""
        past = self._dashboards._page_views.past(question, NOW)
        return lines_of(question, points, past, self._dashboards._names.of(past)).all

    def select(self, selection: Selection, start: int, end: int) -> set[int]:
        """The page views that such a figure is about."""
        return {number for number, (_, rows) in self._between(start, end) if any(meets(row, selection) for row in rows)}

    def rest(self, selection: Selection, larger: Selection, start: int, end: int) -> set[int]:
        """The page views with something of the larger selection that is not in the smaller one."""
        return {
            number
            for number, (_, rows) in self._between(start, end)
            if any(meets(row, larger) and not meets(row, selection) for row in rows)
        }

    def _between(self, start: int, end: int) -> Iterator[tuple[int, tuple[int, list[Row]]]]:
        first, last = (bisect_left(self.page_views, ms, key=lambda item: item[0]) for ms in (start, end))
        return zip(range(first, last), self.page_views[first:last], strict=True)


def meets(row: Row, selection: Selection) -> bool:
    return all(getattr(row, name) == value for name, value in selection)


def page_view(chance: random.Random) -> list[Row]:
    version = chance.choices(["1.0.0", "1.1.0", "9.9.9"], [800, 197, 3])[0]
    widgets = chance.choices([["a"], ["b"], ["a", "b"], ["rare"]], [600, 250, 147, 3])[0]
    region = chance.choices(["western-europe", "northern-america", "polynesia", ""], [600, 297, 3, 100])[0]
    rows = [
        Row("acme", widget, version, 0.1, "load", layout=chance.choice(["grid", "grid", "list"]), load_ms=300)
        for widget in widgets
    ]
    for row in rows:
        row.region, row.truth = region, float(bool(region))
    add_page_totals(rows)
    return rows


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    store = Store(tmp_path_factory.mktemp("store"))
    yield Shop(store)
    store.close()


def random_window(chance: random.Random) -> tuple[datetime, datetime]:
    start = NOW - timedelta(seconds=chance.randrange(3600, DAYS * 86_400))
    length = chance.choice([0.5, 2 * 3600, 8 * 3600, 86_400, 3 * 86_400])
    return start, min(start + timedelta(seconds=length * (0.5 + chance.random())), NOW)


def none_or_enough(page_views: set[int]) -> bool:
    return not page_views or len(page_views) >= 20


def test_a_thousand_pairs_of_questions_tell_nothing_of_fewer_than_twenty_page_views(shop) -> None:
    chance = random.Random(5)
    windows = [random_window(chance) for _ in range(7)]
    asked = [(filter_, window, shop.ask(*window, filter_)) for filter_ in FILTERS for window in windows]
    pairs = 0
    # Two windows of one selection: any two ranges for which it is told, whether as a summary or in a table.
    ranges: Answers = {}
    for _, _, answers in asked:
        for selection, told in answers.items():
            ranges.setdefault(selection, []).extend(told)
    for selection, told in ranges.items():
        for first, last in itertools.combinations(sorted(set(told)), 2):
            one, other = shop.select(selection, *first), shop.select(selection, *last)
            assert none_or_enough(one - other), (selection, first, last)
            assert none_or_enough(other - one), (selection, first, last)
            pairs += 1
    # One window, two nested filters.
    for window in windows:
        nested = *itertools.combinations(NESTED, 2), *itertools.combinations(NESTED_BY_REGION, 2)
        for larger, smaller in nested:
            ranges_of = [shop.ask(*window, filter_).get(filter_, [])[:1] for filter_ in (larger, smaller)]
            for first, last in itertools.product(*ranges_of):
                both, some = shop.select(smaller, *first), shop.select(smaller, *last)
                rest = shop.rest(smaller, larger, *first)
                # The difference of the two answers is about these page views together.
                assert none_or_enough(rest | (both ^ some)), (larger, smaller, first, last)
                pairs += 1
    assert pairs >= 1000


def test_names_of_fewer_than_twenty_page_views_are_nowhere_in_an_answer(shop) -> None:
    question = Question("acme", NOW - timedelta(hours=30), NOW)
    answer = shop._dashboards.of(question)
    first, *_ = shop.lines(question, [question.start])
    assert answer["summary"]["loads"]["page_views"] == len(shop.select((), first.start_ms, first.end_ms))
    text = str(answer)
    assert 0 < len(shop.select((("version", "9.9.9"),), first.start_ms, first.end_ms)) < 20
    assert 0 < len(shop.select((("widget", "rare"),), first.start_ms, first.end_ms)) < 20
    assert 0 < len(shop.select((("region", "polynesia"),), first.start_ms, first.end_ms)) < 20
    assert "9.9.9" not in text
    assert "polynesia" not in text
    assert "rare" not in text
    assert "1.0.0" in text
