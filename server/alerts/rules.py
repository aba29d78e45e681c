"""The accounts' rules in the control database. Each change writes its entry of the audit trail."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from ..control.accounts import account_in
from ..control.audit import record
from ..control.connection import Connection, Row
from ..control.database import ControlDatabase, timestamp
from ..errors import SettingError, TooManyRulesError, UnknownRuleError
from . import messages
from .incidents import close_open
from .rule import Rule
from .words import in_words

MAX_RULES = 100  # of an account
SECRET_BYTES = 32
COLUMNS = """
    id, account, metric, widget, code, against, bound, min_page_views, webhook, emails, muted_until, created_at
"""


@dataclass(frozen=True)
class NewRule:
    """A rule as it is now stored, and its webhook's secret if a new one was made."""

    rule: Rule
    webhook_secret: str | None


class Rules:
    """All rules. `actor` names the author of a change in the audit trail."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def of(self, account: str) -> list[Rule]:
        """The account's rules, the oldest first."""
        sql = f"SELECT {COLUMNS} FROM alerts WHERE account = ? ORDER BY created_at, id"
        return [_rule(row) for row in self._database.read(sql, account)]

    def accounts(self) -> list[str]:
        """The ids of all accounts that have rules."""
        return [row["account"] for row in self._database.read("SELECT DISTINCT account FROM alerts ORDER BY account")]

    def get(self, account: str, id: str) -> Rule:  # noqa: A002
        """The account's rule of this id. Raises UnknownRuleError."""
        rows = self._database.read(f"SELECT {COLUMNS} FROM alerts WHERE account = ? AND id = ?", account, id)
        if not rows:
            raise UnknownRuleError
        return _rule(rows[0])

    def add(self, rule: Rule, *, actor: str) -> NewRule:
        """Make a rule. Raises UnknownAccountError, and SettingError for another account's widget or too many rules."""
        secret = new_secret() if rule.webhook else None
        rule = replace(rule, id=secrets.token_hex(6), created_at=timestamp())
        with self._database.change() as connection:
            account_in(connection, rule.account)
            _check_widget(connection, rule)
            sql = "SELECT count(*) FROM alerts WHERE account = ?"
            if connection.execute(sql, (rule.account,)).fetchone()[0] >= MAX_RULES:
                raise TooManyRulesError(f"An account has at most {MAX_RULES} rules; delete one first.")
            marks = ", ".join("?" * 13)
            connection.execute(
                f"INSERT INTO alerts ({COLUMNS}, webhook_secret) VALUES ({marks})", (*_row(rule), secret)
            )
            record(connection, actor, rule.account, "alert.add", _detail(rule))
        return NewRule(rule, secret)

    def change(self, rule: Rule, *, actor: str) -> NewRule:
        """Replace the rule of this id. A new webhook gets a new secret. Raises UnknownRuleError and SettingError.

        If the rule now waits for something else, its open incidents end without a message.
        """
        with self._database.change() as connection:
            sql = f"SELECT {COLUMNS}, webhook_secret FROM alerts WHERE account = ? AND id = ?"
            row = connection.execute(sql, (rule.account, rule.id)).fetchone()
            if row is None:
                raise UnknownRuleError
            before = _rule(row)
            _check_widget(connection, rule)
            rule = replace(rule, created_at=before.created_at)
            is_new = rule.webhook is not None and rule.webhook != before.webhook
            secret = new_secret() if is_new else (row["webhook_secret"] if rule.webhook else None)
            assignments = ", ".join(f"{name.strip()} = ?" for name in COLUMNS.split(","))
            sql = f"UPDATE alerts SET {assignments}, webhook_secret = ? WHERE id = ?"
            connection.execute(sql, (*_row(rule), secret, rule.id))
            if _judged_part(rule) != _judged_part(before):
                _forget(connection, rule.id, "The rule was changed.")
            if rule != before:
                record(connection, actor, rule.account, "alert.change", f"{_detail(before)} -> {_detail(rule)}")
        return NewRule(rule, secret if is_new else None)

    def remove(self, account: str, id: str, *, actor: str) -> None:  # noqa: A002
        """Delete the rule. Its incidents stay in the history. Raises UnknownRuleError."""
        with self._database.change() as connection:
            sql = f"DELETE FROM alerts WHERE account = ? AND id = ? RETURNING {COLUMNS}"
            row = connection.execute(sql, (account, id)).fetchone()
            if row is None:
                raise UnknownRuleError
            _forget(connection, id, "The rule was deleted.")
            record(connection, actor, account, "alert.remove", _detail(_rule(row)))

    def send_test(self, rule: Rule, now: datetime, pause: timedelta, *, actor: str) -> bool:
        """Write a test message for each channel. Returns False if the last one is younger than `pause`."""
        sql = "SELECT max(created_at) AS at FROM alert_messages WHERE alert = ? AND kind = 'test'"
        text = f"This is a test. The rule: {in_words(rule)}."
        with self._database.change() as connection:
            last = connection.execute(sql, (rule.id,)).fetchone()["at"]
            if last and timedelta(0) <= now - datetime.fromisoformat(last) < pause:
                return False
            data = {"account": rule.account, "alert": rule.id, "rule": in_words(rule)}
            messages.enqueue(connection, rule, messages.TEST, f"Test: {in_words(rule)}", text, now, data=data)
            record(connection, actor, rule.account, "alert.test", in_words(rule))
        return True


def is_current(connection: Connection, rule: Rule) -> bool:
    """False if the rule was changed, muted or deleted since it was read."""
    row = connection.execute(f"SELECT {COLUMNS} FROM alerts WHERE id = ?", (rule.id,)).fetchone()
    return row is not None and _rule(row) == rule


def new_secret() -> str:
    """A webhook's secret, in the form of the Standard Webhooks specification."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def host_of(webhook: str) -> str:
    """The webhook's host. The rest of its URL may be a secret."""
    return urlsplit(webhook).hostname or ""


def _check_widget(connection: Connection, rule: Rule) -> None:
    if rule.widget is None:
        return
    row = connection.execute("SELECT account FROM widgets WHERE id = ?", (rule.widget,)).fetchone()
    if row is None or row["account"] != rule.account:
        raise SettingError("widget must be one of the account's widgets, or null for each of them.")


def _forget(connection: Connection, id: str, why: str) -> None:  # noqa: A002
    """Forget what was judged so far, and end the open incidents."""
    connection.execute("DELETE FROM alert_spans WHERE alert = ?", (id,))
    connection.execute("DELETE FROM alert_streaks WHERE alert = ?", (id,))
    close_open(connection, id, why)


def _judged_part(rule: Rule) -> tuple[object, ...]:
    return rule.metric, rule.widget, rule.code, rule.against, rule.bound, rule.min_page_views


def _detail(rule: Rule) -> str:
    """The rule in words, with its channels. Addresses of people are not in it."""
    channels = [f"webhook to {host_of(rule.webhook)}"] if rule.webhook else []
    channels += [f"e-mail to {len(rule.emails)}"] if rule.emails else []
    muted = f", muted until {timestamp(rule.muted_until)}" if rule.muted_until else ""
    return f"{in_words(rule)}, at least {rule.min_page_views} page views; {' and '.join(channels) or 'console'}{muted}"


def _row(rule: Rule) -> tuple[object, ...]:
    muted_until = timestamp(rule.muted_until) if rule.muted_until else None
    values = (rule.id, rule.account, rule.metric, rule.widget, rule.code, rule.against, rule.bound)
    return *values, rule.min_page_views, rule.webhook, json.dumps(rule.emails), muted_until, rule.created_at


def _rule(row: Row) -> Rule:
    values = {name: row[name] for name in row.keys() if name != "webhook_secret"}  # noqa: SIM118 - iterates values
    muted_until = datetime.fromisoformat(row["muted_until"]) if row["muted_until"] else None
    return Rule(**values | {"emails": tuple(json.loads(row["emails"])), "muted_until": muted_until})
