"""`bench --soak MINUTES`: the server at half of what it can take, for minutes, and how its memory grows meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import linear_regression

from ..machine.environment import ROOT
from ..machine.errors import BuildError
from ..machine.progress import step
from . import machine, measured_server
from .measured_server import MeasuredServer

CONNECTIONS = 400
FULL_LOAD_S = 8.0  # to find out what the server can take
SAMPLE_S = 2.0
SETTLED = 0.25  # the part of the time after which caches are full, so that what still grows is a leak


def bench(minutes: int) -> None:
    """Load the server, and print the slope of its memory. Raises BuildError if a batch was refused."""
    with tempfile.TemporaryDirectory(prefix="tresta-soak-") as directory:
        measured_server.prepare(Path(directory))
        with measured_server.start(Path(directory), "durable") as server:
            with step("Full load"):
                per_s = _answers(_load(server, FULL_LOAD_S, 0).communicate()[0]) / FULL_LOAD_S
            with step(f"Half of that, {per_s / 2:.0f} batches a second, for {minutes} minutes"):
                load = _load(server, minutes * 60.0, per_s / 2)
                samples = _samples(load, server)
            sent = _answers(load.communicate()[0])
    print(f"{sent:,} batches, all acknowledged. {report(samples)}\n{machine.sentence(machine.describe())}")


def report(samples: Sequence[tuple[float, float]]) -> str:
    """The memory's slope in words, from pairs of seconds and MB."""
    end = samples[-1][0]
    late = [(at, mb) for at, mb in samples if at >= SETTLED * end]
    slope, _ = linear_regression(*zip(*late, strict=True))
    return (
        f"Memory: {late[0][1]:.0f} MB after {late[0][0] / 60:.1f} minutes, {late[-1][1]:.0f} MB after {end / 60:.1f}; "
        f"slope {slope * 60:+.2f} MB a minute."
    )


def _samples(load: subprocess.Popen[str], server: MeasuredServer) -> list[tuple[float, float]]:
    """Pairs of seconds since the start and MB, until the load ends."""
    start, samples = time.monotonic(), []
    while load.poll() is None:
        samples.append((time.monotonic() - start, server.rss_mb()))
        time.sleep(SAMPLE_S)
    return samples


def _load(server: MeasuredServer, seconds: float, per_s: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bundler.bench.load", server.origin, str(seconds), str(CONNECTIONS)]
    command += ["--per-s", str(per_s)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _answers(output: str) -> int:
    """The number of acknowledged batches in the load's report."""
    answers: dict[str, int] = json.loads(output)["answers"]
    acknowledged = answers.pop("204", 0)
    if answers or not acknowledged:
        raise BuildError(f"The server refused batches that it should accept: {answers}.")
    return acknowledged
