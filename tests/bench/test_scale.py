"""The bench of several server processes, with short loads of real ones. No test depends on how fast they were."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bundler.bench import capacity, scale
from bundler.bench.capacity import Measured
from bundler.bench.processor import cpu_s, cpu_with_children_s
from bundler.machine import postgres

OPERATE = Path(__file__).resolve().parents[2] / "docs" / "operate.md"
MEASURED = Measured(
    batches=8_266, batches_of_clickhouse=13_678, content_answers=1_089, content_bytes=5_300, bytes_per_row=4.7
)


@pytest.mark.skipif(not postgres.is_here(), reason="needs PostgreSQL: the programs postgres and initdb")
def test_processes_on_one_postgresql_and_one_clickhouse_are_measured_side_by_side(
    tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(scale, "PROCESSES", (1, 2))
    monkeypatch.setattr(scale, "WARM_UP_S", 0.2)
    monkeypatch.setattr(scale, "LOAD_S", 0.5)
    monkeypatch.setattr(scale, "REPORT", tmp_path / "report.json")
    scale.bench(1)
    report = json.loads((tmp_path / "report.json").read_text())
    assert min(report["measured"].values()) > 0
    assert 1 < report["measured"]["bytes_per_row"] < 100
    assert 1_000 < report["measured"]["content_bytes"] < 10_000  # twenty testimonials, compressed
    for load in scale.LOADS:
        for count in ("1", "2"):
            (sample,) = report["samples"][load][count]
            assert min(sample["per_s"], sample["servers"], sample["load"]) > 0
    assert "processes" in capsys.readouterr().out


def test_a_ratio_is_to_one_process_in_the_same_round() -> None:
    def rounds(*numbers: float) -> list[dict[str, float]]:
        names = ("p50_ms", "p99_ms", "servers", "clickhouse", "postgresql", "load")
        return [{"per_s": number, **dict.fromkeys(names, 1.0)} for number in numbers]

    one, two, four = rounds(100, 200, 50), rounds(150, 400, 75), rounds(100, 200, 50)
    lines = scale._comparison({1: one, 2: two, 4: four}).splitlines()
    assert [line.split()[2] for line in lines[2:]] == ["1.00", "1.50", "1.00"]


def test_what_the_documentation_says_of_a_billion_page_views_follows_from_what_it_says_was_measured() -> None:
    text = OPERATE.read_text(encoding="utf-8")
    assert capacity.measured_table(MEASURED) in text
    assert capacity.needs_table(MEASURED) in text


def test_the_cpu_time_of_a_process_grows_with_its_work_and_includes_its_children() -> None:
    before, with_children = cpu_s(os.getpid()), cpu_with_children_s(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(range(10**7))"], check=True)
    assert cpu_with_children_s(os.getpid()) > with_children
    sum(range(10**7))
    assert cpu_s(os.getpid()) > before
