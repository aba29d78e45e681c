"""The directory with all data of one server. Other commands find the running server through it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from . import COMMAND
from .errors import ConfigError, DirectoryInUseError


class DataDirectory:
    """Has `store/`, `control.sqlite`, `operator.token` and, while a server runs, `server.json` with its URL and pid.

    A restore fills the draft `restoring/`, which has the same files. Its rename to `restored/` is the moment at which
    the restore has happened. After that the files only move to their places, and whoever opens the directory next
    goes on with that if the restore was killed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = path / "store"
        self.control = path / "control.sqlite"
        self.token = path / "operator.token"
        self._server = path / "server.json"
        self._restoring, self._restored = path / "restoring", path / "restored"

    @contextlib.contextmanager
    def lock(self, *, restoring: bool = False) -> Iterator[None]:
        """Lock the directory for this process, and make it if it does not exist.

        Raises DirectoryInUseError, and ConfigError if a restore was interrupted, unless `restoring`.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.left_to_owner(), os.fdopen(os.open(self.path / "lock", os.O_RDONLY | os.O_CREAT, 0o600)) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kernel releases it even if the process is killed
            except BlockingIOError:
                raise DirectoryInUseError from None
            self.retract()  # a server that was killed has left its server.json
            self._put_in_place()
            if self._restoring.exists() and not restoring:
                raise ConfigError(
                    f"A restore into {self.path} was interrupted: run `{COMMAND} restore` again, "
                    f"or delete {self._restoring} to go on with what was there before."
                )
            yield

    def complete_restore(self) -> None:
        """Complete a restore that was killed while its files moved to their places. Raises DirectoryInUseError."""
        if self._restored.exists():
            with self.lock():
                pass

    @contextlib.contextmanager
    def left_to_owner(self) -> Iterator[None]:
        """Give what root makes here in the block to the directory's owner: a server without root could not use it."""
        try:
            yield
        finally:
            owner = self.path.stat()
            if os.geteuid() == 0 and owner.st_uid != 0:
                for path in self.path.rglob("*"):
                    if path.lstat().st_uid == 0:
                        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)

    def draft(self) -> DataDirectory:
        """The draft of a restore, made if there is none. Call it under `lock(restoring=True)`."""
        self._restoring.mkdir(mode=0o700, exist_ok=True)
        return DataDirectory(self._restoring)

    @property
    def draft_path(self) -> Path:
        """Where the draft of a restore is, if there is one."""
        return self._restoring

    def drop_control(self) -> None:
        """Delete the control database with its log."""
        for log in ("", "-wal", "-shm"):
            self.control.with_name(self.control.name + log).unlink(missing_ok=True)

    def drop_draft(self) -> None:
        """Delete the draft, if there is one."""
        shutil.rmtree(self._restoring, ignore_errors=True)

    def take_draft(self) -> None:
        """Replace the store, the control database and the operator's token by those of the draft: all or none."""
        _flush(self._restoring)
        self._restoring.rename(self._restored)
        _flush_directory(self.path)
        self._put_in_place()

    def _put_in_place(self) -> None:
        if not self._restored.exists():
            return
        for place in (self.store, self.token, self.control):
            new = self._restored / place.name
            if new.exists():
                if place.is_dir():
                    place.rename(self._restored / f"old-{place.name}")
                for log in ("-wal", "-shm"):  # of the old control database; the new one would read them
                    place.with_name(place.name + log).unlink(missing_ok=True)
                new.replace(place)
        _flush_directory(self.path)
        shutil.rmtree(self._restored)

    def announce(self, url: str) -> None:
        """Write the server's URL to server.json, as a whole."""
        draft = self.path / "server.json.new"
        draft.write_text(json.dumps({"url": url, "pid": os.getpid()}) + "\n")
        draft.replace(self._server)

    def retract(self) -> None:
        """Remove server.json."""
        self._server.unlink(missing_ok=True)

    def server_url(self) -> str | None:
        """The URL of the server that uses the directory, or None while it starts or stops."""
        try:
            return str(json.loads(self._server.read_text())["url"])
        except FileNotFoundError:
            return None


def _flush(directory: Path) -> None:
    """Put all files below the directory on the disk, so that a power failure after a rename finds them whole."""
    for folder, _, names in os.walk(directory):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:  # noqa: PTH118, PTH123
                os.fsync(file.fileno())
        _flush_directory(Path(folder))


def _flush_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
