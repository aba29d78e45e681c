"""The dashboard: compares the engine's answer with the same figures computed page by page in Python."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from server.figures.buckets import buckets
from server.figures.dashboard import Dashboards
from server.figures.lines import Line, lines_of
from server.figures.question import Question
from server.figures.statistics import Estimate, Tally, ratio, share, total
from server.ingest.page_totals import add_page_totals
from server.store.row import Row
from server.store.store import Store, line

# Time is divided where enough page views came, in blocks of up to 256 hours and more. The tests stand at the same place
# in such a block on each day, so that each run sees the same divisions.
BLOCK, PLACE = timedelta(hours=256), timedelta(hours=200, minutes=5, seconds=9)
EPOCH = datetime.fromtimestamp(0, UTC)
NOW = EPOCH + (datetime.now(UTC) - EPOCH - PLACE) // BLOCK * BLOCK + PLACE
DAYS = 12
PAGES = 6000
ZONES = ("UTC", "America/St_Johns")
FIGURES = {"loads", "error_share", "error_rate", "interactions", "p50", "p75", "p95", "p99"}
LAYOUTS = {"w1": "grid", "w2": "list", "w3": "grid"}
COLUMNS = {"by_widget": "widget", "by_layout": "layout", "by_version": "version", "errors": "code"}
FEW = {"value": None, "low": None, "high": None, "page_views": None, "too_few": True, "too_uneven": False}
UNKNOWN = FEW | {"too_few": False}


class Stored(NamedTuple):
    at: datetime
    page: int
    row: Row


@pytest.fixture(scope="module")
def rows() -> list[Stored]:
    """Page views of two accounts, with one to three widgets, two versions and mixed rates."""
    chance = random.Random(7)
    stored = [each for page in range(PAGES) for each in page_view(page, chance)]
    return sorted(stored, key=lambda each: each.at)


def page_view(page: int, chance: random.Random) -> list[Stored]:
    at = NOW - timedelta(milliseconds=chance.randrange(DAYS * 86_400_000))
    account, version = chance.choice(["acme", "acme", "other"]), chance.choice(["0.1.0", "0.2.0"])
    rate = chance.choice([1.0, 0.5, 0.3, 0.01])
    rows = []
    for widget in chance.sample(sorted(LAYOUTS), chance.randint(1, 3)):
        common, layout = (account, widget, version, rate), LAYOUTS[widget]
        if chance.random() < 0.8:
            for _ in range(chance.choice([1, 1, 1, 2])):
                rows.append(Row(*common, "load", layout, load_ms=int(chance.lognormvariate(6, 0.8))))
        if chance.random() < 0.2:
            rows.append(Row(*common, "interaction", layout, count=chance.randint(1, 5)))
        for code in ("API_ERROR", "API_TIMEOUT", "OTHER"):
            if chance.random() < 0.1:
                rows.append(Row(*common, "error", code=code, count=chance.randint(1, 5)))
    add_page_totals(rows)
    return [Stored(at, page, row) for row in rows]


@pytest.fixture(scope="module")
def dashboards(rows: list[Stored], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboards]:
    store = Store(tmp_path_factory.mktemp("store"))
    for _, day in groupby(rows, key=lambda each: each.at.date()):
        store.insert_lines([line(each.row, each.at) for each in day])
    yield Dashboards(store)
    store.close()


def ask(**changes: Any) -> Question:
    return Question(
        **{"account": "acme", "start": NOW - timedelta(days=7), "end": NOW + timedelta(seconds=1), **changes}
    )


def lines(dashboards: Dashboards, question: Question) -> dict[tuple[str, object], Line]:
    """The dashboard's lines, with their time ranges, by part and name."""
    starts = buckets(question.start, question.end, question.step, ZoneInfo(question.time_zone))
    past = dashboards._page_views.past(question, datetime.now(UTC))
    return {(each.part, each.name): each for each in lines_of(question, starts, past, dashboards._names.of(past)).all}


def of(rows: list[Stored], question: Question, of_line: Line) -> list[Stored]:
    """The rows that a line is about."""
    filters = {name: getattr(question, name) for name in ("account", "widget", "layout", "version")}
    if column := COLUMNS.get(of_line.part):
        filters[column] = of_line.name
    return [
        each
        for each in rows
        if of_line.start <= each.at < of_line.end
        and all(value is None or getattr(each.row, name) == value for name, value in filters.items())
    ]


def tally(rows: Sequence[Stored], kind: str) -> tuple[int, Tally]:
    """The number of page views with rows of a kind, and their sums by definition."""
    pages: defaultdict[tuple[int, float], int] = defaultdict(int)
    for each in rows:
        if each.row.kind == kind:
            pages[each.page, 1 / each.row.rate] += each.row.count
    return len(pages), Tally(
        total=sum(w * y for (_, w), y in pages.items()),
        squares=sum((w * y) ** 2 for (_, w), y in pages.items()),
        fourths=sum((w * y) ** 4 for (_, w), y in pages.items()),
        counted=sum(w * y * y for (_, w), y in pages.items()),
        views=sum(w for _, w in pages),
        view_squares=sum(w * w for _, w in pages),
        view_fourths=sum(w**4 for _, w in pages),
    )


def check(figures: dict[str, Any], rows: Sequence[Stored], *, with_errors: bool = True) -> None:
    """Compare all figures with their definitions."""
    (load_views, loads), (_, errors), (interaction_views, interactions) = (
        tally(rows, kind) for kind in ("load", "error", "interaction")
    )
    check_figure(figures["loads"], load_views, lambda: total(loads))
    check_figure(figures["interactions"], interaction_views, lambda: total(interactions))
    if with_errors:
        seen = {(each.page, 1 / each.row.rate) for each in rows if each.row.kind != "interaction"}
        weights = [w for _, w in seen]
        heard = Tally(
            views=sum(weights), view_squares=sum(w * w for w in weights), view_fourths=sum(w**4 for w in weights)
        )
        check_figure(figures["error_share"], len(seen), lambda: share(errors, heard))
        check_figure(figures["error_rate"], load_views, lambda: ratio(errors, loads))
    else:
        assert figures["error_share"] == figures["error_rate"] == UNKNOWN
    load_rows = [each.row for each in rows if each.row.kind == "load"]
    for name, level in (("p50", 0.5), ("p75", 0.75), ("p95", 0.95), ("p99", 0.99)):
        assert figures[name]["too_few"] == (load_views < 20)
        if load_views >= 20:
            # The engine keeps 8 bits of a load time and rounds weights.
            least, most = (exact_percentile(load_rows, level + slack) for slack in (-0.002, 0.002))
            assert 0.996 * least <= figures[name]["value"] <= 1.004 * most
            assert figures[name]["page_views"] == load_views


def check_figure(figure: dict[str, Any], page_views: int, estimate: Any) -> None:
    if page_views < 20:
        assert figure == FEW
        return
    expected: Estimate = estimate()
    assert figure["page_views"] == page_views
    assert (figure["too_few"], figure["too_uneven"]) == (False, expected.is_uneven)
    for name in ("value", "low", "high"):
        end = getattr(expected, name)
        assert figure[name] == (end if end is None else pytest.approx(end, rel=1e-2)), name


def exact_percentile(loads: Sequence[Row], level: float) -> float:
    ordered = sorted(loads, key=lambda row: row.load_ms)
    remaining = level * sum(1 / row.rate for row in ordered)
    for row in ordered:
        remaining -= 1 / row.rate
        if remaining <= 1e-9:
            return row.load_ms
    raise AssertionError("a level above 1")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"account": "other"},
        {"widget": "w1"},
        {"version": "0.2.0"},
        {"layout": "grid"},
        {"widget": "w2", "layout": "list", "version": "0.1.0"},
        {"start": NOW - timedelta(hours=60), "end": NOW - timedelta(hours=20)},
    ],
)
def test_the_summary_is_of_the_selected_page_views(dashboards, rows, changes) -> None:
    question = ask(**changes)
    selected = of(rows, question, lines(dashboards, question)["summary", ""])
    assert len(selected) > 100
    check(dashboards.of(question)["summary"], selected, with_errors="layout" not in changes)


@pytest.mark.parametrize("changes", [{}, {"widget": "w1"}, {"version": "0.2.0"}, {"layout": "grid"}])
@pytest.mark.parametrize("part", ["by_widget", "by_layout", "by_version"])
def test_each_line_of_a_table_is_of_its_page_views_and_most_loads_come_first(dashboards, rows, part, changes) -> None:
    question = ask(**changes)
    table, ranges = dashboards.of(question)[part], lines(dashboards, question)
    names = {name for of_part, name in ranges if of_part == part}
    assert names == {each["name"] for each in table} == {getattr(each.row, COLUMNS[part]) for each in of(
        rows, question, ranges["summary", ""]) if each.row.kind == "load"}  # fmt: skip
    for each in table:
        with_errors = part != "by_layout" and "layout" not in changes
        check(each, of(rows, question, ranges[part, each["name"]]), with_errors=with_errors)
    loads = [each["loads"]["value"] for each in table]
    assert loads == sorted(loads, reverse=True)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", ["24h", "7d", "30d", "90d"])
def test_each_point_in_time_is_of_its_page_views(dashboards, rows, zone, name) -> None:
    question = Question.of_range("acme", name, now=NOW, time_zone=zone)
    points = {datetime.fromisoformat(point["at"]): point for point in dashboards.of(question)["over_time"]}
    assert min(points) == question.start
    told = {at: each for (part, at), each in lines(dashboards, question).items() if part == "over_time"}
    assert len(told) >= (0 if name == "24h" else 10)  # a quarter of an hour has too few page views
    for at, point in points.items():
        if at in told:
            check(point, of(rows, question, told[at]))
            assert abs(told[at].start - at) <= question.step
        else:
            assert all(point[figure] == FEW for figure in FIGURES)


def test_ranges_begin_and_end_near_the_times_asked_for(dashboards) -> None:
    """Some hundred page views a day: within an hour or two."""
    question = ask()
    answer = dashboards.of(question)
    assert abs(datetime.fromisoformat(answer["from"]) - question.start) < timedelta(hours=3)
    assert abs(datetime.fromisoformat(answer["to"]) - question.end) < timedelta(hours=3)
    for each in (*answer["by_widget"], *answer["errors"]):
        assert datetime.fromisoformat(each["from"]) < datetime.fromisoformat(each["to"])


def test_days_of_the_chart_begin_at_local_midnight(dashboards) -> None:
    question = Question.of_range("acme", "90d", now=NOW, time_zone="America/St_Johns")
    zone = ZoneInfo("America/St_Johns")
    for point in dashboards.of(question)["over_time"]:
        assert f"{datetime.fromisoformat(point['at']).astimezone(zone):%H:%M}" == "00:00"


@pytest.mark.parametrize("changes", [{}, {"widget": "w1"}])
def test_errors_are_counted_by_code_the_most_frequent_first(dashboards, rows, changes) -> None:
    question = ask(**changes)
    answer, ranges = dashboards.of(question)["errors"], lines(dashboards, question)
    assert {each["code"] for each in answer} == {"API_ERROR", "API_TIMEOUT", "OTHER"}
    for each in answer:
        page_views, errors = tally(of(rows, question, ranges["errors", each["code"]]), "error")
        check_figure(each["count"], page_views, lambda errors=errors: total(errors))
    counts = [each["count"]["value"] for each in answer]
    assert counts == sorted(counts, reverse=True)


def test_figures_of_errors_by_layout_do_not_exist_because_errors_have_no_layout(dashboards) -> None:
    whole, layout = dashboards.of(ask()), dashboards.of(ask(layout="grid"))
    for name in ("error_share", "error_rate"):
        assert [each[name] for each in whole["by_layout"]] == [UNKNOWN, UNKNOWN]
        assert layout["summary"][name] == UNKNOWN
        assert whole["summary"][name]["value"] > 0


def test_a_dashboard_is_json_with_all_parts(dashboards) -> None:
    answer = json.loads(json.dumps(dashboards.of(ask(time_zone="Europe/Berlin")), allow_nan=False))
    assert {name: answer[name] for name in ("time_zone", "step_s", "retention_days")} == {
        "time_zone": "Europe/Berlin",
        "step_s": 7200,
        "retention_days": 90,
    }
    assert set(answer["summary"]) == FIGURES
    assert all(set(point) == FIGURES | {"at", "whole"} for point in answer["over_time"])
    for part in ("by_widget", "by_layout", "by_version"):
        assert answer[part]
        assert all(set(each) == FIGURES | {"name", "from", "to"} for each in answer[part])


def test_an_account_without_rows_gets_a_dashboard_too(dashboards) -> None:
    answer = dashboards.of(ask(account="nobody"))
    assert all(figure == FEW for figure in answer["summary"].values())
    assert len(answer["over_time"]) == 85
    assert [answer[part] for part in ("by_widget", "by_layout", "by_version", "errors")] == [[], [], [], []]


@pytest.mark.parametrize("text", ["' OR 1=1 --", "{account:String}", "$levels", "\\", "\n\t\0", "é" * 100])
def test_filters_are_never_run_as_sql(dashboards, text) -> None:
    for name in ("account", "widget", "layout", "version"):
        assert dashboards.of(ask(**{name: text}))["summary"]["loads"] == FEW


def test_questions_can_be_answered_concurrently(dashboards) -> None:
    def page_views_of(question: Question) -> int:
        return int(dashboards.of(question)["summary"]["loads"]["page_views"])

    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(page_views_of, [ask(), ask(account="other")] * 6))
    assert counts == counts[:2] * 6
    assert counts[0] != counts[1]


def test_versions_and_codes_beyond_the_fifty_most_frequent_are_others(dashboards) -> None:
    store, at = dashboards.answers._store, NOW - timedelta(hours=30)
    for number in range(400):
        many = [Row("many", "w1", f"1.0.{number % 60}", 0.1, "load", "grid", load_ms=300)] * 4
        codes = [Row("many", "w1", "1.0.0", 0.1, "error", code=f"CODE_{number % 70}")] * 2
        store.insert([*many, *codes], at + number * timedelta(minutes=4))
    answer = dashboards.of(Question("many", at - timedelta(hours=1), NOW))
    for part, name in (("by_version", "name"), ("errors", "code")):
        names = [each[name] for each in answer[part]]
        assert names[-1] == "other"
        assert len(names) == len(set(names)) <= 51
