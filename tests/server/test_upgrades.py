"""Stores and control databases of older versions go up with all their rows and settings, and the same figures."""

from __future__ import annotations

import hashlib
import json
import random
import tarfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.control import database as control_database
from server.control.accounts import Accounts
from server.control.database import ControlDatabase, timestamp
from server.control.settings import CONFIRMATION
from server.control.tokens import Tokens
from server.control.widgets import Widgets
from server.figures.dashboard import Dashboards
from server.figures.question import Question
from server.store import migrations
from server.store.store import Store

OLDER = Path(__file__).with_name("older")
STEPS = sorted({step.number for step in migrations.migrations(cluster=False)})
SCRIPTS = sorted(control_database.MIGRATIONS.glob("*.sql"))
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
FIGURES = ("loads", "error_rate", "error_share", "interactions", "p50", "p75", "p95", "p99")


@pytest.mark.parametrize("archive", sorted(OLDER.glob("*.tar.xz")), ids=lambda path: path.name.partition(".")[0])
def test_what_an_older_server_stored_goes_up_with_its_rows_settings_and_figures(
    archive, clock, tools, tmp_path
) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    then = json.loads((tmp_path / "answers.json").read_text())
    clock(int(datetime.fromisoformat(then["now"]).timestamp() - datetime.now(UTC).timestamp()))
    server = tools.server(tmp_path / "data", tmp_path / "widgets")
    try:
        operator, viewer = ({"Authorization": f"Bearer {token}"} for token in (server.token(), then["viewer"]))

        def get(path: str, token: dict[str, str] = operator) -> Any:
            answer = server.get(f"/api/v1/{path}", **token)
            assert answer.status == 200, answer
            return answer.json()

        dashboard = get(f"accounts/acme/dashboard?{then['asked']}", viewer)
        assert figures(dashboard, then["dashboard"]) == pytest.approx(figures(then["dashboard"], dashboard))
        assert in_order(get("events?limit=1000")["events"], then["events"]) == in_order(then["events"])
        for name, account in then["accounts"].items():
            now = get(f"accounts/{name}")
            assert now["name"] == account["name"]
            assert now["telemetry"].items() >= account["telemetry"].items()  # newer versions have more settings
            assert [each["id"] for each in now["widgets"]] == [each["id"] for each in account["widgets"]]
        entries = then["audit"]["entries"]
        assert get("accounts/acme/audit")["entries"][-len(entries) :] == entries
        # It works on: a batch, a setting.
        assert server.post(tools.batch()).status == 204
        bearer = {**operator, "Content-Type": "application/json"}
        assert server.ask("PUT", "/api/v1/accounts/acme/telemetry", '{"mode": "off"}', bearer).status == 200
        assert len(get("events?limit=1000")["events"]) == len(then["events"]) + 1
    finally:
        assert server.stop() == 0, server.log.read_text()


def figures(dashboard: dict[str, Any], other: dict[str, Any]) -> dict[str, float | None]:
    """The values that both dashboards have: of the whole range, and of each name of a table."""
    names = [name for name in FIGURES if name in dashboard["summary"] and name in other["summary"]]
    values = {name: dashboard["summary"][name] for name in names}
    for part in ("by_widget", "by_layout", "by_version"):
        for line in dashboard[part]:
            values |= {f"{part} {line['name']} {name}": line[name] for name in names}
    values |= {line["code"]: line["count"] for line in dashboard["errors"]}
    assert len(values) > 30
    return {name: figure["value"] for name, figure in values.items()}


def in_order(events: list[dict[str, Any]], like: list[dict[str, Any]] | None = None) -> list[str]:
    """The rows with the fields of `like`, which has those of an older version."""
    names = (like or events)[0]
    return sorted(json.dumps({name: event[name] for name in names}, sort_keys=True) for event in events)


@pytest.mark.parametrize("number", STEPS[:-1])
def test_a_store_of_each_older_step_keeps_its_rows_and_its_figures(tmp_path, monkeypatch, number) -> None:
    with monkeypatch.context() as patch:
        steps = [step for step in migrations.migrations(cluster=False) if step.number <= number]
        patch.setattr(migrations, "migrations", lambda **_: iter(steps))
        old = Store(tmp_path / "old")
    columns = columns_of(old)
    rows = [{name: row.get(name, 0) for name in columns} for row in random_rows()]
    lines = "\n".join(map(json.dumps, rows))
    insert = f"INSERT INTO events ({', '.join(columns)}) FORMAT JSONEachRow"
    old._writer.command(insert, data=lines)
    if has_answers := number >= 5:
        old._writer.command(
            "INSERT INTO content_answers (hour, account, widget, answers) "
            f"VALUES ('{NOON:%Y-%m-%d %H:%M:%S}', 'acme', 'w1', 40)"
        )
    before = stored(old, columns)
    old.close()
    with closing(Store(tmp_path / "new")) as new:  # one store after the other: the engine opens one at a time
        new._writer.command(insert, data=lines)
        right, all_columns = [Dashboards(new).of(question) for question in questions()], columns_of(new)
    assert all(answer["summary"]["loads"]["page_views"] for answer in right)
    with closing(Store(tmp_path / "old")) as upgraded:
        assert stored(upgraded, columns) == before
        assert rounded([Dashboards(upgraded).of(question) for question in questions()]) == rounded(right)
        answers = upgraded._writer.command("SELECT sum(answers) FROM content_answers WHERE variant = ''")
        assert int(answers) == (40 if has_answers else 0)
        assert columns_of(upgraded) == all_columns


def columns_of(store: Store) -> list[str]:
    """The columns of a row that are not computed."""
    sql = (
        "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'events' "
        "AND default_kind IN ('', 'DEFAULT')"
    )
    return [name for (name,) in store._writer.query(sql).result_rows]


def stored(store: Store, columns: list[str]) -> list[Any]:
    return list(store._writer.query(f"SELECT {', '.join(columns)} FROM events ORDER BY ALL").result_rows)


def random_rows() -> list[dict[str, Any]]:
    """Rows of six days, with an empty variant and zeros for what only newer versions know."""
    chance, rows = random.Random(4), []
    for _ in range(3000):
        kind = chance.choice(["load", "load", "error", "interaction"])
        at = NOON - timedelta(milliseconds=chance.randrange(6 * 86_400_000))
        row: dict[str, Any] = {
            "ts": f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03}",
            "account": "acme",
            "kind": kind,
        }
        row |= {"widget": chance.choice(["w1", "w2"]), "version": "0.1.0", "rate": chance.choice([0.01, 0.5, 1])}
        row |= {"layout": "" if kind == "error" else "grid", "code": "API_ERROR" if kind == "error" else ""}
        row |= {"load_ms": int(chance.lognormvariate(6, 0.8)) if kind == "load" else 0, "variant": ""}
        rows.append(row | {"count": 1 if kind == "load" else chance.randint(1, 9)})
    return rows


def questions() -> list[Question]:
    start = NOON - timedelta(days=5)
    return [Question("acme", start, NOON - timedelta(days=1), widget=widget) for widget in (None, "w2")]


def rounded(answer: Any) -> Any:
    """The answer without the last digits of its floats, which depend on the order of adding up."""
    if isinstance(answer, dict):
        return {name: rounded(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [rounded(value) for value in answer]
    return float(f"{answer:.9g}") if isinstance(answer, float) else answer


AT = "2026-10-02T08:15:30.250Z"
TOKEN = "tresta_0123456789ab_secret"
# What the tables of an older version may hold, in the order in which it can be stored.
ROWS: dict[str, list[dict[str, Any]]] = {
    "accounts": [
        {"id": "acme", "name": "Acme Ltd", "mode": "opt-in", "rate": 0.5, "created_at": AT},
        {"id": "silent", "name": "Silent Ltd", "mode": "off", "rate": 0.01, "created_at": AT},
        {"id": "usual", "name": "Usual Ltd", "mode": "sampled", "rate": 0.02, "created_at": AT},
    ],
    "widgets": [{"id": "w1", "account": "acme", "created_at": AT}, {"id": "w2", "account": "usual", "created_at": AT}],
    "tokens": [
        {
            "id": "0123456789ab",
            "hash": hashlib.sha256(TOKEN.encode()).digest(),
            "scope": "viewer",
            "account": "acme",
            "label": "Tom",
            "created_at": AT,
            "revoked_at": None,
        },
    ],
    "audit": [
        {"at": timestamp(), "actor": "Tom", "account": "acme", "action": "telemetry.set", "detail": "opt-in"},
        {"at": timestamp(), "actor": "command line", "account": None, "action": "token.make", "detail": "Tom"},
    ],
    "rates": [{"account": "usual", "rate": 0.05, "source": "declared", "since": AT, "until": None}],
    "origins": [{"widget": "w1", "origin": "https://shop.example"}],
    "exclusions": [
        {"account": "acme", "widget": "w1", "version": None, "start": None, "stop": None, "created_at": AT},
    ],
    "alerts": [
        {
            "id": "a1",
            "account": "acme",
            "widget": "w1",
            "metric": "silence",
            "min_page_views": 20,
            "emails": "[]",
            "created_at": AT,
        },
    ],
    "alert_watch": [{"id": 1, "start_at": AT, "end_at": AT}],
}


@pytest.mark.parametrize("newest", SCRIPTS[:-1], ids=lambda path: path.stem)
def test_a_control_database_of_each_older_script_keeps_all_that_it_holds(place, tmp_path, monkeypatch, newest) -> None:
    older = tmp_path / "older"
    older.mkdir()
    for script in SCRIPTS[: SCRIPTS.index(newest) + 1]:
        (older / script.name).write_text(script.read_text())
    text = "".join(script.read_text() for script in older.iterdir())
    tables = [table for table in ROWS if f"CREATE TABLE {table}\n" in text]
    with monkeypatch.context() as patch:
        patch.setattr(control_database, "MIGRATIONS", older)
        with closing(ControlDatabase(place)) as database, database.change() as connection:
            for table in tables:
                for row in ROWS[table]:
                    places = ", ".join("?" * len(row))
                    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", tuple(row.values()))
    with closing(ControlDatabase(place)) as database:
        for table in tables:
            for row in ROWS[table]:
                stored_rows = [dict(each) for each in database.read(f"SELECT {', '.join(row)} FROM {table}")]
                assert row in [plain(each) for each in stored_rows], table
        accounts = Accounts(database)
        assert {each.id: (each.name, each.telemetry.mode) for each in accounts.all()} == {
            row["id"]: (row["name"], row["mode"]) for row in ROWS["accounts"]
        }
        assert accounts.get("acme").telemetry.rate == 0.5
        assert Widgets(database).of("acme") == ["w1"]
        token = Tokens(database).check(TOKEN)
        assert token
        assert token.label == "Tom"
        accounts.set_telemetry("usual", "opt-in", 1, confirmation=CONFIRMATION, actor="test")
        assert accounts.get("usual").telemetry.rate == 1


def plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}
