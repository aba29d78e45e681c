"""`bench --scale`: what 1, 2 and 4 server processes do on one PostgreSQL and one ClickHouse, side by side."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from ..machine.environment import ROOT
from ..machine.errors import BuildError
from ..machine.progress import step
from . import capacity, installation, machine, table
from .capacity import Measured
from .installation import Installation
from .visit import Sample

REPORT = ROOT / "bench-scale.json"
PROCESSES = (1, 2, 4)
WARM_UP_S, LOAD_S = 2.0, 6.0
CONTENT_CONNECTIONS = 100


@dataclass(frozen=True)
class Load:
    """A load that PROCESSES are compared under. `per_s` is the most batches a second; None means no limit."""

    title: str
    connections: int
    per_s: float | None = None
    is_of_each: bool = False  # both numbers are those of each process, else of all together


LOADS = {
    "full": Load("As much as the machine takes, 800 connections in all", 800),
    "paced": Load("500 batches a second for each process", 100, 500, is_of_each=True),
}
LEGEND = """\
A batch is as in `bench --server`. Each is answered once it is on ClickHouse's disk. Only acknowledged ones count. The
servers share one PostgreSQL and one ClickHouse. All of it, and the load, is on this machine. A ratio is to one process
in the same round. Columns of cores are CPU-seconds a second. Medians of {rounds} rounds of {seconds:.0f} s each."""
_PARTS = ("servers", "clickhouse", "postgresql", "load")


def bench(rounds: int) -> None:
    """Measure, print the report and write it to REPORT. Raises BuildError."""
    about = machine.describe()
    samples: dict[str, dict[int, list[Sample]]] = {name: {count: [] for count in PROCESSES} for name in LOADS}
    content: list[Sample] = []
    with installation.running(max(PROCESSES)) as site:
        with step("Warming up"):
            _load(site, LOADS["full"], max(PROCESSES), WARM_UP_S)
        for number in range(rounds):
            with step(f"Round {number + 1} of {rounds}"):
                for name, load in LOADS.items():
                    for count in PROCESSES:  # in turns, so that a busy minute affects all of them
                        samples[name][count].append(_load(site, load, count, LOAD_S))
                content.append(_load(site, Load("", CONTENT_CONNECTIONS), 1, LOAD_S, "--content", status="200"))
        measured = _measured(samples["full"][1], content, site.bytes_per_row())
    print(report(samples, measured, rounds), machine.sentence(about), sep="\n\n")
    everything = {
        "machine": about,
        "rounds": rounds,
        "measured": asdict(measured),
        "samples": samples,
        "content": content,
    }
    REPORT.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")


def report(samples: Mapping[str, Mapping[int, Sequence[Sample]]], measured: Measured, rounds: int) -> str:
    """The tables of all loads, and what a billion page views a day would take."""
    parts = [LEGEND.format(rounds=rounds, seconds=LOAD_S)]
    parts += [f"{load.title}:\n{_comparison(samples[name])}" for name, load in LOADS.items()]
    parts += ["Measured, for docs/operate.md:", capacity.measured_table(measured)]
    parts += ["A billion page views a day, on paper:", capacity.needs_table(measured)]
    return "\n\n".join(parts)


def _comparison(samples: Mapping[int, Sequence[Sample]]) -> str:
    rows = [("processes", "batches/s", "ratio", "p50, ms", "p99, ms", *(f"{part}, cores" for part in _PARTS))]
    for count, rounds in samples.items():
        ratio = median(own["per_s"] / alone["per_s"] for own, alone in zip(rounds, samples[1], strict=True))
        numbers = [median(each[name] for each in rounds) for name in ("per_s", "p50_ms", "p99_ms", *_PARTS)]
        per_s, *rest = map(table.format_number, numbers)
        rows.append((str(count), per_s, f"{ratio:.2f}", *rest))
    return table.align(rows)


def _load(site: Installation, load: Load, count: int, seconds: float, *options: str, status: str = "204") -> Sample:
    """Load the first `count` servers. Raises BuildError if one of the answers has another status."""
    urls, times = ",".join(server.origin for server in site.servers[:count]), count if load.is_of_each else 1
    command = [sys.executable, "-m", "bundler.bench.load", urls, str(seconds), str(load.connections * times), *options]
    command += ["--per-s", str(load.per_s * times)] if load.per_s else []
    before_s = site.cpu_s()
    answer = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    after_s = site.cpu_s()
    acknowledged = answer["answers"].pop(status, 0)
    if answer["answers"] or not acknowledged:
        raise BuildError(f"The servers refused what they should accept: {answer['answers']}.")
    return {
        "per_s": acknowledged / seconds,
        "p50_ms": answer["latency_ms"]["p50"],
        "p99_ms": answer["latency_ms"]["p99"],
        "answer_bytes": answer["answer_bytes"],
        **{part: (after_s[part] - before_s[part]) / seconds for part in after_s},
        "load": answer["cpu_s"] / seconds,
    }


def _measured(batches: Sequence[Sample], content: Sequence[Sample], bytes_per_row: float) -> Measured:
    """What one process did, and ClickHouse for it, as medians over the rounds."""
    return Measured(
        batches=median(each["per_s"] / each["servers"] for each in batches),
        batches_of_clickhouse=median(each["per_s"] / each["clickhouse"] for each in batches),
        content_answers=median(each["per_s"] / each["servers"] for each in content),
        content_bytes=median(each["answer_bytes"] for each in content),
        bytes_per_row=bytes_per_row,
    )
