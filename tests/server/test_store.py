"""The store in this process: its table, its retention, and inserts of all rows or none."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from server.errors import StoreError
from server.ingest.rows import rows_of
from server.store import disk, retention
from server.store.row import UNTOLD, Row
from server.store.statements import SQL, statement
from server.store.store import COLUMNS, Store
from widget.telemetry.fields import FIELDS
from widget.telemetry.schema import STAGES, Load, WidgetReport

ROW = Row("acme", "w1", "0.1.0", 0.01, "load", layout="grid", load_ms=412)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("store"))
    yield store
    store.close()


@pytest.fixture
def store(engine: Store) -> Store:
    engine._writer.command("TRUNCATE TABLE events")
    return engine


def row_count(store: Store) -> int:
    """The number of rows in the table, expired ones included."""
    return int(store._writer.command("SELECT count() FROM events"))


def test_the_table_expires_its_rows_and_writes_them_to_the_disk_before_it_answers(store) -> None:
    table = store._writer.command("SHOW CREATE TABLE events")
    assert "TTL (toStartOfDay(ts) + toIntervalDay(89)) + toIntervalHour(23)" in table
    assert "fsync_after_insert = 1" in table
    assert "fsync_part_directory = 1" in table


def test_rows_older_than_90_days_are_deleted_by_the_engine(store, tools) -> None:
    # The engine drops a whole day, one hour before its first row is 90 days old.
    young = datetime.now(UTC) - timedelta(days=89) + timedelta(hours=1)
    store.insert([ROW], at=young)
    for days in (91, 120):
        store.insert([ROW], at=datetime.now(UTC) - timedelta(days=days))
    tools.wait_for(lambda: row_count(store) == 1)
    (event,) = store.query("newest_events", limit=10)
    assert event["ts"].startswith(f"{young:%Y-%m-%d}")
    assert retention.oldest(store) == young.replace(microsecond=young.microsecond // 1000 * 1000)


def test_a_day_expires_before_its_first_row_is_90_days_old(store) -> None:
    expiry = "toStartOfDay(ts) + INTERVAL 89 DAY + INTERVAL 23 HOUR"
    query = f"SELECT dateDiff('second', ts, {expiry}) FROM (SELECT toDateTime64('2026-11-22 00:00:00', 3, 'UTC') AS ts)"
    assert int(store._writer.command(query)) <= (90 * 24 - 1) * 3600


def test_rows_older_than_90_days_are_not_shown_while_they_are_still_row_count(store) -> None:
    store._writer.command("SYSTEM STOP TTL MERGES events")
    try:
        now = datetime.now(UTC)
        store.insert([ROW], at=now - timedelta(days=90, seconds=1))
        store.insert([dataclasses.replace(ROW, widget="young")], at=now - timedelta(days=89, hours=23))
        assert row_count(store) == 2
        assert [event["widget"] for event in store.query("newest_events", limit=10)] == ["young"]
    finally:
        store._writer.command("SYSTEM START TTL MERGES events")


def test_every_query_that_shows_rows_reads_90_days_at_most() -> None:
    exceptions = {
        "oldest_row",
        "stored_bytes",
        "newest_part",
        "detached_parts",
        "answers_since",
        "replaced_parts",
        "rows_everywhere",
        "rows_to_erase",
        "backup_answer_days",  # this and the next four filter by the hour
        "backup_answers",
        "content_answers",
        "content_answers_given",
        "variant_answers",
        "seen_widgets",
    }  # these are about the store and return no row
    queries = {path.stem: path.read_text() for path in SQL.glob("*.sql") if "SELECT" in path.read_text()}
    assert {"dashboard", "newest_events", *exceptions} <= set(queries)
    for name in queries.keys() - exceptions:
        limits = ("ts >= now64(3) - INTERVAL $retention_days DAY", "$selection")
        assert any(limit in queries[name] for limit in limits), name


def test_every_field_that_is_collected_is_stored_and_shown() -> None:
    names = set(re.findall(r"[a-z_]+", (SQL / "newest_events.sql").read_text()))
    columns = {
        "errors": {"code", "count"},
        "interactions": {"layout", "count"},
        "schema": set[str](),
        "digest": set[str](),
    }
    for field in FIELDS:
        assert columns.get(field.name, {field.name}) <= names, field.name
    assert set(COLUMNS) == {field.name for field in dataclasses.fields(Row)}


@pytest.mark.parametrize(
    "values", [{}, {"count": 0, **dict.fromkeys(STAGES, 0)}, {"count": 7, **dict.fromkeys(STAGES, 9)}]
)
def test_every_column_has_what_was_inserted_also_if_it_is_nothing_but_zeros(store, values) -> None:
    row = Row("acme", "w1", "0.1.0", 0.5, "load", **values)
    store.insert([row, row])
    rows = store._writer.query(f"SELECT {', '.join(COLUMNS)} FROM events").result_rows
    assert list(rows) == [tuple(getattr(row, name) for name in COLUMNS)] * 2


def test_rows_are_returned_as_inserted_the_newest_first(store) -> None:
    at = datetime.now(UTC).replace(microsecond=7000)
    store.insert([ROW, dataclasses.replace(ROW, kind="error", layout="", code="A_1", count=3, load_ms=0)], at)
    store.insert([dataclasses.replace(ROW, load_ms=1)], at + timedelta(milliseconds=1))
    events = store.query("newest_events", limit=3)
    assert [event["load_ms"] for event in events] == [1, 412, 0]
    assert events[2] == {
        "ts": f"{at:%Y-%m-%dT%H:%M:%S}.007Z",
        "account": "acme",
        "kind": "error",
        "widget": "w1",
        "version": "0.1.0",
        "layout": "",
        "code": "A_1",
        "variant": "",
        "region": "",
        "truth": 0,
        "load_ms": 0,
        "content_ms": None,
        "wanted_ms": None,
        "ready_ms": None,
        "report_ms": None,
        "count": 3,
        "rate": 0.01,
        "weight": 100,
    }


@pytest.mark.parametrize("bad", [{"kind": "visit"}, {"count": "many"}, {"load_ms": None, "rate": "?"}])
def test_a_bad_row_fails_its_whole_commit_and_is_not_in_the_message(store, bad) -> None:
    wrong = dataclasses.replace(ROW, widget="secret", **bad)
    with pytest.raises(StoreError, match=r"^The store could not store rows: [A-Z_]+\.$") as error:
        store.insert([ROW] * 500 + [wrong] + [ROW] * 500)
    assert "secret" not in str(error.value)
    assert row_count(store) == 0
    store.insert([ROW])
    assert row_count(store) == 1


def test_the_schema_can_be_run_twice(store) -> None:
    store.insert([ROW])
    Store(store.address.directory).close()
    for name in ("database", "migrations", "001_events"):
        store._writer.command(statement(f"store/{name}", store.names))
    assert row_count(store) == 1


def test_the_text_of_a_row_is_never_run_as_sql(store) -> None:
    """The schema refuses such text, but the store does not rely on that."""
    text = "'); DROP TABLE events; -- \\ \n {limit:UInt32} % \"é"
    store.insert([dataclasses.replace(ROW, version=text)])
    assert store.query("newest_events", limit=1)[0]["version"] == text


def test_a_report_becomes_rows() -> None:
    loads = [Load("grid", 1), Load("grid", 2, content_ms=5, ready_ms=7)]
    report = WidgetReport("w1", "0.1.0", 0.5, loads, {"A": 2, "B": 1}, {"carousel": 3})
    assert rows_of(report, "acme") == [
        Row("acme", "w1", "0.1.0", 0.5, "load", layout="grid", load_ms=1, has_stages=1),
        Row("acme", "w1", "0.1.0", 0.5, "load", layout="grid", load_ms=2, has_stages=1, content_ms=5, ready_ms=7),
        Row("acme", "w1", "0.1.0", 0.5, "error", code="A", count=2, has_stages=1),
        Row("acme", "w1", "0.1.0", 0.5, "error", code="B", count=1, has_stages=1),
        Row("acme", "w1", "0.1.0", 0.5, "interaction", layout="carousel", count=3, has_stages=1),
    ]
    report.has_stages = False
    assert {(row.has_stages, row.content_ms, row.ready_ms) for row in rows_of(report, "acme")} == {(0, UNTOLD, UNTOLD)}


def test_a_missing_directory_is_a_store_error(tmp_path) -> None:
    with pytest.raises(StoreError, match=r"nowhere cannot be accessed: No such file or directory\."):
        disk.require_space(tmp_path / "nowhere")
