"""The bench of the server: a short load of a real one. What it measured decides nothing."""

from __future__ import annotations

import pytest

from bundler.bench import collector, figures, load, server_run

FOUND = {
    "buffered": {"per_cpu_s": 15_000.0, "per_s": 9_000.0, "p50_ms": 12.0, "p99_ms": 80.0, "rss_mb": 380.0},
    "durable": {"per_cpu_s": 4_999.0, "per_s": 3_000.0, "p50_ms": 110.0, "p99_ms": 200.0, "rss_mb": 380.0},
}
FOUND["durable"]["again_s"] = 1.5


def test_figures_are_read_from_what_was_measured_and_a_missing_one_is_said() -> None:
    samples = {"server": {kind: [numbers] for kind, numbers in FOUND.items()}}
    promised = figures.outcomes(samples, server_run.FIGURES)
    assert [outcome.value for outcome in promised] == [15_000, 4_999, 1.5, None, None, None, None]
    assert [outcome.kept for outcome in promised[:4]] == ["must", "missed", "must", "not measured"]


def test_load_is_a_pages_batches() -> None:
    head, body = load.REQUESTS[0].split(b"\r\n\r\n")
    assert head.startswith(b"POST /telemetry HTTP/1.1\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert load.widget_id(0).encode() in body


@pytest.mark.parametrize("durability", server_run.CONNECTIONS)
def test_server_is_measured_and_comes_again_after_its_kill(tmp_path, monkeypatch, durability) -> None:
    monkeypatch.setattr(server_run, "WARM_UP_S", 0.2)
    monkeypatch.setattr(server_run, "LOAD_S", 0.5)
    collector.prepare(tmp_path)
    sample = server_run.measured(tmp_path, durability)
    assert sample.keys() == FOUND["durable"].keys()
    assert min(sample.values()) > 0
