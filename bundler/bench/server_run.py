"""`bench --server`: how much the server does with a second of CPU time, under the load of a second process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from ..machine.environment import ROOT
from ..machine.errors import BuildError
from ..machine.progress import step
from . import machine, measured_server, server_queries, table
from .measured_server import MeasuredServer
from .medians import Medians, medians_of
from .targets import Target, outcomes
from .visit import Sample

REPORT = ROOT / "bench-server.json"
CONNECTIONS = {"buffered": 200, "durable": 800}  # more for durable, where each answer waits for a commit
WARM_UP_S, LOAD_S = 2.0, 8.0


def _number(kind: str, name: str) -> Callable[[Medians], float]:
    return lambda medians: medians["server"][kind][name]


TARGETS = (
    Target("requests per CPU-second, buffered", _number("buffered", "per_cpu_s"), 15_000, 18_000, at_least=True),
    Target("requests per CPU-second, durable", _number("durable", "per_cpu_s"), 5_000, 6_000, at_least=True),
    Target("ready again after kill -9", _number("durable", "again_s"), 2, 1, "s"),
    Target("an account's last 30 days, of ten million rows", _number("queries", "dashboard_30d_ms"), 200, 140, "ms"),
    Target("its last five minutes", _number("queries", "dashboard_5m_ms"), 100, 20, "ms"),
    Target("bytes on the disk per event", _number("queries", "bytes_per_event"), 10, 8),
    Target("memory after all dashboards", _number("queries", "rss_mb"), 400, 300, "MB"),
)
LEGEND = """\
A request is a page's batch of one widget with a browser's headers, on a persistent connection. Only acknowledged
requests count. CPU-seconds are those of the server's process and threads until every row is stored. Medians of
{rounds} rounds of {seconds:.0f} s each. A dashboard is requested over HTTP and has every figure."""
_COLUMNS = {
    "per CPU-second": "per_cpu_s", "per second": "per_s",
    "p50, ms": "p50_ms", "p99, ms": "p99_ms", "memory, MB": "rss_mb",
}  # fmt: skip


def bench(rounds: int) -> None:
    """Measure, print the report and write it to REPORT. Raises BuildError."""
    about = machine.describe()
    samples: dict[str, list[Sample]] = {durability: [] for durability in CONNECTIONS}
    with tempfile.TemporaryDirectory(prefix="tresta-bench-") as directory:
        with step("Making the accounts"):
            measured_server.prepare(Path(directory))
        for number in range(rounds):
            for durability in CONNECTIONS:  # in turns, so that a busy minute affects both
                with step(f"{durability}, round {number + 1} of {rounds}"):
                    samples[durability].append(measure(Path(directory), durability))
    with step(f"Dashboards of {server_queries.ROWS:,} rows"):
        dashboards = server_queries.queries()
    by_browser = {"server": {**samples, "queries": [dashboards]}}  # the server takes a browser's place
    medians, results = medians_of(by_browser)["server"], outcomes(by_browser, TARGETS)
    legend = LEGEND.format(rounds=rounds, seconds=LOAD_S)
    print("\n\n".join([table.targets_table(results), legend, _comparison(medians), machine.sentence(about)]))
    everything = {
        "machine": about,
        "rounds": rounds,
        "figures": [outcome.as_json() for outcome in results],
        "medians": medians,
        "samples": samples,
    }
    REPORT.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")


def measure(directory: Path, durability: str) -> Sample:
    """Load one server, kill it and start it again. Raises BuildError."""
    server = measured_server.start(directory, durability)
    try:
        _load(server, durability, WARM_UP_S)
        server.wait_until_stored()
        cpu_before_s = server.cpu_s()
        load = _load(server, durability, LOAD_S)
        server.wait_until_stored()
        cpu_s = server.cpu_s() - cpu_before_s
        rss_mb = server.rss_mb()
    finally:
        server.kill()
    with measured_server.start(directory, durability) as again:
        return {
            "per_cpu_s": load["requests"] / cpu_s,
            "per_s": load["requests"] / LOAD_S,
            "rss_mb": rss_mb,
            "p50_ms": load["p50"],
            "p99_ms": load["p99"],
            "again_s": again.ready_s,
        }


def _load(server: MeasuredServer, durability: str, seconds: float) -> dict[str, float]:
    """The number of acknowledged `requests` and the latency's percentiles. Raises BuildError if one was refused."""
    command = [sys.executable, "-m", "bundler.bench.load", server.origin, str(seconds), str(CONNECTIONS[durability])]
    report = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    requests = report["answers"].pop("204", 0)
    if report["answers"] or not requests:
        refusals = f"{report['answers']}, {server.health()['refused']}"
        raise BuildError(f"The server refused batches that it should accept: {refusals}.")
    return {"requests": requests, **report["latency_ms"]}


def _comparison(medians: dict[str, Sample]) -> str:
    rows = [("server", *_COLUMNS)]
    rows += [
        (name, *(table.format_number(sample[column]) for column in _COLUMNS.values()))
        for name, sample in medians.items()
        if name in CONNECTIONS
    ]
    return table.align(rows)
