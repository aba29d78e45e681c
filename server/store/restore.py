"""A backup brought back: into an empty data directory, whole or not at all, and nothing that is too old."""

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
from .backup import CONTROL, FORMAT, MANIFEST
from .retention import RETENTION, size
from .store import Store

ROWS_AT_ONCE = 20_000  # in one insert


@dataclass(frozen=True)
class Checked:
    """What a whole backup says of itself."""

    made_at: datetime
    rows: int


def check(path: Path) -> Checked:
    """Reads all of a backup; raises BackupError where anything is missing, or is not what was backed up."""
    found: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    for name, content in _files(path):
        if name == MANIFEST:
            manifest = json.loads(content)
        else:
            found[name] = hashlib.sha256(content).hexdigest()
    if not manifest:
        raise BackupError(f"{path} is not a whole backup: its last part is missing; take another one.")
    if manifest["format"] != FORMAT:
        raise BackupError(f"{path} was made by a newer version of this program; restore it with that one.")
    wanted = {name: about["sha256"] for name, about in manifest["files"].items()}
    if wrong := sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)):
        raise BackupError(f"{path} is damaged: {wrong[0]} is not what was backed up; take another one.")
    rows = sum(about["rows"] for about in manifest["files"].values())
    return Checked(datetime.fromisoformat(manifest["made_at"]), rows)


def restore(path: Path, store: Store, control: Path, now: datetime) -> int:
    """Fills an empty store, and then the accounts' database, which must not exist; gives the number of rows stored.

    What is older than 90 days at `now` (UTC) stays away. Raises BackupError, StoreError and ControlError.
    """
    check(path)
    if size(store)["rows"]:
        raise BackupError("There are events in the store already: restore into an empty one.")
    oldest = f"{(now - RETENTION).astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    accounts, restored = b"", 0
    for name, content in _files(path):
        if name == CONTROL:
            accounts = content
        elif name != MANIFEST:
            # A line begins with its row's time: ["2026-11-24 15:00:00.123",...
            lines = (line for line in gzip.decompress(content).decode().splitlines() if line[2:21] >= oldest)
            for some in _batches(lines, ROWS_AT_ONCE):
                store.insert_lines(some)
                restored += len(some)
    control.touch(mode=0o600)
    control.write_bytes(accounts)
    with closing(ControlDatabase(control)) as database:
        Audit(database).expire(now)
    return restored


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(path, "r|") as tar:
            for about in tar:
                file = tar.extractfile(about)
                yield about.name, file.read() if file else b""
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{path} is not a whole backup: {error}; take another one.") from error
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}.") from error


def _batches(lines: Iterator[str], most: int) -> Iterator[list[str]]:
    while batch := list(itertools.islice(lines, most)):
        yield batch
