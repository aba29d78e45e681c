"""How Python starts, from stored rows: each page view counts once, by version, and nothing is told of fewer than 20."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.control.exclusions import Exclusion
from server.figures.question import Question
from server.figures.starts import StartFigures
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
