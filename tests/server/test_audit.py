"""The audit trail: each change has an entry, and no entry is older than 90 days."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest

from server.control.accounts import Accounts
from server.control.audit import Audit
from server.control.database import ControlDatabase, timestamp
from server.control.settings import CONFIRMATION
from server.control.tokens import Tokens
from server.control.widgets import Widgets


@pytest.fixture
def database(place):
    database = ControlDatabase(place)
    yield database
    database.close()


def test_entries_have_the_actor_the_change_and_the_time(database) -> None:
    start = timestamp()
    accounts = Accounts(database)
    accounts.add("acme", "Acme Ltd", actor="command line")
    operator, _ = Tokens(database).make("operator", None, "Night shift", actor="command line")
    owner, _ = Tokens(database).make("owner", "acme", "Maria", actor=operator.actor)
    Widgets(database).add("w1", "acme", actor=owner.actor)
    Widgets(database).add("w1", "acme", actor=owner.actor)  # changes nothing
    accounts.set_telemetry("acme", "opt-in", 0.5, confirmation=CONFIRMATION.lower(), actor=owner.actor)
    accounts.set_telemetry("acme", "off", None, actor=owner.actor)
    accounts.set_telemetry("acme", "off", 0.05, actor=owner.actor)  # changes nothing
    Widgets(database).remove("w1", actor=owner.actor)
    Tokens(database).revoke(owner.id, actor=operator.actor)

    entries = Audit(database).entries()
    assert [(entry.actor, entry.account, entry.action, entry.detail) for entry in reversed(entries)] == [
        ("command line", "acme", "account.add", "Acme Ltd: sampled, rate 0.01 (about 1 in 100 page views)"),
        ("command line", None, "token.make", f"operator: Night shift ({operator.id})"),
        (operator.actor, "acme", "token.make", f"owner: Maria ({owner.id})"),
        (owner.actor, "acme", "widget.add", "w1"),
        (
            owner.actor,
            "acme",
            "telemetry.set",
            "sampled, rate 0.01 (about 1 in 100 page views) -> opt-in, rate 0.5 (about 1 in 2 page views), "
            "receipt at the bottom, confirmed: I have asked my visitors",
        ),
        (
            owner.actor,
            "acme",
            "telemetry.set",
            "opt-in, rate 0.5 (about 1 in 2 page views), receipt at the bottom -> off",
        ),
        (owner.actor, "acme", "widget.remove", "w1"),
        (operator.actor, "acme", "token.revoke", f"owner: Maria ({owner.id})"),
    ]
    times = [entry.at for entry in reversed(entries)]
    assert times == sorted(times)
    assert start <= times[0] <= times[-1] <= timestamp()

    assert Audit(database).entries("acme", limit=1) == entries[:1]
    assert Audit(database).entries("acme") == [entry for entry in entries if entry.account]
    assert Audit(database).entries(limit=3, before=entries[2].id) == entries[3:6]
    assert Audit(database).entries("nobody") == []


def test_nothing_older_than_90_days_is_shown_or_kept(database, tmp_path) -> None:
    now = datetime.now(UTC)
    ages = {"recent": timedelta(days=89), "old": timedelta(days=91), "ancient": timedelta(days=4000)}
    with database.change() as connection:
        for name, age in ages.items():
            values = (timestamp(now - age), name)
            connection.execute("INSERT INTO audit (at, actor, action, detail) VALUES (?, 'me', 'x', ?)", values)
    audit = Audit(database)
    assert [entry.detail for entry in audit.entries()] == ["recent"]
    assert len(database.read("SELECT 1 FROM audit")) == 3
    assert audit.expire(now) == 2
    assert [row["detail"] for row in database.read("SELECT detail FROM audit")] == ["recent"]
    assert audit.expire(now) == 0
    assert audit.expire(now + timedelta(days=1, seconds=1)) == 1
    assert database.read("SELECT 1 FROM audit") == []
    for path in tmp_path.iterdir():
        assert b"ancient" not in path.read_bytes()  # overwritten, in the write-ahead log too


def test_a_token_is_deleted_90_days_after_it_was_revoked(database) -> None:
    tokens, now = Tokens(database), datetime.now(UTC)
    valid, revoked = (tokens.make("operator", None, label, actor="me")[0] for label in ("valid", "revoked"))
    tokens.revoke(revoked.id, actor="me")
    assert tokens.expire(now + timedelta(days=89)) == 0
    assert tokens.expire(now + timedelta(days=91)) == 1
    assert tokens.all() == [valid]


def test_a_server_deletes_old_entries_when_it_starts(start, tools, tmp_path) -> None:
    path = tmp_path / "data" / "control.sqlite"
    with contextlib.closing(ControlDatabase(path)) as database:
        for days in (88, 89.5, 91):  # the second expires before the next daily run
            with database.change() as connection:
                values = (timestamp(datetime.now(UTC) - timedelta(days=days)), str(days))
                connection.execute("INSERT INTO audit (at, actor, action, detail) VALUES (?, 'old', 'x', ?)", values)
        start()

        def details():
            return [row["detail"] for row in database.read("SELECT detail FROM audit WHERE actor = 'old'")]

        tools.wait_for(lambda: len(details()) == 1)
        assert details() == ["88"]
