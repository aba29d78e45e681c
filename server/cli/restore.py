"""`restore`: a backup brought back into an empty data directory."""

from __future__ import annotations

import argparse
import contextlib
import shutil
from datetime import UTC, datetime
from pathlib import Path

from .. import COMMAND
from ..config import Config
from ..data_directory import DataDirectory
from ..errors import ConfigError
from ..store.retention import RETENTION_DAYS
from .parsing import Commands, add_command

ABOUT = f"""\
Fills a data directory that is empty, or not there yet, from a backup: all of it or nothing,
and no row that is older than {RETENTION_DAYS} days. The next `serve` makes a new operator's token.

  {COMMAND} restore tresta.tar --data restored
  {COMMAND} restore tresta.tar --store clickhouse://...   its events into an empty cluster"""


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "restore", run, "store", help="bring a backup back", about=ABOUT)
    parser.add_argument("source", type=Path, metavar="FILE", help="what `backup` has made")


def run(args: argparse.Namespace, config: Config) -> None:
    from ..store.restore import check, restore  # loads the engine
    from ..store.store import Store

    data, now = DataDirectory(config.data), datetime.now(UTC)
    if data.path.exists() and (not data.path.is_dir() or any(data.path.iterdir())):
        raise ConfigError(f"{data.path} is not an empty directory; name one that is, or none yet, with --data.")
    found = check(args.source)
    was_there = data.path.exists()
    try:
        with data.held(), contextlib.closing(Store(config.store or data.store)) as store:
            rows = restore(args.source, store, data.control, now)
    except BaseException:  # whatever it was: half of a backup is none
        shutil.rmtree(data.path)
        if was_there:
            data.path.mkdir(mode=0o700)
        raise
    left = f" {found.rows - rows} rows older than {RETENTION_DAYS} days were left out." if rows < found.rows else ""
    print(f"{data.path} holds {rows} rows and the accounts, as of {found.made_at:%Y-%m-%d %H:%M:%S} UTC.{left}")
