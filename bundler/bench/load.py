"""The load of many browsers, in its own process: `python -m bundler.bench.load URL SECONDS CONNECTIONS [PER_S]`.

Each connection sends a batch, waits for the answer and sends the next, as a proxy in front of the server does. With
PER_S it waits longer, so that all of them together send no more than PER_S batches a second. Prints
one line of JSON: {"answers": {status: count}, "latency_ms": {"p50": .., "p99": ..}}.
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
# The headers of a browser's beacon, and those that a proxy adds.
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
    """The id of a widget in the load; `number` is from 0 to WIDGETS - 1."""
    return f"widget-{number:03}"


def request(number: int) -> bytes:
    """The HTTP request with a page's batch: one load of one widget, and two interactions in every tenth batch."""
    report = WidgetReport(widget_id(number % WIDGETS), "0.1.0", 0.01, [Load("grid", 200 + number * 7 % 1900)])
    if number % 10 == 0:
        report.interactions["grid"] = 2
    body = encode([report]).encode()
    head = f"POST /telemetry HTTP/1.1\n{HEADERS}\nContent-Length: {len(body)}\n\n".replace("\n", "\r\n")
    return head.encode() + body


REQUESTS = [request(number) for number in range(WIDGETS * 10)]


class Connection(asyncio.Protocol):
    """One connection. It sends batches until `deadline`, on the clock of time.perf_counter()."""

    def __init__(
        self, number: int, deadline: float, pause_s: float, answers: Counter[str], latencies_s: list[float]
    ) -> None:
        self._next, self._deadline, self._pause_s = number, deadline, pause_s
        self._answers, self._latencies_s = answers, latencies_s
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
        self._latencies_s.append(time.perf_counter() - self._send_time)
        if time.perf_counter() < self._deadline:
            rest_s = self._send_time + self._pause_s - time.perf_counter()
            asyncio.get_running_loop().call_later(rest_s, self._send) if rest_s > 0 else self._send()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        if self._transport.is_closing():
            return
        self._answer = b""
        self._send_time = time.perf_counter()
        self._transport.write(REQUESTS[self._next % len(REQUESTS)])
        self._next += 1


async def load(url: str, seconds: float, connections: int, per_s: float = 0.0) -> dict[str, object]:
    """Load the server for `seconds`; returns the answers by status and the percentiles of the latency.

    `per_s` is the most batches a second; 0 means no limit.
    """
    parts = urlsplit(url)
    answers: Counter[str] = Counter()
    latencies_s: list[float] = []
    deadline = time.perf_counter() + seconds
    loop = asyncio.get_running_loop()
    protocols = []
    for number in range(connections):
        protocol = Connection(number * 13, deadline, connections / per_s if per_s else 0.0, answers, latencies_s)
        await loop.create_connection(lambda protocol=protocol: protocol, str(parts.hostname), int(parts.port or 80))  # type: ignore[misc]
        protocols.append(protocol)
    await asyncio.gather(*(protocol.done for protocol in protocols))
    percentiles = quantiles(latencies_s, n=100)
    latency = {"p50": percentiles[49] * 1000, "p99": percentiles[98] * 1000}
    return {"answers": dict(answers), "latency_ms": latency}


if __name__ == "__main__":
    per_second = float(sys.argv[4]) if len(sys.argv) > 4 else 0.0
    print(json.dumps(uvloop.run(load(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), per_second))))
