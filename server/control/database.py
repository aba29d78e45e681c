"""The control plane's file: opened, migrated, read and changed, by several threads and several processes."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ..errors import ControlError

MIGRATIONS = Path(__file__).parents[1] / "sql" / "control"
WAIT_S = 10.0  # for another process that is changing something

# secure_delete: what has expired or was revoked is overwritten, not just forgotten.
SETUP = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
"""


class ControlDatabase:
    """One connection that changes and one that reads, so that nobody who reads waits for a disk."""

    def __init__(self, path: Path) -> None:
        """Opens the file, makes it where there is none, and brings it up to date; raises ControlError."""
        self.path = path
        self.changes = 0  # our own, since the opening
        self._write_lock, self._read_lock = threading.RLock(), threading.Lock()
        with _explained(path, "opened"):
            self._writer = _connect(path)
            self._migrate()
            self._reader = _connect(path)

    @contextlib.contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all that the block changes is on the disk when it ends, or nothing is.

        Raises ControlError when the file cannot be changed, and whatever the block raises.
        """
        with self._write_lock, _explained(self.path, "changed"):
            with _transaction(self._writer):
                yield self._writer
            self.changes += 1

    def read(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        """The rows of a query, as of the last transaction that ended; raises ControlError."""
        with self._read_lock, _explained(self.path, "read"):
            return self._reader.execute(sql, parameters).fetchall()

    def version(self) -> int:
        """A number that is another one whenever anyone, in any process, has changed something."""
        return int(self.read("PRAGMA data_version")[0][0])

    def copy_to(self, path: Path) -> None:
        """Writes a whole copy to a file that is not there yet, while others read and change; raises ControlError."""
        self.read("VACUUM INTO ?", str(path))

    def forget(self) -> None:
        """Takes what was deleted out of the write-ahead log too, where it would stay until the log is full."""
        with self._write_lock, _explained(self.path, "tidied up"):
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()

    def _migrate(self) -> None:
        """Runs the numbered scripts that the file has not seen, each in one transaction with its number."""
        for path in sorted(MIGRATIONS.glob("*.sql")):
            number = int(path.name[:3])
            with _transaction(self._writer):  # another process may be doing the same
                known = int(self._writer.execute("PRAGMA user_version").fetchone()[0])
                if known < number:
                    for statement in _statements(path.read_text(encoding="utf-8")):
                        self._writer.execute(statement)
                    self._writer.execute(f"PRAGMA user_version = {number}")
        if known > number:
            raise ControlError(f"{self.path} is of a newer version of this server; run that one.")


def timestamp(at: datetime | None = None) -> str:
    """The moment (UTC, now unless given) as the tables hold it: 2026-10-02T08:15:30.250Z."""
    at = (at or datetime.now(UTC)).astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def _connect(path: Path) -> sqlite3.Connection:
    # Transactions are begun by hand; the locks above keep a connection to one thread at a time.
    connection = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
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
def _explained(path: Path, task: str) -> Iterator[None]:
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
