"""The stages of Python's start in the store: in new stores, in those of before, and from older backups."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime

from server.store import migrations
from server.store.row import UNTOLD, Row
from server.store.store import Store, line


def test_a_store_of_before_stages_takes_its_rows_along(tmp_path, monkeypatch) -> None:
    before = [step for step in migrations.migrations(cluster=False) if step.number < 11]
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrations", lambda **_: iter(before))
        old = Store(tmp_path / "store")
    assert "ready_ms" not in old._writer.command("SHOW CREATE TABLE events")
    old._writer.command(
        "INSERT INTO events (ts, account, widget, version, rate, kind, layout, load_ms, count, region, truth)"
        f" VALUES ('{datetime.now(UTC):%Y-%m-%d %H:%M:%S}',"
        " 'acme', 'w1', '0.1.0', 0.5, 'load', 'grid', 412, 1, 'caribbean', 1)"
    )
    old.close()
    new = Row("acme", "w1", "0.2.0", 0.5, "load", "grid", load_ms=300, has_stages=1, content_ms=200, ready_ms=800)
    for _ in range(2):  # a server that was killed before it recorded the step runs it again
        with closing(Store(tmp_path / "store")) as store:
            store.insert([new])
            events = store.query("newest_events", limit=10)
            stored = store._writer.query("SELECT load_ms, has_stages, ready_ms FROM events").result_rows
            store._writer.command("ALTER TABLE migrations DELETE WHERE number > 10 SETTINGS mutations_sync = 2")
    names = ("load_ms", "region", "content_ms", "wanted_ms", "ready_ms", "report_ms")
    assert sorted([event[name] for name in names] for event in events) == [
        [300, "", 200, None, 800, None],
        [300, "", 200, None, 800, None],
        [412, "caribbean", None, None, None, None],
    ]
    assert sorted(stored) == [(300, 1, 800), (300, 1, 800), (412, 0, UNTOLD)]


def test_lines_of_an_older_backup_tell_no_stages(tmp_path) -> None:
    row, at = Row("acme", "w1", "0.1.0", 0.5, "load", "grid", load_ms=412), datetime.now(UTC)
    with closing(Store(tmp_path / "store")) as store:
        store.insert_lines([json.dumps(json.loads(line(row, at))[:-5])])
        (event,) = store.query("newest_events", limit=10)
    assert [event[name] for name in ("load_ms", "content_ms", "ready_ms", "report_ms")] == [412, None, None, None]
