"""What an account's figures leave out: a stretch of time, a version, a widget, or their combination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from widget.telemetry.schema import is_version, is_widget_id

from ..errors import SettingError
from .accounts import account_in
from .audit import record
from .connection import Row
from .database import ControlDatabase, timestamp

MAX_EXCLUSIONS = 50  # of one account; each makes its queries longer


@dataclass(frozen=True)
class Exclusion:
    """Rows that fit all of it are left out. None stands for all widgets, all versions, all times."""

    id: int
    widget: str | None
    version: str | None
    start: datetime | None  # UTC
    stop: datetime | None  # UTC, exclusive; None if `start` is
    created_at: str  # ISO 8601, UTC

    @property
    def in_words(self) -> str:
        """Such as `widget w1, version 0.4.0, 2026-11-24T15:00:00.000Z to 2026-11-24T16:00:00.000Z`."""
        parts = [f"widget {self.widget}"] if self.widget else []
        parts += [f"version {self.version}"] if self.version else []
        parts += [f"{timestamp(self.start)} to {timestamp(self.stop)}"] if self.start and self.stop else []
        return ", ".join(parts)


class Exclusions:
    """The exclusions of all accounts. `actor` names the author of a change in the audit trail."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def of(self, account: str) -> Sequence[Exclusion]:
        """The account's exclusions, the oldest first."""
        sql = "SELECT id, widget, version, start, stop, created_at FROM exclusions WHERE account = ? ORDER BY id"
        return [_exclusion(row) for row in self._database.read(sql, account)]

    def add(
        self,
        account: str,
        *,
        widget: str | None = None,
        version: str | None = None,
        start: datetime | None = None,
        stop: datetime | None = None,
        actor: str,
    ) -> Exclusion:
        """Leave these rows out of all figures from now on. They stay stored. Raises UnknownAccountError, SettingError.

        `start` and `stop` are aware times, both or neither.
        """
        _check(widget, version, start, stop)
        values = account, widget, version, _text(start), _text(stop), timestamp()
        with self._database.change() as connection:
            account_in(connection, account)
            (number,) = connection.execute("SELECT count(*) FROM exclusions WHERE account = ?", (account,)).fetchone()
            if number >= MAX_EXCLUSIONS:
                raise SettingError(f"An account may leave out at most {MAX_EXCLUSIONS} things; undo one first.")
            sql = """
                INSERT INTO exclusions (account, widget, version, start, stop, created_at) VALUES (?, ?, ?, ?, ?, ?)
                RETURNING id, widget, version, start, stop, created_at
            """
            exclusion = _exclusion(connection.execute(sql, values).fetchone())
            record(connection, actor, account, "figures.exclude", exclusion.in_words)
        return exclusion

    def undo(self, account: str, id: int, *, actor: str) -> None:  # noqa: A002
        """Count these rows again. Raises SettingError if the account has no exclusion of this id."""
        with self._database.change() as connection:
            sql = """
                DELETE FROM exclusions WHERE account = ? AND id = ?
                RETURNING id, widget, version, start, stop, created_at
            """
            row = connection.execute(sql, (account, id)).fetchone()
            if row is None:
                raise SettingError("The account leaves out nothing with this id; it may be undone already.")
            record(connection, actor, account, "figures.include", _exclusion(row).in_words)


def _check(widget: str | None, version: str | None, start: datetime | None, stop: datetime | None) -> None:
    if widget is None and version is None and start is None:
        raise SettingError("Name what to leave out: a widget, a version, or a stretch of time.")
    if widget is not None and not is_widget_id(widget):
        raise SettingError("A widget's id must be 1-64 of A-Z a-z 0-9 _ -.")
    if version is not None and not is_version(version):
        raise SettingError("version must be three numbers, such as 0.1.0.")
    if (start is None) != (stop is None):
        raise SettingError("A stretch of time needs both from and to.")
    if start is not None and stop is not None and start >= stop:
        raise SettingError("from must be earlier than to.")


def _text(at: datetime | None) -> str | None:
    return timestamp(at) if at else None


def _exclusion(row: Row) -> Exclusion:
    start, stop = (
        datetime.fromisoformat(text).astimezone(UTC) if text else None for text in (row["start"], row["stop"])
    )
    return Exclusion(row["id"], row["widget"], row["version"], start, stop, row["created_at"])
