"""The bench of the server, with a short load of a real one. No test depends on how fast it was."""

from __future__ import annotations

import pytest

from bundler.bench import load, measured_server, server_run, targets

MEDIANS = {
    "buffered": {"per_cpu_s": 15_000.0, "per_s": 9_000.0, "p50_ms": 12.0, "p99_ms": 80.0, "rss_mb": 380.0},
    "durable": {"per_cpu_s": 4_999.0, "per_s": 3_000.0, "p50_ms": 110.0, "p99_ms": 200.0, "rss_mb": 380.0},
}
MEDIANS["durable"]["again_s"] = 1.5


def test_targets_are_computed_from_the_medians_and_a_missing_number_is_not_measured() -> None:
    samples = {"server": {kind: [numbers] for kind, numbers in MEDIANS.items()}}
    outcomes = targets.outcomes(samples, server_run.TARGETS)
    assert [outcome.value for outcome in outcomes] == [15_000, 4_999, 1.5, None, None, None, None]
    assert [outcome.result for outcome in outcomes[:4]] == ["must", "missed", "must", "not measured"]


def test_the_load_is_made_of_page_batches() -> None:
    head, body = load.REQUESTS[0].split(b"\r\n\r\n")
    assert head.startswith(b"POST /telemetry HTTP/1.1\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert load.widget_id(0).encode() in body


@pytest.mark.parametrize("durability", server_run.CONNECTIONS)
def test_a_server_is_measured_and_starts_again_after_a_kill(tmp_path, monkeypatch, durability) -> None:
    monkeypatch.setattr(server_run, "WARM_UP_S", 0.2)
    monkeypatch.setattr(server_run, "LOAD_S", 0.5)
    measured_server.prepare(tmp_path)
    sample = server_run.measure(tmp_path, durability)
    assert sample.keys() == MEDIANS["durable"].keys()
    assert min(sample.values()) > 0
