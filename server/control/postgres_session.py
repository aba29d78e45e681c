"""One session with PostgreSQL, made anew after it broke. One thread at a time may use it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from .connection import Row

PgConnection = psycopg.Connection[Any]
T = TypeVar("T")

CONNECT_S = 3
HALF_WAY = (TransactionStatus.ACTIVE, TransactionStatus.UNKNOWN)  # a statement was interrupted, or the session broke
# Nobody waits longer for a server that does not answer, and no process that stands still holds up the others.
SETUP = """
    SET statement_timeout = '10s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s';
    SET synchronous_commit = 'on'; SET client_min_messages = 'warning';
"""


def connect(url: str) -> PgConnection:
    """A new session. Raises psycopg.Error."""
    connection = psycopg.connect(
        url,
        autocommit=True,
        prepare_threshold=None,  # so that a pooler may stand between
        row_factory=_named_rows,
        cursor_factory=psycopg.RawCursor,
        connect_timeout=CONNECT_S,
        application_name="tresta",
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=2,
        tcp_user_timeout=10_000,  # milliseconds
    )
    connection.execute(SETUP)
    return connection


class Session:
    """A session for single statements and transactions."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: PgConnection | None = None

    def read(self, sql: str | bytes, parameters: Sequence[object] = ()) -> Sequence[Row]:
        """The rows of one statement. Raises psycopg.Error."""
        return self._first(lambda connection: _rows(connection.execute(sql, parameters or None)))

    @contextlib.contextmanager
    def transaction(self, first: str) -> Iterator[PgConnection]:
        """A transaction that begins with the statement `first`. Raises psycopg.Error."""

        def begin(connection: PgConnection) -> PgConnection:
            connection.execute("BEGIN")
            connection.execute(first)
            return connection

        connection = None
        try:
            connection = self._first(begin)
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _first(self, use: Callable[[PgConnection], T]) -> T:
        """Use the session. One that broke since it was last used is made anew, once."""
        is_old = self._is_open()
        try:
            return use(self._live())
        except BaseException as error:
            if self._connection is not None and self._connection.info.transaction_status in HALF_WAY:
                self._connection.close()
            if not isinstance(error, psycopg.OperationalError) or not is_old or self._is_open():
                raise
        return use(self._live())

    def _is_open(self) -> bool:
        return self._connection is not None and not self._connection.closed

    def _live(self) -> PgConnection:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._url)
        return self._connection

    def _roll_back(self) -> None:
        if self._connection is not None and not self._connection.closed:
            try:
                self._connection.execute("ROLLBACK")
            except psycopg.Error:
                self._connection.close()


class NamedRow:
    """A row, read by position or by name."""

    __slots__ = ("_columns", "_values")

    def __init__(self, columns: dict[str, int], values: Sequence[Any]) -> None:
        self._columns, self._values = columns, values

    def __getitem__(self, key: int | str) -> Any:
        return self._values[self._columns[key] if isinstance(key, str) else key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def keys(self) -> list[str]:
        return list(self._columns)


def _named_rows(cursor: Any) -> Callable[[Sequence[Any]], NamedRow]:
    columns = {column.name: position for position, column in enumerate(cursor.description or ())}
    return lambda values: NamedRow(columns, values)


def _rows(cursor: psycopg.Cursor[Any]) -> Sequence[Row]:
    return cursor.fetchall() if cursor.description else []
