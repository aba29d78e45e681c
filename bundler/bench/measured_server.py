"""The measured server: a child process with its use of CPU and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from ..demo.server_process import ServerProcess
from ..machine.environment import ROOT
from ..machine.errors import BuildError
from . import load

ACCOUNTS = 16  # enough to keep each account and widget below its rate limit

_REQUEST_TIMEOUT_S = 60.0
_POLL_INTERVAL_S = 0.02
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class MeasuredServer(ServerProcess):
    """A server that answers at `origin`. `ready_s` is the time from its start to its first answer, in seconds."""

    stop_timeout_s = 60.0

    def __init__(self, data: Path, *options: str) -> None:
        """Start the server on a free port and wait until it answers. Raises BuildError."""
        start = time.perf_counter()
        super().__init__(data, "--port", "0", *options)
        try:
            self.origin = self.wait_until_ready()
        except BaseException:
            self.kill()
            raise
        self.ready_s = time.perf_counter() - start

    def cpu_s(self) -> float:
        """The CPU time used so far, in seconds, including the engine's threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S

    def rss_mb(self) -> float:
        """The resident memory in MB of a million bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6

    def health(self) -> dict[str, Any]:
        """The answer of `GET /api/v1/health`."""
        headers = {"Authorization": f"Bearer {self.token()}"}
        request = urllib.request.Request(f"{self.origin}/api/v1/health", headers=headers)
        with urllib.request.urlopen(request, timeout=_REQUEST_TIMEOUT_S) as answer:
            health: dict[str, Any] = json.load(answer)
        return health

    def wait_until_stored(self) -> None:
        """Wait until every acknowledged row is stored."""
        while self.health()["queue"]["rows"]:
            time.sleep(_POLL_INTERVAL_S)


def prepare(directory: Path) -> None:
    """Make a data directory in `directory` with the load's widgets in ACCOUNTS accounts. Raises BuildError."""
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


def start(directory: Path, durability: str) -> MeasuredServer:
    """A server on the data that `prepare` made, to be stopped or killed. Raises BuildError."""
    return MeasuredServer(directory / "data", "--durability", durability, "--widgets", str(directory / "0"))
