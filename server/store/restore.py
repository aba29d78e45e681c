"""Restores a backup into an empty data directory: all of it or nothing, except for rows that are too old."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..control.audit import Audit
from ..control.database import ControlDatabase
from ..errors import BackupError
from ..retention_period import RETENTION
from . import answers
from .backup import ANSWERS, CONTROL, FORMAT, MANIFEST
from .retention import size
from .store import Store

INSERT_ROWS = 20_000  # the most rows of one insert


@dataclass(frozen=True)
class BackupSummary:
    """A complete backup's time and number of rows, from its manifest."""

    made_at: datetime
    rows: int


def check(path: Path) -> BackupSummary:
    """Read a whole backup. Raises BackupError if a file is missing or differs from its digest in the manifest."""
    digests: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    for name, content in _files(path):
        if name == MANIFEST:
            manifest = json.loads(content)
        else:
            digests[name] = hashlib.sha256(content).hexdigest()
    if not manifest:
        raise BackupError(f"{path} is not a whole backup: its last part is missing; take another one.")
    if manifest["format"] > FORMAT:
        raise BackupError(f"{path} was made by a newer version of this program; restore it with that version.")
    expected = {name: entry["sha256"] for name, entry in manifest["files"].items()}
    if wrong := sorted(name for name in expected.keys() | digests.keys() if expected.get(name) != digests.get(name)):
        raise BackupError(f"{path} is damaged: {wrong[0]} is not what was backed up; take another one.")
    rows = sum(entry["rows"] for entry in manifest["files"].values())
    return BackupSummary(datetime.fromisoformat(manifest["made_at"]), rows)


def restore(path: Path, store: Store, control: Path, now: datetime) -> int:
    """Fill an empty store, then make the control database, which must not exist. Returns the number of rows stored.

    Leaves out rows and entries older than RETENTION at `now` (UTC). Raises BackupError, StoreError and ControlError.
    """
    check(path)
    if size(store)["rows"]:
        raise BackupError("There are events in the store already: restore into an empty one.")
    oldest = f"{(now - RETENTION).astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    accounts, row_count = b"", 0
    for name, content in _files(path):
        if name == CONTROL:
            accounts = content
        elif name != MANIFEST:
            # A line begins with its row's time: ["2026-11-24 15:00:00.123",...
            lines = (line for line in gzip.decompress(content).decode().splitlines() if line[2:21] >= oldest)
            for batch in _batches(lines, INSERT_ROWS):
                if name.startswith(ANSWERS.partition("{")[0]):
                    answers.insert_lines(store, batch)
                else:
                    store.insert_lines(batch)
                    row_count += len(batch)
    control.touch(mode=0o600)
    control.write_bytes(accounts)
    with closing(ControlDatabase(control)) as database:
        Audit(database).expire(now)
    return row_count


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(path, "r|") as tar:
            for entry in tar:
                file = tar.extractfile(entry)
                yield entry.name, file.read() if file else b""
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{path} is not a whole backup: {error}; take another one.") from error
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}.") from error


def _batches(lines: Iterator[str], most: int) -> Iterator[list[str]]:
    while batch := list(itertools.islice(lines, most)):
        yield batch
