"""The live stream of a running server: its events, how it resumes, and when it ends."""

from __future__ import annotations

import http.client
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

LIVE = "/api/v1/accounts/acme/live"


class Stream:
    """One open stream, read block by block."""

    def __init__(self, server, token: str, **headers: str) -> None:
        self.connection = server.connect()
        self.connection.request("GET", LIVE, headers={"Authorization": f"Bearer {token}", **headers})
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200, self.answer.read()

    def blocks(self) -> Iterator[dict[str, str]]:
        """The fields of each block, until the stream ends. A comment has an empty name."""
        fields: dict[str, str] = {}
        for line in iter(self.answer.readline, b""):
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if line == b"\n":
                yield fields
                fields = {}
            else:
                fields[name.rstrip(":")] = value

    def close(self) -> None:
        self.connection.close()


@pytest.fixture
def open_stream():
    """`open_stream(server)` opens a stream. It is closed after the test."""
    streams: list[Stream] = []

    def open_one(server, token: str | None = None, **headers: str) -> Stream:
        streams.append(Stream(server, token or server.token(), **headers))
        return streams[-1]

    yield open_one
    for stream in streams:
        stream.close()


def test_a_commit_is_an_event_without_its_number_for_its_account_only(server, tools, open_stream) -> None:
    stream = open_stream(server)
    assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
    assert stream.answer.headers["Cache-Control"] == "no-store"
    blocks = stream.blocks()
    first = next(blocks)
    assert first["retry"] == "2000"
    assert server.post(tools.batch("w2")).status == 204  # another account's
    assert server.post(tools.batch(errors={"API_ERROR": 5})).status == 204
    event = next(blocks)
    assert (event["event"], event["data"]) == ("commit", "{}")
    assert event["id"] != first["id"]


def test_there_is_at_most_one_event_a_second_and_none_tells_how_many_rows_came(server, tools, open_stream) -> None:
    def events(batches: int) -> list[dict[str, str]]:
        blocks = open_stream(server).blocks()
        next(blocks)
        started_at = time.monotonic()
        for _ in range(batches):
            assert server.post(tools.batch()).status == 204
        seen = [next(blocks)]
        while time.monotonic() - started_at < 2.5 and len(seen) < 2:  # a second one only if the batches took so long
            if (block := next(blocks)) == {"": "still here"}:
                break
            seen.append(block)
        assert len(seen) <= 2 + (time.monotonic() - started_at)
        return seen

    one, many = events(1), events(20)
    assert {event["data"] for event in (*one, *many)} == {"{}"}
    assert {len(event["id"].rpartition("-")[2]) for event in (*one, *many)} <= {7, 8}  # a time in microseconds


def test_a_stream_resumes_after_a_break(server, tools, open_stream) -> None:
    stream = open_stream(server)
    mark = next(stream.blocks())["id"]
    stream.close()
    assert server.post(tools.batch(errors={"API_ERROR": 1, "API_TIMEOUT": 1})).status == 204
    blocks = open_stream(server, **{"Last-Event-ID": mark}).blocks()
    assert next(blocks)["id"] == mark
    missed = next(blocks)
    assert missed["event"] == "commit"

    nothing_new = open_stream(server, **{"Last-Event-ID": missed["id"]}).blocks()
    assert next(nothing_new)["id"] == missed["id"]
    assert server.post(tools.batch()).status == 204
    assert next(nothing_new)["event"] == "commit"


@pytest.mark.parametrize("mark", ["", "17-3", "nonsense", "é", "9" * 200, "-", "0-0\tid: 1"])
def test_an_unknown_mark_resumes_at_the_start_of_this_server_run(server, tools, open_stream, mark) -> None:
    assert server.post(tools.batch()).status == 204
    blocks = open_stream(server, **{"Last-Event-ID": mark}).blocks()
    assert next(blocks)["id"].endswith("-0")
    assert next(blocks)["event"] == "commit"


def test_a_quiet_stream_sends_comments(server, open_stream) -> None:
    blocks = open_stream(server).blocks()
    next(blocks)
    assert next(blocks) == {"": "still here"}


def test_a_revoked_token_ends_its_streams(server, tools, open_stream) -> None:
    data = ("--data", server.data)
    text = tools.cli("token", "make", *data, "--scope", "viewer", "--account", "acme", "--label", "Ada").stdout.strip()
    other, revoked = open_stream(server), open_stream(server, text)
    assert tools.cli("token", "revoke", text.split("_")[1], *data).returncode == 0
    assert [block.keys() for block in revoked.blocks()][1:] in ([], [{""}])  # reads to the end
    assert server.get(LIVE, Authorization=f"Bearer {text}").status == 401
    blocks = other.blocks()
    next(blocks)
    assert server.post(tools.batch()).status == 204
    assert next(blocks)["event"] == "commit"


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_streams_end_with_the_server_and_do_not_delay_its_end(start, open_stream, signum) -> None:
    server = start()
    streams = [open_stream(server) for _ in range(3)]
    for stream in streams:
        next(stream.blocks())
    assert server.stop(signum) == 0
    log = server.log.read_text()
    assert "Cancel" not in log  # uvicorn logs this after waiting ten seconds
    assert "Traceback" not in log
    for stream in streams:
        assert list(stream.blocks()) == []


def test_a_closed_stream_leaves_no_open_file(start, tools, open_stream) -> None:
    server = start()
    files = Path("/proc") / str(server.pid) / "fd"
    assert server.events() == []  # opens the files that the first query opens
    before = open_files(files)
    streams = [open_stream(server) for _ in range(20)]
    assert open_files(files) > before + 10  # fewer than 20, because a connection in `before` may be closed by now
    for stream in streams:
        stream.close()
    tools.wait_for(lambda: open_files(files) <= before)
    assert server.post(tools.batch()).status == 204
    assert server.stop() == 0
    assert "Traceback" not in server.log.read_text()


def open_files(directory: Path) -> int:
    return len(list(directory.iterdir()))


def test_a_stream_breaks_when_the_server_is_killed(start, open_stream) -> None:
    server = start()
    stream = open_stream(server)
    next(stream.blocks())
    server.stop(signal.SIGKILL)
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        stream.answer.read()
