"""The cost of an account's dashboard at ten million events, requested from a real server over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median
from typing import Any

from ..machine.environment import ROOT
from ..machine.errors import BuildError
from .measured_server import MeasuredServer

ROWS = 10_000_000
REQUESTS = 15
WARM_UP = 3  # additional requests for each range, not measured
ACCOUNT = "account3"
RANGES = ("5m", "24h", "30d", "90d")

_FILL = Path(__file__).with_name("server_fill.py")


def queries(rows: int = ROWS, requests: int = REQUESTS) -> dict[str, float]:
    """Fill a store with `rows` rows and measure a server on it. Raises BuildError.

    `dashboard_RANGE_ms` is the median time of a whole dashboard, from the request to the last byte of the answer, and
    `loads_RANGE_page_views` the page views behind its loads. `bytes_per_event` is the size on the disk, and `rss_mb`
    the server's memory after all answers.
    """
    with tempfile.TemporaryDirectory(prefix="tresta-bench-") as directory:
        data, widgets = Path(directory) / "data", Path(directory) / "widgets"
        widgets.mkdir()
        options = ("--widgets", str(widgets))
        _run("-m", "server", "init", "--data", data, "--account", ACCOUNT, *options)
        MeasuredServer(data, *options).stop()  # the first start makes the store's tables
        _run(_FILL, data / "store", rows)
        with MeasuredServer(data, *options) as server:
            return _measure(server, requests)


def _measure(server: MeasuredServer, requests: int) -> dict[str, float]:
    numbers: dict[str, float] = {}
    api, token = f"{server.origin}/api/v1", server.token()
    for name in RANGES:
        url = f"{api}/accounts/{ACCOUNT}/dashboard?range={name}&time_zone=Europe/Berlin"
        times_ms = []
        for _ in range(WARM_UP + requests):
            start = time.perf_counter()
            dashboard = _get_json(url, token)
            times_ms.append(1000 * (time.perf_counter() - start))
        numbers[f"dashboard_{name}_ms"] = round(median(times_ms[WARM_UP:]), 1)
        numbers[f"loads_{name}_page_views"] = dashboard["summary"]["loads"]["page_views"] or 0
    store = _get_json(f"{api}/health", token)["store"]
    numbers["rows"] = store["rows"]
    numbers["bytes_per_event"] = round(store["bytes"] / store["rows"], 2)
    numbers["rss_mb"] = round(server.rss_mb(), 1)
    return numbers


def _get_json(url: str, token: str) -> Any:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def _run(*arguments: object) -> None:
    command = [sys.executable, *map(str, arguments)]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if process.returncode:
        output = (process.stderr or process.stdout).strip()[-500:]
        raise BuildError(f"The store for the bench could not be made: {output}")
