"""Fills an empty store from a backup, except for rows that are too old."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from ..control.audit import Audit
from ..control.database import ControlDatabase
from ..errors import BackupError, DiskFullError, StoreError
from ..retention_period import RETENTION
from . import answers
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
        row_count += _insert(archive, day, now, store.insert_lines)
    for day in archive.answer_days:
        _insert(archive, day, now.replace(minute=0, second=0, microsecond=0), partial(answers.insert_lines, store))
    control.touch(mode=0o600)
    control.write_bytes(archive.accounts())
    with closing(ControlDatabase(control)) as database:
        Audit(database).expire(now)
    return row_count


def _insert(archive: Archive, day: str, now: datetime, insert: Callable[[list[str], str], object]) -> int:
    """Store the rows of one file of the archive. Returns their number."""
    row_count = 0
    for number, batch in enumerate(_batches(_kept(archive.lines(day), now), INSERT_ROWS)):
        token = hashlib.sha256(f"{archive.digest} {day} {number}".encode()).hexdigest()
        try:
            insert(batch, token)
        except DiskFullError:
            raise
        except StoreError as error:
            raise BackupError(f"The rows of {day} in {archive.path} cannot be stored. {error}") from error
        row_count += len(batch)
    return row_count


def _kept(lines: Iterator[str], now: datetime) -> Iterator[str]:
    """The rows to store. A line begins with its row's time: ["2026-11-24 15:00:00.123",... Whole hours have no dot."""
    oldest, newest = (f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"[:23] for at in (now - RETENTION, now))
    for line in lines:
        at = line[2 : line.index('"', 2)]
        if at > newest:
            yield f"{line[:2]}{newest[: len(at)]}{line[2 + len(at) :]}"
        elif at >= oldest[: len(at)]:
            yield line


def _batches(lines: Iterator[str], most: int) -> Iterator[list[str]]:
    while batch := list(itertools.islice(lines, most)):
        yield batch
