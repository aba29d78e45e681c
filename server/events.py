"""The newest stored rows: asked of the server that runs, else read from the store, and shown as a table."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from .data_directory import DataDirectory
from .errors import DirectoryInUseError

WORDS = ("ts", "account", "kind", "widget", "version", "layout", "code")
NUMBERS = ("load_ms", "count", "rate", "weight")
COLUMNS = WORDS + NUMBERS


def newest_events(data: DataDirectory, limit: int) -> list[dict[str, Any]]:
    """At most `limit` rows, the newest first.

    Raises DirectoryInUseError while a server starts or stops, OSError when a running one does not answer,
    and StoreError when none runs and the store cannot be read.
    """
    try:
        with data.held():
            return _from_store(data, limit)
    except DirectoryInUseError:
        url = data.server_url()
        if url is None:
            raise
        return _from_server(url, data.token.read_text().strip(), limit)


def _from_server(url: str, token: str, limit: int) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(f"{url}/api/v1/events?limit={limit}", headers=headers)
    # No proxy, whatever the environment says: the token is none of its business.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as response:
        events: list[dict[str, Any]] = json.load(response)["events"]
    return events


def _from_store(data: DataDirectory, limit: int) -> list[dict[str, Any]]:
    from .store.store import Store  # the engine takes half a second to load, and asking a server needs none of it

    store = Store(data.store)
    try:
        return store.query("newest_events", limit=limit)
    finally:
        store.close()


def as_table(events: list[dict[str, Any]]) -> str:
    """The rows under their columns' names; numbers to the right, `-` for what a row's kind does not have."""
    lines = [list(COLUMNS), *([_cell(event, name) for name in COLUMNS] for event in events)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    return "\n".join(_aligned(line, widths) for line in lines)


def _cell(event: dict[str, Any], name: str) -> str:
    if name == "load_ms" and event["kind"] != "load":
        return "-"
    value = event[name]
    return f"{value:.6g}" if isinstance(value, float) else str(value) or "-"


def _aligned(line: list[str], widths: list[int]) -> str:
    cells = (
        cell.rjust(width) if name in NUMBERS else cell.ljust(width)
        for name, cell, width in zip(COLUMNS, line, widths, strict=True)
    )
    return "  ".join(cells).rstrip()
