"""Slow, silent and endless clients: each connection is closed and counted, and others are not delayed."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

WAIT_S = 30.0
NO = b"POST /telemetry HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nno"  # a complete request with an invalid batch
HEAD = b"POST /telemetry HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"


@pytest.fixture
def connect(server) -> Iterator[Callable[[bytes], socket.socket]]:
    """`connect(b"...")` opens a connection and sends these bytes."""
    connections: list[socket.socket] = []

    def open_connection(data: bytes = b"") -> socket.socket:
        parts = urlsplit(server.url)
        connections.append(socket.create_connection((parts.hostname, parts.port), timeout=WAIT_S))
        connections[-1].sendall(data)
        return connections[-1]

    yield open_connection
    for each in connections:
        each.close()


def read_all(connection: socket.socket) -> bytes:
    """All bytes until the server closes the connection."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass  # the server closed it before it had read all bytes
    return b"".join(parts)


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        (HEAD, b"408", "timed_out"),
        (HEAD + b"\r\n{", b"408", "timed_out"),
        (b"GET /health HTTP/1.1\r\nHos", b"408", "timed_out"),
        (b"\x16\x03\x01 no HTTP at all\r\n\r\n", b"400", "not_http"),
        (HEAD + b"X: " + b"x" * 20_000, b"431", "head_too_large"),
        (NO + NO, b"400", "pipelined"),
    ],
)
def test_an_incomplete_or_invalid_request_is_refused_with_its_reason(server, connect, data, status, reason) -> None:
    before = server.health()["refused"].get(reason, 0)
    answer = read_all(connect(data))
    assert answer.split()[1] == status
    assert answer.endswith(b"\r\n\r\n" + reason.encode())
    assert server.health()["refused"][reason] == before + 1


def test_a_connection_is_kept_alive_for_the_next_batch_for_a_limited_time(connect) -> None:
    connection = connect(NO)
    assert connection.recv(65536).endswith(b"\r\n\r\nnot_json")
    connection.sendall(NO.replace(b"Host", b"Connection: close\r\nHost"))
    assert read_all(connection).count(b"not_json") == 1
    connection = connect(NO)
    assert read_all(connection).count(b"not_json") == 1  # then the server closes it


@pytest.mark.parametrize("unusual", [b"Expect: 100-continue\r\n", b"Upgrade: h2c\r\nConnection: Upgrade\r\n"])
def test_unusual_requests_are_answered_too(connect, unusual) -> None:
    assert read_all(connect(NO.replace(b"Host", unusual + b"Host"))).endswith(b"not_json")
    assert read_all(connect(NO.replace(b"telemetry", b"telemetry?x=1"))).endswith(b"not_json")
    assert read_all(connect(NO.replace(b"/1.1", b"/1.0"))).endswith(b"not_json")


def test_a_silent_connection_is_closed_without_an_answer(connect) -> None:
    assert read_all(connect(b"")) == b""


def test_sending_single_bytes_does_not_keep_a_connection_open(server, connect, tools) -> None:
    """The time limit starts once for each head, not again with each byte."""
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


def test_a_hundred_slow_clients_do_not_delay_others(server, connect, tools) -> None:
    slow = [connect(HEAD + b"\r\n{") for _ in range(100)]
    assert server.post(tools.batch()).status == 204
    assert all(b" 408 " in read_all(each) for each in slow)


def test_a_client_that_disconnects_during_its_batch_is_counted(server, connect, tools) -> None:
    before = server.health()["refused"].get("disconnected", 0)
    connect(HEAD + b"\r\n{").close()
    tools.wait_for(lambda: server.health()["refused"].get("disconnected", 0) == before + 1)


def test_a_connection_in_use_is_not_closed_for_its_age(server, tools) -> None:
    """Each request has its own time limit, and a complete one has none."""
    connection = server.connect()
    for _ in range(3):
        connection.request("POST", "/telemetry", tools.batch())
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (204, b"")
    connection.close()
