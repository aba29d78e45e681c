"""The load of many browsers, in its own process: `python -m bundler.bench.load URL SECONDS CONNECTIONS`.

Each connection sends a batch, waits for the answer and sends the next, as a proxy in front of the server does. With
`--per-s` it waits longer, so that all of them together send no more than so many requests a second. With `--content` it
asks for the content of widgets instead. Of several URLs, separated by commas, each gets the same number of connections.

Prints one line of JSON: {"answers": {status: count}, "latency_ms": {"p50": .., "p99": ..}, "answer_bytes": .., "cpu_s":
..}. The bytes are the mean size of an answer with its head, the CPU time is that of the load itself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from statistics import quantiles
from urllib.parse import urlsplit

import uvloop

from widget.telemetry.schema import Load, WidgetReport, encode

WIDGETS = 128
# The headers of a browser's request, and those that a proxy adds.
HEADERS = """\
Host: api.tresta.app
User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36
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
    about_body = f"Content-Type: text/plain;charset=UTF-8\nContent-Length: {len(body)}"
    return _head("POST /telemetry", f"{HEADERS}\n{about_body}") + body


def content_request(number: int) -> bytes:
    """The HTTP request for the content of a widget, by a page that does not have it yet."""
    return _head(f"GET /api/widgets/{widget_id(number)}/public?layout=grid&lang=en", HEADERS)


def _head(request_line: str, headers: str) -> bytes:
    return f"{request_line} HTTP/1.1\n{headers}\n\n".replace("\n", "\r\n").encode()


REQUESTS = [request(number) for number in range(WIDGETS * 10)]
CONTENT_REQUESTS = [content_request(number) for number in range(WIDGETS)]
_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Traffic:
    """What all connections send, until `deadline` on the clock of time.perf_counter(), and what they are answered."""

    def __init__(self, requests: Sequence[bytes], deadline: float, pause_s: float) -> None:
        """`pause_s` is the shortest time from one request of a connection to its next."""
        self.requests, self.deadline, self.pause_s = requests, deadline, pause_s
        self.answers: Counter[str] = Counter()
        self.answer_bytes = 0
        self.latencies_s: list[float] = []


class Connection(asyncio.Protocol):
    """One connection, which begins with the request `number`."""

    def __init__(self, traffic: Traffic, number: int) -> None:
        self._traffic, self._next = traffic, number
        self._answer = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not _is_complete(self._answer):
            return
        traffic, now = self._traffic, time.perf_counter()
        traffic.answers[self._answer[9:12].decode()] += 1
        traffic.answer_bytes += len(self._answer)
        traffic.latencies_s.append(now - self._send_time)
        if now < traffic.deadline:
            rest_s = self._send_time + traffic.pause_s - now
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
        requests = self._traffic.requests
        self._transport.write(requests[self._next % len(requests)])
        self._next += 1


def _is_complete(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    length = _CONTENT_LENGTH.search(head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


async def run(
    urls: Sequence[str], seconds: float, connections: int, per_s: float = 0.0, *, content: bool = False
) -> dict[str, object]:
    """Load the servers for `seconds`; returns what the module's docstring describes.

    `per_s` is the most requests a second; 0 means no limit.
    """
    cpu_before_s = time.process_time()
    pause_s = connections / per_s if per_s else 0.0
    traffic = Traffic(CONTENT_REQUESTS if content else REQUESTS, time.perf_counter() + seconds, pause_s)
    loop, protocols = asyncio.get_running_loop(), []
    for number in range(connections):
        protocol = Connection(traffic, number * 13)
        parts = urlsplit(urls[number % len(urls)])
        await loop.create_connection(lambda protocol=protocol: protocol, str(parts.hostname), int(parts.port or 80))  # type: ignore[misc]
        protocols.append(protocol)
    await asyncio.gather(*(protocol.done for protocol in protocols))
    percentiles = quantiles(traffic.latencies_s, n=100)
    return {
        "answers": dict(traffic.answers),
        "latency_ms": {"p50": percentiles[49] * 1000, "p99": percentiles[98] * 1000},
        "answer_bytes": traffic.answer_bytes / traffic.answers.total(),
        "cpu_s": time.process_time() - cpu_before_s,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bundler.bench.load")
    parser.add_argument("urls", type=lambda text: text.split(","))
    parser.add_argument("seconds", type=float)
    parser.add_argument("connections", type=int)
    parser.add_argument("--per-s", type=float, default=0.0)
    parser.add_argument("--content", action="store_true")
    print(json.dumps(uvloop.run(run(**vars(parser.parse_args())))))


if __name__ == "__main__":
    main()
