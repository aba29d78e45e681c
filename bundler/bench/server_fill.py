"""Fills a server's store with made-up events while no server runs: server_fill.py STORE ROWS

It is a process of its own, so that the engine's memory for filling does not count as the server's.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import clickhouse_connect

DAYS = 88  # the engine drops older days from 23:00 on, see 001_events.sql
SQL = Path(__file__).with_suffix(".sql")


def fill(store: str, rows: int) -> None:
    """Insert about `rows` rows, the same number on each of the last DAYS days."""
    client = clickhouse_connect.get_client(interface="chdb", path=store, database="telemetry")
    until = datetime.now(UTC) + timedelta(minutes=2)  # some rows are then still in the last five minutes when queried
    client.command("SET max_partitions_per_insert_block = 10, max_threads = 2")
    for day in range(DAYS):
        parameters = {"day": day, "rows": rows // DAYS, "until": f"{until:%Y-%m-%d %H:%M:%S}"}
        client.command(SQL.read_text(encoding="utf-8"), parameters=parameters)
    client.close()


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
