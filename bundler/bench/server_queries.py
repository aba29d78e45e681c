"""What an account's dashboard costs at ten million events: a real server, asked over HTTP as the console asks it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from ..machine.environment import ROOT
from ..machine.errors import BuildError
from . import collector

ROWS = 10_000_000
ASKS = 15
WARM_UP = 3  # asks of each kind that do not count
ACCOUNT = "account3"
RANGES = ("5m", "24h", "30d", "90d")

_READY_WITHIN_S = 60.0


def queries(rows: int = ROWS, asks: int = ASKS) -> dict[str, float]:
    """`dashboard_RANGE_ms`: the median of a dashboard, of every figure that it has, from the request to its last byte.

    `bytes_per_event` on the disk, and the server's `rss_mb` once it has answered all. Raises BuildError.
    """
    with tempfile.TemporaryDirectory(prefix="tresta-bench-") as directory:
        data = Path(directory) / "data"
        _run("-m", "server", "init", "--data", data, "--account", ACCOUNT)
        with _serving(data):
            pass  # it makes the store's tables
        _run(ROOT / "bundler" / "bench" / "server_fill.py", data / "store", rows)
        with _serving(data) as (url, process):
            return _measured(url, (data / "operator.token").read_text(encoding="utf-8").strip(), process.pid, asks)


def _measured(url: str, token: str, pid: int, asks: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name in RANGES:
        path = f"/api/v1/accounts/{ACCOUNT}/dashboard?range={name}&time_zone=Europe/Berlin"
        times = []
        for _ in range(WARM_UP + asks):
            start = time.perf_counter()
            answer = _ask(f"{url}{path}", token)
            times.append(1000 * (time.perf_counter() - start))
        figures[f"dashboard_{name}_ms"] = round(median(times[WARM_UP:]), 1)
        figures[f"loads_{name}_rows"] = answer["summary"]["loads"]["rows"]
    stored = _ask(f"{url}/api/v1/health", token)["store"]
    figures["rows"] = stored["rows"]
    figures["bytes_per_event"] = round(stored["bytes"] / stored["rows"], 2)
    figures["rss_mb"] = round(collector.rss_mb(pid), 1)
    return figures


def _ask(url: str, token: str) -> Any:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def _run(*arguments: object) -> None:
    done = subprocess.run([sys.executable, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"The store to ask could not be made: {(done.stderr or done.stdout).strip()[-500:]}")


@contextmanager
def _serving(data: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server on the data directory, and where it is; ended with the block."""
    widgets = data.parent / "widgets"
    widgets.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "server", "serve", "--port", "0", "--data", data, "--widgets", widgets]
    process = subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield _url(data / "server.json", process), process
    finally:
        process.terminate()
        process.wait()


def _url(announced: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + _READY_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            about = json.loads(announced.read_text(encoding="utf-8"))
        except FileNotFoundError:
            about = {}
        if about.get("pid") == process.pid:
            return str(about["url"])
        time.sleep(0.05)
    raise BuildError("The server to ask did not start; the lines above say why.")
