"""POST /telemetry: a page's batch, answered with 204 once it is acknowledged, else with the word for why it is not.

It is ASGI without a framework in between, which would take as long as the rest of it.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Mapping
from typing import NamedTuple

from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from widget.errors import EventRejected
from widget.telemetry.schema import MAX_BYTES

from ..errors import ControlError, QueueFullError, RateLimitedError
from .batch_reader import RATE_LIMITED, BatchReader
from .counters import Counters
from .writer import Writer

NO_CONSENT = "no_consent"  # the visitor's browser says no to tracking
TOO_LARGE = "too_large"

# Any page may send, and nobody is told apart: there are no credentials, and never a cookie.
HEADERS = [
    (b"access-control-allow-origin", b"*"),
    (b"cache-control", b"no-store"),
    (b"timing-allow-origin", b"*"),
]
# Our page's text/plain needs no preflight; a caller with another content type may ask all the same.
PREFLIGHT_HEADERS = [
    *HEADERS,
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"Content-Type"),
    (b"access-control-max-age", b"86400"),
]

log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """An HTTP answer, as ASGI sends it, and as it goes over the wire to who keeps the connection."""

    start: Message
    body: Message
    wire: bytes


class Disconnected(Exception):
    """The sender has gone before its batch was whole."""


def _answer(status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"", kind: bytes = b"") -> Answer:
    if kind:
        headers = [*headers, (b"content-type", kind), (b"content-length", b"%d" % len(body))]
    start = {"type": "http.response.start", "status": status, "headers": headers}
    lines = [name + b": " + value + b"\r\n" for name, value in headers]
    wire = b"".join([STATUS_LINE[status], *lines, b"\r\n", body])
    return Answer(start, {"type": "http.response.body", "body": body}, wire)


STORED = _answer(204, HEADERS)
PREFLIGHT = _answer(204, PREFLIGHT_HEADERS)
GONE = _answer(400, HEADERS)
NOT_ALLOWED = _answer(
    405, [*HEADERS, (b"allow", b"POST, OPTIONS")], b'{"error":"Method Not Allowed."}', b"application/json"
)


class Telemetry:
    """What is answered on the path: to a Connection, which hands over whole batches, and to ASGI what is left."""

    def __init__(self, batch_reader: BatchReader, writer: Writer, counters: Counters) -> None:
        self._batch_reader = batch_reader
        self._writer = writer
        self._counters = counters

    def take(self, headers: Mapping[bytes, bytes], body: bytes) -> Answer | asyncio.Future[None]:
        """Takes a batch in: the answer to it, or what its answer waits for, and `told` makes of that."""
        self._counters.count_request()
        # A page of ours does not send under either signal; whoever does is answered, and not even judged.
        if headers.get(b"sec-gpc") == b"1" or headers.get(b"dnt") == b"1":
            self._counters.count_refusal(NO_CONSENT)
            return STORED
        try:
            rows = self._batch_reader.rows(body)
            return (self._writer.put(rows) if rows else None) or STORED
        except EventRejected as rejected:
            return self._refused(413 if rejected.reason == TOO_LARGE else 400, rejected.reason)
        except RateLimitedError as limited:
            return self._refused(429, RATE_LIMITED, retry_after_s=math.ceil(limited.wait_s))
        except ControlError as error:
            log.error("%s", error)
            return self._refused(503, "control_failed", retry_after_s=10)
        except QueueFullError:
            return self._refused(503, "queue_full", retry_after_s=1)

    def told(self, tried: asyncio.Future[None]) -> Answer:
        """The answer, now that a commit has been tried."""
        return self._refused(503, "store_failed", retry_after_s=10) if tried.exception() else STORED

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            answer = await self._post(dict(scope["headers"]), receive)
        else:
            answer = PREFLIGHT if scope["method"] == "OPTIONS" else NOT_ALLOWED
        await send(answer.start)
        await send(answer.body)

    async def _post(self, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        try:
            taken = self.take(headers, await _some_body(receive))
        except Disconnected:
            return GONE  # the connection has counted it, and nobody is there to read this
        if isinstance(taken, Answer):
            return taken
        await asyncio.wait([taken])
        return self.told(taken)

    def _refused(self, status: int, reason: str, retry_after_s: int = 0) -> Answer:
        self._counters.count_refusal(reason)
        retry = [(b"retry-after", b"%d" % retry_after_s)] if retry_after_s else []
        return _answer(status, [*HEADERS, *retry], reason.encode(), b"text/plain; charset=utf-8")


async def _some_body(receive: Receive) -> bytes:
    """The body, or as much of it as shows that it is too large; raises Disconnected."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body") and len(body) <= MAX_BYTES:
        message = await receive()
        body += message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise Disconnected
    return body
