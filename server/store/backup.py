"""Makes a backup: one tar file of the accounts and of each day's events, while the server runs.

    control.sqlite              the accounts, their settings, the tokens' hashes, the audit trail
    events/2026-11-24.jsonl.gz  a day's rows, as JSON arrays, one a line
    answers/2026-11-24.jsonl.gz a day's content answers in the same form
    manifest.json               each file's rows and SHA-256; it comes last, so it shows that nothing is missing

The rows are those of one moment. An embedded store and a cluster give the same files, as do SQLite and PostgreSQL, so a
backup of one can be restored into the other.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime

from widget.version import VERSION

from ..control.connection import Place
from ..control.copying import as_file
from . import answers
from .store import COLUMNS, Store

FORMAT = 2  # 1 had no content answers
CONTROL = "control.sqlite"
MANIFEST = "manifest.json"
EVENTS = "events/{day}.jsonl.gz"
ANSWERS = "answers/{day}.jsonl.gz"


def backup(store: Store, control: Place, until: datetime) -> Iterator[bytes]:
    """The tar's bytes, in chunks of a day: the current accounts, and the rows stored up to `until` (UTC).

    Raises StoreError and ControlError. The tar then has no manifest.
    """
    buffer = _Buffer()
    files: dict[str, dict[str, object]] = {}
    with tarfile.open(fileobj=buffer, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name, content, rows in _files(store, control, until):
            files[name] = {"rows": rows, "sha256": hashlib.sha256(content).hexdigest()}
            _add(tar, name, content, until)
            yield buffer.drain()
        manifest = {"format": FORMAT, "version": VERSION, "made_at": until.isoformat(), "files": files}
        _add(tar, MANIFEST, json.dumps(manifest, indent=1).encode(), until)
    yield buffer.drain()


def _files(store: Store, control: Place, until: datetime) -> Iterator[tuple[str, bytes, int]]:
    """Each file's name, content and number of rows."""
    yield CONTROL, as_file(control), 0
    until_ms = int(until.timestamp() * 1000)
    for (day,) in [row.values() for row in store.query("backup_days", until_ms=until_ms)]:
        literals = {"columns": ", ".join(COLUMNS)}
        lines = store.lines("backup_rows", "JSONCompactEachRow", literals=literals, until_ms=until_ms, day=day)
        yield EVENTS.format(day=day), gzip.compress(lines, compresslevel=6, mtime=0), lines.count(b"\n")
    for (day,) in [row.values() for row in store.query("backup_answer_days", until_ms=until_ms)]:
        literals = {"columns": ", ".join(answers.COLUMNS)}
        lines = store.lines("backup_answers", "JSONCompactEachRow", literals=literals, until_ms=until_ms, day=day)
        yield ANSWERS.format(day=day), gzip.compress(lines, compresslevel=6, mtime=0), lines.count(b"\n")


def _add(tar: tarfile.TarFile, name: str, content: bytes, at: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(content), 0o600, at.astimezone(UTC).timestamp()
    tar.addfile(entry, io.BytesIO(content))


class _Buffer(io.RawIOBase):
    """A write-only file in memory. `drain` removes what was written so far and returns it."""

    def __init__(self) -> None:
        self._content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        chunk = bytes(memoryview(data))  # type: ignore[arg-type]
        self._content += chunk
        return len(chunk)

    def drain(self) -> bytes:
        content, self._content = bytes(self._content), bytearray()
        return content
