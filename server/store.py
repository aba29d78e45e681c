"""The events in an embedded ClickHouse: the SQL of `sql/`, run on a directory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.exceptions import Error as EngineError

from .errors import StoreError
from .ingest.rows import Row

SQL = Path(__file__).parent / "sql"
SETTINGS = {
    "async_insert": 0,  # on by default: the engine would answer before the rows are on the disk
    "input_format_parallel_parsing": 0,  # one insert, one block, one part: all of it is stored or nothing
    "input_format_skip_unknown_fields": 0,  # a misspelt column is a bug, not a default
    "date_time_output_format": "iso",
}


class Store:
    """One writer and one reader on the store in a directory. chDB lets one process in at a time.

    Every method blocks, so a thread has to call it. Each client serialises its own calls.
    """

    def __init__(self, directory: Path) -> None:
        """Opens the store and makes what is missing of it; raises StoreError."""
        self._insert_events = _sql("insert_events")
        try:
            self._writer, self._reader = _connect(directory), _connect(directory)
            for statement in sorted((SQL / "schema").glob("*.sql")):  # numbered, and each safe to run again
                self._writer.command(statement.read_text())
        except EngineError as error:
            raise _refusal("open", error) from error

    def insert(self, rows: Sequence[Row], at: datetime | None = None) -> None:
        """Stores all of the rows, on the disk when it returns, or none of them and raises StoreError.

        They share one time, now unless `at` (UTC) is given, and so one day's partition: one atomic insert.
        """
        at = at or datetime.now(UTC)
        ts = f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03}"
        lines = "\n".join(json.dumps({"ts": ts, **asdict(row)}) for row in rows)
        try:
            # `insert` and `raw_insert` go through a file in the system's temporary directory, which a killed
            # process would leave there, out of the reach of any retention.
            self._writer.command(self._insert_events, data=lines)
        except EngineError as error:
            raise _refusal("store rows", error) from error

    def query(self, name: str, **parameters: object) -> list[dict[str, Any]]:
        """The rows of the query in `sql/{name}.sql`; raises StoreError. Times are ISO 8601 in UTC."""
        try:
            lines = self._reader.raw_query(_sql(name), parameters=parameters, fmt="JSONEachRow")
        except EngineError as error:
            raise _refusal("answer", error) from error
        return [json.loads(line) for line in lines.splitlines()]

    def close(self) -> None:
        """Gives the directory free for another process."""
        self._reader.close()
        self._writer.close()


def _connect(directory: Path) -> Any:
    return clickhouse_connect.get_client(interface="chdb", path=str(directory), settings=SETTINGS)


def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text()


def _refusal(task: str, error: EngineError) -> StoreError:
    # The engine's message may quote the rows it was given; its name for the error does not.
    return StoreError(f"The store could not {task}: {error.name or type(error).__name__}.")
