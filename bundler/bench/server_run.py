"""`bench --server`: what the server does with a second of processor, under the load of a second process."""

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
from . import collector, machine, server_queries, table
from .collector import Collector
from .figures import Figure, outcomes
from .medians import Medians, medians
from .visit import Sample

REPORT = ROOT / "bench-server.json"
CONNECTIONS = {"buffered": 200, "durable": 800}  # a durable answer takes as long as a commit, so more are under way
WARM_UP_S, LOAD_S = 2.0, 8.0


def _of(kind: str, name: str) -> Callable[[Medians], float]:
    return lambda found: found["server"][kind][name]


FIGURES = (
    Figure("requests per CPU-second, buffered", _of("buffered", "per_cpu_s"), 15_000, 18_000, at_least=True),
    Figure("requests per CPU-second, durable", _of("durable", "per_cpu_s"), 5_000, 6_000, at_least=True),
    Figure("ready again after kill -9", _of("durable", "again_s"), 2, 1, "s"),
    Figure("an account's last 30 days, of ten million rows", _of("queries", "dashboard_30d_ms"), 200, 140, "ms"),
    Figure("its last five minutes", _of("queries", "dashboard_5m_ms"), 100, 20, "ms"),
    Figure("bytes on the disk an event", _of("queries", "bytes_per_event"), 10, 8),
    Figure("memory, having answered", _of("queries", "rss_mb"), 400, 300, "MB"),
)
LEGEND = """\
A request is a page's batch of one widget, with a browser's headers, over a connection that is used again. Counted are
those that were acknowledged; a CPU-second is one of the server's process, with its threads, until all of them are
stored. Medians of {rounds} rounds of {seconds:.0f} s each. A dashboard has every figure and is asked for over HTTP."""
_COLUMNS = {
    "per CPU-second": "per_cpu_s", "per second": "per_s",
    "p50, ms": "p50_ms", "p99, ms": "p99_ms", "memory, MB": "rss_mb",
}  # fmt: skip


def bench(rounds: int) -> None:
    """Print the report and write it to REPORT; raises BuildError."""
    about = machine.describe()
    samples: dict[str, list[Sample]] = {durability: [] for durability in CONNECTIONS}
    with tempfile.TemporaryDirectory(prefix="tresta-bench-") as directory:
        with step("Making the accounts"):
            collector.prepare(Path(directory))
        for number in range(rounds):
            for durability in CONNECTIONS:  # they take turns, so that a busy minute falls on both
                with step(f"{durability}, round {number + 1} of {rounds}"):
                    samples[durability].append(measured(Path(directory), durability))
    with step(f"Dashboards of {server_queries.ROWS:,} rows"):
        asked = server_queries.queries()
    kinds = {"server": {**samples, "queries": [asked]}}
    found, promised = medians(kinds)["server"], outcomes(kinds, FIGURES)
    legend = LEGEND.format(rounds=rounds, seconds=LOAD_S)
    print("\n\n".join([table.promises(promised), legend, _side_by_side(found), machine.sentence(about)]))
    everything = {
        "machine": about,
        "rounds": rounds,
        "figures": [outcome.as_json() for outcome in promised],
        "medians": found,
        "samples": samples,
    }
    REPORT.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")


def measured(directory: Path, durability: str) -> Sample:
    """One server under load, then killed and started again."""
    server = Collector(directory, durability)
    try:
        _load(server, durability, WARM_UP_S)
        server.settle()
        used = server.cpu_s()
        said = _load(server, durability, LOAD_S)
        server.settle()
        used = server.cpu_s() - used
        sample = {"per_cpu_s": said["answered"] / used, "per_s": said["answered"] / LOAD_S, "rss_mb": server.rss_mb()}
    finally:
        server.kill()
    with collector.running(directory, durability) as again:
        return {**sample, "p50_ms": said["p50"], "p99_ms": said["p99"], "again_s": again.ready_s}


def _load(server: Collector, durability: str, seconds: float) -> dict[str, float]:
    """How many batches were acknowledged, and how long that took; raises BuildError where one was not."""
    command = [sys.executable, "-m", "bundler.bench.load", server.url, str(seconds), str(CONNECTIONS[durability])]
    said = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    answered = said["answers"].pop("204", 0)
    if said["answers"] or not answered:
        raise BuildError(f"The server refused what it should take: {said['answers']}, {server.health()['refused']}.")
    return {"answered": answered, **said["latency_ms"]}


def _side_by_side(kinds: dict[str, Sample]) -> str:
    rows = [("server", *_COLUMNS)]
    rows += [
        (name, *(table.number(kind[column]) for column in _COLUMNS.values()))
        for name, kind in kinds.items()
        if name in CONNECTIONS
    ]
    return table.aligned(rows)
