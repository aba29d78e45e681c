"""The engine's clients: one kind for the embedded engine and for a cluster."""

from __future__ import annotations

import sys
from typing import Any

import clickhouse_connect

from .address import Address, Embedded

SETTINGS = {
    "async_insert": 0,  # on by default: the engine would answer before the rows are on the disk
    "input_format_parallel_parsing": 0,  # one insert, one block, one part: all of it is stored or nothing
    "input_format_skip_unknown_fields": 0,  # a misspelt column is a bug, not a default
    "date_time_output_format": "iso",
}
CONNECT_S, ANSWER_S = 5, 60


def connect(address: Address, database: str | None = None) -> Any:
    """A client of the store, in its database unless another is named; raises EngineError."""
    database = database or address.database
    if isinstance(address, Embedded):
        # The engine loads Arrow where it finds it: 36 MB of memory, for answers in a format that nobody here asks for.
        sys.modules.setdefault("pyarrow", None)  # type: ignore[arg-type]
        path = str(address.directory)
        return clickhouse_connect.get_client(interface="chdb", path=path, database=database, settings=SETTINGS)
    settings = dict(SETTINGS)
    if address.cluster:
        # Replicated tables need but one replica for an insert to be taken. Of plain ones all would have to be up, so
        # there the node that is asked puts the rows on its own disk first, and gives them to each replica in turn.
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
