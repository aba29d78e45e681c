"""Erases rows and content answers from the disk, on an embedded store, a ClickHouse server or a cluster's nodes.

The engine writes each part anew without the rows, and keeps the old part for a while, in case the new one is not on the
disk yet. Here the new parts are synced to the disk at once, and the old ones go within seconds.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ..errors import StoreError
from .store import Store

TABLES = {"events_table": "ts", "answers_table": "hour"}  # with the column of the time
GONE_S = 180.0  # how long the engine may need; it looks for old parts every 5 s
POLL_S = 0.5


@dataclass(frozen=True)
class Erasure:
    """What to erase: rows that fit all of it. None stands for all widgets, or all times."""

    account: str
    widget: str | None = None
    start: datetime | None = None  # aware
    stop: datetime | None = None  # aware, exclusive

    def condition(self, time_column: str) -> str:
        """The condition in SQL. Its values are the parameters of `parameters`."""
        parts = ["account = {account:String}"]
        parts += ["widget = {widget:String}"] if self.widget is not None else []
        parts += [f"{time_column} >= fromUnixTimestamp64Milli({{start:Int64}})"] if self.start else []
        parts += [f"{time_column} < fromUnixTimestamp64Milli({{stop:Int64}})"] if self.stop else []
        return " AND ".join(parts)

    def parameters(self) -> dict[str, object]:
        values: dict[str, object] = {"account": self.account}
        values |= {"widget": self.widget} if self.widget is not None else {}
        times = {"start": self.start, "stop": self.stop}
        return values | {name: int(at.timestamp() * 1000) for name, at in times.items() if at}


@dataclass(frozen=True)
class Erased:
    """What an erasure did."""

    rows: int  # without content answers
    left: int  # rows on nodes that it could not reach, summed over replicas


def erase(store: Store, erasure: Erasure) -> Erased:
    """Erase it from the disk, and return once it is gone.

    In a cluster without a Keeper it erases on the node that the store's address names: repeat it for each node.
    Raises StoreError, also if the engine does not delete the old files in time.
    """
    rows = _count(store, erasure, "rows_to_erase")
    tables = [{"table": store.names[table], "condition": erasure.condition(time)} for table, time in TABLES.items()]
    begun = []
    try:
        for names in tables:
            store.execute("erase_begin", literals=names)
            begun.append(names)
            store.execute("erase", literals=names, parameters=erasure.parameters())
            store.execute("forget_erasures", literals=names)
        for names in tables:
            _wait_until_gone(store, names)
    finally:
        for names in begun:
            store.execute("erase_end", literals=names)
    return Erased(rows, _count(store, erasure, "rows_everywhere"))


def _count(store: Store, erasure: Erasure, query: str) -> int:
    literals = {"condition": erasure.condition("ts")}
    (row,) = store.query(query, literals=literals, **erasure.parameters())
    return int(row["rows"])


def _wait_until_gone(store: Store, names: dict[str, str]) -> None:
    """Wait for the parts that the engine has replaced so far; it may replace others meanwhile."""
    old = set(_replaced_parts(store, names))
    end = time.monotonic() + GONE_S
    while old & set(_replaced_parts(store, names)):
        if time.monotonic() > end:
            raise StoreError("The rows are erased, but the store has not deleted its old files yet; erase again later.")
        time.sleep(POLL_S)


def _replaced_parts(store: Store, names: dict[str, str]) -> Iterator[str]:
    return (row["name"] for row in store.query("replaced_parts", literals=names))
