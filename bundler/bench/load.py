"""Many visitors' browsers at once, in a process of their own: `python -m bundler.bench.load URL SECONDS CONNECTIONS`.

Each connection sends a batch, waits for its answer, and sends the next, as a proxy in front of the server does. On
stdout comes one line of JSON: {"answers": {status: how many}, "latency_ms": {"p50": .., "p99": ..}}.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from statistics import quantiles
from urllib.parse import urlsplit

import uvloop

from widget.telemetry.schema import Load, WidgetReport, encode

WIDGETS = 128
# What a browser says of itself with a beacon, and what a proxy adds.
HEADERS = """\
Host: api.tresta.app
User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36
Content-Type: text/plain;charset=UTF-8
Accept: */*
Accept-Encoding: gzip, deflate, br, zstd
Accept-Language: en-GB,en;q=0.9
Origin: https://shop.example
Referer: https://shop.example/
Sec-Fetch-Dest: empty
Sec-Fetch-Mode: no-cors
Sec-Fetch-Site: cross-site
X-Forwarded-For: 203.0.113.7
X-Forwarded-Proto: https"""


def widget_id(number: int) -> str:
    """The widgets that the load is about: 0 to WIDGETS - 1."""
    return f"widget-{number:03}"


def request(number: int) -> bytes:
    """A page's batch as it comes in: one widget shown once, and in every tenth also used."""
    report = WidgetReport(widget_id(number % WIDGETS), "0.1.0", 0.01, [Load("grid", 200 + number * 7 % 1900)])
    if number % 10 == 0:
        report.interactions["grid"] = 2
    body = encode([report]).encode()
    head = f"POST /telemetry HTTP/1.1\n{HEADERS}\nContent-Length: {len(body)}\n\n".replace("\n", "\r\n")
    return head.encode() + body


REQUESTS = [request(number) for number in range(WIDGETS * 10)]


class Visitor(asyncio.Protocol):
    """One connection, which sends as long as `until` is not reached."""

    def __init__(self, number: int, until: float, answers: Counter[str], seconds: list[float]) -> None:
        self._next, self._until = number, until
        self._answers, self._seconds = answers, seconds
        self._answer = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if b"\r\n\r\n" not in self._answer:
            return
        self._answers[self._answer[9:12].decode()] += 1
        self._seconds.append(time.perf_counter() - self._sent_at)
        if time.perf_counter() < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        self._answer = b""
        self._sent_at = time.perf_counter()
        self._transport.write(REQUESTS[self._next % len(REQUESTS)])
        self._next += 1


async def load(url: str, seconds: float, connections: int) -> dict[str, object]:
    """What came back within so many seconds, and how long that took."""
    parts = urlsplit(url)
    answers: Counter[str] = Counter()
    latencies: list[float] = []
    until = time.perf_counter() + seconds
    loop = asyncio.get_running_loop()
    visitors = []
    for number in range(connections):
        visitor = Visitor(number * 13, until, answers, latencies)
        await loop.create_connection(lambda visitor=visitor: visitor, str(parts.hostname), int(parts.port or 80))  # type: ignore[misc]
        visitors.append(visitor)
    await asyncio.gather(*(visitor.done for visitor in visitors))
    percentiles = quantiles(latencies, n=100)
    latency = {"p50": percentiles[49] * 1000, "p99": percentiles[98] * 1000}
    return {"answers": dict(answers), "latency_ms": latency}


if __name__ == "__main__":
    print(json.dumps(uvloop.run(load(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))))
