"""The audit trail: who changed what and when, and who read rows. Entries expire after the retention period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ..retention_period import RETENTION
from .connection import Connection
from .database import ControlDatabase, timestamp

COMMAND_LINE = "command line"  # the actor of changes made without a token


@dataclass(frozen=True)
class AuditEntry:
    """One change. `account` is None if the change is not about one account, such as a new operator's token."""

    id: int  # increases with time
    at: str  # ISO 8601, UTC
    actor: str  # a token's `actor`, or `command line`; never an address
    account: str | None
    action: str  # such as telemetry.set
    detail: str  # old -> new, in words


class Audit:
    """Reads the trail and deletes old entries. Each change writes its entry itself, in its own transaction."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def entries(self, account: str | None = None, limit: int = 100, before: int | None = None) -> list[AuditEntry]:
        """The newest entries first, at most `limit`, of one account or of all.

        `before` is an entry's id: only older entries are returned.
        """
        rows = self._database.read(
            """
            SELECT id, at, actor, account, action, detail FROM audit
            WHERE (CAST(?1 AS TEXT) IS NULL OR account = ?1) AND (CAST(?2 AS BIGINT) IS NULL OR id < ?2) AND at >= ?3
            ORDER BY id DESC LIMIT ?4
            """,
            account,
            before,
            retention_start(datetime.now(UTC)),
            limit,
        )
        return [AuditEntry(*row) for row in rows]

    def note_reading(self, actor: str, rows: int) -> None:
        """Write that somebody looked at single rows, which figures never show. Raises ControlError."""
        with self._database.change() as connection:
            record(connection, actor, None, "events.read", f"the {rows} newest rows of all accounts")

    def expire(self, now: datetime) -> int:
        """Delete entries older than RETENTION at `now` (UTC). Returns their number."""
        with self._database.change() as connection:
            deleted = connection.execute("DELETE FROM audit WHERE at < ?", (retention_start(now),)).rowcount
        self._database.truncate_log()
        return deleted


def record(connection: Connection, actor: str, account: str | None, action: str, detail: str) -> None:
    """Write an entry, in the transaction of its change."""
    connection.execute(
        "INSERT INTO audit (at, actor, account, action, detail) VALUES (?, ?, ?, ?, ?)",
        (timestamp(), actor, account, action, detail),
    )


def retention_start(now: datetime) -> str:
    """The earliest moment that is still kept and shown at `now` (UTC), in the tables' format."""
    return timestamp(now - RETENTION)
