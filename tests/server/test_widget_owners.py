"""WidgetOwners: a cache that follows the database."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from server.control.accounts import Accounts
from server.control.cached import MAX_AGE_S
from server.control.database import ControlDatabase
from server.control.widget_owners import WidgetOwners
from server.control.widgets import Widgets
from server.errors import UnknownWidgetError

ME = "command line"
TURN_OFF = """
import sys
from pathlib import Path
from server.control.accounts import Accounts
from server.control.database import ControlDatabase
place = sys.argv[1] if sys.argv[1].startswith("postgresql:") else Path(sys.argv[1])
Accounts(ControlDatabase(place)).set_telemetry("acme", "off", None, actor="command line")
"""


@pytest.fixture
def database(place):
    database = ControlDatabase(place)
    Accounts(database).add("acme", "Acme Ltd", actor=ME)
    Widgets(database).add("w1", "acme", actor=ME)
    yield database
    database.close()


def test_changes_of_this_process_take_effect_at_once(database) -> None:
    widget_owners = WidgetOwners(database)
    assert (widget_owners.owner_of("w1").account.id, len(widget_owners)) == ("acme", 1)
    with pytest.raises(UnknownWidgetError):
        widget_owners.owner_of("w2")
    Widgets(database).add("w2", "acme", actor=ME)
    assert widget_owners.owner_of("w2").account.id == "acme"
    Accounts(database).set_telemetry("acme", "off", None, actor=ME)
    assert not widget_owners.owner_of("w1").account.collects
    Widgets(database).remove("w1", actor=ME)
    with pytest.raises(UnknownWidgetError):
        widget_owners.owner_of("w1")


def test_changes_of_another_process_take_effect_soon(database) -> None:
    widget_owners = WidgetOwners(database)
    assert widget_owners.owner_of("w1").account.collects
    subprocess.run([sys.executable, "-c", TURN_OFF, database.place], check=True, timeout=30)
    changed_at = time.monotonic()
    while widget_owners.owner_of("w1").account.collects:
        assert time.monotonic() - changed_at < MAX_AGE_S + 10  # generous, because the machine may be busy
        time.sleep(0.01)
    assert Accounts(database).get("acme").telemetry.mode == "off"


def test_the_accounts_are_read_only_after_a_change(database, monkeypatch) -> None:
    widget_owners = WidgetOwners(database)
    reads = []
    read = database.read

    def record_and_read(sql, *values):
        reads.append(sql)
        return read(sql, *values)

    monkeypatch.setattr(database, "read", record_and_read)
    monkeypatch.setattr("server.control.cached.MAX_AGE_S", 0)
    for _ in range(100):
        widget_owners.owner_of("w1")
    assert reads == []
    Accounts(database).set_telemetry("acme", "off", None, actor=ME)
    for _ in range(100):
        widget_owners.owner_of("w1")
    assert (
        sum("FROM widgets" in sql for sql in reads) <= 2
    )  # once for this process's change, once for the file's new version


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)  # one of PostgreSQL never reads for a request
def test_threads_always_see_one_consistent_state(database) -> None:
    widget_owners = WidgetOwners(database)
    Widgets(database).add("w2", "acme", actor=ME)
    rates: set[float | str] = set()
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            try:
                rates.add(widget_owners.owner_of("w2").account.telemetry.rate)
            except Exception:
                rates.add("an error")
                raise

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(20):
        Accounts(database).set_telemetry("acme", "sampled", 0.05 if n % 2 else 0.01, actor=ME)
        Accounts(database).add(f"a{n}", "Name", actor=ME)
        Widgets(database).add(f"v{n}", f"a{n}", actor=ME)
    is_over.set()
    for thread in threads:
        thread.join()
    assert rates == {0.01, 0.05}
    assert len(widget_owners) == 22
