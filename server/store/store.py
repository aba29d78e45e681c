"""Writes and reads the events, in an embedded ClickHouse or in a cluster, with the SQL files of `sql/`."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from clickhouse_connect.driver.exceptions import Error as EngineError

from ..errors import DiskFullError, StoreError
from . import disk
from .address import Address, Embedded, parse_address
from .client import connect
from .cluster import check_cluster
from .guard import Guard, discard_partial_answer
from .migrations import migrate
from .row import Row
from .statements import names_for, statement

READERS = 2  # the number of queries that can run at once
COLUMNS = tuple(field.name for field in fields(Row))  # without the time, which comes from the commit

_EMPTY_BY_DEFAULT = {field.name for field in fields(Row) if field.default in ("", 0)}  # so they are in the tables
_COLUMN_GETTERS = tuple(map(attrgetter, COLUMNS))
_JSON = json.JSONEncoder(separators=(",", ":")).encode


def line(row: Row, at: datetime) -> str:
    """The row in the store's input format: a JSON array of its time (UTC) and COLUMNS."""
    return _JSON((_text(at), *(of(row) for of in _COLUMN_GETTERS)))


@lru_cache(16)  # the rows of a commit share their time
def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03}"


class Store:
    """One writing and a few reading clients of a store.

    Every method blocks: do not call it on the event loop. Only one process at a time can open a chDB directory.
    """

    def __init__(self, address: str | Path) -> None:
        """Open the store, and make its database and tables if they are missing. Raises SettingError and StoreError."""
        self.address = parse_address(str(address))
        self.names = names_for(self.address)
        try:
            with contextlib.closing(connect(self.address, "default")) as first:
                check_cluster(first.command, self.address)
                first.command(statement("store/database", self.names))
            self._writer = connect(self.address)
            self._guard = Guard(self._writer, self.address.directory) if isinstance(self.address, Embedded) else None
            migrate(self._writer.command, self.names)
            self._readers: SimpleQueue[Any] = SimpleQueue()
            for _ in range(READERS):
                self._readers.put(connect(self.address))
        except EngineError as error:
            raise _opening_error(self.address, error) from error

    def insert(self, rows: Sequence[Row], at: datetime | None = None, token: str = "") -> None:
        """Store the rows on the disk, all of them or none. Raises StoreError if none are stored.

        All rows get the time `at` (UTC, default now), so they are in the partition of one day and in one atomic insert.
        An insert may be repeated with the same time and `token`: its rows are stored once.
        """
        at = at or datetime.now(UTC)
        ts = _text(at)
        # By column, because that takes half as long as by row, both here and in the engine. A column that has nothing
        # but its default is left out, which costs the engine less.
        columns = {name: list(map(of, rows)) for name, of in zip(COLUMNS, _COLUMN_GETTERS, strict=True)}
        columns = {name: values for name, values in columns.items() if name not in _EMPTY_BY_DEFAULT or any(values)}
        self._insert("JSONCompactColumns", columns, _JSON([[ts] * len(rows), *columns.values()]), token)
        if self._guard:
            self._guard.read_back(ts)

    def insert_lines(self, lines: Sequence[str], token: str = "") -> None:
        """Store rows of one UTC day, each formatted by `line`, as `insert` does. Raises StoreError."""
        self._insert("JSONCompactEachRow", COLUMNS, "\n".join(lines), token)

    def _insert(self, format_: str, columns: Iterable[str], data: str, token: str) -> None:
        text = statement("insert_events", {"columns": ", ".join(("ts", *columns)), "format": format_})
        try:
            if self._guard:
                self._guard.check()
            # Not the client's `insert`: it uses a temporary file, and a killed process would leave that for ever.
            self._writer.command(text, data=data, settings=_deduplication(token))
        except EngineError as error:
            raise _store_error("store rows", error) from error

    def probe(self) -> None:
        """Raise StoreError if the store cannot take rows: its disk is full, or its server does not answer."""
        try:
            if self._guard:
                self._guard.check()
            else:
                self._writer.command("SELECT 1")
        except EngineError as error:
            raise _store_error("answer", error) from error

    def drop_detached(self, part: str) -> None:
        """Delete a part that the engine has set aside, by its name in `detached_parts`. Raises StoreError."""
        if not isinstance(self.address, Embedded):
            return  # each node of a cluster has its own; its operator knows which to keep
        try:
            self._writer.command(f"ALTER TABLE events DROP DETACHED PART '{part}'", settings={"allow_drop_detached": 1})
        except EngineError as error:
            raise _store_error("delete a part", error) from error

    def query(
        self, name: str, *, literals: Mapping[str, str] | None = None, **parameters: object
    ) -> list[dict[str, Any]]:
        """The rows of the query in `sql/{name}.sql`, with times in ISO 8601, UTC. Raises StoreError.

        `literals` fill in `$names` where the engine does not allow parameters.
        """
        lines = self.lines(name, "JSONEachRow", literals=literals, **parameters)
        return [json.loads(line) for line in lines.splitlines()]

    def lines(
        self, name: str, format_: str, *, literals: Mapping[str, str] | None = None, **parameters: object
    ) -> bytes:
        """The answer to the query as bytes, in one of the engine's formats. Parameters and errors as in `query`."""
        with self._reader() as reader:
            try:
                text = statement(name, {**self.names, **(literals or {})})
                answer: bytes = reader.raw_query(text, parameters=parameters, fmt=format_)
            except EngineError as error:
                discard_partial_answer(reader)
                raise _store_error("answer", error) from error
        return answer

    def execute(
        self,
        name: str,
        *,
        data: str | None = None,
        token: str = "",
        literals: Mapping[str, str] | None = None,
        parameters: Mapping[str, object] | None = None,
    ) -> None:
        """Run the statement in `sql/{name}.sql`, beside the writer. `data` and `token` are those of an insert.

        Raises StoreError.
        """
        with self._reader() as client:
            try:
                if data is not None and isinstance(self.address, Embedded):
                    disk.require_space(self.address.directory)  # chDB reports success for what a full disk refuses
                text = statement(name, {**self.names, **(literals or {})})
                settings = _deduplication(token) if data is not None else None
                client.command(text, parameters=parameters, data=data, settings=settings)
            except EngineError as error:
                discard_partial_answer(client)
                raise _store_error("store", error) from error

    def close(self) -> None:
        """Close all clients, so that another process can open the directory."""
        for _ in range(READERS):
            self._readers.get().close()
        self._writer.close()

    @contextlib.contextmanager
    def _reader(self) -> Iterator[Any]:
        """A reading client for this caller alone. Waits until one is free."""
        reader = self._readers.get()
        try:
            yield reader
        finally:
            self._readers.put(reader)


def _deduplication(token: str) -> dict[str, str]:
    """A setting of the insert: a replica stores a repeated token once. Without a token, each insert gets its own."""
    return {"insert_deduplication_token": token or uuid.uuid4().hex}


def _opening_error(address: Address, error: EngineError) -> StoreError:
    """Why the store could not be opened. No row is involved yet, so the operating system's reason can be told."""
    if isinstance(address, Embedded):
        problem = _store_error("open", error)
        return type(problem)(f"{problem} Its directory is {address.directory}: see whether this user may write there.")
    place, cause = f"{address.host}:{address.port}", error.__cause__ or error.__context__
    while cause and not (isinstance(cause, OSError) and cause.errno):
        cause = cause.__cause__ or cause.__context__ or getattr(cause, "reason", None)
    if isinstance(cause, OSError):
        return StoreError(f"The store at {place} cannot be reached: {cause.strerror}.")
    if error.name == "AUTHENTICATION_FAILED":
        return StoreError(f"The store at {place} refuses the user or the password of the address.")
    return StoreError(
        f"The store at {place} could not open: {error.name or 'it gave no answer that ClickHouse gives'}."
    )


def _store_error(task: str, error: EngineError) -> StoreError:
    # Name the engine's error code only: its message may quote rows.
    is_full = error.name == "NOT_ENOUGH_SPACE" or any(
        os.strerror(number) in str(error) for number in disk.DISK_FULL_ERRORS
    )
    return (DiskFullError if is_full else StoreError)(
        f"The store could not {task}: {error.name or type(error).__name__}."
    )
