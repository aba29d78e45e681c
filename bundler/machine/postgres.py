"""Starts a PostgreSQL server on a free port of this machine, in a new directory, for tests and the bench."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from . import programs
from .errors import BuildError
from .free_ports import free_ports

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
        self._own: list[str] = ["setpriv", "--pdeathsig", "QUIT"]  # it ends with this process, however that ends
        if os.geteuid() == 0:
            shutil.chown(self._directory, USER)
            self._own += ["--reuid", USER, "--clear-groups", "--regid", "nogroup"]
        (self.port,) = free_ports(1)
        initdb = [*self._own, str(_program("initdb")), f"--pgdata={self._data}", "--no-sync", *INITDB]
        subprocess.run(initdb, check=True, capture_output=True, cwd=self._directory)
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it answers. Raises BuildError if it does not within START_S."""
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
                self._check(end)
                time.sleep(0.05)
            self._check(end)  # the processes of one that was killed may be about to end
            time.sleep(0.2)

    def _check(self, end: float) -> None:
        if time.monotonic() > end:
            raise BuildError(f"PostgreSQL did not start: {(self._directory / 'log').read_text()[-1000:]}")

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
    """Where the program is. Raises BuildError."""
    path = programs.path(name)
    if path is None:
        raise BuildError(f"PostgreSQL's program {name} is missing; your system's package postgresql has it.")
    return path


def is_here() -> bool:
    """Whether this machine has the programs."""
    return all(programs.path(name) for name in ("postgres", "initdb"))
