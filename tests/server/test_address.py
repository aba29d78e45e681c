"""The store's address, and the SQL of the files for each kind of address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.errors import SettingError, StoreError
from server.figures.filters import Filter
from server.figures.question import Question
from server.store.address import Embedded, Remote, parse_address
from server.store.cluster import check_cluster
from server.store.migrations import migrations
from server.store.row import Row
from server.store.statements import SQL, names_for, statement
from server.store.store import Store

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
REPLICATED = "clickhouse://h/telemetry?cluster=tresta"


def test_a_path_is_an_embedded_store() -> None:
    assert parse_address("data/store") == Embedded(Path("data/store"))
    assert parse_address("/var/lib/a b") == Embedded(Path("/var/lib/a b"))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("clickhouse://h", Remote("h", 8123, "default", "", "telemetry")),
        ("clickhouse://h?secure=yes", Remote("h", 8443, "default", "", "telemetry", secure=True)),
        ("clickhouse://u:p%40ss@h:9000/db", Remote("h", 9000, "u", "p@ss", "db")),
        (REPLICATED, Remote("h", 8123, "default", "", "telemetry", "tresta", replicated=True)),
        (
            "clickhouse://[::1]:8124/db?cluster=c1&replicated=no",
            Remote("::1", 8124, "default", "", "db", "c1", replicated=False),
        ),
    ],
)
def test_a_url_is_a_server_or_a_cluster(text, address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("postgres://u:secret@h/db", "it does not begin with clickhouse://"),
        ("clickhouse:///db", "it names no host"),
        ("clickhouse://u:secret@h:port/db", "it cannot be read"),
        ("clickhouse://u:secret@h:123456/db", "it cannot be read"),
        ("clickhouse://u:secret@h/db?clusters=x", "there is no option clusters"),
        ("clickhouse://u:secret@h/db?cluster", "it cannot be read"),
        ("clickhouse://u:secret@h/db?cluster=a'b", "the cluster's name must be letters, digits, - and _"),
        ("clickhouse://u:secret@h/a`b", "the database's name must be letters, digits, - and _"),
        ("clickhouse://u:secret@h/db?replicated=0", "replicated must be yes or no"),
    ],
)
def test_a_wrong_address_is_one_sentence_without_its_password(text, reason) -> None:
    with pytest.raises(SettingError) as error:
        parse_address(text)
    assert str(error.value).startswith(f"The store's address is wrong, {reason}: give a directory, or clickhouse://")
    assert "secret" not in str(error.value)
    assert "secret" not in repr(parse_address("clickhouse://u:secret@h/db"))


@pytest.mark.parametrize("text", ["data", "clickhouse://h", REPLICATED, f"{REPLICATED}&replicated=no"])
def test_the_names_of_every_file_are_filled_in_for_every_store(text) -> None:
    names = names_for(parse_address(text)) | {
        "levels": "0.5",
        "columns": "account",
        "format": "JSONEachRow",
        "table": "events",
        "condition": "account = 'a'",
        "most_widgets": "100",
        "most_names": "50",
        **Filter.of(Question("acme", NOW, NOW + timedelta(days=1))).expressions(),
    }
    files = [path.relative_to(SQL).with_suffix("").as_posix() for path in SQL.rglob("*.sql")]
    assert len(files) > 7
    for file in files:
        assert "$" not in statement(file, names), file


def test_the_engine_can_parse_the_sql_of_a_replicated_cluster(tmp_path) -> None:
    """Running it needs a Keeper; parsing it does not."""
    names = names_for(parse_address(REPLICATED))
    store = Store(tmp_path / "store")
    files = ["store/database", "store/migrations", *(step.file for step in migrations(cluster=True))]
    for file in files:
        assert "ON CLUSTER `tresta`" in statement(file, names)
        tree = store._writer.command(f"EXPLAIN AST {statement(file, names)}")
        assert "Query" in str(tree)
    store.close()
    events = statement("store/001_events", names)
    assert "ReplicatedMergeTree('/clickhouse/tables/{shard}/telemetry/events_local', '{replica}')" in events


def test_steps_are_numbered_in_order_and_cluster_steps_run_on_clusters_only() -> None:
    steps = list(migrations(cluster=True))
    numbers = [step.number for step in steps]
    assert numbers == sorted(numbers)
    assert [step.file for step in migrations(cluster=False)] == [
        step.file for step in steps if not step.file.endswith(".cluster")
    ]


@pytest.mark.parametrize(
    ("options", "answers", "sentence"),
    [
        ("cluster=c", [0], "has no cluster c"),
        ("cluster=c", [4, 2], "needs internal_replication = true for replicated tables"),
        ("cluster=c&replicated=no", [4, 2], "needs internal_replication = false for plain tables"),
    ],
)
def test_a_cluster_that_would_double_or_miss_rows_is_refused(options, answers, sentence) -> None:
    values = iter(answers)
    with pytest.raises(StoreError, match=sentence):
        check_cluster(lambda _: next(values), parse_address(f"clickhouse://h/db?{options}"))


def test_a_store_of_a_newer_version_is_refused(tmp_path) -> None:
    store = Store(tmp_path / "store")
    store._writer.command("INSERT INTO migrations (number, name) VALUES (900, 'store/900_later')")
    store.close()
    with pytest.raises(StoreError, match=r"^The store was made by a newer version of this program; run that one, or"):
        Store(tmp_path / "store")


def test_a_store_without_recorded_steps_is_migrated(tmp_path) -> None:
    old = Store(tmp_path / "store")
    old.insert([Row("acme", "w1", "0.1.0", 0.01, "load", layout="grid", load_ms=412)])
    old._writer.command("DROP TABLE migrations SYNC")
    old._writer.command("ALTER TABLE events RESET SETTING non_replicated_deduplication_window")
    old.close()
    store = Store(tmp_path / "store")
    assert len(store.query("newest_events", limit=10)) == 1
    assert "non_replicated_deduplication_window = 1000" in store._writer.command("SHOW CREATE TABLE events")
    assert (
        store._writer.command("SELECT groupArray(number) FROM (SELECT number FROM migrations ORDER BY number)")
        == f"[{','.join(str(step.number) for step in migrations(cluster=False))}]"
    )
    store.close()
