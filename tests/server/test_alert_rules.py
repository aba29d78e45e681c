"""Alert rules in the control database: a database of the version before takes them, and old incidents go."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from server.alerts import report
from server.alerts.incidents import Incident, Incidents, open_incident, resolve
from server.alerts.report import last_week
from server.alerts.rule import Rule
from server.alerts.rules import Rules
from server.alerts.spans import SPANS
from server.control import database as control_database
from server.control.accounts import Accounts
from server.control.database import ControlDatabase, timestamp
from server.control.widgets import Widgets
from server.errors import ControlError, SettingError
from server.figures.dashboard import Dashboards
from server.figures.question import Question

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)  # a Tuesday


def test_a_database_of_the_version_before_takes_rules(tmp_path, monkeypatch) -> None:
    path, before = tmp_path / "control.sqlite", tmp_path / "sql"
    before.mkdir()
    for each in sorted(control_database.MIGRATIONS.glob("*.sql")):
        if each.name < "003":
            (before / each.name).write_text(each.read_text())
    with monkeypatch.context() as patch:
        patch.setattr(control_database, "MIGRATIONS", before)
        with contextlib.closing(ControlDatabase(path)) as database:
            Accounts(database).add("acme", "Acme", actor="test")
            with database.change() as connection:
                connection.execute("INSERT INTO widgets VALUES ('w1', 'acme', '2026-10-02T08:15:30.250Z')")
            with pytest.raises(ControlError, match="no such table"):
                Rules(database).of("acme")
    with contextlib.closing(ControlDatabase(path)) as database:
        rule = Rules(database).add(Rule("acme", "silence", widget="w1"), actor="test").rule
        assert Rules(database).of("acme") == [rule]
        assert Widgets(database).of("acme") == ["w1"]


@pytest.fixture
def database(place):
    with contextlib.closing(ControlDatabase(place)) as database:
        Accounts(database).add("acme", "Acme", actor="test")
        yield database


def test_incidents_go_after_90_days_and_open_ones_stay(database) -> None:
    for days, is_over in ((100, True), (100, False), (80, True)):
        at = timestamp(NOW - timedelta(days=days))
        draft = Incident(0, f"r{days}{is_over}", "acme", "w1", "rule", "hour", "text", {}, at, at, False, None, "")
        with database.change() as connection:
            incident = open_incident(connection, draft)
            assert incident
            assert open_incident(connection, draft) is None  # one is open
            if is_over:
                resolve(connection, incident.id, NOW - timedelta(days=days), "over")
    Incidents(database).expire(NOW)
    history = Incidents(database).history("acme", NOW)
    assert [incident["alert"] for incident in history] == ["r80True", "r100False"]


def test_an_account_that_is_removed_takes_its_rules_and_incidents_along(database) -> None:
    Rules(database).add(Rule("acme", "silence", webhook="https://a.example"), actor="test")
    at = timestamp(NOW)
    with database.change() as connection:
        open_incident(connection, Incident(0, "r", "acme", "w1", "", "hour", "", {}, at, at, False, None, ""))
    Accounts(database).remove("acme", actor="test")
    assert database.read("SELECT 1 FROM alerts UNION SELECT 1 FROM alert_incidents") == []


def test_the_secret_of_a_webhook_is_in_no_answer_of_the_rules(database) -> None:
    new = Rules(database).add(Rule("acme", "silence", webhook="https://a.example"), actor="test")
    assert new.webhook_secret
    assert new.webhook_secret not in repr(Rules(database).of("acme"))
    assert new.webhook_secret not in repr([tuple(row) for row in database.read("SELECT * FROM audit")])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0, -1, 600_001])
def test_a_bound_out_of_range_is_refused(value) -> None:
    with pytest.raises(SettingError, match="bound must be a number from 1 to 600000"):
        Rule("acme", "p75", against="limit", bound=value)


def test_a_week_is_from_monday_to_monday_and_its_report_is_due_at_six() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    assert last_week(NOW) == (monday - timedelta(days=7), monday)
    assert last_week(monday + timedelta(hours=6)) == (monday - timedelta(days=7), monday)
    assert last_week(monday + timedelta(hours=5, minutes=59)) == (
        monday - timedelta(days=14),
        monday - timedelta(days=7),
    )


def test_a_report_compares_loads_of_as_much_time() -> None:
    """A week is told from one moment that divides its page views to another, so two weeks are seldom equally long."""
    end = datetime(2026, 11, 23, tzinfo=UTC)
    figure = {"low": 1.0, "high": 9000.0, "page_views": 900, "too_few": False, "too_uneven": False}

    class Weeks:
        def of(self, question: Question) -> dict[str, Any]:
            is_last = question.end == end
            until = question.start + timedelta(days=7 if is_last else 5)
            summary = {name: {**figure, "value": 7000 if is_last else 5000} for name in ("loads", "p75", "error_share")}
            return {"from": str(question.start), "to": str(until), "summary": summary, "by_widget": []}

    rule = Rule("acme", "weekly_report", emails=("maria@example.com",))
    text = report._text(cast(Dashboards, Weeks()), rule, end - timedelta(days=7), end, "https://shop.example")
    assert "Loads: 7,000 (95% interval 1 to 9,000); the week before 7,000\n" in text
    assert "Load time, p75: 7 s (95% interval 1 ms to 9 s); the week before 5 s\n" in text


@pytest.mark.parametrize("span", SPANS, ids=[span.name for span in SPANS])
def test_a_span_ends_on_the_clocks_own_steps_and_earlier_ones_do_not_overlap(span) -> None:
    end = span.last_end(NOW)
    assert timedelta(0) <= NOW - end <= span.step + timedelta(seconds=15)
    assert end.timestamp() % span.step.total_seconds() == 0
    for start, last in span.earlier(end):
        assert last <= end - span.length or span.length <= timedelta(days=7)
        assert last - start == span.length
        assert (end - last) % timedelta(days=7) == timedelta(0)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_two_incidents_of_a_rule_and_a_widget_cannot_be_open(database) -> None:
    at = timestamp(NOW)
    with database.change() as connection:
        open_incident(connection, Incident(0, "r", "acme", "w1", "", "hour", "", {}, at, at, False, None, ""))
    with pytest.raises(sqlite3.IntegrityError), contextlib.closing(sqlite3.connect(database.place)) as other:
        other.execute(
            "INSERT INTO alert_incidents (alert, account, widget, rule, span, text, figures, opened_at, judged_at) "
            "SELECT alert, account, widget, rule, span, text, figures, opened_at, judged_at FROM alert_incidents"
        )
