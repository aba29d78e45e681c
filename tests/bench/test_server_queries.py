"""The bench's dashboard queries: they read the rows of the bench's store, however long they take."""

from __future__ import annotations

from bundler.bench.server_queries import RANGES, queries


def test_a_small_store_is_filled_queried_and_measured() -> None:
    numbers = queries(rows=88_000, requests=1)
    assert numbers["rows"] == 88_000
    assert 2_300 < numbers["loads_90d_page_views"] < 3_700  # 70 % of the rows of one in 20 accounts
    assert numbers["loads_24h_page_views"] < numbers["loads_30d_page_views"] < numbers["loads_90d_page_views"]
    assert 1 < numbers["bytes_per_event"] < 100
    assert numbers["rss_mb"] > 50
    assert all(numbers[f"dashboard_{name}_ms"] > 0 for name in RANGES)
