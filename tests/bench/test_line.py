"""The slow line of `bundler.bench.endings`."""

from __future__ import annotations

import time
import urllib.request

from bundler.bench.line import Line
from tests.browser.servers import Site


def test_a_slow_line_carries_all_bytes_and_takes_its_time():
    text = "x" * 250_000
    with Site() as site, Line(mbit_s=10, round_trip_ms=40) as line:
        site.file("/large.txt", text, "text/plain")
        with line.to(site.url) as url:
            start = time.monotonic()
            with urllib.request.urlopen(f"{url}/large.txt", timeout=60) as answer:
                body = answer.read()
            duration_s = time.monotonic() - start
    assert body == text.encode()
    # A round trip to connect, one for request and answer, and 250 KB at 10 Mbit/s.
    assert duration_s >= 0.04 + 0.04 + 0.2
