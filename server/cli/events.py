"""`events`: prints the newest stored rows as a table or JSON. A running server is asked; else the store is read."""

from __future__ import annotations

import argparse
import contextlib
import json
import urllib.request
from pathlib import Path
from typing import Any

from widget.telemetry.schema import STAGES

from .. import COMMAND
from ..config import Config, whole_number
from ..control.audit import COMMAND_LINE, Audit
from ..control.database import ControlDatabase
from ..data_directory import DataDirectory
from ..errors import ConfigError, DirectoryInUseError
from .parsing import Commands, add_command, option_type

WORDS = ("ts", "account", "kind", "widget", "version", "layout", "code", "variant", "region")
NUMBERS = ("truth", "load_ms", *STAGES, "count", "rate", "weight")
COLUMNS = WORDS + NUMBERS
ABOUT = f"""\
Shows the newest stored rows. If a server runs on the data directory, it is asked; else the
store is read directly. The audit trail says that rows were read. Each row stands for
count * weight events, where weight is 1 / rate.

  {COMMAND} events --limit 20    as a table
  {COMMAND} events --json        for other programs"""


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "events", run, "store", help="show the newest rows", about=ABOUT)
    limit = option_type(whole_number(1, 1000))
    parser.add_argument("--limit", type=limit, default=10, metavar="N", help="1 to 1000 (default 10)")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")


def run(args: argparse.Namespace, config: Config) -> None:
    data = DataDirectory(config.data)
    if not (config.store or data.store.is_dir()):
        raise ConfigError(f"There is no store in {data.path}; --data takes the server's data directory.")
    try:
        events = newest_events(data, config.store or data.store, args.limit)
    except OSError as error:
        raise ConfigError(f"The server that uses {data.path} does not answer: {error}.") from error
    if args.json:
        print(json.dumps({"events": events}))
    else:
        print(as_table(events) if events else "No event is stored yet.")


def newest_events(data: DataDirectory, store: str | Path, limit: int) -> list[dict[str, Any]]:
    """At most `limit` rows, the newest first.

    Raises DirectoryInUseError while a server starts or stops, OSError if a running server does not answer,
    and StoreError if none runs and the store cannot be read.
    """
    try:
        with data.lock():
            return _from_store(store, data.control, limit)
    except DirectoryInUseError:
        url = data.server_url()
        if url is None:
            raise
        return _from_server(url, data.token.read_text().strip(), limit)


def _from_server(url: str, token: str, limit: int) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(f"{url}/api/v1/events?limit={limit}", headers=headers)
    # Ignore proxies of the environment: they must not see the token.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as response:
        events: list[dict[str, Any]] = json.load(response)["events"]
    return events


def _from_store(address: str | Path, control: Path, limit: int) -> list[dict[str, Any]]:
    from ..store.store import Store  # here, because the engine takes half a second to load and is seldom needed

    if control.exists():
        with contextlib.closing(ControlDatabase(control)) as database:
            Audit(database).note_reading(COMMAND_LINE, limit)
    store = Store(address)
    try:
        return store.query("newest_events", limit=limit)
    finally:
        store.close()


def as_table(events: list[dict[str, Any]]) -> str:
    """The rows below a line of column names. Numbers are right-aligned; `-` marks what a kind of row does not have."""
    lines = [list(COLUMNS), *([_cell(event, name) for name in COLUMNS] for event in events)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    return "\n".join(_aligned(line, widths) for line in lines)


def _cell(event: dict[str, Any], name: str) -> str:
    value = event[name]
    if value is None or (name == "load_ms" and event["kind"] != "load") or (name == "truth" and not value):
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value) or "-"


def _aligned(line: list[str], widths: list[int]) -> str:
    cells = (
        cell.rjust(width) if name in NUMBERS else cell.ljust(width)
        for name, cell, width in zip(COLUMNS, line, widths, strict=True)
    )
    return "  ".join(cells).rstrip()
