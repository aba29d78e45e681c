"""The audit trail: who changed what and when, for 90 days."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .database import ControlDatabase, timestamp

KEPT = timedelta(days=90)
COMMAND_LINE = "command line"  # the actor where no token is asked for


@dataclass(frozen=True)
class AuditEntry:
    """One change. `account` is None for what concerns no single one, such as an operator's token."""

    id: int  # larger for what came later
    at: str  # ISO 8601, UTC
    actor: str  # a token's `actor`, or `command line`; never an address
    account: str | None
    action: str  # such as telemetry.set
    detail: str  # old -> new, in words


class Audit:
    """Reads the trail, and lets it expire. Each change writes its own entry, in its own transaction."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def entries(self, account: str | None = None, limit: int = 100, before: int | None = None) -> list[AuditEntry]:
        """The newest entries first, of one account or of all, at most `limit`; `before` an id: the older ones."""
        rows = self._database.read(
            """
            SELECT id, at, actor, account, action, detail FROM audit
            WHERE (?1 IS NULL OR account = ?1) AND (?2 IS NULL OR id < ?2) AND at >= ?3
            ORDER BY id DESC LIMIT ?4
            """,
            account,
            before,
            oldest_kept(datetime.now(UTC)),
            limit,
        )
        return [AuditEntry(*row) for row in rows]

    def expire(self, now: datetime) -> int:
        """Deletes what is older than 90 days (`now` in UTC) and says how many entries that were."""
        with self._database.change() as connection:
            deleted = connection.execute("DELETE FROM audit WHERE at < ?", (oldest_kept(now),)).rowcount
        self._database.forget()
        return deleted


def record(connection: sqlite3.Connection, actor: str, account: str | None, action: str, detail: str) -> None:
    """Writes an entry in the transaction of the change it tells of."""
    connection.execute(
        "INSERT INTO audit (at, actor, account, action, detail) VALUES (?, ?, ?, ?, ?)",
        (timestamp(), actor, account, action, detail),
    )


def oldest_kept(now: datetime) -> str:
    """The moment before which nothing is kept or shown, as the tables hold it."""
    return timestamp(now - KEPT)
