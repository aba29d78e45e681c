"""The short cut of POST /telemetry: from a connection's bytes to the writer's queue and back, without ASGI in between.

A task, a scope and several events for each request would take as long as all the rest of it. What is unusual in any
way, such as a query or `Expect`, goes the long way, as does everything else that the server answers.
"""

from __future__ import annotations

import asyncio

from widget.telemetry.schema import MAX_BYTES

from .connection import BODY, IDLE, Connection
from .telemetry import Answer, Telemetry

URL = b"/telemetry"
KEPT_S = 5.0  # so long a connection is kept for the next batch


class ShortCut(Connection):
    """A connection that hands batches to the Telemetry that the lifespan's state holds."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._is_batch = False  # what is being read; and of the last batch that was begun:
        self._batch = b""
        self._is_whole = False
        self._is_answered = True
        self._is_last = False  # the connection ends with the answer
        self._used_at = 0.0
        self._keeping: asyncio.TimerHandle | None = None
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_batch and (self._is_whole or len(self._batch) > MAX_BYTES) and not self.transport.is_closing():
            self._take()

    def on_message_begin(self) -> None:
        self._is_batch = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if not self._is_answered:  # no browser and no proxy sends a request before it has the answer to the last
            self.refuse(400, "pipelined")
            return
        is_free = self.cycle is None or self.cycle.response_complete
        if is_free and self.url == URL and self.parser.get_method() == b"POST" and not self.expect_100_continue:
            self._reading = BODY
            self._is_batch, self._batch, self._is_whole, self._is_answered = True, b"", False, False
            self._is_last = not self.parser.should_keep_alive()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._is_batch:
            super().on_body(body)
        elif not self._is_answered:  # else it was too large, and is read to its end, but not kept
            self._batch += body

    def on_message_complete(self) -> None:
        if self._is_batch:
            self._reading, self._is_whole = IDLE, not self._is_answered
        else:
            super().on_message_complete()

    def shutdown(self) -> None:
        """Called when the server ends: with the answer, where one is owed, the connection does too."""
        if self._is_answered:
            super().shutdown()
        else:
            self._is_last = True

    def connection_lost(self, exc: Exception | None) -> None:
        if self._keeping:
            self._keeping.cancel()
        super().connection_lost(exc)

    def has_answered(self) -> bool:
        return self._is_answered if self._is_batch else super().has_answered()

    def _take(self) -> None:
        telemetry: Telemetry = self.app_state["telemetry"]
        taken = telemetry.take(dict(self.headers), self._batch)
        self._is_whole, self._batch = False, b""
        if isinstance(taken, Answer):
            self._answer(taken)
        else:
            taken.add_done_callback(lambda tried: self._answer(telemetry.told(tried)))

    def _answer(self, answer: Answer) -> None:
        self._is_answered = True
        if self.transport.is_closing():
            return
        self.transport.write(answer.wire)
        if self._is_last:
            self.transport.close()
        else:
            self._used_at = self.loop.time()
            self._keeping = self._keeping or self.loop.call_later(KEPT_S, self._keep)

    def _keep(self) -> None:
        """Ends the connection when it has not been used for so long. One clock serves all of its batches."""
        is_busy = not self._is_answered or self._reading != IDLE or (self.cycle and not self.cycle.response_complete)
        left_s = KEPT_S if is_busy else self._used_at + KEPT_S - self.loop.time()
        if left_s > 0:
            self._keeping = self.loop.call_later(left_s, self._keep)
        else:
            self.transport.close()
