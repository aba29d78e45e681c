"""The directory with all data of one server. Other commands find the running server through it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

from .errors import DirectoryInUseError


class DataDirectory:
    """Has `store/`, `control.sqlite`, `operator.token` and, while a server runs, `server.json` with its URL and pid."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = path / "store"
        self.control = path / "control.sqlite"
        self.token = path / "operator.token"
        self._server = path / "server.json"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Lock the directory for this process, and make it if it does not exist. Raises DirectoryInUseError."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The kernel releases the lock even if the process is killed.
        with (self.path / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DirectoryInUseError from None
            self.retract()  # a server that was killed has left its server.json
            yield

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
