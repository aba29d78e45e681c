"""`serve --demo`: thirty days of plausible rows, the same each time, stored once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from server import demo
from server.control.accounts import Accounts
from server.control.database import ControlDatabase
from server.errors import StoreError
from server.figures.dashboard import Dashboards
from server.figures.question import Question
from server.store.row import Row
from server.store.store import Store
from widget.telemetry.schema import LAYOUTS, is_code, is_version, is_widget_id
from widget.version import VERSION

NOW = datetime.now(UTC).replace(microsecond=0)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def rows() -> list[tuple[datetime, Row]]:
    return list(demo.rows(NOW))


def weight(rows: list[tuple[datetime, Row]], selects: Callable[[datetime], bool]) -> float:
    return sum(1 / row.rate for at, row in rows if row.kind == "load" and selects(at))


def test_every_row_is_valid_and_of_the_last_thirty_days(rows) -> None:
    assert 50_000 < len(rows) < 300_000
    for at, row in rows:
        assert NOW - timedelta(days=30, hours=1) <= at <= NOW
        assert is_widget_id(row.widget)
        assert is_version(row.version)
        assert 0 < row.rate <= 0.1
        assert (row.layout in LAYOUTS) == (row.kind != "error")
        assert is_code(row.code) == (row.kind == "error")
        assert 0 <= row.load_ms <= 60_000


def test_the_same_moment_gives_the_same_rows(rows) -> None:
    assert list(demo.rows(NOW)) == rows


def test_there_are_more_page_views_by_day_and_fewer_on_weekends(rows) -> None:
    days = Counter(at.astimezone(BERLIN).weekday() for at, row in rows if row.rate == demo.RATE)
    afternoon = weight(rows, lambda at: 13 <= at.astimezone(BERLIN).hour < 18)
    night = weight(rows, lambda at: 2 <= at.astimezone(BERLIN).hour < 7)
    assert afternoon > 3 * night
    assert max(days[5], days[6]) < min(days[day] for day in range(5))


def test_the_bad_release_was_slow_and_failed_and_was_replaced(rows) -> None:
    times = {
        release.version: median(row.load_ms for _, row in rows if row.kind == "load" and row.version == release.version)
        for release in (demo.BEFORE, demo.BAD, demo.AFTER)
    }
    before, bad, after = demo.BEFORE.version, demo.BAD.version, demo.AFTER.version
    assert times[bad] > 1.5 * times[before] > 1.5 * times[after]
    failures = Counter(row.version for _, row in rows if row.code == "RENDER_ERROR")
    assert failures[bad] > 3 * (failures[before] + failures[after])
    assert max(at for at, row in rows if row.version == bad) < NOW - timedelta(days=11)


def test_a_fill_that_was_interrupted_is_taken_up_again(tmp_path, rows, monkeypatch) -> None:
    with closing(ControlDatabase(tmp_path / "control.sqlite")) as control, closing(Store(tmp_path / "store")) as store:
        with monkeypatch.context() as patch, pytest.raises(StoreError):
            patch.setattr(demo, "rows", lambda now: broken_after(NOW - timedelta(days=10), rows))
            demo.fill(store, control, NOW)
        demo.fill(store, control, NOW)
        (row_count,) = store.query("account_rows", account="demo")
    assert int(row_count["rows"]) == len(rows)


def broken_after(last: datetime, rows: list[tuple[datetime, Row]]) -> Iterator[tuple[datetime, Row]]:
    """The rows, by day, until the store breaks down at midnight."""
    yield from (each for each in rows if each[0].date() <= last.date())
    raise StoreError("The disk is full.")


def test_the_rows_are_stored_once_and_are_in_the_dashboard(tmp_path, rows) -> None:
    with closing(ControlDatabase(tmp_path / "control.sqlite")) as control, closing(Store(tmp_path / "store")) as store:
        assert demo.fill(store, control, NOW) == len(rows)
        assert demo.fill(store, control, NOW) == 0
        assert Accounts(control).get("demo").telemetry.rate == 0.1
        answer = Dashboards(store).of(Question.of_range("demo", "30d", now=NOW, time_zone="Europe/Berlin"))
    assert {line["name"] for line in answer["by_widget"]} == {widget.id for widget in demo.WIDGETS}
    assert {line["name"] for line in answer["by_layout"]} == {widget.layout for widget in demo.WIDGETS}
    assert [line["name"] for line in answer["by_version"]] == [
        demo.BEFORE.version,
        demo.AFTER.version,
        demo.BAD.version,
    ]
    assert {line["code"] for line in answer["errors"]} == {
        "API_ERROR",
        "API_TIMEOUT",
        "RENDER_ERROR",
        "RUNTIME_NETWORK",
    }
    assert sum(not point["loads"]["too_few"] for point in answer["over_time"]) > 29


def test_the_demo_site_has_every_widget() -> None:
    ids = {path.stem for path in (Path(__file__).parents[2] / "web" / "demo" / "widgets").glob("*.json")}
    assert {widget.id for widget in demo.WIDGETS} <= ids


def test_a_visit_to_the_shop_is_nothing_that_the_rows_do_not_have() -> None:
    """Else it would be too few page views to be told, and would hide another widget or version."""
    page = (Path(__file__).parents[2] / "web" / "demo" / "index.html").read_text(encoding="utf-8")
    shown = set(re.findall(r'data-widget-id="([^"]+)"', page))
    assert shown and shown <= {widget.id for widget in demo.WIDGETS}
    assert demo.AFTER.version == VERSION


def test_a_server_with_demo_has_the_rows(start, tools) -> None:
    server = start("--demo")
    path = "/api/v1/accounts/demo/dashboard?range=7d"
    answer = server.get(path, Authorization=f"Bearer {server.token()}").json()
    assert answer["summary"]["loads"]["page_views"] > 1000
    assert server.stop() == 0
