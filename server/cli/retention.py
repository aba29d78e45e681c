"""`retention`: whether the promise of 90 days is kept, told from the oldest row that is stored."""

from __future__ import annotations

import argparse
import contextlib
from datetime import UTC, datetime

from .. import COMMAND
from ..config import Config
from ..data_directory import DataDirectory
from ..errors import BrokenPromiseError, ConfigError, DirectoryInUseError
from ..store.retention import RETENTION, RETENTION_DAYS, oldest
from .parsing import Commands, add_command
from .running import ask_json

ABOUT = f"""\
Shows the oldest row that is stored, and ends with an exit code of 1 when it is older than
{RETENTION_DAYS} days: for a monitor to run once a day. Asks the server that runs on the data directory,
or reads the store itself when none does.

  {COMMAND} retention || echo "something is older than promised"
"""


def add_to(commands: Commands) -> None:
    add_command(commands, "retention", run, "store", help="check that nothing is kept too long", about=ABOUT)


def run(args: argparse.Namespace, config: Config) -> None:
    found = _oldest(config, DataDirectory(config.data))
    if found is None:
        print("No event is stored.")
        return
    age = datetime.now(UTC) - found
    sentence = f"The oldest row is of {found:%Y-%m-%d %H:%M:%S} UTC, {age.total_seconds() / 86400:.1f} days ago"
    if age > RETENTION:
        raise BrokenPromiseError(f"{sentence}: nothing may be older than {RETENTION_DAYS} days.")
    print(f"{sentence}; {RETENTION_DAYS} are promised.")


def _oldest(config: Config, data: DataDirectory) -> datetime | None:
    if not config.store and not data.store.is_dir():
        raise ConfigError(f"There is no store in {data.path}; --data takes the server's data directory.")
    try:
        with data.held():
            from ..store.store import Store  # the engine takes half a second to load, and a server that runs has it

            with contextlib.closing(Store(config.store or data.store)) as store:
                return oldest(store)
    except DirectoryInUseError:
        health = ask_json(data, "/health")
        if health["store"] is None:
            raise ConfigError("The server's store does not answer, so nobody can tell; its log says why.") from None
        return datetime.fromisoformat(health["oldest_row"]) if health["oldest_row"] else None
