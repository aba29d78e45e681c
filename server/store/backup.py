"""A backup: one tar of the accounts and of each day's events, made while the server runs, checked before it is used.

    control.sqlite              the accounts, their settings, the tokens' hashes, the audit trail
    events/2026-11-24.jsonl.gz  a day's rows, as JSON arrays, one a line
    manifest.json               last, and so a sign that nothing is missing: each file's rows and SHA-256

The rows are those of one moment. They are the same for an embedded store and for a cluster, so that one can be
restored into the other.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from widget.version import VERSION

from ..errors import ControlError
from .store import COLUMNS, Store

FORMAT = 1
CONTROL = "control.sqlite"
MANIFEST = "manifest.json"
EVENTS = "events/{day}.jsonl.gz"


def backup(store: Store, control: Path, until: datetime) -> Iterator[bytes]:
    """The tar's bytes, in pieces of a day: no row that came after `until` (UTC), and what the accounts are now.

    Raises StoreError and ControlError, and then there is no manifest in what it gave.
    """
    pieces = _Pieces()
    files: dict[str, dict[str, object]] = {}
    with tarfile.open(fileobj=pieces, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name, content, rows in _files(store, control, until):
            files[name] = {"rows": rows, "sha256": hashlib.sha256(content).hexdigest()}
            _add(tar, name, content, until)
            yield pieces.take()
        manifest = {"format": FORMAT, "version": VERSION, "made_at": until.isoformat(), "files": files}
        _add(tar, MANIFEST, json.dumps(manifest, indent=1).encode(), until)
    yield pieces.take()


def _files(store: Store, control: Path, until: datetime) -> Iterator[tuple[str, bytes, int]]:
    """Each file's name, content, and how many rows of events are in it."""
    yield CONTROL, _copy(control), 0
    until_ms = int(until.timestamp() * 1000)
    for (day,) in [row.values() for row in store.query("backup_days", until_ms=until_ms)]:
        literals = {"columns": ", ".join(COLUMNS)}
        lines = store.lines("backup_rows", "JSONCompactEachRow", literals=literals, until_ms=until_ms, day=day)
        yield EVENTS.format(day=day), gzip.compress(lines, compresslevel=6, mtime=0), lines.count(b"\n")


def _copy(control: Path) -> bytes:
    """The accounts' database as it is at one moment, whoever changes it meanwhile."""
    try:
        with closing(sqlite3.connect(control)) as original, closing(sqlite3.connect(":memory:")) as copy:
            original.backup(copy)
            return copy.serialize()
    except sqlite3.Error as error:
        raise ControlError(f"{control} cannot be read: {error}.") from error


def _add(tar: tarfile.TarFile, name: str, content: bytes, at: datetime) -> None:
    about = tarfile.TarInfo(name)
    about.size, about.mode, about.mtime = len(content), 0o600, at.astimezone(UTC).timestamp()
    tar.addfile(about, io.BytesIO(content))


class _Pieces(io.RawIOBase):
    """A file that is only written to, and whose content is taken out as it comes."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(memoryview(data))  # type: ignore[arg-type]
        self._held += piece
        return len(piece)

    def take(self) -> bytes:
        taken, self._held = bytes(self._held), bytearray()
        return taken
