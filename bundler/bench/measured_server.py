"""The measured server: a child process with its use of CPU and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from ..demo.server_process import ServerProcess
from ..machine.environment import ROOT
from ..machine.errors import BuildError
from . import content, load, processor

ACCOUNTS = 16  # enough to keep each account and widget below its rate limit
TESTIMONIALS = 20  # of each widget

_REQUEST_TIMEOUT_S = 60.0
_POLL_INTERVAL_S = 0.02


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
        return processor.cpu_s(self.pid)

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


def prepare(directory: Path, *options: str) -> None:
    """Make a data directory in `directory`, with the load's widgets in ACCOUNTS accounts. Raises BuildError.

    `options` are those of `init` besides.
    """
    everything = directory / "content"
    everything.mkdir()
    for account in range(ACCOUNTS):
        widgets = directory / str(account)
        widgets.mkdir()
        for number in range(account, load.WIDGETS, ACCOUNTS):
            name = load.widget_id(number)
            text = json.dumps({"id": name, "testimonials": content.testimonials(TESTIMONIALS)})
            for each in (widgets, everything):
                (each / f"{name}.json").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "server", "init", "--data", str(directory / "data"), *options]
        command += ["--account", f"account-{account}", "--widgets", str(widgets)]
        if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode:
            raise BuildError("The server's data could not be made; the line above says why.")


def start(directory: Path, durability: str, *options: str, data: str = "data") -> MeasuredServer:
    """A server of what `prepare` made, to be stopped or killed; `data` is its data directory. Raises BuildError."""
    widgets = str(directory / "content")
    return MeasuredServer(directory / data, "--durability", durability, "--widgets", widgets, *options)
