"""A connection's limits and the short cut for batches, with a transport, a clock and timers that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from server.ingest import connection
from server.ingest.connection import BODY_S, HEAD_S, MAX_HEAD
from server.ingest.counters import Counters
from server.ingest.short_cut import ShortCut
from server.ingest.telemetry import STORED, Answer, _answer
from widget.telemetry.schema import MAX_BYTES

KEEP_ALIVE_S = 30
POST = b"POST /telemetry HTTP/1.1\r\nHost: x\r\n"
BATCH = POST + b"Content-Length: 2\r\n\r\n{}"
OK = _answer(200, [], b"ok", b"text/plain")


class Timer:
    def __init__(self, at: float, callback: Callable[[], None]) -> None:
        self.at, self.callback, self.is_over = at, callback, False

    def cancel(self) -> None:
        self.is_over = True


class Loop:
    """The running event loop with a clock of the test."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self.now + seconds, callback))
        return self.timers[-1]

    def create_task(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(coroutine)

    def pass_time(self, seconds: float) -> None:
        """Move the clock, and call what is due."""
        end = self.now + seconds
        while due := [each for each in self.timers if not each.is_over and each.at <= end]:
            first = min(due, key=lambda each: each.at)
            self.now, first.is_over = max(self.now, first.at), True
            first.callback()
        self.now = end


class Peer:
    """The transport of a connection, seen from the client."""

    def __init__(self, result: Any = STORED, connections: int = 0) -> None:
        self.loop, self.counters, self.result = Loop(), Counters(), result
        self.received = b""
        self.is_closed = False
        self.gate = asyncio.Event()  # closed: the application takes its time
        self.gate.set()
        self.batches: list[tuple[dict[bytes, bytes], bytes]] = []
        self.asked: list[str] = []
        self.state: dict[str, Any] = {"counters": self.counters, "telemetry": self}
        config = Config(
            self._app, http=ShortCut, lifespan="off", interface="asgi3", ws="none", proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_S, log_config=None, access_log=False,
        )  # fmt: skip
        server = ServerState()
        server.connections.update(object() for _ in range(connections))  # type: ignore[misc]
        self.connection = ShortCut(config, server, self.state, self.loop)  # type: ignore[arg-type]
        self.connection.connection_made(self)  # type: ignore[arg-type]

    # The telemetry of the lifespan's state

    def accept_batch(self, headers: dict[bytes, bytes], body: bytes) -> Any:
        self.batches.append((headers, body))
        return self.result

    def answer_to_commit(self, commit: asyncio.Future[Answer]) -> Answer:
        return commit.result()

    # The transport

    def get_extra_info(self, name: str) -> None:
        return None

    def write(self, data: bytes) -> None:
        self.received += data

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    # The client

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self.connection.data_received(part)

    def take(self) -> bytes:
        received, self.received = self.received, b""
        return received

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(f"{scope['method']} {scope['path']}")
        body = b""
        await self.gate.wait()
        if scope["path"] == "/early":
            await send(OK.start)
            await send({**OK.body, "body": b"o", "more_body": True})
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message["body"]
            if not message["more_body"]:
                break
        self.batches.append((dict(scope["headers"]), body))
        await send(OK.start)
        await send(OK.body)


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(scenario(), 20))


async def others() -> None:
    """Let tasks run."""
    for _ in range(10):
        await asyncio.sleep(0)


def refusal(status: bytes, reason: bytes) -> bytes:
    head = b"HTTP/1.1 %s\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
    return head % (status, len(reason)) + reason


def assert_refused(peer: Peer, status: bytes, reason: bytes) -> None:
    assert peer.take() == refusal(status, reason)
    assert peer.is_closed
    assert peer.counters.reasons == {reason.decode(): 1}


TIMED_OUT = b"408 Request Timeout", b"timed_out"


def test_a_batch_is_answered_in_the_connection_and_the_next_one_too() -> None:
    async def scenario() -> None:
        peer = Peer()
        for number in range(3):
            peer.send(BATCH if number else BATCH.replace(b"Host", b"DNT: 1\r\nHost"))
            assert peer.take() == STORED.wire
            peer.loop.pass_time(KEEP_ALIVE_S - 1)
        assert [body for _, body in peer.batches] == [b"{}"] * 3
        assert peer.batches[0][0] == {b"dnt": b"1", b"host": b"x", b"content-length": b"2"}
        assert (peer.asked, peer.is_closed, peer.counters.reasons) == ([], False, {})

    run(scenario)


@pytest.mark.parametrize("size", [1, 7, 40])
def test_a_batch_may_come_in_parts(size) -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(*(BATCH[at : at + size] for at in range(0, len(BATCH), size)))
        assert peer.take() == STORED.wire
        assert [body for _, body in peer.batches] == [b"{}"]

    run(scenario)


def test_an_answer_waits_for_the_commit() -> None:
    async def scenario() -> None:
        peer = Peer(asyncio.get_running_loop().create_future())
        peer.send(BATCH)
        await others()
        peer.loop.pass_time(10 * KEEP_ALIVE_S)  # the store may be slow
        assert (peer.take(), peer.is_closed) == (b"", False)
        peer.result.set_result(STORED)
        await others()
        assert (peer.take(), peer.is_closed) == (STORED.wire, False)

    run(scenario)


def test_an_answer_to_somebody_who_has_gone_is_not_written() -> None:
    async def scenario() -> None:
        peer = Peer(asyncio.get_running_loop().create_future())
        peer.send(BATCH)
        peer.is_closed = True
        peer.connection.connection_lost(None)
        peer.result.set_result(STORED)
        await others()
        assert (peer.take(), peer.counters.reasons) == (b"", {})

    run(scenario)


def test_the_next_request_may_not_come_before_the_answer() -> None:
    async def scenario() -> None:
        peer = Peer(asyncio.get_running_loop().create_future())
        peer.send(BATCH, BATCH)
        assert_refused(peer, b"400 Bad Request", b"pipelined")
        assert len(peer.batches) == 1

    run(scenario)


@pytest.mark.parametrize("length", [b"Content-Length: 9000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n2000\r\n"])
def test_a_batch_that_is_too_large_is_answered_before_its_end(length) -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(POST + length, b"x" * (MAX_BYTES - 1), b"x")
        assert peer.take() == b""
        if b"chunked" in length:
            peer.send(b"\r\n1\r\nx")
        else:
            peer.send(b"x")
        assert peer.take() == STORED.wire
        assert [len(body) for _, body in peer.batches] == [MAX_BYTES + 1]
        peer.send(b"\r\n0\r\n\r\n" if b"chunked" in length else b"x" * (9000 - MAX_BYTES - 1))
        peer.send(BATCH)
        assert peer.take() == STORED.wire
        assert [body for _, body in peer.batches][1:] == [b"{}"]

    run(scenario)


def test_the_rest_of_a_batch_that_was_answered_has_its_time_too_and_no_second_answer() -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(POST + b"Content-Length: 9000\r\n\r\n", b"x" * (MAX_BYTES + 1))
        assert peer.take() == STORED.wire
        assert peer.connection._batch == b""
        peer.send(b"x")
        assert peer.connection._batch == b""  # nobody reads it
        peer.loop.pass_time(BODY_S + 1)
        assert (peer.take(), peer.is_closed, peer.counters.reasons) == (b"", True, {"timed_out": 1})

    run(scenario)


@pytest.mark.parametrize("change", [(b"Host", b"Connection: close\r\nHost"), (b"/1.1", b"/1.0")])
def test_a_connection_closes_after_the_answer_if_the_client_wants_it(change) -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(BATCH.replace(*change))
        assert (peer.take(), peer.is_closed) == (STORED.wire, True)

    run(scenario)


def test_a_connection_that_is_in_use_is_not_closed_for_its_last_answer() -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(BATCH)
        peer.loop.pass_time(KEEP_ALIVE_S - 1)
        peer.send(BATCH[:-1])
        peer.loop.pass_time(2)
        assert not peer.is_closed

        peer = Peer()
        peer.send(BATCH)
        peer.result = asyncio.get_running_loop().create_future()
        peer.send(BATCH)
        peer.loop.pass_time(KEEP_ALIVE_S + 1)
        assert not peer.is_closed

        peer = Peer()
        peer.send(BATCH)
        peer.gate.clear()
        peer.send(BATCH.replace(b"/telemetry", b"/other"))
        await others()
        peer.loop.pass_time(KEEP_ALIVE_S + 1)
        assert (peer.is_closed, peer.asked) == (False, ["POST /other"])

    run(scenario)


def test_a_connection_that_was_just_used_has_its_whole_time() -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(BATCH)
        peer.loop.pass_time(0.5)
        peer.send(BATCH)
        peer.loop.pass_time(KEEP_ALIVE_S - 0.25)
        assert not peer.is_closed
        peer.loop.pass_time(0.25)
        assert peer.is_closed

    run(scenario)


def test_a_batch_behind_another_request_waits_for_its_turn() -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.gate.clear()
        peer.send(BATCH.replace(b"/telemetry", b"/other"), BATCH)
        await others()
        assert (peer.take(), peer.batches) == (b"", [])
        peer.gate.set()
        await others()
        assert peer.take().count(b"\r\n\r\nok") == 2
        assert peer.asked == ["POST /other", "POST /telemetry"]

    run(scenario)


def test_a_slow_head_is_answered_also_after_another_request() -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(BATCH.replace(b"/telemetry", b"/other"))
        await others()
        assert peer.take().endswith(b"\r\n\r\nok")
        peer.send(POST)
        peer.loop.pass_time(HEAD_S)
        assert_refused(peer, *TIMED_OUT)

    run(scenario)


def test_an_application_may_answer_before_the_end_of_a_request() -> None:
    async def scenario() -> None:
        for is_lost in (True, False):
            peer = Peer()
            peer.send(BATCH[:-1].replace(b"/telemetry", b"/early"))
            await others()
            assert peer.take().endswith(b"\r\n\r\no")
            if is_lost:
                peer.connection.connection_lost(None)
            else:
                peer.loop.pass_time(BODY_S + 1)
            assert peer.take() == b""
            assert peer.counters.reasons == ({} if is_lost else {"timed_out": 1})

    run(scenario)


def test_an_idle_connection_closes_after_a_while() -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(BATCH)
        peer.loop.pass_time(KEEP_ALIVE_S - 1)
        peer.send(BATCH)
        peer.loop.pass_time(KEEP_ALIVE_S - 0.5)
        assert not peer.is_closed
        assert len([each for each in peer.loop.timers if not each.is_over]) == 1
        peer.loop.pass_time(0.5)
        assert (peer.is_closed, peer.counters.reasons) == (True, {})

    run(scenario)


def test_a_connection_closes_after_its_last_batch_whatever_was_asked_before() -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(BATCH.replace(b"/telemetry", b"/other"))
        await others()
        peer.send(BATCH)
        peer.loop.pass_time(KEEP_ALIVE_S - 0.5)
        assert not peer.is_closed
        peer.loop.pass_time(0.5)
        assert peer.is_closed

    run(scenario)


def test_a_connection_is_not_idle_while_a_request_begins() -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(BATCH)
        peer.loop.pass_time(KEEP_ALIVE_S - 1)
        peer.take()
        peer.send(BATCH[:9])
        peer.loop.pass_time(2)
        assert not peer.is_closed
        peer.send(BATCH[9:])
        assert peer.take() == STORED.wire

    run(scenario)


def test_a_connection_that_is_lost_leaves_no_timer() -> None:
    async def scenario() -> None:
        for data in (b"", POST, BATCH):
            peer = Peer()
            peer.send(data)
            peer.connection.connection_lost(None)
            assert [each for each in peer.loop.timers if not each.is_over] == []
            assert peer.connection.connections == set()

    run(scenario)


@pytest.mark.parametrize("is_waiting", [True, False])
def test_at_the_end_of_the_server_an_answer_that_is_due_is_sent(is_waiting) -> None:
    async def scenario() -> None:
        commit = asyncio.get_running_loop().create_future()
        peer = Peer(commit)
        if is_waiting:
            peer.send(BATCH)
        peer.connection.shutdown()
        assert peer.is_closed is not is_waiting
        if is_waiting:
            commit.set_result(STORED)
            await others()
            assert (peer.take(), peer.is_closed) == (STORED.wire, True)

    run(scenario)


@pytest.mark.parametrize(
    "data",
    [
        BATCH.replace(b"/telemetry", b"/telemetry?x=1"),
        BATCH.replace(b"/telemetry", b"/other"),
        BATCH.replace(b"POST", b"PUT"),
        BATCH.replace(b"Host", b"Expect: 100-continue\r\nHost"),
    ],
    ids=["query", "path", "method", "expect"],
)
def test_other_requests_take_the_long_way_and_a_batch_the_short_one_again(data) -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(data)
        await others()
        assert peer.take().endswith(b"\r\n\r\nok")
        assert (len(peer.asked), peer.batches[0][1]) == (1, b"{}")
        peer.loop.pass_time(BODY_S + 1)  # its body has come
        peer.send(BATCH)
        await others()
        assert peer.take() == STORED.wire
        assert (len(peer.asked), len(peer.batches), peer.is_closed, peer.counters.reasons) == (1, 2, False, {})

    run(scenario)


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket"])
def test_the_offer_of_another_protocol_is_dropped_and_what_stands_beside_it_stays(protocol) -> None:
    async def scenario() -> None:
        offer = b"Upgrade: %s\r\nConnection: keep-alive, Upgrade,te\r\nX-Mark: 7,upgrade\r\nHost" % protocol
        rest = {b"x-mark": b"7,upgrade", b"host": b"x", b"content-length": b"2"}
        for path in (b"/telemetry", b"/other"):
            peer = Peer()
            peer.send(BATCH.replace(b"Host", offer).replace(b"/telemetry", path))
            await others()
            ((headers, body),) = peer.batches
            assert (headers, body) == ({b"connection": b"keep-alive, te"} | rest, b"{}")
            assert peer.take().startswith(b"HTTP/1.1 20")
            assert peer.asked == ([] if path == b"/telemetry" else ["POST /other"])
            peer.send(BATCH)
            assert (peer.take(), peer.counters.reasons) == (STORED.wire, {})

    run(scenario)


def test_a_tunnel_is_not_opened() -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(b"CONNECT other.example:443 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert_refused(peer, b"400 Bad Request", b"not_http")
        peer = Peer()
        peer.send(b"CONNECT / HTTP/1.1\r\nHost: x\r\n\r\nwhat goes through a tunnel")
        await others()
        assert (peer.asked, [body for _, body in peer.batches]) == (["CONNECT /"], [b""])
        assert peer.take().endswith(b"\r\n\r\nok")

    run(scenario)


def test_a_silent_connection_is_closed_without_an_answer() -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.loop.pass_time(HEAD_S - 0.1)
        assert not peer.is_closed
        peer.loop.pass_time(0.1)
        assert (peer.take(), peer.is_closed, peer.counters.reasons) == (b"", True, {})

    run(scenario)


def test_each_head_and_each_body_has_its_time_which_single_bytes_do_not_renew(monkeypatch) -> None:
    monkeypatch.setattr(connection, "BODY_S", 2 * BODY_S)

    async def scenario() -> None:
        peer = Peer()
        for byte in POST[:9]:
            peer.send(bytes([byte]))
            peer.loop.pass_time(HEAD_S / 10)
        assert not peer.is_closed
        peer.loop.pass_time(HEAD_S / 10)
        assert_refused(peer, *TIMED_OUT)

        peer = Peer()
        peer.loop.pass_time(HEAD_S - 1)
        peer.send(POST + b"Content-Length: 20\r\n\r\n")
        for _ in range(9):
            peer.send(b"x")
            peer.loop.pass_time(2 * BODY_S / 10)
        assert not peer.is_closed
        peer.loop.pass_time(2 * BODY_S / 10)
        assert_refused(peer, *TIMED_OUT)

        peer = Peer()
        peer.send(BATCH)
        peer.loop.pass_time(HEAD_S + 1)  # between two requests there is more time
        assert peer.take() == STORED.wire
        peer.send(POST)
        peer.loop.pass_time(HEAD_S - 1)
        assert not peer.is_closed
        peer.loop.pass_time(1)
        assert_refused(peer, *TIMED_OUT)

    run(scenario)


def test_the_long_way_has_the_same_times() -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(BATCH[:-1].replace(b"/telemetry", b"/other"))
        await others()
        peer.loop.pass_time(BODY_S)
        assert_refused(peer, *TIMED_OUT)
        await others()
        assert (peer.asked, peer.batches) == (["POST /other"], [])
        assert peer.connection.tasks == set()  # the application learns that nobody waits
        peer.connection.connection_lost(None)
        assert peer.counters.reasons == {"timed_out": 1}

    run(scenario)


def test_a_head_has_a_largest_size_however_it_comes() -> None:
    async def scenario() -> None:
        head = POST + b"Content-Length: 2\r\nX: "
        for size, is_refused in ((MAX_HEAD, False), (MAX_HEAD + 1, True)):
            peer = Peer()
            filled = head + b"x" * (size - len(head))
            peer.send(filled[:100], filled[100:5000], filled[5000:])
            assert peer.is_closed is is_refused
            if is_refused:
                assert_refused(peer, b"431 Request Header Fields Too Large", b"head_too_large")
        for size, is_refused in ((MAX_HEAD, False), (MAX_HEAD + 1, True)):  # whole, with its body, in one or two pieces
            whole = head + b"x" * (size - len(head) - 4) + b"\r\n\r\n{}"
            for pieces in ((whole,), (whole[: size - 2], whole[size - 2 :]), (whole[:9000], whole[9000:])):
                peer = Peer()
                peer.send(*pieces)
                assert peer.is_closed is is_refused
                assert len(peer.batches) == (not is_refused)
        peer = Peer()
        for _ in range(4):  # the size is of each head
            peer.send(POST + b"Content-Length: 2\r\nX: " + b"x" * 5000, b"\r\n\r\n{}")
            assert peer.take() == STORED.wire

    run(scenario)


def test_a_body_may_be_larger_than_a_head() -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(b"PUT /other HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n", b"x" * 20_000)
        await others()
        assert (len(peer.batches[0][1]), peer.counters.reasons) == (20_000, {})

    run(scenario)


def test_what_is_not_http_is_refused_without_a_line_in_the_log(caplog) -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(b"\x16\x03\x01 no HTTP at all\r\n\r\n")
        assert_refused(peer, b"400 Bad Request", b"not_http")

    run(scenario)


def test_there_are_only_so_many_connections(monkeypatch) -> None:
    monkeypatch.setattr(connection, "connection_limit", lambda: 3)

    async def scenario() -> None:
        assert not Peer(connections=2).is_closed
        peer = Peer(connections=3)
        assert_refused(peer, b"503 Service Unavailable", b"too_many_connections")
        assert [each for each in peer.loop.timers if not each.is_over] == []

    run(scenario)


@pytest.mark.parametrize(("files", "limit"), [(1_000, 500), (1_000_000, 10_000)])
def test_connections_leave_files_for_the_store(monkeypatch, files, limit) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda which: (files, 2_000_000))
    assert connection.connection_limit.__wrapped__() == limit


@pytest.mark.parametrize(
    ("data", "reasons"),
    [
        (b"", {}),
        (POST, {}),
        (BATCH[:-1], {"disconnected": 1}),
        (BATCH, {}),
        (POST + b"Content-Length: 9000\r\n\r\n" + b"x" * 8193, {}),
        (BATCH[:-1].replace(b"/telemetry", b"/other"), {"disconnected": 1}),
    ],
    ids=["nothing", "a head", "half a batch", "a batch", "what was answered early", "half of another request"],
)
def test_a_client_that_goes_during_a_body_is_counted(data, reasons) -> None:
    async def scenario() -> None:
        peer = Peer()
        peer.send(data)
        peer.connection.connection_lost(None)
        assert peer.counters.reasons == reasons

    run(scenario)
