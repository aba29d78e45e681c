"""The dashboard: compares the engine's answer with the same figures computed row by row in Python."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from server.figures.dashboard import Dashboards
from server.figures.question import Question
from server.store.row import Row
from server.store.store import Store

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)
DAYS = 12
ZONES = ("UTC", "America/St_Johns")
FIGURES = {"loads", "error_rate", "interactions", "p50", "p75", "p95", "p99"}


class Stored(NamedTuple):
    at: datetime
    row: Row


@pytest.fixture(scope="module")
def rows() -> list[Stored]:
    """Three hundred commits of two accounts, three widgets, two versions and mixed rates."""
    chance = random.Random(7)
    return [stored for _ in range(300) for stored in commit(chance)]


def commit(chance: random.Random) -> Iterator[Stored]:
    at = NOW - timedelta(milliseconds=chance.randrange(DAYS * 86_400_000))
    for _ in range(chance.randrange(1, 60)):
        common = (
            chance.choice(["acme", "acme", "other"]),
            chance.choice(["w1", "w1", "w2", "w3"]),
            chance.choice(["0.1.0", "0.2.0"]),
            chance.choice([1.0, 0.5, 0.3, 0.01]),
        )
        kind = chance.choice(["load", "load", "load", "error", "interaction"])
        layout = "" if kind == "error" else chance.choice(["grid", "list"])
        code = chance.choice(["API_ERROR", "API_TIMEOUT", "OTHER"]) if kind == "error" else ""
        load_ms = int(chance.lognormvariate(6, 0.8)) if kind == "load" else 0
        yield Stored(at, Row(*common, kind, layout, code, load_ms, 1 if kind == "load" else chance.randint(1, 5)))


@pytest.fixture(scope="module")
def dashboards(rows: list[Stored], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboards]:
    store = Store(tmp_path_factory.mktemp("store"))
    for at in {stored.at for stored in rows}:
        store.insert([stored.row for stored in rows if stored.at == at], at)
    yield Dashboards(store)
    store.close()


def ask(**changes: Any) -> Question:
    return Question(
        **{"account": "acme", "start": NOW - timedelta(days=7), "end": NOW + timedelta(seconds=1), **changes}
    )


def of(rows: list[Stored], question: Question) -> list[Row]:
    """The rows that a question selects."""
    filters = {name: getattr(question, name) for name in ("account", "widget", "layout", "version")}
    return [
        row
        for at, row in rows
        if question.start <= at < question.end
        and all(value is None or getattr(row, name) == value for name, value in filters.items())
    ]


def check(figures: dict[str, Any], rows: Sequence[Row]) -> None:
    """Compare loads, errors per load, interactions and percentiles with their definitions."""
    by_kind = {kind: [row for row in rows if row.kind == kind] for kind in ("load", "error", "interaction")}
    totals = {kind: sum(row.count / row.rate for row in some) for kind, some in by_kind.items()}
    check_figure(figures["loads"], totals["load"], len(by_kind["load"]))
    check_figure(figures["interactions"], totals["interaction"], len(by_kind["interaction"]))
    if figures["error_rate"]["rows"]:
        check_figure(figures["error_rate"], totals["error"] / totals["load"], len(by_kind["load"]))
    for name, level in (("p50", 0.5), ("p75", 0.75), ("p95", 0.95), ("p99", 0.99)):
        assert (figures[name]["rows"], figures[name]["too_few"]) == (len(by_kind["load"]), len(by_kind["load"]) < 20)
        if len(by_kind["load"]) >= 20:
            # The engine keeps 8 bits of a load time and rounds weights.
            least, most = (exact_percentile(by_kind["load"], level + slack) for slack in (-0.002, 0.002))
            assert 0.996 * least <= figures[name]["value"] <= 1.004 * most


def check_figure(figure: dict[str, Any], value: float, rows: int) -> None:
    assert figure["rows"] == rows
    assert figure["too_few"] == (rows < 20)
    if rows < 20:
        assert (figure["value"], figure["low"], figure["high"]) == (None, None, None)
        return
    assert figure["value"] == pytest.approx(value)
    assert figure["low"] <= figure["value"] <= (math.inf if figure["high"] is None else figure["high"])


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
        {"layout": "list"},
        {"widget": "w2", "layout": "grid", "version": "0.1.0"},
        {"start": NOW - timedelta(hours=30), "end": NOW - timedelta(hours=3)},
    ],
)
def test_the_summary_is_of_the_selected_rows(dashboards, rows, changes) -> None:
    question = ask(**changes)
    selected = of(rows, question)
    assert len(selected) > 100
    check(dashboards.of(question)["summary"], selected)


@pytest.mark.parametrize(
    ("part", "name"), [("by_widget", "widget"), ("by_layout", "layout"), ("by_version", "version")]
)
def test_each_line_of_a_table_is_of_its_rows_and_most_loads_come_first(dashboards, rows, part, name) -> None:
    question = ask()
    table = dashboards.of(question)[part]
    selected = of(rows, question)
    assert {line["name"] for line in table} == {getattr(row, name) for row in selected if getattr(row, name)}
    for line in table:
        check(line, [row for row in selected if getattr(row, name) == line["name"]])
    loads = [line["loads"]["value"] for line in table]
    assert loads == sorted(loads, reverse=True)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", ["24h", "7d", "30d", "90d"])
def test_each_point_in_time_is_of_its_rows(dashboards, rows, zone, name) -> None:
    question = Question.of_range("acme", name, now=NOW, time_zone=zone)
    answer = dashboards.of(question)
    times = [datetime.fromisoformat(point["at"]) for point in answer["over_time"]]
    assert times[0] == question.start
    for at, until, point in zip(times, [*times[1:], question.end], answer["over_time"], strict=True):
        check(point, of(rows, Question("acme", at, until)))
    assert sum(point["loads"]["rows"] for point in answer["over_time"]) == answer["summary"]["loads"]["rows"]


def test_days_of_the_chart_begin_at_local_midnight(dashboards) -> None:
    question = Question.of_range("acme", "90d", now=NOW, time_zone="America/St_Johns")
    zone = ZoneInfo("America/St_Johns")
    for point in dashboards.of(question)["over_time"]:
        assert f"{datetime.fromisoformat(point['at']).astimezone(zone):%H:%M}" == "00:00"


def test_errors_are_counted_by_code_the_most_frequent_first(dashboards, rows) -> None:
    question = ask()
    answer = dashboards.of(question)["errors"]
    errors = [row for row in of(rows, question) if row.kind == "error"]
    assert {line["code"] for line in answer} == {"API_ERROR", "API_TIMEOUT", "OTHER"}
    for line in answer:
        same = [row for row in errors if row.code == line["code"]]
        check_figure(line["count"], sum(row.count / row.rate for row in same), len(same))
    counts = [line["count"]["value"] for line in answer]
    assert counts == sorted(counts, reverse=True)


def test_error_rates_by_layout_are_unknown_because_errors_have_no_layout(dashboards) -> None:
    unknown = {"value": None, "low": None, "high": None, "rows": 0, "too_few": False}
    whole, layout = dashboards.of(ask()), dashboards.of(ask(layout="grid"))
    assert [line["error_rate"] for line in whole["by_layout"]] == [unknown, unknown]
    assert layout["summary"]["error_rate"] == unknown
    assert whole["summary"]["error_rate"]["value"] > 0


def test_a_dashboard_is_json_with_all_parts(dashboards) -> None:
    answer = json.loads(json.dumps(dashboards.of(ask(time_zone="Europe/Berlin")), allow_nan=False))
    assert {name: answer[name] for name in ("time_zone", "step_s", "retention_days")} == {
        "time_zone": "Europe/Berlin",
        "step_s": 7200,
        "retention_days": 90,
    }
    assert answer["to"] == f"{NOW + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
    assert set(answer["summary"]) == FIGURES
    assert all(set(point) == FIGURES | {"at", "whole"} for point in answer["over_time"])
    for part in ("by_widget", "by_layout", "by_version"):
        assert answer[part]
        assert all(set(line) == FIGURES | {"name"} for line in answer[part])


def test_an_account_without_rows_gets_a_dashboard_too(dashboards) -> None:
    answer = dashboards.of(ask(account="nobody"))
    assert answer["summary"]["loads"] == {"value": None, "low": None, "high": None, "rows": 0, "too_few": True}
    assert len(answer["over_time"]) == 85
    assert [answer[part] for part in ("by_widget", "by_layout", "by_version", "errors")] == [[], [], [], []]


@pytest.mark.parametrize("text", ["' OR 1=1 --", "{account:String}", "$levels", "\\", "\n\t\0", "é" * 100])
def test_filters_are_never_run_as_sql(dashboards, text) -> None:
    for name in ("account", "widget", "layout", "version"):
        assert dashboards.of(ask(**{name: text}))["summary"]["loads"]["rows"] == 0


def test_questions_can_be_answered_concurrently(dashboards) -> None:
    def rows_of(question: Question) -> int:
        return int(dashboards.of(question)["summary"]["loads"]["rows"])

    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(rows_of, [ask(), ask(account="other")] * 6))
    assert counts == counts[:2] * 6
    assert counts[0] != counts[1]
