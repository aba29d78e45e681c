"""POST /telemetry: takes a page's batch. Answers 204 once the rows are acknowledged, else the word of the refusal.

This is plain ASGI, because a framework would double the cost of a request.
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

NO_CONSENT = "no_consent"  # the visitor's browser objects to tracking
TOO_LARGE = "too_large"

# Pages of all origins may send. There are no credentials and no cookies.
HEADERS = [
    (b"access-control-allow-origin", b"*"),
    (b"cache-control", b"no-store"),
    (b"timing-allow-origin", b"*"),
]
# The widget's text/plain needs no preflight request. Callers with another content type send one.
PREFLIGHT_HEADERS = [
    *HEADERS,
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"Content-Type"),
    (b"access-control-max-age", b"86400"),
]

log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """An HTTP answer: as the two messages of ASGI, and as the bytes that ShortCut writes to its connection."""

    start: Message
    body: Message
    wire: bytes


class Disconnected(Exception):
    """The sender disconnected before its batch was complete."""


def _answer(status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"", content_type: bytes = b"") -> Answer:
    if content_type:
        headers = [*headers, (b"content-type", content_type), (b"content-length", b"%d" % len(body))]
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
    """Answers the requests of /telemetry: ShortCut calls `accept_batch`, ASGI handles all other requests."""

    def __init__(self, batch_reader: BatchReader, writer: Writer, counters: Counters, own_origin: str = "") -> None:
        """`own_origin` is the server's own: that of requests without the header Origin."""
        self._own_origin = own_origin.encode()
        self._batch_reader = batch_reader
        self._writer = writer
        self._counters = counters

    def accept_batch(self, headers: Mapping[bytes, bytes], body: bytes) -> Answer | asyncio.Future[None]:
        """Read a batch and queue its rows. Returns the answer, or the future of the commit for `answer_to_commit`."""
        self._counters.count_request()
        # The widget does not send under these signals. Other senders get an answer, but their batch is not read.
        if headers.get(b"sec-gpc") == b"1" or headers.get(b"dnt") == b"1":
            self._counters.count_refusal(NO_CONSENT)
            return STORED
        try:
            rows = self._batch_reader.rows(body, headers.get(b"origin", self._own_origin))
            return (self._writer.enqueue(rows) if rows else None) or STORED
        except EventRejected as error:
            return self._refusal(413 if error.reason == TOO_LARGE else 400, error.reason)
        except RateLimitedError as error:
            return self._refusal(429, RATE_LIMITED, retry_after_s=math.ceil(error.wait_s))
        except ControlError as error:
            log.error("%s", error)
            return self._refusal(503, "control_failed", retry_after_s=10)
        except QueueFullError:
            return self._refusal(503, "queue_full", retry_after_s=1)

    def answer_to_commit(self, commit: asyncio.Future[None]) -> Answer:
        """The answer after the commit was attempted."""
        return self._refusal(503, "store_failed", retry_after_s=10) if commit.exception() else STORED

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            answer = await self._post(dict(scope["headers"]), receive)
        else:
            answer = PREFLIGHT if scope["method"] == "OPTIONS" else NOT_ALLOWED
        await send(answer.start)
        await send(answer.body)

    async def _post(self, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        try:
            result = self.accept_batch(headers, await _limited_body(receive))
        except Disconnected:
            return GONE  # nobody reads this; Connection has counted the refusal
        if isinstance(result, Answer):
            return result
        await asyncio.wait([result])
        return self.answer_to_commit(result)

    def _refusal(self, status: int, reason: str, retry_after_s: int = 0) -> Answer:
        self._counters.count_refusal(reason)
        retry = [(b"retry-after", b"%d" % retry_after_s)] if retry_after_s else []
        return _answer(status, [*HEADERS, *retry], reason.encode(), b"text/plain; charset=utf-8")


async def _limited_body(receive: Receive) -> bytes:
    """The body, or its beginning of more than MAX_BYTES if it is too large. Raises Disconnected."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body") and len(body) <= MAX_BYTES:
        message = await receive()
        body += message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise Disconnected
    return body
