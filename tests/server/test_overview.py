"""What makes a dashboard understood: the change, the distribution of load times, the marks, and the filters' names."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest

from server.control.accounts import Accounts
from server.control.audit import Audit
from server.control.database import ControlDatabase
from server.figures import load_times, marks
from server.figures.comparison import changes
from server.figures.dashboard import Dashboards
from server.figures.load_times import Loads
from server.figures.overview import Overviews
from server.figures.question import Question
from server.store.row import Row
from server.store.store import Store, line

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
LAYOUTS = {"w1": "grid", "w2": "list"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """20 days of `acme`: 60 loads a day, in the last ten 120. The version 0.2.0 arrived three days ago, and is slow."""
    store, chance = Store(tmp_path_factory.mktemp("store")), random.Random(5)
    rows: list[tuple[datetime, Row]] = []
    for day in range(20, 0, -1):
        for _ in range(60 if day > 10 else 120):
            version = "0.2.0" if day <= 3 and chance.random() < 0.7 else "0.1.0"  # pages keep old copies for a while
            widget = chance.choice(["w1", "w2"])
            load_ms = int(chance.lognormvariate(6, 0.5)) * (6 if version == "0.2.0" else 1)
            row = Row("acme", widget, version, 0.1, "load", layout=LAYOUTS[widget], load_ms=load_ms)
            rows.append((NOW - day * DAY + DAY * chance.random() * 0.9, row))
    errors = [Row("acme", "w1", "0.2.0", 0.1, "error", code="RENDER_ERROR")] * 30
    for _, each in groupby(sorted(rows, key=lambda item: item[0]), key=lambda item: item[0].date()):
        store.insert_lines([line(row, at) for at, row in each])
    store.insert(errors, NOW - 2 * DAY)
    store.insert([Row("few", "w3", "0.1.0", 0.1, "load", layout="grid", load_ms=300)] * 30, NOW - 9 * DAY)
    store.insert([Row("few", "w3", "0.1.0", 0.1, "load", layout="grid", load_ms=300)] * 30, NOW - 15 * DAY)
    yield store
    store.close()


@pytest.fixture
def overviews(store, tmp_path) -> Iterator[Overviews]:
    database = ControlDatabase(tmp_path / "control.sqlite")
    Accounts(database).add("acme", "Acme Ltd", actor="command line")
    Accounts(database).set_telemetry("acme", "sampled", 0.05, actor="command line")
    yield Overviews(store, Audit(database), lambda _: ())
    database.close()


def ask(overviews: Overviews, **changes: Any) -> dict[str, Any]:
    end = datetime.now(UTC) + timedelta(seconds=1)
    question = Question(**{"account": "acme", "start": NOW - 10 * DAY, "end": end, **changes})
    return overviews.of(question, end)


def test_most_points_have_a_value_and_the_unfinished_ones_say_so(overviews) -> None:
    answer = ask(overviews)
    whole = [point for point in answer["over_time"] if point["whole"]]
    assert answer["has_enough"] is True
    assert sum(not point["loads"]["too_few"] for point in whole) * 2 > len(whole) > 5
    assert answer["over_time"][-1]["whole"] is False


def test_too_few_page_views_for_a_line_name_the_range_that_has_enough(overviews) -> None:
    answer = ask(overviews, start=NOW - timedelta(hours=20), account="few")
    assert (answer["has_enough"], answer["enough_in"]) == (False, "30d")
    assert ask(overviews, account="nobody")["enough_in"] is None


def test_loads_that_doubled_are_a_change_beyond_chance(overviews) -> None:
    answer = ask(overviews)
    change = answer["changes"]["loads"]
    assert 0.8 < change["share"] < 1.2
    assert change["is_beyond_chance"] is True
    assert answer["changes"]["p75"]["is_beyond_chance"] is True
    assert ask(overviews, start=NOW - 60 * DAY)["before"] is None  # no longer kept


def test_a_change_is_chance_unless_the_intervals_of_both_say_otherwise() -> None:
    def figure(value: float, low: float, high: float | None) -> dict[str, Any]:
        return {"value": value, "low": low, "high": high}

    def is_beyond(now: dict[str, Any], before: dict[str, Any], name: str = "p75") -> bool:
        change = changes({name: now}, {name: before})[name]
        assert change is not None
        return change["is_beyond_chance"]

    assert is_beyond(figure(500, 450, 550), figure(400, 380, 420))
    assert not is_beyond(figure(500, 410, 550), figure(400, 350, 470))
    assert is_beyond(figure(400, 380, 420), figure(900, 500, None))  # its open end is on the other side
    assert not is_beyond(figure(400, 380, None), figure(900, 300, 950))
    assert is_beyond(figure(1200, 1200, 1200), figure(1000, 1000, 1000), "loads")
    assert not is_beyond(figure(1020, 1020, 1020), figure(1000, 1000, 1000), "loads")  # visits vary by themselves
    assert changes({"p75": figure(1, 1, 1)}, {"p75": {"value": None, "low": None, "high": None}}) == {"p75": None}


def test_numbers_of_events_are_compared_for_the_same_length_of_time() -> None:
    now = {"loads": {"value": 900, "low": 880, "high": 920}, "p75": {"value": 400, "low": 380, "high": 420}}
    before = {"loads": {"value": 1000, "low": 980, "high": 1020}, "p75": {"value": 400, "low": 380, "high": 420}}
    assert changes(now, before, timedelta(days=9) / timedelta(days=10)) == {
        "loads": {"before": 900, "share": 0, "is_beyond_chance": False},
        "p75": {"before": 400, "share": 0, "is_beyond_chance": False},
    }
    loads = changes(now, before)["loads"]
    assert loads is not None
    assert loads["is_beyond_chance"] is True


def test_load_times_have_bins_of_20_loads_or_more_and_bands_that_add_up(overviews) -> None:
    times = ask(overviews)["load_times"]
    assert sum(each["share"] for each in times["bins"]) == pytest.approx(1)
    assert all(this["to_ms"] == after["from_ms"] for this, after in zip(times["bins"], times["bins"][1:], strict=False))
    assert sum(times[band]["value"] for band in load_times.BANDS) == pytest.approx(1)
    assert all(times[band]["low"] <= times[band]["value"] <= times[band]["high"] for band in load_times.BANDS)
    assert load_times.histogram({500: Loads(19, 190, 1900)}) == []
    merged = load_times.histogram({200: Loads(15, 15, 15), 1000: Loads(40, 40, 40), 8000: Loads(5, 5, 5)})
    assert merged == [{"from_ms": 200, "to_ms": 10_000, "share": 1.0}]
    assert {load_times.GOOD_MS, load_times.POOR_MS} < set(load_times.BINS)


def test_a_new_version_and_a_changed_setting_are_marked(overviews) -> None:
    found = ask(overviews)["marks"]
    (version,) = [mark for mark in found if mark["kind"] == "version"]
    assert version["name"] == "0.2.0"
    assert abs(datetime.fromisoformat(version["at"]) - (NOW - 3 * DAY)) < DAY
    assert [mark["name"] for mark in found if mark["kind"] == "setting"] == ["telemetry.set"]


def test_a_version_that_was_there_before_is_not_new() -> None:
    def row(bucket: int, version: str, count: int) -> dict[str, Any]:
        return {"bucket": bucket, "version": version, "rows": count}

    old = [row(0, "0.1.0", 5), row(60, "0.1.0", 50), row(120, "0.2.0", 1), row(120, "0.1.0", 50)]
    assert marks.versions(old) == []  # one load in 51 is no arrival
    assert [mark["name"] for mark in marks.versions([*old, row(180, "0.2.0", 30)])] == ["0.2.0"]
    assert marks.versions([row(60, "0.1.0", 50), row(120, "0.1.0", 50)]) == []


def test_filters_offer_every_name_while_one_is_chosen(overviews) -> None:
    whole = ask(overviews)["names"]
    assert {name: set(each) for name, each in whole.items()} == {
        "widget": {"w1", "w2"}, "layout": {"grid", "list"}, "version": {"0.1.0", "0.2.0"}, "region": set(),
    }  # fmt: skip
    for filters in ({"widget": "w1"}, {"not_layout": "grid"}, {"version": "0.2.0", "widget": "w2"}):
        names = ask(overviews, **filters)["names"]
        assert {name: set(each) for name, each in names.items()} == {name: set(each) for name, each in whole.items()}


@pytest.mark.parametrize(
    ("filters", "same"),
    [({"not_widget": "w1"}, {"widget": "w2"}), ({"not_layout": "grid"}, {"layout": "list"}),
     ({"not_version": "0.1.0"}, {"version": "0.2.0"})],
)  # fmt: skip
def test_all_but_one_is_the_other(overviews, filters, same) -> None:
    everything = ask(overviews)["summary"]["loads"]["page_views"]
    one, other = ask(overviews, **filters)["summary"], ask(overviews, **same)["summary"]
    assert one == other
    assert 0 < one["loads"]["page_views"] < everything


def test_an_error_code_is_told_by_widget_and_version(store) -> None:
    question = Question("acme", NOW - 10 * DAY, NOW + timedelta(seconds=1))
    answer = Dashboards(store).of_code(question, "RENDER_ERROR")
    assert answer["count"]["value"] == 300
    assert [item["name"] for item in answer["by_widget"]] == ["w1"]
    assert [item["name"] for item in answer["by_version"]] == ["0.2.0"]
    assert len(answer["over_time"]) == 1
    assert Dashboards(store).of_code(question, "API_ERROR")["count"]["too_few"] is True
