"""What a sender of batches is answered, as messages of ASGI and as bytes, and what is counted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from server.errors import ControlError, QueueFullError, RateLimitedError, StoreError
from server.ingest.counters import Counters
from server.ingest.telemetry import GONE, NOT_ALLOWED, PREFLIGHT, STORED, Answer, Telemetry
from widget.errors import EventRejected
from widget.telemetry.schema import MAX_BYTES

ALWAYS = b"access-control-allow-origin: *\r\ncache-control: no-store\r\ntiming-allow-origin: *\r\n"


class Ingest:
    """The telemetry endpoint with a reader and a writer that do what the test says."""

    def __init__(self, rows: Any = ("a row",), commit: Any = None) -> None:
        self._rows, self._commit = rows, commit
        self.counters = Counters()
        self.read: list[tuple[bytes, bytes]] = []
        self.queued: list[Any] = []
        self.telemetry = Telemetry(self, self, self.counters, "https://own.example")  # type: ignore[arg-type]

    def rows(self, body: bytes, origin: bytes) -> Any:
        self.read.append((body, origin))
        if isinstance(self._rows, Exception):
            raise self._rows
        return self._rows

    def enqueue(self, rows: Any) -> Any:
        if isinstance(self._commit, Exception):
            raise self._commit
        self.queued.append(rows)
        return self._commit

    def post(self, headers: Mapping[bytes, bytes] | None = None) -> Any:
        return self.telemetry.accept_batch(headers or {}, b"a batch")


async def asked(telemetry: Telemetry, *messages: dict[str, Any], method: str = "POST", **headers: str) -> list[Any]:
    """The messages of ASGI that answer a request."""
    waiting, answers = list(messages), []

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        answers.append(message)

    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await telemetry({"type": "http", "method": method, "headers": pairs}, receive, send)
    assert waiting == []
    return answers


def body(text: bytes, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": text, "more_body": more}


def messages(answer: Answer) -> list[Any]:
    return [answer.start, answer.body]


def test_rows_that_are_queued_are_answered_at_once_and_else_with_their_commit() -> None:
    ingest = Ingest()
    assert ingest.post({b"origin": b"https://shop.example"}) is STORED
    assert ingest.post() is STORED
    assert ingest.read == [(b"a batch", b"https://shop.example"), (b"a batch", b"https://own.example")]
    assert ingest.queued == [("a row",)] * 2
    assert (ingest.counters.requests, ingest.counters.reasons) == (2, {})

    async def scenario() -> None:
        commit = asyncio.get_running_loop().create_future()
        ingest = Ingest(commit=commit)
        assert ingest.post() is commit
        commit.set_result(None)
        assert ingest.telemetry.answer_to_commit(commit) is STORED
        assert await asked(ingest.telemetry, body(b"")) == messages(STORED)

    asyncio.run(scenario())


def test_a_server_that_knows_no_origin_of_its_own_names_none() -> None:
    ingest = Ingest()
    Telemetry(ingest, ingest, ingest.counters).accept_batch({}, b"a batch")  # type: ignore[arg-type]
    assert ingest.read == [(b"a batch", b"")]


def test_a_batch_without_rows_is_not_queued() -> None:
    ingest = Ingest(rows=[])
    assert ingest.post() is STORED
    assert ingest.queued == []


@pytest.mark.parametrize("name", [b"sec-gpc", b"dnt"])
def test_a_batch_of_a_visitor_who_objects_is_not_read(name) -> None:
    ingest = Ingest()
    assert ingest.post({name: b"1"}) is STORED
    assert (ingest.read, ingest.counters.requests, ingest.counters.reasons) == ([], 1, {"no_consent": 1})
    ingest.post({name: b"0"})
    assert len(ingest.read) == 1


@pytest.mark.parametrize(
    ("ingest", "status", "reason", "retry"),
    [
        (Ingest(EventRejected("not_json")), b"400 Bad Request", b"not_json", b""),
        (Ingest(EventRejected("too_large")), b"413 Request Entity Too Large", b"too_large", b""),
        (Ingest(RateLimitedError(1.2)), b"429 Too Many Requests", b"rate_limited", b"retry-after: 2\r\n"),
        (Ingest(ControlError("locked")), b"503 Service Unavailable", b"control_failed", b"retry-after: 10\r\n"),
        (Ingest(commit=QueueFullError()), b"503 Service Unavailable", b"queue_full", b"retry-after: 1\r\n"),
    ],
)
def test_a_refusal_tells_its_reason_and_when_to_come_again(ingest, status, reason, retry) -> None:
    type_ = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n" % len(reason)
    assert ingest.post().wire == b"HTTP/1.1 " + status + b"\r\n" + ALWAYS + retry + type_ + b"\r\n" + reason
    assert ingest.counters.reasons == {reason.decode(): 1}


def test_rows_that_could_not_be_stored_are_refused() -> None:
    async def scenario() -> None:
        commit = asyncio.get_running_loop().create_future()
        ingest = Ingest(commit=commit)
        asyncio.get_running_loop().call_later(0.01, commit.set_exception, StoreError("The disk is full."))
        start, answer = await asked(ingest.telemetry, body(b""))
        assert (start["type"], start["status"], answer["body"]) == ("http.response.start", 503, b"store_failed")
        assert answer["type"] == "http.response.body"
        assert (b"retry-after", b"10") in start["headers"]
        assert ingest.counters.reasons == {"store_failed": 1}

    asyncio.run(scenario())


def test_the_answers_that_never_change() -> None:
    assert STORED.wire == b"HTTP/1.1 204 No Content\r\n" + ALWAYS + b"\r\n"
    allowed = b"access-control-allow-methods: POST\r\naccess-control-allow-headers: Content-Type\r\n"
    preflight = allowed + b"access-control-max-age: 86400\r\n"
    assert PREFLIGHT.wire == b"HTTP/1.1 204 No Content\r\n" + ALWAYS + preflight + b"\r\n"
    refusal = b'{"error":"Method Not Allowed."}'
    about = b"allow: POST, OPTIONS\r\ncontent-type: application/json\r\ncontent-length: %d\r\n" % len(refusal)
    assert NOT_ALLOWED.wire == b"HTTP/1.1 405 Method Not Allowed\r\n" + ALWAYS + about + b"\r\n" + refusal
    assert GONE.start["status"] == 400

    async def scenario() -> None:
        telemetry = Ingest().telemetry
        assert await asked(telemetry, method="OPTIONS") == messages(PREFLIGHT)
        assert await asked(telemetry, method="GET") == messages(NOT_ALLOWED)

    asyncio.run(scenario())


def test_a_body_may_come_in_parts_and_is_read_no_further_than_is_too_much() -> None:
    async def scenario() -> None:
        ingest = Ingest()
        await asked(
            ingest.telemetry, body(b"in ", more=True), {"type": "http.request", "more_body": True}, body(b"parts")
        )
        await asked(ingest.telemetry, body(b"x" * MAX_BYTES, more=True), body(b"x", more=True))
        await asked(ingest.telemetry, body(b"headers"), dnt="0", origin="https://shop.example")
        assert ingest.read[0] == (b"in parts", b"https://own.example")
        assert len(ingest.read[1][0]) == MAX_BYTES + 1
        assert ingest.read[2] == (b"headers", b"https://shop.example")
        await asked(ingest.telemetry, {"type": "http.request"})
        assert ingest.read[3] == (b"", b"https://own.example")

    asyncio.run(scenario())


def test_a_sender_who_is_gone_has_sent_nothing() -> None:
    async def scenario() -> None:
        ingest = Ingest()
        gone = {"type": "http.disconnect"}
        assert await asked(ingest.telemetry, body(b"half", more=True), gone) == messages(GONE)
        assert await asked(ingest.telemetry, gone) == messages(GONE)
        assert (ingest.read, ingest.counters.requests) == ([], 0)

    asyncio.run(scenario())
