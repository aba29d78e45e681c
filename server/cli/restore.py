"""`restore`: fills an empty data directory from a backup."""

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
from ..retention_period import RETENTION_DAYS
from .parsing import Commands, add_command

ABOUT = f"""\
Fills a new or empty data directory from a backup. It restores everything or nothing, except
for rows older than {RETENTION_DAYS} days, which it leaves out. The next `serve` makes a new operator's token.

  {COMMAND} restore tresta.tar --data restored
  {COMMAND} restore tresta.tar --store clickhouse://...   its events into an empty cluster"""


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "restore", run, "store", help="restore a backup", about=ABOUT)
    parser.add_argument("source", type=Path, metavar="FILE", help="a file that `backup` made")


def run(args: argparse.Namespace, config: Config) -> None:
    from ..store.restore import check, restore  # here, because it loads the engine
    from ..store.store import Store

    data, now = DataDirectory(config.data), datetime.now(UTC)
    if data.path.exists() and (not data.path.is_dir() or any(data.path.iterdir())):
        raise ConfigError(f"{data.path} is not an empty directory; name a new or empty one with --data.")
    summary = check(args.source)
    existed = data.path.exists()
    try:
        with data.lock(), contextlib.closing(Store(config.store or data.store)) as store:
            rows = restore(args.source, store, data.control, now)
    except BaseException:  # also Ctrl-C: half of a backup must not stay
        shutil.rmtree(data.path)
        if existed:
            data.path.mkdir(mode=0o700)
        raise
    expired = summary.rows - rows
    note = f" {expired} rows older than {RETENTION_DAYS} days were left out." if expired > 0 else ""
    print(f"{data.path} holds {rows} rows and the accounts, as of {summary.made_at:%Y-%m-%d %H:%M:%S} UTC.{note}")
