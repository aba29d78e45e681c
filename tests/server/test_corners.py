"""Corners of the protocol and of the machine: offers of other protocols, addresses, empty settings, full outputs."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server.control.database import ControlDatabase
from server.control.tokens import Tokens
from server.retention_period import RETENTION_DAYS
from server.store.retention import age_range, drop_expired_parts
from server.store.row import Row
from server.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
OFFER = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
NOW = datetime.now(UTC)


def exchange(server, *pieces: bytes) -> bytes:
    """Send the pieces one by one, and return all that the server answers until it is silent for a moment."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        answer = b""
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.05)
            if piece.endswith(b"}"):  # the next request waits for this one's answer
                answer += connection.recv(65536)
        with contextlib.suppress(TimeoutError):
            while chunk := connection.recv(65536):
                answer += chunk
        return answer


def post(body: bytes, headers: str) -> bytes:
    return f"POST /telemetry HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize("offer", [OFFER, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\n"])
def test_a_batch_that_offers_another_protocol_is_taken_as_http_1_1(server, tools, offer) -> None:
    before = server.health()["written_rows"]
    whole = post(tools.batch().encode(), offer)
    head = whole.index(b"\r\n\r\n") + 4
    for pieces in ([whole], [whole[:head], whole[head:]], [whole[:30], whole[30 : head + 5], whole[head + 5 :]]):
        # The connection stays: the next request on it is answered too.
        answer = exchange(server, *pieces, b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 204 "), answer
        assert b"HTTP/1.1 200 OK" in answer
    assert server.health()["written_rows"] == before + 3


def test_an_offer_beside_a_get_or_a_chunked_body_is_ignored_too(server, tools) -> None:
    last = OFFER.replace("Upgrade, ", "Upgrade, close, ")
    answer = exchange(server, f"GET /health HTTP/1.1\r\nHost: x\r\n{last}\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200 OK")
    body = tools.batch().encode()
    head = f"POST /telemetry HTTP/1.1\r\nHost: x\r\n{last}Transfer-Encoding: chunked\r\n\r\n".encode()
    assert exchange(server, head, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)).startswith(b"HTTP/1.1 204 ")
    assert exchange(server, b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 40")
    assert server.health()["status"] == "ok"


def test_the_server_listens_on_both_kinds_of_addresses_and_keeps_connections_as_long_as_told(start, tools) -> None:
    server = start("--host", "::", "--keep-alive", "1")
    port = urlsplit(server.url).port
    for host in ("127.0.0.1", "::1"):
        with socket.create_connection((host, port), timeout=10) as connection:
            connection.sendall(post(tools.batch().encode(), ""))
            assert connection.recv(4096).startswith(b"HTTP/1.1 204 ")
            sent = time.monotonic()
            assert connection.recv(4096) == b""  # closed by the server
            assert 0.5 < time.monotonic() - sent < 4  # the default would be 5
    assert tools.cli("retention", "--data", server.data).returncode == 0  # finds the server at `[::]`


def test_an_unusable_tmpdir_or_time_zone_of_the_machine_does_not_matter(tmp_path) -> None:
    for number, surroundings in enumerate(({"TMPDIR": "/proc"}, {"TZ": "CET-1CEST,M3.5.0,M10.5.0/3"})):
        command = [sys.executable, "-m", "server", "migrate", "--store", str(tmp_path / f"store-{number}")]
        result = subprocess.run(command, cwd=ROOT, env=os.environ | surroundings, capture_output=True, text=True)
        assert (result.returncode, result.stderr) == (0, "")


def test_an_empty_variable_counts_as_none_and_an_unknown_one_is_named(tmp_path) -> None:
    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "server", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True)

    result = run("init", "--data", tmp_path / "data", TRESTA_HOST="", TRESTA_WIDGETS="", TRESTA_HOTS="0.0.0.0")
    assert result.returncode == 0
    assert (tmp_path / "data" / "widgets" / "example.json").exists()
    assert result.stderr == "Note: TRESTA_HOTS is no setting and has no effect; did you mean TRESTA_HOST?\n"
    result = run("account", "list", "--data", "")
    assert (result.returncode, result.stderr) == (1, "--data must not be empty; leave it out for the default.\n")


def test_what_the_commands_make_is_private_even_in_a_directory_that_existed(tmp_path, tools) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    assert tools.cli("init", "--data", data).returncode == 0
    assert tools.cli("backup", tmp_path / "b.tar", "--data", data).returncode == 0
    for path in [*data.rglob("*"), tmp_path / "b.tar"]:
        if not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_root_leaves_nothing_of_its_own_in_the_directory_of_a_service(tmp_path, tools) -> None:
    data = tmp_path / "data"
    data.mkdir()
    os.chown(data, 12345, 12345)
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    for command in (["init"], ["token", "list"], ["backup", tmp_path / "b.tar"]):
        result = tools.cli(*command, "--data", data)
        assert result.returncode == 0, result.stderr
    assert {(path.lstat().st_uid, path.lstat().st_gid) for path in data.rglob("*")} == {(12345, 12345)}
    assert (tmp_path / "b.tar").stat().st_uid == 0


def test_a_token_that_could_not_be_shown_is_revoked(server) -> None:
    def living() -> int:
        with closing(ControlDatabase(server.data / "control.sqlite")) as control:
            return sum(1 for token in Tokens(control).all() if not token.revoked_at)

    before = living()
    command = [sys.executable, "-m", "server", "token", "make", "--scope", "operator", "--label", "x"]
    command += ["--data", str(server.data)]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (result.returncode, result.stderr) == (1, "The output cannot be written: No space left on device.\n")
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (result.returncode, result.stderr) == (1, "")  # its reader is gone, and needs no sentence
    assert living() == before


def test_the_output_is_blamed_for_its_own_faults(server, tools) -> None:
    command = [sys.executable, "-m", "server", "account", "list", "--data", str(server.data)]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (result.returncode, result.stderr) == (1, "The output cannot be written: No space left on device.\n")
    for arguments in (["token", "list"], ["widget", "list"]):
        result = tools.cli(*arguments, "--account", "nosuch", "--data", server.data)
        assert result.returncode == 1
        assert result.stderr.startswith("There is no account nosuch; ")


def test_a_store_that_cannot_be_opened_says_where_and_why(tmp_path, tools) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    result = tools.cli("migrate", "--store", f"clickhouse://u:secret@127.0.0.1:{port}/telemetry")
    assert result.stderr == f"The store at 127.0.0.1:{port} cannot be reached: Connection refused.\n"
    (tmp_path / "file").write_text("")
    result = tools.cli("migrate", "--store", tmp_path / "file")
    assert (result.returncode, result.stderr.count("\n")) == (1, 1), result.stderr
    assert str(tmp_path / "file") in result.stderr


def test_retention_sees_parts_that_were_set_aside_and_deletes_the_expired_ones(tmp_path) -> None:
    path = tmp_path / "store"
    at = NOW - timedelta(days=80)
    with closing(Store(path)) as store:
        store.insert([Row("acme", "w1", "0.1.0", 1.0, "load", "grid", load_ms=1)], at)
    (whole,) = (file.parent for file in path.rglob("20*_*_*_*/checksums.txt"))
    torn = shutil.copytree(whole, whole.with_name(f"{whole.name.split('_')[0]}_900_900_0"))
    for file in torn.iterdir():
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with closing(Store(path)) as store:
        assert len(list(path.rglob("detached/*"))) == 1
        oldest, _ = age_range(store)
        assert oldest == datetime(at.year, at.month, at.day, tzinfo=UTC)
        assert drop_expired_parts(store, NOW) == 0
        assert drop_expired_parts(store, at + timedelta(days=RETENTION_DAYS)) == 1
        assert list(path.rglob("detached/*")) == []


def test_retention_fails_for_rows_stamped_in_the_future(start, tools) -> None:
    server = start()
    server.stop()
    with closing(Store(server.data / "store")) as store:
        store.insert([Row("acme", "w1", "0.1.0", 1.0, "load", "grid", load_ms=1)], NOW + timedelta(days=2))
    without_server = tools.cli("retention", "--data", server.data)
    server = start()
    for result in (without_server, tools.cli("retention", "--data", server.data)):
        assert (result.returncode, result.stderr.count("\n")) == (1, 1)
        assert "which is in the future: a clock was ahead" in result.stderr


@pytest.mark.parametrize("form", ["text", "json"])
def test_each_line_of_the_log_has_its_time(start, tools, form) -> None:
    server = start("--log-format", form)
    tools.write_widget(server.widgets, "w1", testimonials="no list")
    assert server.get("/api/widgets/w1/public").status == 500
    server.stop(signal.SIGTERM)
    lines = [line for line in server.log.read_text().splitlines() if "w1.json" in line]
    assert lines
    for text in lines:
        at = json.loads(text)["time"] if form == "json" else text.split()[0]
        assert abs(datetime.fromisoformat(at) - datetime.now(UTC)) < timedelta(minutes=5)
