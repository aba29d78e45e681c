"""The bench's questions to a server: that they are asked of what was stored, however long the answers take."""

from __future__ import annotations

from bundler.bench.server_queries import RANGES, queries


def test_a_small_store_is_filled_asked_and_measured() -> None:
    figures = queries(rows=88_000, asks=1)
    assert figures["rows"] == 88_000
    assert 2_500 < figures["loads_90d_rows"] < 3_700  # 70 % of what one of 20 accounts has
    assert figures["loads_5m_rows"] <= figures["loads_24h_rows"] < figures["loads_30d_rows"] < figures["loads_90d_rows"]
    assert 1 < figures["bytes_per_event"] < 100
    assert figures["rss_mb"] > 50
    assert all(figures[f"dashboard_{name}_ms"] > 0 for name in RANGES)
