"""Crowds and odd hours: idle connections, slow readers, storms of reconnects, and a clock that jumps."""

from __future__ import annotations

import contextlib
import json
import resource
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

LIVE = "/api/v1/accounts/acme/live"
IDLE, READERS, STORMS = 10_000, 300, 4
DAY_S = 86_400
SOON_S = 5.0  # a batch is answered within this time, on a busy machine too


def address(server) -> tuple[str, int]:
    parts = urlsplit(server.url)
    return str(parts.hostname), int(parts.port or 0)


def memory_mb(server) -> float:
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def is_soon(server, tools) -> bool:
    start = time.monotonic()
    assert server.post(tools.batch()).status == 204
    return time.monotonic() - start < SOON_S


@pytest.fixture
def connect() -> Iterator[Callable[..., socket.socket]]:
    """`connect(server, b"...")` opens a connection and sends the bytes. It is closed after the test."""
    opened: list[socket.socket] = []

    def connect_one(server, data: bytes = b"") -> socket.socket:
        opened.append(socket.create_connection(address(server), timeout=30))
        opened[-1].sendall(data)
        return opened[-1]

    yield connect_one
    for each in opened:
        each.close()


def test_ten_thousand_idle_connections_keep_no_batch_from_its_answer(start, tools, connect) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < IDLE + 1000:
        pytest.skip(f"this process may have {hard} open files only")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        server = start("--keep-alive", "60")
        answered = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"  # an answered request, so that the connection stays
        before = memory_mb(server)
        wanted = min(IDLE, hard // 2) - 100  # the server takes half as many connections as it may open files
        connections = [connect(server, answered) for _ in range(wanted)]
        assert is_soon(server, tools)
        assert memory_mb(server) - before < 0.1 * wanted  # 100 KB each
        for each in connections:
            assert each.recv(4096).startswith(b"HTTP/1.1 200 OK")
            each.close()
        assert is_soon(server, tools)
        assert server.stop() == 0
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def stream(server, last_id: str = "") -> bytes:
    head = f"GET {LIVE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token()}\r\n"
    return (head + (f"Last-Event-ID: {last_id}\r\n" if last_id else "") + "\r\n").encode()


def test_three_hundred_readers_that_never_read_slow_nobody(start, tools, connect) -> None:
    server = start()
    before = memory_mb(server)
    for _ in range(READERS):
        connect(server, stream(server))
    for _ in range(10):
        assert is_soon(server, tools)
        time.sleep(0.2)
    assert memory_mb(server) - before < 150
    assert server.stop() == 0
    assert "Traceback" not in server.log.read_text()


def test_storms_of_reconnects_are_survived_and_miss_no_commit(start, tools, connect) -> None:
    server = start()
    with connect(server, stream(server)) as first:
        text = b""
        while b"\n\n" not in text.partition(b"id: ")[2]:
            text += first.recv(4096)
    last_id = text.partition(b"id: ")[2].split()[0].decode()
    for _ in range(STORMS):
        assert is_soon(server, tools)  # stored while nobody listens
        for each in [connect(server, stream(server, last_id)) for _ in range(READERS)]:
            text = b""
            while b"\n\n" not in text.partition(b"commit")[2]:
                text += each.recv(4096)
            assert b"data: {}" in text
            each.close()
    assert server.stop() == 0


def test_a_clock_that_jumps_a_day_both_ways_costs_no_row_and_no_answer(clock, start, tools, monkeypatch) -> None:
    server = start()
    token = {"Authorization": f"Bearer {server.token()}"}
    jumps = (0, DAY_S, 0, -DAY_S, 0)
    for number, seconds in enumerate(jumps):
        clock(seconds)
        assert server.post(tools.batch(loads=[{"layout": "grid", "load_ms": number}])).status == 204
        assert server.health()["status"] == "ok"
        dashboard = server.get("/api/v1/accounts/acme/dashboard?range=24h", **token)
        assert dashboard.status == 200
        assert 1 <= len(server.get("/api/v1/health", **token).json()["minutes"]) <= 60
    events = server.events()
    assert sorted(event["load_ms"] for event in events) == list(range(len(jumps)))
    ahead = datetime.now(UTC) + timedelta(hours=12)
    assert sum(datetime.fromisoformat(event["ts"]) > ahead for event in events) == 1  # the server's clock did jump
    result = tools.cli("retention", "--data", server.data)
    assert result.returncode == 1
    assert "a clock was ahead" in result.stderr
    assert server.stop() == 0
    with contextlib.suppress(KeyError):
        monkeypatch.delenv("LD_PRELOAD")
    server = start()
    assert len(json.loads(tools.cli("events", "--json", "--data", server.data).stdout)["events"]) == len(jumps)
