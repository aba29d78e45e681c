"""Starts a real PostgreSQL on a free port of this machine, in a new directory."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from bundler.machine import programs

START_S = 60.0
USER = "nobody"  # PostgreSQL refuses to run as root
# Its text sorts in another way than by bytes, as most installations' does. Nothing here outlives the machine.
INITDB = ("--auth=trust", "--username=tresta", "--encoding=UTF8", "--locale-provider=icu", "--icu-locale=en-US")


class PostgresServer:
    """A server process. `kill` and `start` are a crash and its end; the databases stay."""

    def __init__(self) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="tresta-postgres-"))
        self._data = self._directory / "data"
        self._numbers = itertools.count(1)
        self._own: list[str] = ["setpriv", "--pdeathsig", "QUIT"]  # it ends with the tests, however those end
        if os.geteuid() == 0:
            shutil.chown(self._directory, USER)
            self._own += ["--reuid", USER, "--clear-groups", "--regid", "nogroup"]
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        initdb = [*self._own, str(_program("initdb")), f"--pgdata={self._data}", "--no-sync", *INITDB]
        subprocess.run(initdb, check=True, capture_output=True, cwd=self._directory)
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        end = time.monotonic() + START_S
        while True:
            options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", str(self._directory), "-c", "fsync=off"]
            command = [*self._own, str(_program("postgres")), "-D", str(self._data), *options]
            with (self._directory / "log").open("ab") as log:
                self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._directory)
            while self.process.poll() is None:
                with contextlib.suppress(psycopg.OperationalError):
                    psycopg.connect(self.url("postgres")).close()
                    return
                assert time.monotonic() < end, (self._directory / "log").read_text()
                time.sleep(0.05)
            # The processes of one that was killed may be about to end.
            assert time.monotonic() < end, (self._directory / "log").read_text()
            time.sleep(0.2)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def remove(self) -> None:
        """End the server, and delete everything."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        shutil.rmtree(self._directory, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql://tresta@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The URL of a new empty database."""
        name = f"control{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)


def _program(name: str) -> Path:
    path = programs.path(name)
    assert path, name
    return path


def is_here() -> bool:
    """Whether this machine has the programs."""
    return all(programs.path(name) for name in ("postgres", "initdb"))
