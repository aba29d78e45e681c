"""How Python starts, from stored rows: each page view counts once, by version, and nothing is told of fewer than 20."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from server.control.exclusions import Exclusion
from server.figures import page_views, page_views_by_name, starts
from server.figures.filters import Filter
from server.figures.lines import Line, Lines
from server.figures.names import COLUMNS, Names
from server.figures.question import Question
from server.figures.stages import CONTENT, CONTENT_CODES, LEFT, READY, REPORT, TAG, WANTED, PageViews, Starts, figures
from server.figures.starts import StartFigures, starts_of
from server.figures.statistics import LEVELS
from server.ingest.page_totals import add_page_totals
from server.ingest.rows import rows_of
from server.store.row import Row
from server.store.store import Store, line
from widget.telemetry.schema import DIGEST, Load, WidgetReport

# See test_figures.py for the place in a block of time.
BLOCK, PLACE = timedelta(hours=256), timedelta(hours=200, minutes=5, seconds=9)
EPOCH = datetime.fromtimestamp(0, UTC)
NOW = EPOCH + (datetime.now(UTC) - EPOCH - PLACE) // BLOCK * BLOCK + PLACE
DAYS, RATE = 4, 0.1
UP = {"content_ms": 200, "wanted_ms": 320, "ready_ms": 800, "report_ms": 850}


def batch(*reports: WidgetReport, account: str = "acme") -> list[Row]:
    """The rows that the server makes of one page's batch."""
    rows = [row for report in reports for row in rows_of(report, account)]
    add_page_totals(rows)
    return rows


def report(*loads: Load, widget: str = "w1", version: str = "0.2.0", **changes: Any) -> WidgetReport:
    return WidgetReport(widget, version, RATE, list(loads), **changes)


def load(load_ms: int = 300, **stages: int) -> Load:
    return Load("grid", load_ms, **stages)


def up(chance: random.Random, slowness: float = 1) -> Load:
    times = {name: round(ms * slowness * chance.uniform(0.8, 1.2)) for name, ms in UP.items()}
    return load(round(300 * slowness * chance.uniform(0.8, 1.2)), **times)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """1,000 page views of version 0.2.0 and 400 of 0.3.0, which is slower; and much that tells nothing of a start."""
    chance = random.Random(5)
    batches: list[list[Row]] = []
    batches += [batch(report(up(chance))) for _ in range(500)]
    batches += [batch(report(up(chance)), report(up(chance), widget="w2")) for _ in range(200)]  # two widgets
    batches += [batch(report(load())) for _ in range(150)]  # they left
    batches += [batch(report(load(), errors={"RUNTIME_CSP": 1})) for _ in range(60)]
    batches += [batch(report(errors={"API_ERROR": 2})) for _ in range(50)]
    batches += [batch(report(errors={"API_TIMEOUT": 1})) for _ in range(7)]
    batches += [batch(report(errors={"RENDER_ERROR": 1, "OF_THE_SHOP": 3})) for _ in range(33)]
    batches += [batch(report(up(chance, 3), version="0.3.0")) for _ in range(340)]
    batches += [batch(report(load(900), version="0.3.0")) for _ in range(60)]
    # No starts: errors of the shop, later loads, loads of later batches, and pages of before stages.
    batches += [batch(report(errors={"OF_THE_SHOP": 1})) for _ in range(90)]
    batches += [batch(report(load(ready_ms=0), widget="w2")) for _ in range(300)]
    batches += [batch(report(load(ready_ms=800), interactions={"grid": 1})) for _ in range(120)]
    batches += [batch(report(load(), version="0.1.0", has_stages=False)) for _ in range(700)]
    batches += [batch(report(errors={"API_ERROR": 1}, version="0.1.0", has_stages=False)) for _ in range(70)]
    stored = [(NOW - timedelta(days=chance.uniform(0, DAYS)), rows) for rows in batches]
    stored.sort(key=lambda item: item[0])
    filled = Store(tmp_path_factory.mktemp("store"))
    for day in sorted({at.date() for at, _ in stored}):
        filled.insert_lines([line(row, at) for at, rows in stored if at.date() == day for row in rows])
    yield filled
    filled.close()


def ask(store: Store, *exclusions: Exclusion, **changes: Any) -> dict[str, Any]:
    question: dict[str, Any] = {"account": "acme", "start": NOW - timedelta(days=DAYS), "end": NOW} | changes
    return StartFigures(store, lambda _: exclusions).of(Question(**question))


def shares(start: dict[str, Any]) -> dict[str, float]:
    return {stage["stage"]: stage["share"]["value"] for stage in start["stages"]}


def ended(start: dict[str, Any]) -> dict[tuple[str, str], float]:
    """The shares by the last stage and, where they are told, by code; `*` is the sum."""
    values = {(end["after"], "*"): end["share"]["value"] for end in start["ended"]}
    return values | {
        (end["after"], each["code"]): each["share"]["value"] for end in start["ended"] for each in end["codes"]
    }


def version(answer: dict[str, Any], name: str) -> dict[str, Any]:
    (start,) = (each for each in answer["by_version"] if each["name"] == name)
    return dict(start)


def test_each_page_view_counts_once_where_it_ended(store) -> None:
    start = version(ask(store), "0.2.0")

    number = start["stages"][0]["share"]["page_views"]
    assert 930 <= number <= 1000  # the newest wait for others
    values = ended(start)
    expected = {"tag": 0.057, "content": 0.033, "wanted": 0.21, "report": 0.7}
    assert {stage: values[stage, "*"] for stage in expected} == pytest.approx(expected, abs=0.012)
    assert sum(values[stage, "*"] for stage in expected) == pytest.approx(1)
    assert values["wanted", ""] == pytest.approx(0.15, abs=0.012)
    assert values["wanted", "RUNTIME_CSP"] == pytest.approx(0.06, abs=0.008)
    assert values["content", "RENDER_ERROR"] == pytest.approx(0.033, abs=0.008)
    reached = shares(start)
    assert reached["tag"] == 1
    assert reached["content"] == pytest.approx(0.943, abs=0.012)
    assert reached["seen"] == reached["wanted"] == pytest.approx(0.91, abs=0.015)
    assert reached["ready"] == reached["report"] == pytest.approx(0.7, abs=0.02)


def test_a_code_of_fewer_than_twenty_page_views_is_not_named_and_no_rest_tells_it(store) -> None:
    answer = ask(store)
    for start in (answer["summary"], *answer["by_version"]):
        for end in start["ended"]:
            assert "API_TIMEOUT" not in {each["code"] for each in end["codes"]}
            assert all(each["share"]["value"] * each["share"]["page_views"] > 19.9 for each in end["codes"]), (
                end
            )  # all weights are equal


def test_the_times_are_those_of_the_page_views_that_tell_them(store) -> None:
    answer = ask(store)
    stages = {stage["stage"]: stage for stage in version(answer, "0.2.0")["stages"]}
    slow = {stage["stage"]: stage for stage in version(answer, "0.3.0")["stages"]}

    assert stages["tag"]["p50"]["value"] is None and not stages["tag"]["p50"]["too_few"]
    for name, ms in (("content", 200), ("wanted", 320), ("ready", 800), ("report", 850), ("seen", 300)):
        assert stages[name]["p50"]["value"] == pytest.approx(ms, rel=0.05), name
        assert stages[name]["p50"]["low"] <= stages[name]["p50"]["value"] <= stages[name]["p50"]["high"]
        assert stages[name]["p75"]["value"] == pytest.approx(1.1 * ms, rel=0.1), name
    assert stages["ready"]["p50"]["page_views"] == pytest.approx(700, abs=40)
    assert stages["seen"]["p50"]["page_views"] == pytest.approx(910, abs=50)
    assert slow["ready"]["p50"]["value"] == pytest.approx(2400, rel=0.05)


def test_pages_of_before_stages_and_later_loads_are_no_starts(store) -> None:
    answer = ask(store)
    assert answer["summary"]["stages"][0]["share"]["page_views"] == pytest.approx(1400, abs=60)
    assert version(answer, "0.1.0")["stages"][0]["share"]["too_few"]
    assert [each["name"] for each in answer["by_version"]][:2] == ["0.2.0", "0.3.0"]


def test_a_widget_and_a_version_can_be_chosen_and_left_out(store) -> None:
    second = ask(store, widget="w2")["summary"]
    assert second["stages"][0]["share"]["page_views"] == pytest.approx(200, abs=25)
    assert shares(second)["report"] == 1
    assert shares(ask(store, version="0.3.0")["summary"])["report"] == pytest.approx(0.85, abs=0.02)
    assert shares(ask(store, not_version="0.2.0")["summary"])["report"] == pytest.approx(0.85, abs=0.02)
    left_out = Exclusion(1, "w1", None, None, None, "2026-11-24T15:00:00.000Z")
    assert shares(ask(store, left_out)["summary"])["report"] == 1


@pytest.mark.parametrize("name", ["layout", "not_layout", "region", "not_region"])
def test_layouts_and_regions_filter_nothing(store, name) -> None:
    value = "grid" if "layout" in name else "caribbean"
    assert ask(store, **{name: value})["summary"] == ask(store)["summary"]


def test_an_account_without_page_views_tells_nothing(store) -> None:
    answer = ask(store, account="nobody")
    assert answer["by_version"] == []
    assert all(stage["share"]["too_few"] for stage in answer["summary"]["stages"])


def test_forgetting_reads_the_store_again(store, monkeypatch) -> None:
    figures = StartFigures(store, lambda _: ())
    question = Question("acme", NOW - timedelta(days=DAYS), NOW)
    first = figures.of(question)
    figures.forget()
    assert figures.of(question) == first


def row(part: str, stage: str, number: int, code: str = "", **bins: list[str]) -> dict[str, Any]:
    """A row of sql/stages.sql."""
    sums = {"number": number, "views": number * 10, "view_squares": number * 100, "view_fourths": number * 10_000}
    return {"part": part, "stage": stage, "code": code, "times": [], "weights": [], **sums, **bins}


def of_line(number: int, quantiles: Sequence[float] = []) -> PageViews:
    return PageViews(number, number * 10, number * 100, number * 10_000, quantiles)


def test_page_views_that_failed_are_taken_from_those_that_left() -> None:
    rows = [
        row("failed", CONTENT, 8, "RENDER_ERROR"),
        row("end", CONTENT, 30),
        row("failed", CONTENT, 5, "OTHER_ERROR"),
        row("end", TAG, 4, "API_ERROR"),
        row("failed", WANTED, 3, "RUNTIME_CSP"),
        row("end", REPORT, 50),
        row("time", READY, 40, times=["900", "300"], weights=["1", "3"]),
    ]
    found = starts_of(rows)
    assert found.ends == {
        (CONTENT, LEFT): of_line(17, ()),
        (CONTENT, "RENDER_ERROR"): of_line(8),
        (CONTENT, "OTHER_ERROR"): of_line(5),
        (TAG, "API_ERROR"): of_line(4),
        (WANTED, LEFT): PageViews(),
        (WANTED, "RUNTIME_CSP"): of_line(3),
        (REPORT, LEFT): of_line(50),
    }
    (ready,) = found.times.values()
    assert list(found.times) == [READY]
    assert replace(ready, quantiles=()) == of_line(40, ())
    quantiles = list(ready.quantiles)
    assert (quantiles[0], quantiles[LEVELS.index(0.75)], quantiles[-1]) == (300, 300, 900)


class Lined:
    """A store that answers with these rows of each line, and notes what it is asked."""

    def __init__(self, **rows: list[dict[str, Any]]) -> None:
        self.rows, self.asked = rows, dict[str, Any]()

    def query(self, name: str, *, literals: Any, **parameters: Any) -> list[dict[str, Any]]:
        self.asked = parameters | literals | {"name": name}
        return [{"line": line.removeprefix("line"), **each} for line, rows in self.rows.items() for each in rows]


def seconds(at: int) -> str:
    return f"1970-01-01T00:00:{at}Z"


def test_starts_are_asked_for_by_line_and_versions_told_by_their_page_views(monkeypatch) -> None:
    question = Question("acme", datetime(2026, 11, 24, 15, tzinfo=UTC), datetime(2026, 11, 25, 15, tzinfo=UTC))
    told = {"summary": 30, "1": 20, "other": 10, "2": 25, "3": 26, "4": 27}
    parts = [
        Line("by_version" if name != "summary" else name, name, at * 1000, at * 1000 + 9000)
        for name, at in told.items()
    ]
    lines = [Lines(parts, {("by_version", "1"): 2}), Lines()]
    names = Names(tuple((table, ("1",) if table == "by_version" else ()) for table in COLUMNS))
    past, by_name = SimpleNamespace(filter=Filter.of(question)), SimpleNamespace(names=names)
    asked: list[Any] = []

    def noted(answer: Callable[[], Any]) -> Callable[..., Any]:
        def note(*arguments: Any) -> Any:
            asked.append(arguments)
            return answer()

        return note

    monkeypatch.setattr(starts, "lines_of", noted(lambda: lines.pop(0)))
    monkeypatch.setattr(page_views.PageViewCounts, "past", noted(lambda: past))
    monkeypatch.setattr(page_views_by_name.NameCounts, "of", noted(lambda: by_name))
    store = Lined(
        line1=[row("end", REPORT, 90)], line2=[row("end", REPORT, 30)], line3=[row("end", TAG, 99)],
        line4=[row("end", REPORT, 45)], line5=[row("end", TAG, 5), row("end", REPORT, 45)],
    )  # fmt: skip
    left_out = Exclusion(1, "w9", None, None, None, "")
    figures_of = StartFigures(store, lambda account: [left_out] if account == "acme" else [])  # type: ignore[arg-type]

    answer = figures_of.of(replace(question, layout="a", not_layout="b", region="c", not_region="d", widget="w1"))

    (_, first, now), (_, of), arguments = asked
    assert first == replace(question, widget="w1", exclusions=(left_out,))
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=5)
    assert of is past
    assert arguments == (first, (), past, by_name, ("by_version",))
    assert [each["name"] for each in answer["by_version"]] == ["3", "2", "1", "4", "other"]
    assert answer["by_version"][2] == {
        "name": "1", "from": seconds(20), "to": seconds(29), **figures(Starts({(REPORT, LEFT): of_line(30)})),
    }  # fmt: skip
    assert (answer["from"], answer["to"]) == (seconds(30), seconds(39))
    assert answer["summary"] == figures(Starts({(REPORT, LEFT): of_line(90)}))
    assert store.asked.items() >= {
        "name": "stages", "account": "acme",
        "filter": "", "start_ms": 10_000, "end_ms": 39_000, "render_error": "RENDER_ERROR",
        "content_codes": list(CONTENT_CODES), "version_numbers": [0, 2],
        "line_starts": [at * 1000 for at in told.values()], "line_ends": [at * 1000 + 9000 for at in told.values()],
    }.items()  # fmt: skip

    for each in (page_views.PageViewCounts, page_views_by_name.NameCounts):
        monkeypatch.setattr(each, "forget", noted(lambda: None))
    asked.clear()
    figures_of.forget()
    assert [type(counts) for (counts,) in asked] == [page_views.PageViewCounts, page_views_by_name.NameCounts]

    store.asked = {}
    nothing = figures_of.of(question)
    assert (nothing["from"], nothing["to"]) == ("2026-11-24T15:00:00Z", "2026-11-25T15:00:00Z")
    assert (nothing["summary"], nothing["by_version"], store.asked) == (figures(Starts()), [], {})


def test_the_api_tells_the_stages_of_batches_that_pages_send(start, tools) -> None:
    server = start()
    loads = [{"layout": "grid", "load_ms": 300, "content_ms": 200, "wanted_ms": 320, "ready_ms": 800, "report_ms": 850}]
    fields = {"schema": 2, "digest": DIGEST}
    for n in range(60):
        whole = json.loads(tools.batch(loads=loads if n % 3 else [{"layout": "grid", "load_ms": 300}])) | fields
        assert server.post(json.dumps(whole)).status == 204

    answer = server.get("/api/v1/accounts/acme/stages?range=1h", Authorization=f"Bearer {server.token()}")

    assert answer.status == 200
    told = answer.json()["summary"]["stages"]
    assert [stage["stage"] for stage in told] == ["tag", "content", "seen", "wanted", "ready", "report"]
    assert server.get("/api/v1/accounts/acme/stages?user=ada", Authorization=f"Bearer {server.token()}").status == 400
    assert server.get("/api/v1/accounts/nobody/stages", Authorization=f"Bearer {server.token()}").status == 404
