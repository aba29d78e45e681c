"""The rates at which an account's pages may send: its setting's, those declared, and those of the last hour."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.control import database as database_module
from server.control.accounts import Accounts
from server.control.audit import Audit
from server.control.database import ControlDatabase, timestamp
from server.control.rates import PAGE_HOLDS, TOLERANCE, Rates, accepted_rate
from server.control.settings import CONFIRMATION
from server.control.widget_owners import WidgetOwners
from server.control.widgets import Widgets
from server.errors import SettingError, UnknownAccountError
from server.ingest.batch_reader import BatchReader
from server.ingest.counters import Counters
from server.ingest.rate_limits import RateLimits
from widget.errors import EventRejected

ME = "command line"


@pytest.fixture
def database(place) -> Iterator[ControlDatabase]:
    with closing(ControlDatabase(place)) as database:
        Accounts(database).add("acme", "Acme Ltd", actor=ME)
        Widgets(database).add("w1", "acme", actor=ME)
        yield database


def accepted(database: ControlDatabase, *, later: timedelta = timedelta()) -> set[float]:
    """The rates that a server accepts that much later."""
    now = datetime.now(UTC) + later
    rates = Rates(database).by_account(now).get("acme", {})
    return {rate for rate in rates if accepted_rate(rates, rate, now.timestamp()) is not None}


def test_a_rate_is_accepted_for_an_hour_after_it_was_changed_also_by_another_process(database) -> None:
    with closing(ControlDatabase(database.place)) as other:
        Accounts(other).set_telemetry("acme", "sampled", 0.05, actor=ME)
    assert accepted(database) == {0.01, 0.05}
    assert accepted(database, later=PAGE_HOLDS - timedelta(minutes=1)) == {0.01, 0.05}
    assert accepted(database, later=PAGE_HOLDS + timedelta(minutes=1)) == {0.05}
    Accounts(database).set_telemetry("acme", "sampled", 0.01, actor=ME)  # back again
    assert accepted(database, later=PAGE_HOLDS + timedelta(minutes=1)) == {0.01}


def test_an_account_that_was_off_accepts_the_rate_of_before_for_an_hour_only(database) -> None:
    Accounts(database).set_telemetry("acme", "off", None, actor=ME)
    assert accepted(database) == {0.01}
    assert accepted(database, later=2 * PAGE_HOLDS) == set()
    Accounts(database).set_telemetry("acme", "sampled", 0.02, actor=ME)
    assert accepted(database) == {0.01, 0.02}


def test_a_long_lived_server_forgets_a_rate_without_a_change(database) -> None:
    Accounts(database).set_telemetry("acme", "sampled", 0.05, actor=ME)
    rates = WidgetOwners(database).owner_of("w1").rates  # read once, before the hour is over
    now = datetime.now(UTC).timestamp()
    assert accepted_rate(rates, 0.01, now) == 0.01
    assert accepted_rate(rates, 0.01, now + 3601) is None
    assert accepted_rate(rates, 0.05, now + 1e9) == 0.05


def test_a_rate_that_lost_digits_on_its_way_is_the_accounts_own(database) -> None:
    Accounts(database).set_telemetry("acme", "opt-in", 1 / 3, confirmation=CONFIRMATION, actor=ME)
    rates = WidgetOwners(database).owner_of("w1").rates
    for sent in (1 / 3, 0.33333334, 0.3333333333):
        assert accepted_rate(rates, sent, 0) == 1 / 3
    for other in (0.3333, 0.333, 1 / 3 * (1 + 3 * TOLERANCE), 1e-6, 1.0):
        assert accepted_rate(rates, other, 0) is None


def test_declared_rates_are_within_the_modes_range_and_survive_off(database) -> None:
    rates = Rates(database)
    assert rates.declare("acme", [0.1, 0.02, 0.1], actor=ME) == [0.02, 0.1] == rates.declared("acme")
    for wrong in ([0.5], [0.0001], [float("nan")], [0.001 * n for n in range(1, 10)]):
        with pytest.raises(SettingError):
            rates.declare("acme", wrong, actor=ME)
    with pytest.raises(UnknownAccountError):
        rates.declare("nobody", [0.02], actor=ME)
    Accounts(database).set_telemetry("acme", "off", None, actor=ME)
    Accounts(database).set_telemetry("acme", "sampled", None, actor=ME)
    assert rates.declared("acme") == [0.02, 0.1]
    assert "none -> 0.02, 0.1" in [entry.detail for entry in Audit(database).entries("acme")]


def test_opt_in_cannot_be_gone_round_by_a_declared_rate(database) -> None:
    accounts, rates = Accounts(database), Rates(database)
    with pytest.raises(SettingError, match=r"In mode sampled a declared rate must be a fraction from 0\.001 to 0\.1"):
        rates.declare("acme", [1], actor=ME)
    accounts.set_telemetry("acme", "opt-in", 0.5, confirmation=CONFIRMATION, actor=ME)
    rates.declare("acme", [0.05, 1], actor=ME)
    accounts.set_telemetry("acme", "sampled", 0.01, actor=ME)
    assert rates.declared("acme") == [0.05]
    assert accepted(database, later=PAGE_HOLDS + timedelta(minutes=1)) == {0.01, 0.05}


def batch(*reports: dict[str, Any]) -> bytes:
    fields = {"widget": "w1", "version": "0.1.0", "rate": 0.01, "loads": [], "errors": {}, "interactions": {}}
    return json.dumps({"schema": 1, "widgets": [fields | report for report in reports]}).encode()


LOADS = {"loads": [{"layout": "grid", "load_ms": 412}]}


def test_nobody_multiplies(database) -> None:
    """The attack of one batch of 1.8 KB that made 100,000 loads 50 million."""
    counters = Counters()
    reader = BatchReader(WidgetOwners(database), RateLimits(), counters)
    for rate in (1e-6, 0.001, 0.009, 0.02, 1):
        with pytest.raises(EventRejected, match="unknown_rate"):
            reader.rows(batch(LOADS | {"rate": rate}), b"")
    rows = reader.rows(batch(LOADS, LOADS | {"rate": 1e-6}, LOADS | {"rate": 0.0100000001}), b"")
    assert [row.rate for row in rows] == [0.01, 0.01]
    assert counters.reasons == {"unknown_rate": 1}  # of the others, the caller counts the batch


def test_a_page_without_content_may_say_so_at_the_default_rate(database) -> None:
    Accounts(database).set_telemetry("acme", "sampled", 0.05, actor=ME)
    with database.change() as connection:  # more than an hour ago
        connection.execute("UPDATE rates SET until = ? WHERE until IS NOT NULL", (timestamp(datetime(2020, 1, 1)),))
    reader = BatchReader(WidgetOwners(database), RateLimits(), Counters())
    (row,) = reader.rows(batch({"errors": {"API_TIMEOUT": 1}}), b"")
    assert (row.rate, row.code) == (0.01, "API_TIMEOUT")
    for report in ({"errors": {"MINE": 1}}, {"errors": {"API_ERROR": 1}} | LOADS, {"interactions": {"grid": 1}}):
        with pytest.raises(EventRejected, match="unknown_rate"):
            reader.rows(batch(report), b"")


def test_a_count_beyond_a_persons_reach_is_stored_as_a_thousand_and_counted(database) -> None:
    counters = Counters()
    reader = BatchReader(WidgetOwners(database), RateLimits(), counters)
    rows = reader.rows(batch({"errors": {"A": 100_000, "B": 1000}, "interactions": {"grid": 1001}}), b"")
    assert [row.count for row in rows] == [1000, 1000, 1000]
    assert counters.as_dict()["clipped"] == 2


def test_accounts_of_the_first_version_keep_their_rate(tmp_path, monkeypatch) -> None:
    """A control database that today's version made and filled."""
    path = tmp_path / "control.sqlite"
    first = tmp_path / "first"
    first.mkdir()
    script = next(database_module.MIGRATIONS.glob("001_*.sql"))
    (first / script.name).write_text(script.read_text())
    monkeypatch.setattr(database_module, "MIGRATIONS", first)
    with closing(ControlDatabase(path)):
        pass
    monkeypatch.undo()
    with closing(sqlite3.connect(path)) as connection, connection:
        accounts = [("a", "sampled", 0.02), ("b", "off", 0.01), ("c", "opt-in", 1.0)]
        connection.executemany("INSERT INTO accounts VALUES (?, 'Name', ?, ?, '2026-10-02T08:15:30.250Z')", accounts)
    with closing(ControlDatabase(path)) as database:
        assert Rates(database).by_account(datetime.now(UTC)) == {"a": {0.02: float("inf")}, "c": {1.0: float("inf")}}


def test_the_server_refuses_an_unknown_rate_by_name_and_takes_a_declared_one_at_once(server, tools) -> None:
    batch = tools.batch("w2", rate=0.1)
    answer = server.post(batch)
    assert (answer.status, answer.body) == (400, b"unknown_rate")
    assert server.health()["refused"]["unknown_rate"] == 1
    result = tools.cli("account", "rates", "default", "--add", "0.1", "--data", server.data)
    assert result.stdout == "default: declared rates 0.1\n", result.stderr
    tools.wait_for(lambda: server.post(batch).status == 204)
    result = tools.cli("account", "rates", "default", "--add", "0.2", "--data", server.data)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    result = tools.cli("account", "rates", "default", "--remove", "0.1", "--data", server.data)
    assert result.stdout == "default: declared rates none\n"
    assert server.post(batch).status == 204  # for an hour
