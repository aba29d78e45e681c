"""Clients that are slow, silent or endless: each is ended, counted, and holds up nobody."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

WAIT_S = 30.0
NO = b"POST /telemetry HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nno"  # whole, and no batch
HEAD = b"POST /telemetry HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"


@pytest.fixture
def connect(server) -> Iterator[Callable[[bytes], socket.socket]]:
    """`connect(b"...")`: a connection that has sent this and no more."""
    opened: list[socket.socket] = []

    def connected(data: bytes = b"") -> socket.socket:
        parts = urlsplit(server.url)
        opened.append(socket.create_connection((parts.hostname, parts.port), timeout=WAIT_S))
        opened[-1].sendall(data)
        return opened[-1]

    yield connected
    for each in opened:
        each.close()


def received(connection: socket.socket) -> bytes:
    """All that comes until the server ends the connection."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass  # it was ended with bytes of ours unread
    return b"".join(parts)


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        (HEAD, b"408", "timed_out"),
        (HEAD + b"\r\n{", b"408", "timed_out"),
        (b"GET /health HTTP/1.1\r\nHos", b"408", "timed_out"),
        (b"\x16\x03\x01 no HTTP at all\r\n\r\n", b"400", "not_http"),
        (HEAD + b"X: " + b"x" * 20_000, b"431", "head_too_large"),
        (NO + NO, b"400", "pipelined"),
    ],
)
def test_request_that_is_never_whole_is_refused_by_name_and_ended(server, connect, sent, status, reason) -> None:
    before = server.health()["refused"].get(reason, 0)
    answer = received(connect(sent))
    assert answer.split()[1] == status
    assert answer.endswith(b"\r\n\r\n" + reason.encode())
    refused = server.health()["refused"]
    assert refused[reason] == before + 1


def test_connection_is_kept_for_the_next_batch_and_not_for_ever(connect) -> None:
    connection = connect(NO)
    assert connection.recv(65536).endswith(b"\r\n\r\nnot_json")
    connection.sendall(NO.replace(b"Host", b"Connection: close\r\nHost"))
    assert received(connection).count(b"not_json") == 1
    connection = connect(NO)
    assert received(connection).count(b"not_json") == 1  # and then it is ended, though nobody asked for it


@pytest.mark.parametrize("unusual", [b"Expect: 100-continue\r\n", b"Upgrade: h2c\r\nConnection: Upgrade\r\n"])
def test_what_is_unusual_is_answered_all_the_same(connect, unusual) -> None:
    assert received(connect(NO.replace(b"Host", unusual + b"Host"))).endswith(b"not_json")
    assert received(connect(NO.replace(b"telemetry", b"telemetry?x=1"))).endswith(b"not_json")
    assert received(connect(NO.replace(b"/1.1", b"/1.0"))).endswith(b"not_json")


def test_silent_connection_is_ended_without_a_word(connect) -> None:
    assert received(connect(b"")) == b""


def test_byte_now_and_then_does_not_keep_a_connection(server, connect, tools) -> None:
    """The clock is wound up once for a head, and not for each of its bytes."""
    connection = connect(HEAD + b"X: ")
    connection.settimeout(0.2)
    answer = b""

    def has_ended() -> bool:
        nonlocal answer
        try:
            connection.sendall(b"x")
            answer += connection.recv(65536)
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        return bool(answer)

    tools.wait_for(has_ended)
    assert b" 408 " in answer


def test_hundred_slow_clients_hold_up_nobody(server, connect, tools) -> None:
    slow = [connect(HEAD + b"\r\n{") for _ in range(100)]
    assert server.post(tools.batch()).status == 204
    assert all(b" 408 " in received(each) for each in slow)


def test_client_that_goes_before_its_batch_is_whole_is_counted(server, connect, tools) -> None:
    before = server.health()["refused"].get("disconnected", 0)
    connect(HEAD + b"\r\n{").close()
    tools.wait_for(lambda: server.health()["refused"].get("disconnected", 0) == before + 1)


def test_connection_that_is_used_again_is_not_ended_for_its_age(server, tools) -> None:
    """Each request has a clock of its own, and a whole one has none."""
    connection = server.connect()
    for _ in range(3):
        connection.request("POST", "/telemetry", tools.batch())
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (204, b"")
    connection.close()
