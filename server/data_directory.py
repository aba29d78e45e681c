"""Where one server keeps everything, and how others find it there."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

from .errors import DirectoryInUseError


class DataDirectory:
    """`store/`, `control.sqlite`, `operator.token`, and, while a server runs, `server.json` with its url and pid."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = path / "store"
        self.control = path / "control.sqlite"
        self.token = path / "operator.token"
        self._server = path / "server.json"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keeps others out; raises DirectoryInUseError. The directory is made where there is none."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The kernel lets go of this lock however the process ends, so a killed server leaves none behind.
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DirectoryInUseError from None
            self.retract()  # of a server that was killed
            yield

    def announce(self, url: str) -> None:
        """Says where the server is; others see all of it or nothing."""
        draft = self.path / "server.json.new"
        draft.write_text(json.dumps({"url": url, "pid": os.getpid()}) + "\n")
        draft.replace(self._server)

    def retract(self) -> None:
        self._server.unlink(missing_ok=True)

    def server_url(self) -> str | None:
        """Where the server that holds the directory is, or None while it starts or stops."""
        try:
            return str(json.loads(self._server.read_text())["url"])
        except FileNotFoundError:
            return None
