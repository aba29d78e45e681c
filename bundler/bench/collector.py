"""The server that is measured: a process of its own on fresh data, and what it takes of the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..machine.environment import ROOT
from ..machine.errors import BuildError
from . import load

ACCOUNTS = 16  # so that no account, and no widget, reaches the limit of its own
WITHIN_S = 60.0
LOOK_EVERY_S = 0.02

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Collector:
    """One `python -m server serve`, on data that `prepare` has made."""

    def __init__(self, directory: Path, durability: str) -> None:
        """Starts it; `ready_s` is how long it took to answer. Raises BuildError."""
        self._data = directory / "data"
        options = ["--port", "0", "--durability", durability, "--widgets", str(directory / "0")]
        started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server", "serve", "--data", str(self._data), *options],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        try:
            self.url = self._announced()
        except BuildError:
            self.kill()
            raise
        self.ready_s = time.perf_counter() - started

    def _announced(self) -> str:
        deadline = time.monotonic() + WITHIN_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                said = json.loads((self._data / "server.json").read_text(encoding="utf-8"))
            except FileNotFoundError:
                said = {}
            if said.get("pid") == self._process.pid:
                return str(said["url"])
            time.sleep(LOOK_EVERY_S)
        raise BuildError(f"The server did not start within {WITHIN_S:.0f} s.")

    def cpu_s(self) -> float:
        """The seconds of processor that it has used so far, the engine's threads included."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S

    def rss_mb(self) -> float:
        """The memory that it holds, in MB."""
        return rss_mb(self._process.pid)

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/health", timeout=WITHIN_S) as answer:
            health: dict[str, Any] = json.load(answer)
        return health

    def settle(self) -> None:
        """Returns when all that was acknowledged is stored."""
        while self.health()["queued_rows"]:
            time.sleep(LOOK_EVERY_S)

    def stop(self) -> None:
        """Ends it in good order."""
        self._process.terminate()
        self._process.wait(WITHIN_S)

    def kill(self) -> None:
        """Ends it with -9."""
        self._process.kill()
        self._process.wait()


def prepare(directory: Path) -> None:
    """Makes a data directory there, with the widgets of the load in as many accounts as ACCOUNTS; raises BuildError."""
    for account in range(ACCOUNTS):
        widgets = directory / str(account)
        widgets.mkdir()
        for number in range(account, load.WIDGETS, ACCOUNTS):
            content = {"id": load.widget_id(number), "testimonials": []}
            (widgets / f"{content['id']}.json").write_text(json.dumps(content))
        command = [sys.executable, "-m", "server", "init", "--data", str(directory / "data")]
        command += ["--account", f"account-{account}", "--widgets", str(widgets)]
        if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode:
            raise BuildError("The server's data could not be made; the line above says why.")


@contextmanager
def running(directory: Path, durability: str) -> Iterator[Collector]:
    """A server that is ended with the block."""
    collector = Collector(directory, durability)
    try:
        yield collector
    finally:
        collector.stop()


def rss_mb(pid: int) -> float:
    """The memory that a process holds, in MB of a million bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6
