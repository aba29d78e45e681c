"""The events in a ClickHouse: one client for the embedded one and for a cluster, and the SQL of `sql/`."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
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
from .address import Embedded, parse_address
from .client import connect
from .cluster import check_cluster
from .guard import Guard, clear
from .migrations import migrate
from .row import Row
from .statements import names_for, statement

READERS = 2  # queries that run at once
COLUMNS = tuple(field.name for field in fields(Row))  # of a row; its time is the commit's

_COLUMNS = tuple(map(attrgetter, COLUMNS))
_JSON = json.JSONEncoder(separators=(",", ":")).encode


def line(row: Row, at: datetime) -> str:
    """The row as the store takes it in: a JSON array of its time (UTC) and COLUMNS."""
    # A commit's rows share their time, so the last one's text is mostly the next one's.
    return _JSON((_text(at), *(of(row) for of in _COLUMNS)))


@lru_cache(16)
def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03}"


class Store:
    """One writer and a few readers on a store.

    Every method blocks, so a thread has to call it. chDB lets one process at a time into its directory.
    """

    def __init__(self, address: str | Path) -> None:
        """Opens the store and makes what is missing of it; raises SettingError and StoreError."""
        self.address = parse_address(str(address))
        self._names = names_for(self.address)
        try:
            with contextlib.closing(connect(self.address, "default")) as first:
                check_cluster(first.command, self.address)
                first.command(statement("store/database", self._names))
            self._writer = connect(self.address)
            self._guard = Guard(self._writer, self.address.directory) if isinstance(self.address, Embedded) else None
            migrate(self._writer.command, self._names)
            self._readers: SimpleQueue[Any] = SimpleQueue()
            for _ in range(READERS):
                self._readers.put(connect(self.address))
        except EngineError as error:
            raise _refusal("open", error) from error

    def insert(self, rows: Sequence[Row], at: datetime | None = None, token: str = "") -> None:
        """Stores all of the rows, on the disk when it returns, or none of them and raises StoreError.

        They share one time, now unless `at` (UTC) is given, and so one day's partition: one atomic insert.
        Whoever is not sure of an insert may try it again with the same time and `token`: it is stored once.
        """
        at = at or datetime.now(UTC)
        ts = _text(at)
        # Column by column, which takes half as long as row by row, here and in the engine.
        self._insert("JSONCompactColumns", _JSON([[ts] * len(rows), *(list(map(of, rows)) for of in _COLUMNS)]), token)
        if self._guard:
            self._guard.read_back(ts)

    def insert_lines(self, lines: Sequence[str], token: str = "") -> None:
        """As `insert`, of rows of one UTC day each as `line` makes it; raises StoreError."""
        self._insert("JSONCompactEachRow", "\n".join(lines), token)

    def _insert(self, format_: str, data: str, token: str) -> None:
        text = statement("insert_events", {"columns": ", ".join(COLUMNS), "format": format_})
        try:
            if self._guard:
                self._guard.check()
            # The client's own `insert` goes through a file in the system's temporary directory, which a killed
            # process would leave there, out of the reach of any retention.
            self._writer.command(text, data=data, settings=_once(token))
        except EngineError as error:
            raise _refusal("store rows", error) from error

    def probe(self) -> None:
        """Raises StoreError while the store would take no rows: its disk is full, or its server does not answer."""
        try:
            if self._guard:
                self._guard.check()
            else:
                self._writer.command("SELECT 1")
        except EngineError as error:
            raise _refusal("answer", error) from error

    def query(
        self, name: str, *, literals: Mapping[str, str] | None = None, **parameters: object
    ) -> list[dict[str, Any]]:
        """The rows of the query in `sql/{name}.sql`; raises StoreError. Times are ISO 8601 in UTC.

        `literals` fill the `$names` that the engine takes as no parameter.
        """
        lines = self.lines(name, "JSONEachRow", literals=literals, **parameters)
        return [json.loads(line) for line in lines.splitlines()]

    def lines(
        self, name: str, format_: str, *, literals: Mapping[str, str] | None = None, **parameters: object
    ) -> bytes:
        """As `query`, in one of the engine's formats, and as it comes."""
        with self._reader() as reader:
            try:
                text = statement(name, {**self._names, **(literals or {})})
                answer: bytes = reader.raw_query(text, parameters=parameters, fmt=format_)
            except EngineError as error:
                clear(reader)
                raise _refusal("answer", error) from error
        return answer

    def close(self) -> None:
        """Gives a directory free for another process."""
        for _ in range(READERS):
            self._readers.get().close()
        self._writer.close()

    @contextlib.contextmanager
    def _reader(self) -> Iterator[Any]:
        """A client that nobody else uses meanwhile; waits for one."""
        reader = self._readers.get()
        try:
            yield reader
        finally:
            self._readers.put(reader)


def _once(token: str) -> dict[str, str]:
    """So that a replica to which the same insert comes twice takes it once, and two equal inserts are two."""
    return {"insert_deduplication_token": token or uuid.uuid4().hex}


def _refusal(task: str, error: EngineError) -> StoreError:
    # The engine's message may quote the rows it was given; its name for the error does not.
    is_full = error.name == "NOT_ENOUGH_SPACE" or any(os.strerror(number) in str(error) for number in disk.FULL)
    return (DiskFullError if is_full else StoreError)(
        f"The store could not {task}: {error.name or type(error).__name__}."
    )
