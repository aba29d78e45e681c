"""Sends numbered loads over several connections until the process is killed: `sender.py HOST PORT FIRST FILE`.

When the server acknowledges a load, its number is appended to FILE, one a line. It is a program of its own, so that it
can go on while a test kills the server.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
from typing import Any

CONNECTIONS = 32
RATES = 1, 0.01  # of the accounts of w1 and w2


def request(number: int) -> bytes:
    report: dict[str, Any] = {
        "widget": f"w{1 + number % 2}",
        "version": "0.1.0",
        "rate": RATES[number % 2],
        "errors": {},
        "interactions": {},
    }
    report["loads"] = [{"layout": "grid", "load_ms": number}]
    body = json.dumps({"schema": 1, "widgets": [report]})
    return f"POST /telemetry HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


async def send(host: str, port: int, numbers: itertools.count[int], acknowledged: int) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while True:
        number = next(numbers)
        writer.write(request(number))
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 204 "):
            os.write(acknowledged, f"{number}\n".encode())


async def main(host: str, port: str, first: str, path: str) -> None:
    acknowledged = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    numbers = itertools.count(int(first))
    senders = (send(host, int(port), numbers, acknowledged) for _ in range(CONNECTIONS))
    await asyncio.gather(*senders, return_exceptions=True)  # each fails when its connection breaks


asyncio.run(main(*sys.argv[1:]))
