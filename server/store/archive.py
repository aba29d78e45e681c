"""Reads a backup's archive, which may be damaged, foreign or made to do harm: in small pieces, never more than fits."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import re
import sqlite3
import tarfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from ..errors import BackupError
from .backup import CONTROL, FORMAT, MANIFEST

EVENTS = re.compile(r"events/\d{4}-\d{2}-\d{2}\.jsonl\.gz", re.ASCII)
ANSWERS = re.compile(r"answers/\d{4}-\d{2}-\d{2}\.jsonl\.gz", re.ASCII)
MAX_FILES = 1000  # a backup has two for each of 90 days, and two others
MAX_MANIFEST = 1 << 20  # bytes
MAX_CONTROL = 1 << 30  # bytes
MAX_LINE = 4096  # bytes of a row; the longest valid one has 400
CHUNK = 1 << 20  # bytes


class FileEntry(BaseModel):
    """What the manifest says of a file."""

    rows: int = Field(ge=0)
    sha256: str


class Manifest(BaseModel):
    """The last file of a backup."""

    format: int
    made_at: AwareDatetime = datetime.fromtimestamp(0, UTC)  # absent in newer formats, perhaps
    files: dict[str, FileEntry] = {}


class Archive:
    """A backup that was read as a whole and found complete. Its lines and accounts can be read as often as needed."""

    def __init__(self, path: Path) -> None:
        """Check the whole file. Raises BackupError if it is not a complete, undamaged backup."""
        self.path = path
        with self._open() as tar:
            members = self._members(tar)
            self.manifest = self._manifest(tar, members)
            expected = self.manifest.files
            for name in sorted(expected.keys() | members.keys() - {MANIFEST}):
                if name not in members or name not in expected or _sha256(tar, members[name]) != expected[name].sha256:
                    raise BackupError(f"{path} is damaged: {name} is not what was backed up; take another one.")
            if CONTROL not in members:
                raise BackupError(f"{path} is not a whole backup: {CONTROL} is missing; take another one.")
            self.days = sorted(filter(EVENTS.fullmatch, members))
            self.answer_days = sorted(filter(ANSWERS.fullmatch, members))
            self.rows = sum(expected[day].rows for day in self.days)
            for day in self.days + self.answer_days:
                if sum(1 for _ in self._lines(tar, day)) != expected[day].rows:
                    raise BackupError(f"{path} is damaged: {day} has another number of rows; take another one.")
            self._check_accounts(_read(tar, members[CONTROL], MAX_CONTROL))

    @property
    def digest(self) -> str:
        """Tells this backup from every other one."""
        return hashlib.sha256(self.manifest.model_dump_json().encode()).hexdigest()

    def lines(self, day: str) -> Iterator[str]:
        """The rows of one of `days` or `answer_days`, as JSON arrays. Raises BackupError."""
        with self._open() as tar:
            yield from self._lines(tar, day)

    def accounts(self) -> bytes:
        """The control database. Raises BackupError."""
        with self._open() as tar:
            return _read(tar, tar.getmember(CONTROL), MAX_CONTROL)

    @contextlib.contextmanager
    def _open(self) -> Iterator[tarfile.TarFile]:
        """The archive; whatever is wrong with it in the block raises BackupError."""
        try:
            with tarfile.open(self.path, "r:") as tar:
                yield tar
        except BackupError:
            raise
        except OSError as error:
            if isinstance(error, gzip.BadGzipFile):
                raise BackupError(f"{self.path} is not a whole backup: {error}; take another one.") from error
            raise BackupError(f"{self.path} cannot be read: {error.strerror or error}.") from error
        except (tarfile.TarError, EOFError, zlib.error, ValueError, KeyError, OverflowError) as error:
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise BackupError(f"{self.path} is not a whole backup: {reason}; take another one.") from error

    def _members(self, tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
        members: dict[str, tarfile.TarInfo] = {}
        for member in tar:
            is_known = member.name in (CONTROL, MANIFEST) or any(
                pattern.fullmatch(member.name) for pattern in (EVENTS, ANSWERS)
            )
            # A sparse file of a few bytes can stand for terabytes.
            if not is_known or not member.isreg() or member.issparse() or member.name in members:
                raise BackupError(f"{self.path} is not a backup: it has files that no backup has; take another one.")
            members[member.name] = member
            if len(members) > MAX_FILES:
                raise BackupError(f"{self.path} is not a backup: it has too many files; take another one.")
        if MANIFEST not in members:
            raise BackupError(f"{self.path} is not a whole backup: its last part is missing; take another one.")
        return members

    def _manifest(self, tar: tarfile.TarFile, members: dict[str, tarfile.TarInfo]) -> Manifest:
        try:
            manifest = Manifest.model_validate_json(_read(tar, members[MANIFEST], MAX_MANIFEST))
        except ValidationError as error:
            raise BackupError(f"{self.path} is damaged: its manifest cannot be read; take another one.") from error
        if manifest.format > FORMAT:
            raise BackupError(f"{self.path} was made by a newer version of this program; restore it with that version.")
        return manifest

    def _lines(self, tar: tarfile.TarFile, day: str) -> Iterator[str]:
        file = tar.extractfile(day)
        assert file  # it is a regular file
        with file, gzip.open(file) as unpacked:
            for _ in range(self.manifest.files[day].rows + 1):  # no more: a few packed bytes can stand for terabytes
                line = unpacked.readline(MAX_LINE)
                if not line:
                    return
                if not line.endswith(b"\n"):
                    raise BackupError(f"{self.path} is damaged: {day} has a row that is too long; take another one.")
                yield line.decode().rstrip("\n")

    def _check_accounts(self, content: bytes) -> None:
        """Raise BackupError unless the bytes are a whole control database of ours."""
        try:
            with contextlib.closing(sqlite3.connect(":memory:")) as database:
                # Bytes 18 and 19 say that the database has a log, which one in memory cannot have.
                database.deserialize(content[:18] + b"\1\1" + content[20:])
                (state,) = database.execute("PRAGMA quick_check").fetchone()
                (version,) = database.execute("PRAGMA user_version").fetchone()
                # A control database has none of these. A trigger could undo what a restore takes away.
                (others,) = database.execute(
                    "SELECT count(*) FROM sqlite_master WHERE type IN ('trigger', 'view')"
                ).fetchone()
        except (sqlite3.Error, OverflowError) as error:
            reason = str(error).partition("\n")[0]  # SQLite adds the lines of a table that it cannot read
            raise BackupError(f"{self.path} is damaged: {CONTROL} cannot be read: {reason}.") from error
        if state != "ok" or version < 1 or others:
            raise BackupError(f"{self.path} is damaged: {CONTROL} is no whole control database; take another one.")


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo, most: int) -> bytes:
    file = tar.extractfile(member)
    if not file or member.size > most:
        raise tarfile.ReadError(f"{member.name} is too large")
    content = file.read()
    if len(content) != member.size:
        raise tarfile.ReadError("unexpected end of data")
    return content


def _sha256(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = tar.extractfile(member)
    assert file  # it is a regular file
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
