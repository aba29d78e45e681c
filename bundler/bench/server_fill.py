"""Fills a server's store with made-up events, while no server runs: server_fill.py STORE ROWS

It is a process of its own, for what the engine took to fill is not to count as what a server takes to answer.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import clickhouse_connect

DAYS = 88  # the engine drops the day before these from 23:00 on, as 001_events.sql says
SQL = Path(__file__).with_suffix(".sql")


def fill(store: str, rows: int) -> None:
    """About so many rows, as many on each of the last DAYS days until now."""
    client = clickhouse_connect.get_client(interface="chdb", path=store, database="telemetry")
    until = datetime.now(UTC) + timedelta(minutes=2)  # so that there are some of the last five minutes when asked
    client.command("SET max_partitions_per_insert_block = 10, max_threads = 2")
    for day in range(DAYS):
        parameters = {"day": day, "rows": rows // DAYS, "until": f"{until:%Y-%m-%d %H:%M:%S}"}
        client.command(SQL.read_text(encoding="utf-8"), parameters=parameters)
    client.close()


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
