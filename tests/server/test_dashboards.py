"""The dashboard's answer from its lines: which sums are asked for, and what becomes of them, without a store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.control.exclusions import Exclusion
from server.figures import dashboard
from server.figures.dashboard import Dashboards, iso
from server.figures.filters import Filter
from server.figures.kinds import TOO_FEW, count, figures, kinds_of
from server.figures.lines import Line, Lines
from server.figures.names import COLUMNS, OTHER, Names
from server.figures.question import Question

START, HOUR = datetime(2026, 11, 24, 15, tzinfo=UTC), timedelta(hours=1)
LEFT_OUT = Exclusion(1, "w9", None, None, None, "")
NAMES = Names(tuple((table, ("w1", "w2") if table == "by_widget" else ()) for table in COLUMNS))
OVER = 498_761 * 4096  # the tick after two hours of the range


def row(kind: str, page_views: int, line: int = 0) -> dict[str, Any]:
    """A row of sql/dashboard.sql, of page views at rate 1 with one event each."""
    sums = ("page_views", "total", "squares", "fourths", "counted", "views")
    new = ("new_page_views", "new_views", "new_view_squares", "new_view_fourths")
    times = {"load_times": ["300"], "weights": [str(page_views)]}
    return {"kind": kind, "line": str(line), **dict.fromkeys((*sums, *new), page_views), **times}


def at(hours: float) -> int:
    return int((START + hours * HOUR).timestamp() * 1000)


def line(part: str, name: object, start: float = 0, end: float = 4) -> Line:
    return Line(part, name, at(start), at(end))


def text(hours: float) -> str:
    return iso(START + hours * HOUR)


class Answers:
    """What the dashboards' parts answer, and what they are asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, lines: Lines, *rows: list[dict[str, Any]]) -> None:
        self.rows, self.queries = list(rows), list[dict[str, Any]]()
        self.past_of, self.lines_of, self.regions_of = list[Any](), list[Any](), list[Any]()
        self.by_region: tuple[list[Any], bool] = [], False
        self.dashboards = Dashboards(None, lambda account: [LEFT_OUT] if account == "acme" else [])  # type: ignore[arg-type]
        self.past = SimpleNamespace(filter=Filter.of(question()), over=OVER)
        self.by_name = SimpleNamespace(names=NAMES)
        parts: Any = self.dashboards
        parts._page_views = SimpleNamespace(past=self._noting(self.past_of, lambda: self.past))
        parts._names = SimpleNamespace(of=lambda past: self.by_name if past is self.past else None)
        monkeypatch.setattr(self.dashboards.answers, "query", self._query)
        monkeypatch.setattr(dashboard, "lines_of", self._noting(self.lines_of, lambda: lines))
        monkeypatch.setattr(dashboard, "regions", self._noting(self.regions_of, lambda: self.by_region))

    def _query(self, name: str, **parameters: Any) -> list[dict[str, Any]]:
        self.queries.append({"query": name, **parameters})
        return self.rows.pop(0)

    @staticmethod
    def _noting(asked: list[Any], answer: Callable[[], Any]) -> Callable[..., Any]:
        def note(*arguments: Any, **more: Any) -> Any:
            asked.append((*arguments, more) if more else arguments)
            return answer()

        return note


def question(**changes: Any) -> Question:
    return Question("acme", START, START + 4 * HOUR, "Europe/Berlin", chosen_step=HOUR, **changes)


POINTS = [line("over_time", START + hours * HOUR, hours, hours + 1) for hours in range(4)]
TABLES = [
    line("by_widget", "w1"), line("by_widget", OTHER), line("by_widget", "w2", 1), line("by_layout", "grid"),
    line("by_version", "2"), line("by_version", "1"), line("errors", "B"), line("errors", "A", 0, 3),
]  # fmt: skip
LINES = Lines([line("summary", "", 0.25, 3.75), POINTS[0], POINTS[1], POINTS[3], *TABLES], {("by_widget", "w1"): 5})


def answered(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Two parts: the first two hours are over, in which all lines are but the last point."""
    loads = {1: 40, 2: 30, 3: 31, 4: 50, 5: 90, 6: 60, 7: 70, 8: 33, 9: 33}
    errors = {1: 25, 7: 20, 10: 44, 11: 45}
    over = [row("load", number, position) for position, number in loads.items()]
    over += [row("error", number, position) for position, number in errors.items()]
    new = [row("load", 60, 1), row("load", 35, 2), row("error", 5, 9)]
    return Answers(monkeypatch, LINES, over, new)


def told(*rows: dict[str, Any], with_errors: bool = True) -> dict[str, Any]:
    return dict(figures(kinds_of(rows), with_errors=with_errors))


def test_sums_are_asked_for_in_two_parts_and_a_point_without_a_line_has_none(monkeypatch) -> None:
    some = answered(monkeypatch)
    answer = some.dashboards.of(question())
    (asked, now), *others = some.past_of
    assert others == []
    assert asked == question(exclusions=(LEFT_OUT,))
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=5)
    assert some.lines_of == [(asked, [START + hours * HOUR for hours in range(4)], some.past, some.by_name)]
    over, new = some.queries
    numbers = {"widget_numbers": [0, 4, 0], "widgets": ["", "w1", "w2"], "account": "acme", "query": "dashboard"}
    assert over.items() >= numbers.items()
    assert (over["is_over"], over["start_ms"], over["end_ms"]) == (True, at(0), at(2))
    assert (over["edges"], over["points"]) == ([0, at(0), at(1), at(2)], [0, 2, 3, 0])
    assert over["line_starts"] == [at(0.25), at(0), at(1)] + [at(0)] * 2 + [at(1)] + [at(0)] * 5
    assert over["line_ends"] == [at(2), at(1), *[at(2)] * 9]
    assert over["literals"] == some.past.filter.expressions()
    assert (new["is_over"], new["start_ms"], new["end_ms"]) == (False, at(2), at(4))
    assert (new["edges"], new["points"], new["widget_numbers"]) == ([0, at(3), at(4)], [0, 2, 0], [0, 3, 0])
    assert answer["summary"] == told(row("load", 40), row("load", 60), row("error", 25))
    assert [point["at"] for point in answer["over_time"]] == [text(hours) for hours in range(4)]
    assert [point["loads"]["value"] for point in answer["over_time"]] == [30, 31, None, 35]
    assert all(point["whole"] for point in answer["over_time"])
    assert answer["over_time"][0] == {"at": text(0), "whole": True, **told(row("load", 30))}
    assert (answer["from"], answer["to"], answer["time_zone"]) == (text(0.25), text(3.75), "Europe/Berlin")
    assert (answer["step_s"], answer["retention_days"]) == (3600, 90)


def test_tables_have_the_most_loads_first_and_the_others_last(monkeypatch) -> None:
    answer = answered(monkeypatch).dashboards.of(question())
    times = {"from": text(0), "to": text(4)}
    assert [item["name"] for item in answer["by_widget"]] == ["w2", "w1", OTHER]
    assert answer["by_widget"][1] == {"name": "w1", **times, **told(row("load", 50))}
    assert [item["loads"]["value"] for item in answer["by_widget"]] == [60, 50, 90]
    assert answer["by_widget"][0]["from"] == text(1)
    assert answer["by_layout"] == [{"name": "grid", **times, **told(row("load", 70), with_errors=False)}]
    assert [item["name"] for item in answer["by_version"]] == ["1", "2"]  # as many loads: by name
    (b, a) = answer["errors"]
    assert (b["code"], b["from"], b["to"], b["count"]["value"]) == ("B", text(0), text(4), 49)
    assert a == {"code": "A", "from": text(0), "to": text(3), "count": count(kinds_of([row("error", 45)])["error"])}


def test_a_question_about_a_layout_has_no_figures_of_errors(monkeypatch) -> None:
    some = answered(monkeypatch)
    answer = some.dashboards.of(question(layout="grid"), some.past)  # type: ignore[arg-type]
    assert some.past_of == []
    for each in (answer["summary"], *answer["over_time"], *answer["by_widget"], *answer["by_version"]):
        assert each["error_share"] == told(with_errors=False)["error_share"]
    assert some.regions_of[0][-1] == {"with_errors": False}


def test_regions_are_told_with_the_most_loads_first(monkeypatch) -> None:
    some = answered(monkeypatch)
    rows = [("caribbean", 30), (OTHER, 90), ("polynesia", 40), ("africa", 30), ("none", 5)]
    some.by_region = [(line("by_region", name), told(row("load", number))) for name, number in rows], True
    answer = some.dashboards.of(question())
    assert [item["name"] for item in answer["by_region"]] == ["polynesia", "africa", "caribbean", "none", OTHER]
    assert answer["by_region"][0] == {"name": "polynesia", "from": text(0), "to": text(4), **told(row("load", 40))}
    assert answer["regions_by_chance"] is True
    assert some.regions_of == [
        (some.dashboards.answers, some.past.filter, NAMES, LINES, {"with_errors": True})
    ]  # fmt: skip


def test_without_lines_all_is_too_few(monkeypatch) -> None:
    some = Answers(monkeypatch, Lines())
    answer = some.dashboards.of(question())
    assert some.queries == []
    assert (answer["from"], answer["to"], answer["summary"]) == (text(0), text(4), told())
    assert answer["by_widget"] == answer["errors"] == []
    assert some.dashboards.of_code(question(), "API_ERROR")["count"] == TOO_FEW
    assert some.dashboards.sums(question()) == ({}, timedelta())


def test_the_first_and_the_last_point_are_whole_if_the_range_has_all_of_them(monkeypatch) -> None:
    some = Answers(monkeypatch, Lines())
    asked = Question("acme", START + HOUR / 2, START + 2.5 * HOUR, chosen_step=HOUR)
    answer = some.dashboards.of(asked)
    assert [(point["at"], point["whole"]) for point in answer["over_time"]] == [
        (text(0.5), False), (text(1), True), (text(2), False),
    ]  # fmt: skip


def test_a_codes_errors_are_told_by_time_widget_and_version(monkeypatch) -> None:
    widgets = [line("by_widget", name) for name in ("w1", OTHER, "w2")]
    versions = [line("by_version", "1"), line("by_version", "0")]
    lines = Lines([line("summary", "", 1, 4), *POINTS[:2], *widgets, *versions], {})
    numbers = {1: 90, 2: 40, 4: 30, 5: 50, 6: 40, 7: 90}
    rows = [row("error", number, position) for position, number in numbers.items()]
    some = Answers(monkeypatch, lines, [*rows, row("load", 9, 1)], [])
    asked = replace(question(), start=START + HOUR / 2)
    answer = some.dashboards.of_code(asked, "API_ERROR")
    ((found, _),) = some.past_of
    assert found == replace(asked, code="API_ERROR", exclusions=(LEFT_OUT,))
    ((first, starts, *others),) = some.lines_of
    assert (first, starts[0], others) == (found, START, [some.past, some.by_name, ("by_widget", "by_version")])

    def number(n: int) -> Any:
        return count(kinds_of([row("error", n)])["error"])

    assert answer == {
        "code": "API_ERROR",
        "from": text(1),
        "to": text(4),
        "count": number(90),
        "over_time": [{"at": text(0.5), "count": number(40)}],
        "by_widget": [{"name": name, "count": number(n)} for name, n in (("w2", 40), ("w1", 30), (OTHER, 50))],
        "by_version": [{"name": "1", "count": number(90)}, {"name": "0", "count": TOO_FEW}],
    }


def test_the_sums_of_a_range_are_those_of_its_summary(monkeypatch) -> None:
    some = Answers(
        monkeypatch, Lines([line("summary", "", 1, 4)]), [row("load", 40)], [row("load", 2), row("error", 7)]
    )
    kinds, length = some.dashboards.sums(question())
    assert (kinds, length) == (kinds_of([row("load", 40), row("load", 2), row("error", 7)]), 3 * HOUR)
    assert [each[0] for each in some.past_of] == [question(exclusions=(LEFT_OUT,))]
    assert some.lines_of == [(question(exclusions=(LEFT_OUT,)), (), some.past)]
    over, new = some.queries
    common = {"query": "summary", "literals": some.past.filter.expressions(), "account": "acme"}
    assert over == common | {"is_over": True, "start_ms": at(1), "end_ms": at(2)}
    assert new == common | {"is_over": False, "start_ms": at(2), "end_ms": at(4)}
    assert some.dashboards.past(question()) == some.past
    assert some.past_of[1][0] == question(exclusions=(LEFT_OUT,))


def test_forgetting_forgets_all_that_is_remembered(monkeypatch) -> None:
    some, forgotten = Answers(monkeypatch, Lines()), list[str]()
    parts: Any = some.dashboards
    for name in ("_page_views", "_names", "answers"):
        setattr(parts, name, SimpleNamespace(forget=partial(forgotten.append, name)))
    some.dashboards.forget()
    assert forgotten == ["_page_views", "_names", "answers"]


def test_the_edges_of_points_are_asked_for_in_order(monkeypatch) -> None:
    overlapping = [line("over_time", START, 0, 1.5), line("over_time", START + HOUR, 1, 2)]
    some = Answers(monkeypatch, Lines([line("summary", "", 0, 2), *overlapping]), [])
    some.dashboards.of(question())
    (asked,) = some.queries
    assert (asked["edges"], asked["points"]) == ([0, at(0), at(1), at(1.5), at(2)], [0, 2, 3, 0, 0])


def test_times_are_told_to_the_second() -> None:
    assert iso(datetime(2026, 11, 24, 16, 0, 1, 900_000, tzinfo=ZoneInfo("Europe/Berlin"))) == "2026-11-24T15:00:01Z"
