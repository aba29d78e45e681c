"""Accounts and widgets in a real control database: their rules, and what survives a kill."""

from __future__ import annotations

import math
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest

from server.control.accounts import Accounts
from server.control.audit import Audit
from server.control.database import MIGRATIONS, ControlDatabase
from server.control.rates import Rates
from server.control.settings import CONFIRMATION
from server.control.widgets import Widgets
from server.errors import ControlError, SettingError, UnknownAccountError, UnknownWidgetError
from widget.content import AccountTelemetry

ME = "command line"


@pytest.fixture
def database(place):
    database = ControlDatabase(place)
    yield database
    database.close()


@pytest.fixture
def accounts(database):
    accounts = Accounts(database)
    accounts.add("acme", "Acme Ltd", actor=ME)
    return accounts


def test_a_new_account_is_sampled_at_one_in_a_hundred(accounts) -> None:
    account = accounts.get("acme")
    assert (account.name, account.telemetry, account.collects) == ("Acme Ltd", AccountTelemetry("sampled", 0.01), True)
    assert accounts.all() == [account]


@pytest.mark.parametrize(
    ("account", "name", "word"),
    [("acme", "Again", "already"), ("a b", "Name", "id"), ("", "Name", "id"), ("x" * 65, "Name", "id"),
     ("other", " ", "name"), ("other", "two\nlines", "name"), ("other", "x" * 101, "name")],
)  # fmt: skip
def test_wrong_accounts_are_refused_in_a_sentence(accounts, account, name, word) -> None:
    with pytest.raises(SettingError, match=word):
        accounts.add(account, name, actor=ME)
    assert len(accounts.all()) == 1


@pytest.mark.parametrize(
    ("mode", "rate", "confirmation", "stored"),
    [("off", None, "", ("off", 0.01)), ("off", 7.0, "", ("off", 0.01)), ("sampled", None, "", ("sampled", 0.01)),
     ("sampled", 0.001, "", ("sampled", 0.001)), ("sampled", 0.1, "", ("sampled", 0.1)),
     ("opt-in", 0.001, CONFIRMATION, ("opt-in", 0.001, "bottom")),
     ("opt-in", 1, f"  {CONFIRMATION.upper()}\n", ("opt-in", 1.0, "bottom"))],
)  # fmt: skip
def test_modes_and_rates_that_are_allowed(accounts, mode, rate, confirmation, stored) -> None:
    account = accounts.set_telemetry("acme", mode, rate, confirmation=confirmation, actor=ME)
    assert account.telemetry == AccountTelemetry(*stored)
    assert accounts.get("acme") == account
    assert account.collects is (mode != "off")


@pytest.mark.parametrize(
    ("mode", "rate", "confirmation", "word"),
    [("always", 0.01, "", "mode"), ("", None, "", "mode"), ("sampled", 0.11, "", "0.1"),
     ("sampled", 0.0009, "", "0.001"), ("sampled", 1, "", "rate"), ("sampled", 10, "", "rate"),
     ("sampled", math.nan, "", "rate"),
     ("sampled", True, "", "rate"), ("sampled", "0.01", "", "rate"), ("opt-in", None, CONFIRMATION, "rate"),
     ("opt-in", 1.01, CONFIRMATION, "rate"), ("opt-in", 0, CONFIRMATION, "rate"), ("opt-in", 0.5, "", CONFIRMATION),
     ("opt-in", 0.5, "yes", CONFIRMATION), ("opt-in", 0.5, f"{CONFIRMATION} not", CONFIRMATION)],
)  # fmt: skip
def test_modes_and_rates_that_are_refused(accounts, database, mode, rate, confirmation, word) -> None:
    with pytest.raises(SettingError, match=word):
        accounts.set_telemetry("acme", mode, rate, confirmation=confirmation, actor=ME)
    assert accounts.get("acme").telemetry == AccountTelemetry("sampled", 0.01)
    assert len(Audit(database).entries()) == 1


def test_page_views_with_an_error_may_have_a_higher_rate(accounts, database) -> None:
    def change(mode: str, rate: float | None, rate_on_error: float) -> float:
        changes = {"rate_on_error": rate_on_error, "confirmation": CONFIRMATION, "actor": ME}
        return float(accounts.set_telemetry("acme", mode, rate, **changes).telemetry.rate_on_error)

    assert change("sampled", None, 0.1) == 0.1
    assert accounts.get("acme").telemetry == AccountTelemetry("sampled", 0.01, rate_on_error=0.1)
    assert Audit(database).entries()[0].detail.endswith("rate 0.01 (about 1 in 100 page views), 0.1 with an error")
    assert Rates(database).by_account(datetime.now(UTC))["acme"].keys() == {0.01, 0.1}
    assert change("opt-in", 0.5, 1) == 1
    assert change("sampled", 0.05, 0.05) == change("sampled", 0.05, 0.01) == change("off", None, 0.1) == 0
    for mode, rate_on_error in (("sampled", 0.2), ("opt-in", 1.1), ("sampled", 1e-4), ("sampled", math.nan)):
        with pytest.raises(SettingError, match="rate_on_error must be"):
            change(mode, 0.01, rate_on_error)


def test_the_place_of_the_receipt_stays_and_opt_in_always_has_one(accounts, database) -> None:
    def places(mode: str, receipt: str | None = None) -> str:
        rate = 0.5 if mode == "opt-in" else None
        changes = {"receipt": receipt, "confirmation": CONFIRMATION, "actor": ME}
        return str(accounts.set_telemetry("acme", mode, rate, **changes).telemetry.receipt)

    assert accounts.get("acme").telemetry.receipt == "none"
    assert places("opt-in") == "bottom"
    assert places("sampled") == "none"  # its owner has chosen no place
    assert (places("sampled", "top"), places("opt-in"), places("off")) == ("top", "top", "top")
    assert Audit(database).entries()[0].detail.endswith(", receipt at the top -> off, receipt at the top")
    assert places("sampled", "none") == "none"
    for mode, receipt in (("opt-in", "none"), ("sampled", "left"), ("sampled", "")):
        with pytest.raises(SettingError, match="receipt must be"):
            places(mode, receipt)
    assert accounts.get("acme").telemetry == AccountTelemetry("sampled", 0.01, "none")


def test_accounts_of_the_version_before_have_no_receipt_but_in_opt_in(tmp_path, monkeypatch) -> None:
    """A control database that the version before made and filled."""
    path, before = tmp_path / "control.sqlite", tmp_path / "before"
    before.mkdir()
    for script in sorted(MIGRATIONS.glob("*.sql")):
        if int(script.name[:3]) < 7:
            shutil.copy(script, before)
    monkeypatch.setattr("server.control.database.MIGRATIONS", before)
    with closing(ControlDatabase(path)):
        pass
    monkeypatch.undo()
    with closing(sqlite3.connect(path)) as connection, connection:
        rows = [("a", "sampled", 0.02), ("b", "off", 0.01), ("c", "opt-in", 1.0)]
        connection.executemany("INSERT INTO accounts VALUES (?, 'Name', ?, ?, '2026-10-02T08:15:30.250Z')", rows)
    with closing(ControlDatabase(path)) as database:
        assert [account.telemetry for account in Accounts(database).all()] == [
            AccountTelemetry("sampled", 0.02),
            AccountTelemetry("off", 0.01),
            AccountTelemetry("opt-in", 1.0, "bottom"),
        ]


def test_an_unknown_account_is_refused(accounts, database) -> None:
    for ask in (
        lambda: accounts.get("nobody"),
        lambda: accounts.set_telemetry("nobody", "off", None, actor=ME),
        lambda: Widgets(database).add("w1", "nobody", actor=ME),
    ):
        with pytest.raises(UnknownAccountError, match="There is no account nobody"):
            ask()


def test_a_widget_belongs_to_one_account(accounts, database) -> None:
    accounts.add("other", "Other", actor=ME)
    widgets = Widgets(database)
    assert widgets.add("w1", "acme", actor=ME)
    assert not widgets.add("w1", "acme", actor=ME)
    with pytest.raises(SettingError, match="another account"):
        widgets.add("w1", "other", actor=ME)
    with pytest.raises(SettingError, match="id must be"):
        widgets.add("../w1", "acme", actor=ME)
    assert (widgets.of("acme"), widgets.of("other")) == (["w1"], [])
    widgets.remove("w1", actor=ME)
    with pytest.raises(UnknownWidgetError):
        widgets.remove("w1", actor=ME)
    assert widgets.add("w1", "other", actor=ME)
    assert list(accounts.by_widget()) == ["w1"]
    assert accounts.by_widget()["w1"].id == "other"


def test_opening_the_file_from_many_threads_keeps_everything(accounts, database) -> None:
    databases: list[ControlDatabase] = []
    threads = [threading.Thread(target=lambda: databases.append(ControlDatabase(database.place))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [Accounts(each).all() for each in databases] == [accounts.all()] * 8
    for each in databases:
        each.close()


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_every_commit_is_on_the_disk(database) -> None:
    for connection in (database.engine.writer, database.engine.reader):
        settings = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
        assert settings == ["wal", 2]  # FULL


def test_concurrent_changes_are_all_kept(accounts, database) -> None:
    def add(first: int) -> None:
        for n in range(first, first + 10):
            accounts.add(f"a{n}", "Name", actor=ME)

    threads = [threading.Thread(target=add, args=(first,)) for first in (0, 10, 20, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(accounts.all()) == len(Audit(database).entries(limit=1000)) == database.changes == 41


def test_one_thread_or_process_at_a_time_is_alone(database) -> None:
    with closing(ControlDatabase(database.place)) as other:
        databases = [database, other if isinstance(database.place, str) else database]
        inside: list[int] = []
        most: list[int] = []

        def enter(which: ControlDatabase) -> None:
            with which.alone():
                inside.append(1)
                time.sleep(0.05)
                most.append(len(inside))
                inside.pop()

        threads = [threading.Thread(target=enter, args=(databases[n % 2],)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most == [1] * 6


def test_a_change_that_fails_half_way_changes_nothing(accounts, database) -> None:
    with pytest.raises(ControlError, match=r"control.* cannot be changed"), database.change() as connection:
        connection.execute("UPDATE accounts SET mode = 'off'")
        connection.execute("UPDATE accounts SET mode = 'always'")
    with pytest.raises(KeyError), database.change() as connection:
        connection.execute("UPDATE accounts SET mode = 'off'")
        raise KeyError
    assert accounts.get("acme").telemetry.mode == "sampled"


CHANGES = """
import sys
from pathlib import Path
from server.control.accounts import Accounts
from server.control.database import MIGRATIONS, ControlDatabase
from server.control.rates import Rates
from server.control.settings import CONFIRMATION
from server.control.widgets import Widgets

database = ControlDatabase(Path(sys.argv[1]))
accounts, widgets = Accounts(database), Widgets(database)
for n in range(100_000):
    accounts.add(f"a{n}", "Name", actor="command line")
    print(n, flush=True)
    widgets.add(f"w{n}", f"a{n}", actor="command line")
"""


def test_a_file_whose_process_was_killed_opens_and_is_complete(tmp_path) -> None:
    path = tmp_path / "control.sqlite"
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", CHANGES, path], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        numbers = [int(process.stdout.readline()) for _ in range(50)]
        process.send_signal(signal.SIGKILL)
        numbers += [int(line) for line in process.stdout if line.endswith("\n")]
        process.wait()
        process.stdout.close()

        database = ControlDatabase(path)
        assert database.read("PRAGMA integrity_check")[0][0] == "ok"
        assert database.read("PRAGMA foreign_key_check") == []
        ids = {account.id for account in Accounts(database).all()}
        assert {f"a{n}" for n in numbers} <= ids  # every change that was reported
        entries = Audit(database).entries(limit=1_000_000)
        assert {entry.account for entry in entries if entry.action == "account.add"} == ids  # each with its entry
        widgets = {entry.detail for entry in entries if entry.action == "widget.add"}
        assert widgets == set(Accounts(database).by_widget())
        database.close()
        for file in tmp_path.iterdir():
            file.unlink()


def test_a_newer_or_broken_file_is_refused(tmp_path) -> None:
    ControlDatabase(tmp_path / "newer.sqlite").close()
    with sqlite3.connect(tmp_path / "newer.sqlite") as newer:
        newer.execute("PRAGMA user_version = 999")
    newer.close()
    with pytest.raises(ControlError, match="newer version"):
        ControlDatabase(tmp_path / "newer.sqlite")

    shutil.copyfile(__file__, tmp_path / "text.sqlite")
    with pytest.raises(ControlError, match="not a database"):
        ControlDatabase(tmp_path / "text.sqlite")
    with pytest.raises(ControlError, match="cannot be opened"):
        ControlDatabase(tmp_path / "nowhere" / "control.sqlite")


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_full_disk_loses_nothing_and_changes_work_again_with_space(accounts, database) -> None:
    (pages,) = database.engine.writer.execute("PRAGMA page_count").fetchone()
    database.engine.writer.execute(f"PRAGMA max_page_count = {pages}")  # SQLite reports this like a full disk
    ids = ["acme"]
    with pytest.raises(ControlError, match="full"):
        for n in range(10_000):
            accounts.add(f"a{n}", "x" * 100, actor=ME)
            ids.append(f"a{n}")
    assert {account.id for account in accounts.all()} == set(ids)
    assert len(Audit(database).entries(limit=10_000)) == len(ids)
    database.engine.writer.execute(f"PRAGMA max_page_count = {pages + 100}")
    accounts.add("later", "Later", actor=ME)
    assert accounts.get("later").name == "Later"


def test_a_migration_runs_once_and_completely_or_not_at_all(accounts, database, tmp_path, monkeypatch) -> None:
    scripts = tmp_path / "scripts"
    shutil.copytree(MIGRATIONS, scripts)
    monkeypatch.setattr("server.control.database.MIGRATIONS", scripts)
    newest = max(int(path.name[:3]) for path in scripts.iterdir())
    second = scripts / f"{newest + 1:03}_notes.sql"
    notes = "CREATE TABLE notes (text TEXT);\nINSERT INTO notes VALUES ('a; b');\n"
    second.write_text(f"{notes}INSERT INTO nowhere VALUES (1);\n")
    for _ in range(2):
        with pytest.raises(ControlError, match="nowhere"):
            ControlDatabase(database.place)
        with pytest.raises(ControlError, match="notes"):
            database.read("SELECT 1 FROM notes")
    second.write_text(notes)
    for _ in range(2):
        ControlDatabase(database.place).close()
        assert [row["text"] for row in database.read("SELECT text FROM notes")] == ["a; b"]
    assert accounts.get("acme").name == "Acme Ltd"
