"""An SQLite file as control database: the default, for one server process and the commands beside it."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from .connection import Connection

LOCK_TIMEOUT_S = 10.0  # how long a change waits for another process

# secure_delete overwrites deleted rows, so that nothing expired or revoked stays readable in the file.
SETUP = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
"""


class SqliteFile:
    """One connection that writes and one that reads, so that readers never wait for the disk."""

    errors: type[Exception] = sqlite3.Error
    follows = False

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        self._open = contextlib.ExitStack()
        self._alone = threading.Lock()

    def open(self) -> None:
        self.writer = self._open.enter_context(contextlib.closing(_connect(self._path)))
        self.reader = self._open.enter_context(contextlib.closing(_connect(self._path)))

    @contextlib.contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        self.writer.execute("BEGIN IMMEDIATE")
        try:
            yield self.writer
            self.writer.execute("COMMIT")
        except BaseException:
            if self.writer.in_transaction:
                self.writer.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        with self._alone:
            yield

    def read(self, sql: str, parameters: Sequence[object]) -> list[sqlite3.Row]:
        return self.reader.execute(sql, parameters).fetchall()

    def migration(self) -> int:
        return int(self.writer.execute("PRAGMA user_version").fetchone()[0])

    def migrate(self, connection: Connection, statements: Iterable[str], number: int) -> None:
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")

    def version(self) -> int:
        return int(self.reader.execute("PRAGMA data_version").fetchone()[0])

    def numbers(self, connection: Connection) -> dict[str, int]:
        return {row["name"]: row["seq"] for row in connection.execute("SELECT name, seq FROM sqlite_sequence")}

    def set_numbers(self, connection: Connection, numbers: Mapping[str, int]) -> None:
        for table, number in numbers.items():
            connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
            connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, number))

    def truncate_log(self) -> None:
        """Empty the write-ahead log, which would hold deleted rows until it is full."""
        self.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        self._open.close()

    def on_change(self, refresh: Callable[[], None]) -> None:
        """Does nothing: see `version`."""

    def is_current(self) -> bool:
        return True

    def refresh(self) -> None:
        """Does nothing: see `version`."""

    def stop_following(self) -> None:
        """Does nothing."""

    def leads(self) -> bool:
        return True

    def announce(self, accounts: Iterable[str]) -> None:
        """Does nothing: no other server can use the data directory."""

    def on_announcement(self, hear: Callable[[list[str]], None]) -> None:
        """Does nothing."""


def _connect(path: Path) -> sqlite3.Connection:
    # Transactions begin explicitly. The locks of ControlDatabase let only one thread at a time use a connection.
    connection = sqlite3.connect(path, timeout=LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.executescript(SETUP)
    return connection
