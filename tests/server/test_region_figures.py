"""The dashboard by region: from stored rows, exact and by randomised response, under the rule of twenty page views."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.control.audit import Audit
from server.control.database import ControlDatabase
from server.control.regions import RegionSetting
from server.figures import kinds
from server.figures.dashboard import Dashboards
from server.figures.filters import Filter
from server.figures.kinds import kind_of
from server.figures.lines import Line, Lines
from server.figures.names import COLUMNS, NO_REGION, OTHER, Names
from server.figures.overview import Overviews
from server.figures.question import Question
from server.figures.randomised import Part, factor
from server.figures.randomised import figures as randomised_figures
from server.figures.regions import regions
from server.store.row import Row
from server.store.store import Store, line
from widget.telemetry.regions import randomised
from widget.telemetry.schema import REGIONS

# See test_figures.py for the place in a block of time.
BLOCK, PLACE = timedelta(hours=256), timedelta(hours=200, minutes=5, seconds=9)
EPOCH = datetime.fromtimestamp(0, UTC)
NOW = EPOCH + (datetime.now(UTC) - EPOCH - PLACE) // BLOCK * BLOCK + PLACE
DAYS = 6
EXACT = {"western-europe": 3000, "northern-america": 1500, "caribbean": 400, "unknown": 300, "": 500, "polynesia": 7}
MEDIANS_MS = {"western-europe": 300, "northern-america": 600, "caribbean": 1500}
RATE = 0.1


def rows_of(account: str, region: str, truth: float, named: str, chance: random.Random) -> list[Row]:
    """A page view: a load, and an error in 1 of 20, or in 1 of 5 in the Caribbean."""
    common = account, "w1", "0.1.0", RATE
    load_ms = int(chance.lognormvariate(0, 0.3) * MEDIANS_MS.get(region, 500))
    rows = [Row(*common, "load", "grid", load_ms=load_ms)]
    if chance.random() < (0.2 if region == "caribbean" else 0.05):
        rows.append(Row(*common, "error", code="API_ERROR", page_loads=2))
    for row in rows:
        row.region, row.truth = named, truth if named else 0.0
    return rows


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """`exact` names its regions, `chance` by randomised response, `both` first one and then the other, `none` not."""
    chance, truth = random.Random(9), RegionSetting(True, 3).truth
    stored: list[tuple[datetime, Row]] = []

    def add(account: str, region: str, truth: float, named: str, days: tuple[float, float]) -> None:
        at = NOW - timedelta(days=chance.uniform(*days))
        stored.extend((at, row) for row in rows_of(account, region, truth, named, chance))

    for region, number in EXACT.items():
        for _ in range(number):
            named = region and randomised(region, truth, (chance.random(), chance.random()))
            add("exact", region, 1.0, region, (0, DAYS))
            add("chance", region, truth, named, (0, DAYS))
            add("both", region, 1.0, region, (DAYS / 2, DAYS))
            add("both", region, truth, named, (0, DAYS / 2))
    for _ in range(500):
        add("none", "western-europe", 0.0, "", (0, DAYS))
    stored.sort(key=lambda item: item[0])
    filled = Store(tmp_path_factory.mktemp("store"))
    for day in sorted({at.date() for at, _ in stored}):
        filled.insert_lines([line(row, at) for at, row in stored if at.date() == day])
    yield filled
    filled.close()


def ask(store: Store, account: str, **changes):
    question: dict[str, Any] = {"account": account, "start": NOW - timedelta(days=DAYS), "end": NOW} | changes
    return Dashboards(store).of(Question(**question))


def by_region(answer):
    return {each["name"]: each for each in answer["by_region"]}


def test_each_region_has_its_own_figures_and_page_views_without_one_are_a_line_too(store):
    answer = ask(store, "exact")
    table = by_region(answer)

    assert list(table)[:2] == ["western-europe", "northern-america"]
    assert {"caribbean", "none"} <= set(table)
    assert answer["regions_by_chance"] is False
    for name, median in MEDIANS_MS.items():
        assert table[name]["p50"]["value"] == pytest.approx(median, rel=0.1)
        assert 0.8 * EXACT[name] <= table[name]["loads"]["page_views"] <= EXACT[name]
        assert table[name]["loads"]["value"] == pytest.approx(10 * table[name]["loads"]["page_views"])
    assert table["caribbean"]["error_share"]["value"] == pytest.approx(0.2, abs=0.06)


def test_a_region_of_fewer_than_twenty_page_views_is_not_named_and_joined_so_that_no_sum_tells_it(store):
    table = by_region(ask(store, "exact"))

    assert "polynesia" not in table
    assert table["other"]["loads"]["page_views"] >= 20  # with the next smallest region
    assert set(table) == {"western-europe", "northern-america", "caribbean", "none", "other"}


@pytest.mark.parametrize("changes", [{"start": NOW - timedelta(hours=30)}, {"widget": "w1"}, {"version": "0.1.0"}])
def test_the_rule_holds_over_time_and_filters_too(store, changes):
    for each in ask(store, "exact", **changes)["by_region"]:
        assert each["loads"]["too_few"] or each["loads"]["page_views"] >= 20
        assert each["name"] != "polynesia"


def test_a_filter_by_region_gives_all_figures_of_it_over_time_too(store):
    line_, answer = (
        by_region(ask(store, "exact"))["caribbean"],
        ask(store, "exact", region="caribbean", chosen_step=timedelta(days=1)),
    )
    others = ask(store, "exact", not_region="caribbean")

    assert answer["summary"]["p75"]["value"] == pytest.approx(line_["p75"]["value"], rel=0.05)
    assert answer["summary"]["error_share"]["value"] == pytest.approx(0.2, abs=0.06)
    assert sum(point["loads"]["value"] is not None for point in answer["over_time"]) > 3
    assert others["summary"]["loads"]["page_views"] == pytest.approx(4800, rel=0.1)  # without those that told none


def test_an_account_without_regions_has_no_table(store):
    answer = ask(store, "none")
    assert (answer["by_region"], answer["regions_by_chance"]) == ([], False)
    assert answer["summary"]["loads"]["page_views"] > 400


@pytest.mark.parametrize("account", ["chance", "both"])
def test_figures_are_corrected_where_pages_name_their_region_by_chance(store, account):
    answer = ask(store, account)
    table = by_region(answer)
    times = 2 if account == "both" else 1

    assert answer["regions_by_chance"] is True
    for name in ("western-europe", "northern-america", "caribbean"):
        loads = table[name]["loads"]
        assert loads["low"] <= 10 * EXACT[name] * times * 1.05
        assert loads["high"] >= 10 * EXACT[name] * times * 0.85  # the newest page views wait for others
        assert loads["high"] - loads["low"] < 0.8 * loads["value"]
        assert table[name]["p50"]["low"] <= MEDIANS_MS[name] <= table[name]["p50"]["high"], name
    assert table["none"]["loads"]["value"] == pytest.approx(5000 * times, rel=0.1)
    total = sum(each["loads"]["value"] for each in answer["by_region"])
    assert total == pytest.approx(answer["summary"]["loads"]["value"], rel=0.15)


def test_a_filter_by_region_leaves_out_page_views_that_named_theirs_by_chance(store, tmp_path):
    assert ask(store, "chance", region="western-europe")["summary"]["loads"]["too_few"]
    control = ControlDatabase(tmp_path / "control.sqlite")
    overviews = Overviews(store, Audit(control), lambda _: ())
    question = Question("chance", NOW - timedelta(days=DAYS), NOW)
    assert overviews.of(question, NOW)["names"]["region"] == []
    names = overviews.of(Question("exact", NOW - timedelta(days=DAYS), NOW), NOW)["names"]["region"]
    assert set(names) == {"western-europe", "northern-america", "caribbean"} <= set(REGIONS)
    control.close()


class Lined:
    """Remembered answers of the regions' query."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows, self.asked = rows, list[Any]()

    def query(self, name: str, **parameters: Any) -> list[dict[str, Any]]:
        self.asked.append((name, parameters))
        return list(self.rows)


def row(line: int, kind: str = "load", truth: float = 1.0, is_named: int = 1, page_views: int = 50) -> dict[str, Any]:
    """A row of sql/regions.sql."""
    sums = ("views", "new_views", "total", "counted")
    squares = ("squares", "fourths", "view_squares", "new_view_squares", "new_view_fourths")
    row: dict[str, Any] = dict.fromkeys(("page_views", "new_page_views"), page_views) | dict.fromkeys(
        sums, page_views * 10
    )
    row |= dict.fromkeys(squares, page_views * 100) | {"load_times": ["300"], "weights": ["500"]}
    return row | {"line": str(line), "kind": kind, "part_truth": truth, "is_named": is_named}


PARTS = [
    ("summary", "", 0),
    ("by_region", "caribbean", 3),
    ("by_widget", "w1", 1),
    ("by_region", NO_REGION, 2),
    ("by_region", OTHER, 4),
]
LINES = Lines([Line(part, name, at, at + 10) for part, name, at in PARTS], {("by_region", "caribbean"): 2})
NAMES = Names(tuple((table, ("caribbean",) if table == "by_region" else ()) for table in COLUMNS))


def told(*rows: dict[str, Any], with_errors: bool = True) -> tuple[dict[str, Any], bool, Lined]:
    """The figures by name, whether some are by chance, and what was asked."""
    store, filter_ = Lined(*rows), Filter.of(Question("acme", NOW - timedelta(days=1), NOW))
    figures, is_by_chance = regions(store, filter_, NAMES, LINES, with_errors=with_errors)  # type: ignore[arg-type]
    return {str(line.name): each for line, each in figures}, is_by_chance, store


def test_regions_are_asked_for_by_line_in_one_query():
    found, is_by_chance, store = told(row(2), row(2, "error", page_views=20), row(4, page_views=30))
    assert list(found) == ["caribbean", NO_REGION, OTHER]
    assert is_by_chance is False
    ((name, asked),) = store.asked
    assert name == "regions"
    assert asked.items() >= {
        "is_over": False, "region_lines": [2, 4, 5], "start_ms": 2, "end_ms": 14, "account": "acme",
        "line_starts": [0, 3, 1, 2, 4], "line_ends": [10, 13, 11, 12, 14], "region_numbers": [0, 2],
    }.items()  # fmt: skip
    assert asked["literals"]["filter"] == ""
    some = {"load": kind_of([row(2)]), "error": kind_of([row(2, "error", page_views=20)])}
    assert found["caribbean"] == kinds.figures(some)
    assert found[NO_REGION] == kinds.figures({"load": kind_of([row(4, page_views=30)])})
    assert found[OTHER] == kinds.figures({})
    assert told(row(2), with_errors=False)[0]["caribbean"] == kinds.figures({"load": some["load"]}, with_errors=False)


def test_without_a_line_of_a_region_nothing_is_asked():
    store: Any = Lined()
    some = Lines([Line("summary", "", 0, 10)])
    assert regions(store, Filter.of(Question("acme", NOW - timedelta(days=1), NOW)), NAMES, some, with_errors=True) == (
        [], False,
    )  # fmt: skip
    assert store.asked == []


def test_a_line_in_which_some_named_a_region_by_chance_is_corrected_by_its_regions():
    def corrected(number: int, *rows: dict[str, Any], with_errors: bool = True) -> Any:
        parts: dict[str, list[Part]] = {"load": [], "error": []}
        for each in rows:
            value = factor(each["part_truth"], number, is_named=bool(each["is_named"]))
            parts[each["kind"]] += [Part(value, kind_of([each]), each["view_squares"])]
        return randomised_figures(parts, with_errors=with_errors)

    some = [row(0, truth=0.5, page_views=400), row(0, truth=0.5, is_named=0), row(0, is_named=0), row(0, "error", 0.5)]
    for position, number in ((2, 1), (4, 0), (5, len(REGIONS) - 1)):
        rows = [{**each, "line": str(position)} for each in some]
        found, is_by_chance, _ = told(*rows)
        assert is_by_chance is True
        assert list(found.values())[(2, 4, 5).index(position)] == corrected(number, *rows)
    found, _, _ = told(*({**each, "line": "2"} for each in some), with_errors=False)
    assert found["caribbean"] == corrected(1, *some, with_errors=False)
    assert found["caribbean"] != corrected(1, *some)
