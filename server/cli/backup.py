"""`backup`: saves the accounts and the events in one file, whether or not the server runs."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import http.client
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from .. import COMMAND
from ..config import Config
from ..data_directory import DataDirectory
from ..errors import BackupError, ConfigError, DirectoryInUseError
from ..retention_period import RETENTION_DAYS
from .parsing import Commands, add_command
from .running import ask

CHUNK_BYTES = 1 << 20
DRAFT = ".tresta-part"
ABOUT = f"""\
Writes the accounts and the events of one moment to a tar file, and reads the file again to
check it. If a server runs on the data directory, it makes the backup and goes on serving.
The backup has no content files and no text of the operator's token. Delete it before it is
{RETENTION_DAYS} days old: the promise to keep nothing for longer includes backups.

  {COMMAND} backup tresta.tar     into this file, which must not exist
  {COMMAND} backup /backups       into a new file in this directory, named by the time"""


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "backup", run, "store", help="save accounts and events in a file", about=ABOUT)
    parser.add_argument("target", type=Path, metavar="FILE|DIR", help="the file to make, or a directory for it")


def run(args: argparse.Namespace, config: Config) -> None:
    from ..store.archive import Archive  # here, because it loads the engine

    target, now = args.target, datetime.now(UTC)
    if target.is_dir():
        target = target / f"tresta-{now:%Y-%m-%dT%H%M%SZ}.tar"
    if target.exists():
        raise ConfigError(f"{target} exists already; name another file, or a directory.")
    data = DataDirectory(config.data)
    if not config.control and not data.control.is_file():
        raise ConfigError(f"There is no control database in {data.path}; --data takes the server's data directory.")
    try:
        _remove_dead_drafts(target.parent)
        with _draft(target) as (draft, file):
            for chunk in _chunks(config, data, now):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
            archive = Archive(draft)
            draft.replace(target)
    except OSError as error:
        raise ConfigError(f"{target} cannot be written: {error.strerror or error}.") from error
    made_at = archive.manifest.made_at.astimezone(UTC)
    print(f"{target} holds {archive.rows} rows and the accounts, as of {made_at:%Y-%m-%d %H:%M:%S} UTC.")


@contextlib.contextmanager
def _draft(target: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """A file beside the target, locked while it is written and deleted afterwards."""
    draft = target.with_name(f"{target.name}{DRAFT}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield draft, file
        finally:
            draft.unlink(missing_ok=True)


def _remove_dead_drafts(directory: Path) -> None:
    """Delete the drafts of backups that were killed: nobody else would, and they hold rows."""
    for draft in directory.glob(f"*{DRAFT}"):
        with contextlib.suppress(OSError), draft.open("rb") as file:  # OSError: it is being written, or another's
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            draft.unlink()


def _chunks(config: Config, data: DataDirectory, now: datetime) -> Iterator[bytes]:
    """The tar's bytes, made here or, if a server uses the directory, by that server."""
    try:
        with data.lock():
            from ..store.backup import backup
            from ..store.store import Store

            with contextlib.closing(Store(config.store or data.store)) as store:
                yield from backup(store, config.control_place, now)
    except DirectoryInUseError:
        try:
            with ask(data, "/backup") as answer:
                while chunk := answer.read(CHUNK_BYTES):
                    yield chunk
        except http.client.HTTPException as error:
            raise BackupError("The server ended during the backup; see its log for the reason.") from error
