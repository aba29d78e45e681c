"""Closes connections that are too slow or send too large a request head."""

from __future__ import annotations

import asyncio
import resource
import sys
from functools import lru_cache

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from .counters import Counters

HEAD_S = 5.0  # the time for a request's head, from the start of the connection or of the head
BODY_S = 5.0  # the time for its body, from the end of the head
MAX_HEAD = 16_384  # bytes
_END_OF_HEAD = b"\r\n\r\n"
MAX_CONNECTIONS = 10_000  # but at most half of the process's limit of open files

IDLE, HEAD, BODY = range(3)  # the part of a request that is being read


@lru_cache(1)
def connection_limit() -> int:
    """The most connections at a time. It leaves open files for the store."""
    return min(MAX_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


def _without_upgrade(name: bytes, value: bytes) -> bytes:
    """The header's value; that of Connection without the word `upgrade`."""
    if name != b"connection":
        return value
    return b", ".join(word for word in value.split(b",") if word.strip().lower() != b"upgrade")


class Connection(HttpToolsProtocol):
    """uvicorn's protocol with limits. Counts refused connections in the Counters of the lifespan's state."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._data = b""  # the last that came
        self._reading = self._timed_part = IDLE
        self._timer: asyncio.TimerHandle | None = None
        if len(self.connections) > connection_limit():
            self.refuse(503, "too_many_connections")
        else:
            self._start_timer(HEAD, HEAD_S)

    def data_received(self, data: bytes) -> None:
        if self._reading != BODY and not self._fits(data):
            self.refuse(431, "head_too_large")
            return
        self._data = data
        super().data_received(data)
        if self._reading == HEAD:
            self._head_bytes += len(data)
        # Most requests arrive in one piece, so they need no timer.
        if self._reading != self._timed_part and not self.transport.is_closing():
            self._start_timer(self._reading, HEAD_S if self._reading == HEAD else BODY_S)

    def _fits(self, data: bytes) -> bool:
        """Whether the head that this data belongs to can still end within MAX_HEAD bytes."""
        left = MAX_HEAD - (self._head_bytes if self._reading == HEAD else 0)
        return len(data) <= left or _END_OF_HEAD in self._data[1 - len(_END_OF_HEAD) :] + data[:left]

    def on_message_begin(self) -> None:
        self._reading, self._head_bytes = HEAD, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if not self.offers_upgrade():
            self._reading = BODY
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        if not self.offers_upgrade():
            self._reading = IDLE
            super().on_message_complete()

    def offers_upgrade(self) -> bool:
        """True if the request offers another protocol, such as h2c or a web socket. It is answered as HTTP/1.1."""
        return bool(self.parser.should_upgrade()) and self.parser.get_method() != b"CONNECT"

    def _unsupported_upgrade_warning(self) -> None:
        """uvicorn calls this where the parser stops: behind the head of a request that offers an upgrade.

        Read the request again without the offer, because this parser would take its body for the other protocol's.
        RFC 9110, 7.8: a server may ignore the offer.
        """
        stop = sys.exception()
        if self.parser.get_method() == b"CONNECT" or not stop:
            return
        rest = self._data[int(stop.args[0]) :]
        version = self.parser.get_http_version().encode()
        lines = [self.parser.get_method() + b" " + self.url + b" HTTP/" + version]
        lines += [name + b": " + _without_upgrade(name, value) for name, value in self.headers if name != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(b"\r\n".join([*lines, b"", rest]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._reading == BODY and not self.has_answered():
            self._count_refusal("disconnected")
        self._start_timer(IDLE)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse data that is not HTTP. uvicorn's own method would log it."""
        self.refuse(400, "not_http")

    def has_answered(self) -> bool:
        """True if an answer has begun while its request is still being read."""
        return bool(self._reading == BODY and self.cycle and self.cycle.response_started)

    def refuse(self, status: int, reason: str) -> None:
        """Count the refusal, answer with its word unless an answer has begun, and close the connection.

        A connection that is closing has had its answer: the parser may still stumble over the rest of what was sent.
        """
        if self.transport.is_closing():
            return
        self._count_refusal(reason)
        if not self.has_answered():
            head = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
            self.transport.write(STATUS_LINE[status] + head % len(reason) + reason.encode())
        if self.cycle and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._reading = IDLE
        self.transport.close()

    def _start_timer(self, part: int, seconds: float = 0.0) -> None:
        """Limit the time for a part of the request. IDLE only stops the current timer."""
        if self._timer:
            self._timer.cancel()
        self._timed_part = part
        self._timer = self.loop.call_later(seconds, self._time_out) if part != IDLE else None

    def _time_out(self) -> None:
        if self._reading == IDLE:  # nothing was sent, as on a connection that a browser opened in advance
            self.transport.close()
        else:
            self.refuse(408, "timed_out")

    def _count_refusal(self, reason: str) -> None:
        counters: Counters = self.app_state["counters"]
        counters.count_refusal(reason)
