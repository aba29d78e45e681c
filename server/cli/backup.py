"""`backup`: the accounts and the events in one file, taken while the server runs or while it does not."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from .. import COMMAND
from ..config import Config
from ..data_directory import DataDirectory
from ..errors import BackupError, ConfigError, DirectoryInUseError
from .parsing import Commands, add_command
from .running import ask

PIECE = 1 << 20
ABOUT = f"""\
Writes one tar file with the accounts and the events of one moment, and reads it again to
check it. A server that runs on the data directory makes it and goes on serving. The content
files and the operator's token are not in it. Delete a backup before it is 90 days old: that
nothing is kept for longer is promised of it, too.

  {COMMAND} backup tresta.tar     into this file, which must not exist
  {COMMAND} backup /backups       into a file named by the time, in this directory"""


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "backup", run, "store", help="save accounts and events in a file", about=ABOUT)
    parser.add_argument("target", type=Path, metavar="FILE|DIR", help="the file to make, or the directory for it")


def run(args: argparse.Namespace, config: Config) -> None:
    from ..store.restore import check  # loads the engine

    target, now = args.target, datetime.now(UTC)
    if target.is_dir():
        target = target / f"tresta-{now:%Y-%m-%dT%H%M%SZ}.tar"
    if target.exists():
        raise ConfigError(f"{target} is there already; name another file, or a directory.")
    draft = target.with_name(f"{target.name}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for piece in _pieces(config, DataDirectory(config.data), now):
                file.write(piece)
            os.fsync(file.fileno())
        found = check(draft)
        draft.replace(target)
    except OSError as error:
        raise ConfigError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    print(f"{target} holds {found.rows} rows and the accounts, as of {found.made_at:%Y-%m-%d %H:%M:%S} UTC.")


def _pieces(config: Config, data: DataDirectory, now: datetime) -> Iterator[bytes]:
    """The tar's bytes: of our own making, or of the server that holds the directory."""
    if not data.control.is_file():
        raise ConfigError(f"There is no control database in {data.path}; --data takes the server's data directory.")
    try:
        with data.held():
            from ..store.backup import backup
            from ..store.store import Store

            with contextlib.closing(Store(config.store or data.store)) as store:
                yield from backup(store, data.control, now)
    except DirectoryInUseError:
        try:
            with ask(data, "/backup") as answer:
                while piece := answer.read(PIECE):
                    yield piece
        except http.client.HTTPException as error:
            raise BackupError("The server ended in the midst of the backup; its log may say why.") from error
