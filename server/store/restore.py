"""Fills an empty store from a backup, except for rows that are too old."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from ..control.audit import Audit
from ..control.database import ControlDatabase
from ..errors import BackupError, DiskFullError, StoreError
from ..retention_period import RETENTION
from .archive import Archive
from .retention import size
from .store import Store

INSERT_ROWS = 100_000  # the most rows of one insert


def require_empty(store: Store) -> None:
    """Raise BackupError if the store has rows."""
    if size(store)["rows"]:
        raise BackupError("There are events in the store already: restore into an empty one.")


def restore(archive: Archive, store: Store, control: Path, now: datetime) -> int:
    """Fill an empty store, then make the control database, which must not exist. Returns the number of rows stored.

    Leaves out rows and entries older than RETENTION at `now` (UTC). Rows stamped later than `now`, by a clock that was
    ahead, get the time `now`: else they would be kept for longer than the others.

    A restore that was interrupted can be repeated with the same `now`: the store knows its inserts, and takes each row
    once. Raises BackupError, StoreError and ControlError.
    """
    row_count = 0
    for day in archive.days:
        for number, batch in enumerate(_batches(_kept(archive.lines(day), now), INSERT_ROWS)):
            token = hashlib.sha256(f"{archive.digest} {day} {number}".encode()).hexdigest()
            try:
                store.insert_lines(batch, token)
            except DiskFullError:
                raise
            except StoreError as error:
                raise BackupError(f"The rows of {day} in {archive.path} cannot be stored. {error}") from error
            row_count += len(batch)
    control.touch(mode=0o600)
    control.write_bytes(archive.accounts())
    with closing(ControlDatabase(control)) as database:
        Audit(database).expire(now)
    return row_count


def _kept(lines: Iterator[str], now: datetime) -> Iterator[str]:
    """The rows to store. A line begins with its row's time: ["2026-11-24 15:00:00.123",..."""
    oldest, newest = (f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"[:23] for at in (now - RETENTION, now))
    for line in lines:
        at = line[2:25]
        if at > newest:
            yield f"{line[:2]}{newest}{line[25:]}"
        elif at >= oldest:
            yield line


def _batches(lines: Iterator[str], most: int) -> Iterator[list[str]]:
    while batch := list(itertools.islice(lines, most)):
        yield batch
