"""The control plane's file: opened, migrated, read and changed by several threads and several processes."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ..errors import ControlError

MIGRATIONS = Path(__file__).parents[1] / "sql" / "control"
LOCK_TIMEOUT_S = 10.0  # how long a change waits for another process

# secure_delete overwrites deleted rows, so that nothing expired or revoked stays readable in the file.
SETUP = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
"""


class ControlDatabase:
    """One connection that writes and one that reads, so that readers never wait for the disk."""

    def __init__(self, path: Path) -> None:
        """Open the file, make it if it does not exist, and migrate it. Raises ControlError."""
        self.path = path
        self.changes = 0  # made through this object
        self._write_lock, self._read_lock = threading.RLock(), threading.Lock()
        with _control_errors(path, "opened"):
            self._writer = _connect(path)
            self._migrate()
            self._reader = _connect(path)

    @contextlib.contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction: when the block ends, either all of its changes are on the disk or none.

        Raises ControlError if the file cannot be changed, and any error of the block.
        """
        with self._write_lock, _control_errors(self.path, "changed"):
            with _transaction(self._writer):
                yield self._writer
            self.changes += 1

    def read(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        """The rows of a query, as of the last committed transaction. Raises ControlError."""
        with self._read_lock, _control_errors(self.path, "read"):
            return self._reader.execute(sql, parameters).fetchall()

    def version(self) -> int:
        """A number that differs after any change by any process. Raises ControlError."""
        return int(self.read("PRAGMA data_version")[0][0])

    def truncate_log(self) -> None:
        """Empty the write-ahead log, which would hold deleted rows until it is full. Raises ControlError."""
        with self._write_lock, _control_errors(self.path, "tidied up"):
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()

    def _migrate(self) -> None:
        """Run the numbered scripts that are new to the file, each in one transaction with its number."""
        for path in sorted(MIGRATIONS.glob("*.sql")):
            number = int(path.name[:3])
            with _transaction(self._writer):  # another process may migrate at the same time
                file_version = int(self._writer.execute("PRAGMA user_version").fetchone()[0])
                if file_version < number:
                    for statement in _statements(path.read_text(encoding="utf-8")):
                        self._writer.execute(statement)
                    self._writer.execute(f"PRAGMA user_version = {number}")
        if file_version > number:
            raise ControlError(f"{self.path} is of a newer version of this server; run that version.")


def timestamp(at: datetime | None = None) -> str:
    """A moment (UTC, default now) in the tables' format: 2026-10-02T08:15:30.250Z."""
    at = (at or datetime.now(UTC)).astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def _connect(path: Path) -> sqlite3.Connection:
    # Transactions begin explicitly. The locks above let only one thread at a time use a connection.
    connection = sqlite3.connect(path, timeout=LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.executescript(SETUP)
    return connection


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def _control_errors(path: Path, task: str) -> Iterator[None]:
    """Raise ControlError for an error of SQLite."""
    try:
        yield
    except sqlite3.Error as error:
        raise ControlError(f"{path} cannot be {task}: {error}.") from error


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
