"""The incidents: each is opened once, and ends by itself, with its rule or with its widget."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..control.audit import retention_start
from ..control.connection import Connection, Row
from ..control.database import ControlDatabase, timestamp

COLUMNS = (
    "id, alert, account, widget, rule, span, text, figures, opened_at, judged_at, notified, resolved_at, resolution"
)


@dataclass(frozen=True)
class Incident:
    """From the moment that a rule's condition was met until it was met no longer. Times are ISO 8601, UTC."""

    id: int  # increases with time
    alert: str
    account: str
    widget: str
    rule: str  # in words, as it was then
    span: str  # the name of the span that opened it
    text: str  # what was measured, in words
    figures: Mapping[str, object]  # the same for programs
    opened_at: str
    judged_at: str
    notified: bool  # False if its rule was muted all the time
    resolved_at: str | None
    resolution: str


class Incidents:
    """Reads the incidents and deletes old ones."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def history(
        self, account: str, now: datetime, limit: int = 100, before: int | None = None
    ) -> list[dict[str, object]]:
        """The newest first, at most `limit`, each with its messages. `before` is an incident's id."""
        sql = f"""
            SELECT {COLUMNS} FROM alert_incidents
            WHERE account = ?1 AND (CAST(?2 AS BIGINT) IS NULL OR id < ?2) AND (resolved_at IS NULL OR opened_at >= ?3)
            ORDER BY id DESC LIMIT ?4
        """
        rows = self._database.read(sql, account, before, retention_start(now), limit)
        return [{**vars(_incident(row)), "messages": self._messages(row["id"])} for row in rows]

    def open_of(self, account: str) -> list[Incident]:
        """The account's open incidents, the oldest first."""
        sql = f"SELECT {COLUMNS} FROM alert_incidents WHERE account = ? AND resolved_at IS NULL ORDER BY id"
        return [_incident(row) for row in self._database.read(sql, account)]

    def last_resolved(self, alert: str) -> dict[str, str]:
        """When the last incident of each of the rule's widgets ended."""
        sql = """
            SELECT widget, max(resolved_at) AS resolved_at FROM alert_incidents
            WHERE alert = ? AND resolved_at IS NOT NULL GROUP BY widget
        """
        return {row["widget"]: row["resolved_at"] for row in self._database.read(sql, alert)}

    def expire(self, now: datetime) -> None:
        """Delete incidents, messages and times of watching that are older than the retention period."""
        oldest = retention_start(now)
        with self._database.change() as connection:
            connection.execute("DELETE FROM alert_incidents WHERE opened_at < ? AND resolved_at IS NOT NULL", (oldest,))
            connection.execute("DELETE FROM alert_messages WHERE created_at < ?", (oldest,))
            connection.execute("DELETE FROM alert_watch WHERE end_at < ?", (oldest,))

    def _messages(self, incident: int) -> list[dict[str, object]]:
        sql = """
            SELECT kind, channel, sent_at, attempts, problem, next_at IS NOT NULL AS waits FROM alert_messages
            WHERE incident = ? ORDER BY number
        """
        return [{**row, "waits": bool(row["waits"])} for row in map(dict, self._database.read(sql, incident))]


def open_incident(connection: Connection, incident: Incident) -> Incident | None:
    """Open an incident. Returns it with its id, or None if one is open already."""
    sql = """
        INSERT INTO alert_incidents (alert, account, widget, rule, span, text, figures, opened_at, judged_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING """
    words = incident.rule, incident.span, incident.text, json.dumps(incident.figures)
    values = incident.alert, incident.account, incident.widget, *words, incident.opened_at, incident.judged_at
    row = connection.execute(sql + COLUMNS, values).fetchone()
    return _incident(row) if row else None


def note_judged(connection: Connection, incident: int, now: datetime) -> None:
    """Note that there was enough to judge by."""
    connection.execute("UPDATE alert_incidents SET judged_at = ? WHERE id = ?", (timestamp(now), incident))


def note_notified(connection: Connection, incident: int) -> None:
    """Note that the incident's message is written."""
    connection.execute("UPDATE alert_incidents SET notified = 1 WHERE id = ?", (incident,))


def resolve(connection: Connection, incident: int, now: datetime, resolution: str) -> None:
    sql = "UPDATE alert_incidents SET resolved_at = ?, resolution = ? WHERE id = ?"
    connection.execute(sql, (timestamp(now), resolution, incident))


def close_open(connection: Connection, alert: str, why: str) -> None:
    """End the rule's open incidents without a message."""
    sql = "UPDATE alert_incidents SET resolved_at = ?, resolution = ? WHERE alert = ? AND resolved_at IS NULL"
    connection.execute(sql, (timestamp(), why, alert))


def _incident(row: Row) -> Incident:
    return Incident(**dict(row) | {"notified": bool(row["notified"]), "figures": json.loads(row["figures"])})
