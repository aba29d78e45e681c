"""`retention`: checks that no stored row is older than promised."""

from __future__ import annotations

import argparse
import contextlib
from datetime import UTC, datetime, timedelta

from .. import COMMAND
from ..config import Config
from ..data_directory import DataDirectory
from ..errors import BrokenPromiseError, ConfigError, DirectoryInUseError
from ..retention_period import RETENTION, RETENTION_DAYS
from .parsing import Commands, add_command
from .running import ask_json

CLOCK_ERROR = timedelta(hours=1)
ABOUT = f"""\
Shows the oldest stored row. Ends with exit code 1 if it is older than {RETENTION_DAYS} days, or if a row is
stamped in the future, so that a monitor can run it once a day. If a server runs on the data
directory, it is asked; else the store is read directly.

  {COMMAND} retention || echo "a row is older than promised"
"""


def add_to(commands: Commands) -> None:
    add_command(commands, "retention", run, "store", help="check that no row is kept too long", about=ABOUT)


def run(args: argparse.Namespace, config: Config) -> None:
    oldest_row, newest_row = _age_range(config, DataDirectory(config.data))
    if oldest_row is None:
        print("No event is stored.")
        return
    now = datetime.now(UTC)
    if newest_row and newest_row > now + CLOCK_ERROR:
        days = (newest_row - now).total_seconds() / 86400
        raise BrokenPromiseError(
            f"The newest row is of {newest_row:%Y-%m-%d %H:%M:%S} UTC, which is in the future: a clock was ahead when "
            f"it was stored, and it will be kept {days:.1f} days too long. `{COMMAND} backup` and `restore` correct it."
        )
    age = now - oldest_row
    sentence = f"The oldest row is of {oldest_row:%Y-%m-%d %H:%M:%S} UTC, {age.total_seconds() / 86400:.1f} days ago"
    if age > RETENTION:
        raise BrokenPromiseError(f"{sentence}: nothing may be older than {RETENTION_DAYS} days.")
    print(f"{sentence}; {RETENTION_DAYS} are promised.")


def _age_range(config: Config, data: DataDirectory) -> tuple[datetime | None, datetime | None]:
    if not config.store and not data.store.is_dir():
        raise ConfigError(f"There is no store in {data.path}; --data takes the server's data directory.")
    try:
        with data.lock():
            # Here, because the engine takes half a second to load, and is not needed while a server runs.
            from ..store.retention import age_range
            from ..store.store import Store

            with contextlib.closing(Store(config.store or data.store)) as store:
                return age_range(store)
    except DirectoryInUseError:
        health = ask_json(data, "/health")
        if health["store"] is None:
            raise ConfigError(
                "The server's store does not answer, so the oldest row is unknown; see the server's log."
            ) from None
        oldest_row, newest_row = (
            datetime.fromisoformat(health[name]) if health[name] else None for name in ("oldest_row", "newest_row")
        )
        return oldest_row, newest_row
