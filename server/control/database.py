"""The control database: opened, migrated, read and changed by several threads and several processes."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ..errors import ControlError
from .connection import Connection, Engine, Place, Row
from .sqlite_file import SqliteFile

MIGRATIONS = Path(__file__).parents[1] / "sql" / "control"


class ControlDatabase:
    """Accounts, settings, tokens and the audit trail, in an SQLite file or in PostgreSQL."""

    def __init__(self, place: Place) -> None:
        """Open the file, made if it does not exist, or the database at `postgresql://...`, and migrate it.

        Raises ControlError.
        """
        self.place = place
        self.changes = 0  # made through this object
        self._write_lock, self._read_lock = threading.RLock(), threading.Lock()
        self.engine = _engine(place)
        with _control_errors(self.engine, "opened"):
            try:
                self.engine.open()
                self._migrate()
            except BaseException:
                self.engine.close()
                raise

    @contextlib.contextmanager
    def change(self) -> Iterator[Connection]:
        """One transaction: when the block ends, either all of its changes are on the disk or none.

        Raises ControlError if the database cannot be changed, and any error of the block.
        """
        with self._write_lock, _control_errors(self.engine, "changed"):
            with self.engine.change() as connection:
                yield connection
            self.changes += 1
            self.engine.refresh()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody else is within `alone`, here or in another server process. Raises ControlError."""
        with _control_errors(self.engine, "locked"), self.engine.alone():
            yield

    def read(self, sql: str, *parameters: object) -> Sequence[Row]:
        """The rows of a query, as of the last committed transaction. Raises ControlError."""
        with self._read_lock, _control_errors(self.engine, "read"):
            return self.engine.read(sql, parameters)

    def version(self) -> int:
        """A number that differs after any change by any process. Raises ControlError."""
        with self._read_lock, _control_errors(self.engine, "read"):
            return self.engine.version()

    def truncate_log(self) -> None:
        """Overwrite what was deleted, as far as that is in the server's hands. Raises ControlError."""
        with self._write_lock, _control_errors(self.engine, "tidied up"):
            self.engine.truncate_log()

    def close(self) -> None:
        self.engine.stop_following()  # first, because what follows reads
        with self._write_lock, self._read_lock:
            self.engine.close()

    def _migrate(self) -> None:
        """Run the numbered scripts that are new to the database, each in one transaction with its number."""
        for path in sorted(MIGRATIONS.glob("*.sql")):
            number = int(path.name[:3])
            if self.engine.migration() < number:
                with self.engine.change() as connection:
                    if self.engine.migration() < number:  # another process may migrate at the same time
                        self.engine.migrate(connection, _statements(path.read_text(encoding="utf-8")), number)
        if self.engine.migration() > number:
            raise ControlError(f"{self.engine.name} is of a newer version of this server; run that version.")


def timestamp(at: datetime | None = None) -> str:
    """A moment (UTC, default now) in the tables' format: 2026-10-02T08:15:30.250Z."""
    at = (at or datetime.now(UTC)).astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def _engine(place: Place) -> Engine:
    if isinstance(place, Path):
        return SqliteFile(place)
    from .postgres import Postgres  # here, because few installations need its driver

    return Postgres(place)


@contextlib.contextmanager
def _control_errors(database: Engine, task: str) -> Iterator[None]:
    """Raise ControlError for an error of the database system."""
    try:
        yield
    except database.errors as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise ControlError(f"{database.name} cannot be {task}: {reason}.") from error


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
