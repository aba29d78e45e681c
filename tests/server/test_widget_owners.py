"""The widget_owners: in memory, and still what the database says."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from server.control.accounts import Accounts
from server.control.database import ControlDatabase
from server.control.widget_owners import FRESH_S, WidgetOwners
from server.control.widgets import Widgets
from server.errors import UnknownWidgetError

ME = "command line"
TURN_OFF = """
import sys
from pathlib import Path
from server.control.accounts import Accounts
from server.control.database import ControlDatabase
Accounts(ControlDatabase(Path(sys.argv[1]))).set_telemetry("acme", "off", None, actor="command line")
"""


@pytest.fixture
def database(tmp_path):
    opened = ControlDatabase(tmp_path / "control.sqlite")
    Accounts(opened).add("acme", "Acme Ltd", actor=ME)
    Widgets(opened).add("w1", "acme", actor=ME)
    yield opened
    opened.close()


def test_it_knows_whose_a_widget_is_and_sees_our_own_changes_at_once(database) -> None:
    widget_owners = WidgetOwners(database)
    assert (widget_owners.account_of("w1").id, len(widget_owners)) == ("acme", 1)
    with pytest.raises(UnknownWidgetError):
        widget_owners.account_of("w2")
    Widgets(database).add("w2", "acme", actor=ME)
    assert widget_owners.account_of("w2").id == "acme"
    Accounts(database).set_telemetry("acme", "off", None, actor=ME)
    assert not widget_owners.account_of("w1").collects
    Widgets(database).remove("w1", actor=ME)
    with pytest.raises(UnknownWidgetError):
        widget_owners.account_of("w1")


def test_it_sees_another_processs_change_soon(database) -> None:
    widget_owners = WidgetOwners(database)
    assert widget_owners.account_of("w1").collects
    subprocess.run([sys.executable, "-c", TURN_OFF, database.path], check=True, timeout=30)
    changed = time.monotonic()
    while widget_owners.account_of("w1").collects:
        assert time.monotonic() - changed < FRESH_S + 10  # soon; how soon on a busy machine is not for a test
        time.sleep(0.01)
    assert Accounts(database).get("acme").telemetry.mode == "off"


def test_it_is_read_only_when_something_has_changed(database, monkeypatch) -> None:
    widget_owners = WidgetOwners(database)
    reads = []
    real = database.read
    monkeypatch.setattr(database, "read", lambda sql, *values: reads.append(sql) or real(sql, *values))
    monkeypatch.setattr("server.control.widget_owners.FRESH_S", 0)
    for _ in range(100):
        widget_owners.account_of("w1")
    assert set(reads) == {"PRAGMA data_version"}
    Accounts(database).set_telemetry("acme", "off", None, actor=ME)
    reads.clear()
    for _ in range(100):
        widget_owners.account_of("w1")
    assert sum("JOIN" in sql for sql in reads) <= 2  # for our own change, and for the file's new version


def test_threads_that_ask_while_another_changes_always_get_one_whole_state(database) -> None:
    widget_owners = WidgetOwners(database)
    Widgets(database).add("w2", "acme", actor=ME)
    rates = set()
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                rates.add(widget_owners.account_of("w2").telemetry.rate)
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
    done.set()
    for thread in threads:
        thread.join()
    assert rates == {0.01, 0.05}
    assert len(widget_owners) == 22
