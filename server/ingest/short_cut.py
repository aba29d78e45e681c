"""Handles POST /telemetry in the connection itself, without ASGI: from its bytes to the writer's queue and back.

ASGI's task, scope and events for each request would double its cost. Unusual requests, such as those with a query or
`Expect`, and requests for all other paths go through ASGI.
"""

from __future__ import annotations

import asyncio

from widget.telemetry.schema import MAX_BYTES

from .connection import BODY, IDLE, Connection
from .telemetry import Answer, Telemetry

URL = b"/telemetry"


class ShortCut(Connection):
    """A connection that gives batches to the Telemetry of the lifespan's state."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._is_batch = False  # whether the current request is a batch for the short cut
        # The next four are about the newest batch.
        self._batch = b""
        self._is_whole = False
        self._is_answered = True
        self._is_last = False  # whether the connection closes after the answer
        self._used_at = 0.0  # the event loop's time of the last answer
        self._keep_alive_timer: asyncio.TimerHandle | None = None
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_batch and (self._is_whole or len(self._batch) > MAX_BYTES) and not self.transport.is_closing():
            self._accept_batch()

    def on_message_begin(self) -> None:
        self._is_batch = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if not self._is_answered:  # browsers and proxies wait for an answer before they send the next request
            self.refuse(400, "pipelined")
            return
        is_free = (self.cycle is None or self.cycle.response_complete) and not self.offers_upgrade()
        if is_free and self.url == URL and self.parser.get_method() == b"POST" and not self.expect_100_continue:
            self._reading = BODY
            self._is_batch, self._batch, self._is_whole, self._is_answered = True, b"", False, False
            self._is_last = not self.parser.should_keep_alive()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._is_batch:
            super().on_body(body)
        elif not self._is_answered:  # a batch that is too large is answered early; the rest of it is dropped
            self._batch += body

    def on_message_complete(self) -> None:
        if self._is_batch:
            self._reading, self._is_whole = IDLE, not self._is_answered
        else:
            super().on_message_complete()

    def shutdown(self) -> None:
        """uvicorn calls this when the server ends. Close the connection, but first send an answer that is due."""
        if self._is_answered:
            super().shutdown()
        else:
            self._is_last = True

    def connection_lost(self, exc: Exception | None) -> None:
        if self._keep_alive_timer:
            self._keep_alive_timer.cancel()
        super().connection_lost(exc)

    def has_answered(self) -> bool:
        return self._is_answered if self._is_batch else super().has_answered()

    def _accept_batch(self) -> None:
        telemetry: Telemetry = self.app_state["telemetry"]
        result = telemetry.accept_batch(dict(self.headers), self._batch)
        self._is_whole, self._batch = False, b""
        if isinstance(result, Answer):
            self._answer(result)
        else:
            result.add_done_callback(lambda commit: self._answer(telemetry.answer_to_commit(commit)))

    def _answer(self, answer: Answer) -> None:
        self._is_answered = True
        if self.transport.is_closing():
            return
        self.transport.write(answer.wire)
        if self._is_last:
            self.transport.close()
        else:
            self._used_at = self.loop.time()
            self._keep_alive_timer = self._keep_alive_timer or self.loop.call_later(
                self.timeout_keep_alive, self._close_if_idle
            )

    def _close_if_idle(self) -> None:
        """Close the connection if it was idle for the setting `keep_alive`. One timer serves all of its batches."""
        is_busy = not self._is_answered or self._reading != IDLE or (self.cycle and not self.cycle.response_complete)
        left_s = self.timeout_keep_alive if is_busy else self._used_at + self.timeout_keep_alive - self.loop.time()
        if left_s > 0:
            self._keep_alive_timer = self.loop.call_later(left_s, self._close_if_idle)
        else:
            self.transport.close()
