"""Erased means gone from the disk: rows, content answers, accounts, and later backups."""

from __future__ import annotations

import json
import tarfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.control.accounts import Accounts
from server.control.audit import Audit
from server.control.database import ControlDatabase
from server.control.exclusions import Exclusions
from server.control.origins import Origins
from server.control.tokens import Tokens
from server.control.widgets import Widgets
from server.errors import SettingError, UnknownAccountError
from server.store import answers
from server.store.erasure import Erasure, erase
from server.store.row import Row
from server.store.store import Store

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
CANARY = b"canary"


def files_with(text: bytes, directory: Path) -> list[str]:
    return [str(path) for path in directory.rglob("*") if path.is_file() and text in path.read_bytes()]


def row(account: str, widget: str) -> Row:
    return Row(account, widget, "0.1.0", 1.0, "load", layout="grid", load_ms=5)


def test_erased_rows_are_gone_from_the_disk_and_all_others_stay(tmp_path) -> None:
    with closing(Store(tmp_path / "store")) as store:
        for days in (0, 1, 40):
            at = NOW - timedelta(days=days)
            store.insert([row("acme", "canary-1"), row("acme", "w2"), row("other", "w3")], at)
            hour = at.replace(minute=0, second=0)
            answers.insert(store, {answers.Hour(hour, "acme", "canary-1"): 7, answers.Hour(hour, "other", "w3"): 5})
        settings = store._writer.command("SHOW CREATE TABLE events")
        assert files_with(CANARY, tmp_path)  # the search works

        stretch = Erasure("acme", None, NOW - timedelta(days=41), NOW - timedelta(days=39))
        assert erase(store, stretch).rows == 2
        assert len(store.query("newest_events", limit=100)) == 7
        assert erase(store, Erasure("acme", "canary-1")).rows == 2
        assert files_with(CANARY, tmp_path) == []
        left = [(event["account"], event["widget"]) for event in store.query("newest_events", limit=100)]
        assert sorted(left) == [("acme", "w2")] * 2 + [("other", "w3")] * 3
        left_answers = store._writer.query("SELECT account, sum(answers) FROM content_answers GROUP BY 1").result_rows
        assert [tuple(each) for each in left_answers] == [("other", 15)]
        assert store._writer.command("SHOW CREATE TABLE events") == settings  # as before
        store.insert([row("acme", "w2")], NOW)  # and it goes on


def test_an_account_is_removed_with_all_that_names_it_in_the_control_database(tmp_path) -> None:
    path = tmp_path / "control.sqlite"
    with closing(ControlDatabase(path)) as database:
        accounts = Accounts(database)
        accounts.add("canary-acme", "Canary Ltd", actor="me")
        accounts.add("other", "Other Ltd", actor="me")
        Widgets(database).add("w1", "canary-acme", actor="me")
        Widgets(database).add("w2", "other", actor="me")
        Origins(database).set("w1", ["https://canary.example"], actor="me")
        Exclusions(database).add("canary-acme", widget="w1", actor="me")
        Tokens(database).make("owner", "canary-acme", "canary Maria", actor="me")
        accounts.remove("canary-acme", actor="me")
        assert [account.id for account in accounts.all()] == ["other"]
        assert list(accounts.by_widget()) == ["w2"]
        assert Tokens(database).all() == []
        newest = Audit(database).entries()[0]
        assert (newest.account, newest.action) == (None, "account.remove")
        assert newest.detail == "an account with 1 widgets and 1 tokens"
        with pytest.raises(UnknownAccountError):
            accounts.remove("canary-acme", actor="me")
        assert files_with(CANARY, tmp_path) == []


def test_an_account_gets_another_name(tmp_path) -> None:
    with closing(ControlDatabase(tmp_path / "control.sqlite")) as database:
        Accounts(database).add("acme", "Acme Ltd", actor="me")
        assert Accounts(database).rename("acme", " Acme Group ", actor="me").name == "Acme Group"
        assert Audit(database).entries("acme")[0].detail == "Acme Ltd -> Acme Group"
        with pytest.raises(SettingError):
            Accounts(database).rename("acme", "", actor="me")


def test_the_commands_remove_an_account_from_a_running_server_and_from_later_backups(start, tools, tmp_path) -> None:
    server = start()
    tools.register(server.data, "w5", account="canary")
    tools.wait_for(lambda: server.post(tools.batch("w5", rate=0.01)).status == 204)
    assert server.post(tools.batch()).status == 204
    assert tools.cli("account", "remove", "canary", "--confirm", "no", "--data", server.data).returncode == 1
    result = tools.cli("account", "remove", "canary", "--confirm", "canary", "--data", server.data)
    assert result.stdout.startswith("Removed canary and erased "), result.stderr
    assert {event["account"] for event in server.events()} == {"acme"}
    assert server.post(tools.batch("w5", rate=0.01)).body == b"unknown_widget"
    assert tools.cli("backup", tmp_path / "b.tar", "--data", server.data).returncode == 0
    assert server.stop() == 0
    assert files_with(CANARY, server.data) == []
    with tarfile.open(tmp_path / "b.tar") as tar:
        tar.extractall(tmp_path / "backup", filter="data")
    assert files_with(CANARY, tmp_path / "backup") == []


def test_an_operator_erases_by_the_api_and_an_owner_may_not(start, tools) -> None:
    server = start()
    for _ in range(3):
        assert server.post(tools.batch()).status == 204
    body = json.dumps({"widget": "w1", "from": "2020-01-01T00:00:00Z"})
    options = ("--scope", "owner", "--account", "acme", "--label", "Maria", "--data", server.data)
    owner = tools.cli("token", "make", *options).stdout.strip()
    for method, path in (("POST", "/api/v1/accounts/acme/erase"), ("DELETE", "/api/v1/accounts/acme")):
        assert server.ask(method, path, body, {"Authorization": f"Bearer {owner}"}).status == 403
    headers = {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/json"}
    wrong = json.dumps({"from": "2021-01-01T00:00:00Z", "to": "2020-01-01T00:00:00Z"})
    assert server.ask("POST", "/api/v1/accounts/acme/erase", wrong, headers).status == 400
    connection = server.connect()
    connection.timeout = 180
    connection.request("POST", "/api/v1/accounts/acme/erase", body, headers)
    assert json.loads(connection.getresponse().read()) == {"rows": 3, "left": 0}
    connection.close()
    assert server.events() == []
    (entry,) = server.ask("GET", "/api/v1/accounts/acme/audit?limit=1", None, headers).json()["entries"]
    assert entry["action"] == "rows.erase"
    assert entry["detail"] == "widget w1, from 2020-01-01T00:00:00.000Z to the last, 3 rows"


def test_without_a_server_the_command_erases_from_the_store(tmp_path, tools) -> None:
    tools.register(tmp_path / "data", "w1")
    with closing(Store(tmp_path / "data" / "store")) as store:
        store.insert([row("acme", "w1")] * 4)
    end = ("--from", "2026-01-02T00:00:00Z", "--to", "2026-01-01T00:00:00Z", "--data", tmp_path / "data")
    assert tools.cli("erase", "acme", *end).stderr == "--from must be earlier than --to.\n"
    result = tools.cli("erase", "acme", "--data", tmp_path / "data")
    assert result.stdout == "Erased 4 rows of acme.\n", result.stderr
