"""A connection from outside: who is slow, or says too much before anything is said, is not waited for."""

from __future__ import annotations

import asyncio
import resource
from functools import lru_cache

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from .counters import Counters

HEAD_S = 5.0  # a request's head must be whole so soon after the connection, or the head itself, has begun,
BODY_S = 5.0  # and its body so soon after the head
MAX_HEAD = 16_384  # bytes
MAX_CONNECTIONS = 10_000  # or half of the files that the process may have open

IDLE, HEAD, BODY = range(3)  # what is being read of a request


@lru_cache(1)
def most_connections() -> int:
    """How many are taken at once; the store has to open files too."""
    return min(MAX_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


class Connection(HttpToolsProtocol):
    """uvicorn's, with bounds. Counts what never became a request, in the Counters that the lifespan's state holds."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._reading = self._waiting_for = IDLE
        self._head_bytes = 0
        self._deadline: asyncio.TimerHandle | None = None
        if len(self.connections) > most_connections():
            self.refuse(503, "too_many_connections")
        else:
            self._wait_for(HEAD, HEAD_S)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._reading == HEAD:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD:
                self.refuse(431, "head_too_large")
        # Most requests come in one piece: no clock is ever wound up for them.
        if self._reading != self._waiting_for and not self.transport.is_closing():
            self._wait_for(self._reading, HEAD_S if self._reading == HEAD else BODY_S)

    def on_message_begin(self) -> None:
        self._reading, self._head_bytes = HEAD, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._reading = BODY
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._reading = IDLE
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._reading == BODY and not self.has_answered():
            self._count("disconnected")
        self._wait_for(IDLE)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP; uvicorn would log each."""
        self.refuse(400, "not_http")

    def has_answered(self) -> bool:
        """Whether an answer to the request that is being read has begun."""
        return bool(self._reading == BODY and self.cycle and self.cycle.response_started)

    def refuse(self, status: int, reason: str) -> None:
        """Counts it, says so where nothing was answered yet, and ends the connection."""
        self._count(reason)
        if not self.has_answered():
            head = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
            self.transport.write(STATUS_LINE[status] + head % len(reason) + reason.encode())
        if self.cycle and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._reading = IDLE
        self.transport.close()

    def _wait_for(self, part: int, seconds: float = 0.0) -> None:
        if self._deadline:
            self._deadline.cancel()
        self._waiting_for = part
        self._deadline = self.loop.call_later(seconds, self._give_up) if part != IDLE else None

    def _give_up(self) -> None:
        if self._reading == IDLE:  # it has never said anything, as a browser's connection made in advance
            self.transport.close()
        else:
            self.refuse(408, "timed_out")

    def _count(self, reason: str) -> None:
        counters: Counters = self.app_state["counters"]
        counters.count_refusal(reason)
