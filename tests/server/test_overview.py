"""What makes a dashboard understood: the change, the distribution of load times, the marks, and the filters' names."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest

from server.control.accounts import Accounts
from server.control.audit import Audit, AuditEntry
from server.control.database import ControlDatabase
from server.figures import load_times, marks
from server.figures.comparison import changes, length_told
from server.figures.dashboard import Dashboards
from server.figures.load_times import Loads
from server.figures.overview import Overviews
from server.figures.question import Question
from server.figures.statistics import Z
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
    for day in (9, 16, 23):  # a week apart, so in three whole weeks on every day of the week
        store.insert([Row("few", "w3", "0.1.0", 0.1, "load", layout="grid", load_ms=300)] * 30, NOW - day * DAY)
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
    assert is_beyond(figure(460, 410, 510), figure(400, 380, 420))  # by 60, and chance makes 54
    assert not is_beyond(figure(500, 400, 600), figure(400, 400, 400))
    assert is_beyond(figure(0.30, 0.28, 0.50), figure(0.20, 0.05, 0.22), "error_share")
    for name in ("loads", "interactions"):
        assert is_beyond(figure(1200, 1200, 1200), figure(1000, 1000, 1000), name)
        assert not is_beyond(figure(1020, 1020, 1020), figure(1000, 1000, 1000), name)  # visits vary by themselves
    assert changes({"p75": figure(1, 1, 1)}, {"p75": {"value": None, "low": None, "high": None}}) == {"p75": None}


def test_numbers_of_events_are_compared_for_the_same_length_of_time() -> None:
    now = {"loads": {"value": 900, "low": 880, "high": 920}, "p75": {"value": 400, "low": 380, "high": 420}}
    before = {"loads": {"value": 1000, "low": 980, "high": 1020}, "p75": {"value": 400, "low": 380, "high": 420}}
    assert changes(now, before, timedelta(days=9) / timedelta(days=10)) == {
        "loads": {"before": 900, "share": 0, "is_beyond_chance": False},
        "p75": {"before": 400, "share": 0, "is_beyond_chance": False},
    }
    assert changes(now, before)["loads"] == {"before": 1000, "share": -0.1, "is_beyond_chance": True}
    many = {"loads": {"value": 10_000, "low": 8_000, "high": 12_000}}
    few = {"loads": {"value": 1_500, "low": 1_400, "high": 1_600}}
    assert changes(few, many, 0.1) == {"loads": {"before": 1000, "share": 0.5, "is_beyond_chance": True}}


def test_a_change_from_nothing_has_no_share() -> None:
    nothing, some = ({"p50": {"value": value, "low": value, "high": value}} for value in (0, 300))
    assert changes(some, nothing) == {"p50": {"before": 0, "share": None, "is_beyond_chance": True}}


def test_the_length_told_is_between_the_ends_of_an_answer() -> None:
    answer = {"from": "2026-11-24T15:00:00Z", "to": "2026-11-25T16:00:05Z"}
    assert length_told(answer) == timedelta(days=1, hours=1, seconds=5)


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


def test_bins_are_merged_from_the_left_until_each_has_enough() -> None:
    loads = {200: Loads(15, 30, 0), 250: Loads(5, 10, 0), 400: Loads(20, 40, 0), 500: Loads(19, 20, 0)}
    assert load_times.histogram(loads) == [
        {"from_ms": 200, "to_ms": 315, "share": 0.4},
        {"from_ms": 315, "to_ms": 630, "share": 0.6},
    ]
    assert load_times.histogram({80_000: Loads(20, 20, 20)}) == [{"from_ms": 80_000, "to_ms": None, "share": 1.0}]
    assert load_times.histogram({0: Loads(20, 20, 20), 50: Loads(20, 60, 20)}) == [
        {"from_ms": 0, "to_ms": 50, "share": 0.25},
        {"from_ms": 50, "to_ms": 63, "share": 0.75},
    ]
    assert load_times.histogram({}) == []
    few_at_the_end = {200: Loads(15, 15, 15), 1000: Loads(40, 40, 40), 8000: Loads(5, 5, 5)}
    assert load_times.histogram(few_at_the_end) == [{"from_ms": 200, "to_ms": 10_000, "share": 1.0}]
    assert load_times.BINS == (
        0, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000,
        6300, 8000, 10_000, 12_500, 16_000, 20_000, 25_000, 31_500, 40_000, 50_000, 63_000, 80_000,
    )  # fmt: skip


def test_bands_are_shares_with_score_intervals() -> None:
    assert load_times.together([]) == Loads() == Loads(0, 0, 0)
    loads = {0: Loads(10.4, 10, 0), 2000: Loads(20, 50, 200), 2500: Loads(20, 30, 100), 4000: Loads(5, 10, 20)}
    answer = load_times.bands(loads)
    for band, value in {"good": 0.6, "needs_work": 0.3, "poor": 0.1}.items():
        figure: Any = answer[band]
        assert (figure["value"], figure["page_views"]) == (pytest.approx(value), 55)
        assert (figure["too_few"], figure["too_uneven"]) == (False, False)
        for end in (figure["low"], figure["high"]):
            assert (value - end) ** 2 == pytest.approx(Z**2 * end * (1 - end) * 320 / 100**2)
        assert figure["low"] < value < figure["high"]
    (all_good, none_poor) = (load_times.bands({100: Loads(20, 20, 20)})[band] for band in ("good", "poor"))
    assert (all_good["value"], all_good["high"], none_poor["value"], none_poor["low"]) == (1, 1, 0, 0)
    assert all(figure["too_few"] for figure in load_times.bands({100: Loads(19, 190, 190)}).values())
    assert load_times.bands({})["good"]["too_few"]


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


def test_a_version_is_marked_where_it_has_twenty_loads_and_a_twentieth_of_all() -> None:
    def found(*counts: tuple[str, int]) -> list[tuple[str, datetime]]:
        rows = [{"bucket": 0, "version": "0", "rows": 1}, {"bucket": 3600, "version": "1", "rows": 50}]
        rows += [{"bucket": "7200", "version": version, "rows": str(count)} for version, count in counts]
        return [(mark["name"], mark["at"]) for mark in marks.versions(rows)]

    at = datetime(1970, 1, 1, 2, tzinfo=UTC)
    assert found(("2", 20)) == [("2", at)]
    assert found(("2", 19), ("1", 5)) == []
    assert found(("2", 20), ("1", 380)) == [("2", at)]
    assert found(("2", 20), ("1", 381)) == []
    assert found(("2", 10), ("2", 10)) == [("2", at)]  # in two parts of the time
    assert found(("3", 20), ("2", 20), ("0", 30), ("1", 40)) == [("2", at), ("3", at)]
    again = [{"bucket": bucket, "version": version, "rows": 50} for bucket, version in ((1, "1"), (2, "2"), (3, "2"))]
    assert [mark["at"].timestamp() for mark in marks.versions(again[::-1])] == [2]
    assert marks.versions(again)[0] == {
        "at": datetime.fromtimestamp(2, UTC), "kind": "version", "name": "2", "detail": "",
    }  # fmt: skip


def test_settings_are_marked_that_changed_within_the_range() -> None:
    def entry(at: str, action: str = "telemetry.set") -> AuditEntry:
        return AuditEntry(1, at, "me", "acme", action, "mode=off")

    start, end = datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)
    entries = [entry(f"2026-11-{at}Z") for at in ("23T23:59:59.999", "24T00:00:00", "24T23:59:59.999", "25T00:00:00")]
    entries.insert(2, entry("2026-11-24T12:00:00Z", "token.add"))
    found = marks.settings(entries, start, end)
    assert found[0] == {"at": start, "kind": "setting", "name": "telemetry.set", "detail": "mode=off"}
    assert [f"{mark['at']:%H:%M:%S}" for mark in found] == ["00:00:00", "23:59:59"]


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
