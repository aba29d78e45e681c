"""The engine's clients, with the same interface for the embedded engine and for a cluster."""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

import clickhouse_connect

from .address import Address, Embedded

SETTINGS = {
    "async_insert": 0,  # the default 1 would answer before the rows are on the disk
    "input_format_parallel_parsing": 0,  # makes an insert one block and one part, so all of it is stored or nothing
    "input_format_skip_unknown_fields": 0,  # a misspelt column is a bug and must fail
    # Rows of an older backup lack the newest columns; those get their defaults.
    "input_format_json_compact_allow_variable_number_of_columns": 1,
    "date_time_output_format": "iso",
}
CONNECT_S, ANSWER_S = 5, 60

# What fails is raised, and told in the server's own words. The client's would be a second line, and might quote rows.
logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)


def connect(address: Address, database: str | None = None) -> Any:
    """A client of the store, in the address's database unless `database` names another. Raises EngineError."""
    database = database or address.database
    if isinstance(address, Embedded):
        # Keep the engine from loading Arrow, which takes 36 MB of memory for a format that is not used here.
        sys.modules.setdefault("pyarrow", None)  # type: ignore[arg-type]
        path = str(address.directory)
        _isolate(address.directory)
        return clickhouse_connect.get_client(interface="chdb", path=path, database=database, settings=SETTINGS)
    settings = dict(SETTINGS)
    if address.cluster:
        # With replicated tables an insert needs only one running replica, so it can be written in the foreground. With
        # plain tables it would need all replicas, so the node writes the rows to its own disk first and sends them to
        # each replica in the background.
        settings["distributed_foreground_insert"] = int(address.replicated)
    return clickhouse_connect.get_client(
        interface="https" if address.secure else "http",
        host=address.host,
        port=address.port,
        username=address.user,
        password=address.password,
        database=database,
        settings=settings,
        autogenerate_session_id=False,
        connect_timeout=CONNECT_S,
        send_receive_timeout=ANSWER_S,
    )


def _isolate(directory: Path) -> None:
    """Keep this machine's TMPDIR and TZ from the engine: it ends with a stack trace if it cannot use them."""
    scratch = directory / "tmp"
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["TMPDIR"], os.environ["TZ"] = str(scratch), "UTC"
    time.tzset()
