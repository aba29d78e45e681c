"""Each row's totals of its page: computed from a batch, stored, migrated, and restored from older backups."""

from __future__ import annotations

import dataclasses
import random
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from server.ingest.page_totals import add_page_totals
from server.store import migrations
from server.store.row import Row
from server.store.store import COLUMNS, Store
from widget.telemetry.schema import STAGES

TOTALS = [field.name for field in dataclasses.fields(Row) if field.name.startswith("page_")]


def row(widget: str, kind: str, name: str = "grid", count: int = 1, account: str = "acme") -> Row:
    layout, code = ("", name) if kind == "error" else (name, "")
    return Row(account, widget, "0.1.0", 0.01, kind, layout=layout, code=code, count=count)


def totals(row: Row) -> dict[str, int]:
    """The totals that are not zero."""
    return {name: getattr(row, name) for name in TOTALS if getattr(row, name)}


def test_a_row_that_is_alone_in_its_page_has_zeros() -> None:
    for rows in ([row("w1", "load")], [row("w1", "load"), row("w1", "interaction", count=5)]):
        add_page_totals(rows)
        assert [totals(each) for each in rows] == [{}] * len(rows)


def test_rows_carry_the_totals_of_their_kind_widget_and_name() -> None:
    rows = [
        row("w1", "load", "grid"),
        row("w1", "load", "list"),
        row("w2", "load", "grid"),
        row("w1", "error", "A", 2),
        row("w3", "error", "A", 5),
    ]
    add_page_totals(rows)
    both = {"page_count": 3, "page_rows": 3}
    of_widget = {"page_widget_count": 2, "page_widget_rows": 2}
    of_name = {"page_name_count": 2, "page_name_rows": 2}
    errors = {"page_count": 7, "page_rows": 2, "page_name_count": 7, "page_name_rows": 2}
    assert [totals(each) for each in rows] == [
        both | of_widget | of_name,
        both | of_widget,
        both | of_name,
        errors | {"page_loads": 2},
        errors | {"page_loads": 1},
    ]


def test_rows_of_two_accounts_in_one_page_know_nothing_of_each_other() -> None:
    rows = [row("w1", "load"), row("w1", "error", "A"), row("w2", "error", "A", account="globex")]
    add_page_totals(rows)
    assert [totals(each) for each in rows] == [{}, {"page_loads": 2}, {}]


@pytest.mark.parametrize("seed", range(30))
def test_squares_of_page_totals_are_sums_over_rows(seed) -> None:
    """The identity that the variances rest on: the sum of count * total over a page's rows is the total's square."""
    chance = random.Random(seed)
    rows = [
        row(chance.choice(["w1", "w2"]), "error", chance.choice("ABC"), chance.randint(1, 9))
        for _ in range(chance.randint(1, 12))
    ]
    add_page_totals(rows)
    assert sum(each.count * max(each.page_count, each.count) for each in rows) == sum(each.count for each in rows) ** 2
    assert sum(1 / max(each.page_rows, 1) for each in rows) == pytest.approx(1)
    for name, key in (("widget", "widget"), ("name", "code")):
        for value in {getattr(each, key) for each in rows}:
            group = [each for each in rows if getattr(each, key) == value]
            squares = sum(each.count * max(getattr(each, f"page_{name}_count"), each.count) for each in group)
            assert squares == sum(each.count for each in group) ** 2
            assert sum(1 / max(getattr(each, f"page_{name}_rows"), 1) for each in group) == pytest.approx(1)


def stored_totals(store: Store) -> list[dict[str, Any]]:
    columns = ", ".join(("widget", *TOTALS))
    answer = store._writer.query(f"SELECT {columns} FROM events ORDER BY ts, widget")
    return list(answer.named_results())


def test_a_store_of_before_the_totals_keeps_its_rows_as_pages_of_their_own(tmp_path, monkeypatch) -> None:
    now = datetime.now(UTC)
    before = [step for step in migrations.migrations(cluster=False) if step.number < 4]
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrations", lambda **_: iter(before))
        old = Store(tmp_path / "store")
    assert "page_count" not in old._writer.command("SHOW CREATE TABLE events")
    old._writer.command(
        "INSERT INTO events (ts, account, widget, version, rate, kind, layout, load_ms, count)"
        f" VALUES ('{now:%Y-%m-%d %H:%M:%S}', 'acme', 'old', '0.1.0', 0.5, 'load', 'grid', 412, 1)"
    )
    old.close()
    with closing(Store(tmp_path / "store")) as store:
        rows = [row("new", "load"), row("new", "load")]
        add_page_totals(rows)
        store.insert(rows, now)
        assert store.query("newest_events", limit=10)[-1]["load_ms"] == 412
        new = {name: 2 for name in TOTALS if name != "page_loads"} | {"page_loads": 0}
        by_widget = {line.pop("widget"): line for line in stored_totals(store)}
        assert by_widget == {"old": dict.fromkeys(TOTALS, 0), "new": new}


def test_lines_of_an_older_backup_are_restored_with_zeros(tmp_path) -> None:
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.000}"
    # New columns come last, so an older line is the beginning of a new one.
    assert COLUMNS[9:] == (*TOTALS, "variant", "region", "truth", "has_stages", *STAGES)
    with closing(Store(tmp_path / "store")) as store:
        store.insert_lines([f'["{at}","acme","w1","0.1.0",0.01,"load","grid","",412,1]'])
        assert stored_totals(store) == [{"widget": "w1"} | dict.fromkeys(TOTALS, 0)]
