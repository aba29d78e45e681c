"""The messages that wait to be sent. Each is written in the transaction of its cause, and sent after it.

A message is sent at least once: if the server dies between sending and noting it, the message is sent again, under the
same id. Receivers drop an id that they know.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..control.connection import Connection
from ..control.database import ControlDatabase, timestamp
from .rule import Rule

FIRED, RESOLVED, TEST, REPORT = "fired", "resolved", "test", "report"
# The pauses after each failed attempt; after the last one, a message is given up.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 120, 600, 3600, 6 * 3600))
TOO_OLD = timedelta(days=1)  # a message of a server that was off for longer would only confuse
GIVEN_UP = "Given up: "


@dataclass(frozen=True)
class Message:
    """A message on its way to one target."""

    id: str  # the same at every attempt
    channel: str  # webhook or email
    target: str
    body: str  # JSON: a webhook's body, or subject and text of an e-mail
    secret: str | None  # the webhook's
    created_at: datetime
    attempts: int


def enqueue(
    connection: Connection,
    rule: Rule,
    kind: str,
    subject: str,
    text: str,
    now: datetime,
    *,
    data: Mapping[str, object],
    incident: int | None = None,
) -> None:
    """Write a message for each target of the rule. `data` is for programs, `text` for people."""
    at = timestamp(now)
    content = {"type": f"alert.{kind}", "timestamp": at, "text": text, "data": data}
    targets = [("webhook", rule.webhook, content)] if rule.webhook else []
    targets += [("email", address, {"subject": subject, "text": text}) for address in rule.emails]
    sql = """
        INSERT INTO alert_messages (id, alert, incident, kind, channel, target, body, created_at, next_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    """
    for channel, target, body in targets:
        values = (f"msg_{secrets.token_hex(12)}", rule.id, incident, kind, channel, target, json.dumps(body), at, at)
        connection.execute(sql, values)


class Outbox:
    """The messages that wait."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def due(self, now: datetime, limit: int) -> list[Message]:
        """The messages to send at `now` (UTC): to each target of a rule in order, so only its oldest.

        A time further ahead than any pause comes from a clock that was wrong, and counts as due.
        """
        sql = """
            SELECT alert_messages.id, channel, target, body, alert_messages.created_at, attempts,
                webhook_secret AS secret
            FROM alert_messages JOIN alerts ON alerts.id = alert
            WHERE (next_at <= ?1 OR next_at > ?2) AND number = (
                SELECT min(number) FROM alert_messages AS each
                WHERE next_at IS NOT NULL AND each.alert = alert_messages.alert
                    AND each.channel = alert_messages.channel AND each.target = alert_messages.target
            )
            ORDER BY number LIMIT ?3
        """
        rows = self._database.read(sql, timestamp(now), timestamp(now + 2 * PAUSES[-1]), limit)
        return [Message(**dict(row) | {"created_at": datetime.fromisoformat(row["created_at"])}) for row in rows]

    def claim(self, message: Message, now: datetime) -> None:
        """Note an attempt before it is made. If its end cannot be noted, the next comes after a pause, not at once."""
        next_at = timestamp(now + PAUSES[min(message.attempts, len(PAUSES) - 1)])
        with self._database.change() as connection:
            sql = "UPDATE alert_messages SET next_at = ?, attempts = ? WHERE id = ?"
            connection.execute(sql, (next_at, message.attempts + 1, message.id))

    def note_sent(self, message: Message, now: datetime) -> None:
        with self._database.change() as connection:
            sql = "UPDATE alert_messages SET sent_at = ?, next_at = NULL, problem = '', attempts = ? WHERE id = ?"
            connection.execute(sql, (timestamp(now), message.attempts + 1, message.id))

    def note_failure(self, message: Message, problem: str, now: datetime) -> None:
        """Try again after a pause, or give up after the last one. `problem` is one sentence."""
        is_last = message.attempts >= len(PAUSES) or now - message.created_at > TOO_OLD
        next_at = None if is_last else timestamp(now + PAUSES[message.attempts])
        with self._database.change() as connection:
            sql = "UPDATE alert_messages SET next_at = ?, problem = ?, attempts = ? WHERE id = ?"
            text = GIVEN_UP + problem if is_last else problem
            connection.execute(sql, (next_at, text, message.attempts + 1, message.id))
