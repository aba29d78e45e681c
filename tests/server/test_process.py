"""The server process and the command line: start, token, shutdown, kill, and `events`."""

from __future__ import annotations

import json
import signal
import socket
import stat

import pytest


def test_sigterm_and_ctrl_c_end_the_server_and_remove_server_json(start) -> None:
    for signum in (signal.SIGTERM, signal.SIGINT):
        server = start()
        assert (server.data / "server.json").exists()
        assert server.stop(signum) == 0
        assert not (server.data / "server.json").exists()
        assert "Traceback" not in server.log.read_text()


def test_a_request_in_progress_at_sigterm_is_stored_and_acknowledged(start, tools) -> None:
    server = start()
    body = tools.batch().encode()
    connection = server.connect()
    connection.putrequest("POST", "/telemetry")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    connection.send(body[:10])
    server.get("/health")  # when the event loop answers this, it has read the headers above
    server.process.send_signal(signal.SIGTERM)
    tools.wait_for(lambda: not is_listening(server.url))
    assert server.process.poll() is None
    connection.send(body[10:])
    assert connection.getresponse().status == 204
    assert server.process.wait(30) == 0
    connection.close()
    (event,) = json.loads(tools.cli("events", "--data", server.data, "--json").stdout)["events"]
    assert event["load_ms"] == 412


def is_listening(url: str) -> bool:
    host, port = url.removeprefix("http://").split(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_acknowledged_rows_survive_kill_9(start, tools) -> None:
    server = start()
    for load_ms in range(5):
        loads = [{"layout": "grid", "load_ms": load_ms}]
        assert server.post(tools.batch(loads=loads)).status == 204
    server.stop(signal.SIGKILL)
    assert (server.data / "server.json").exists()  # a stale file, which must not confuse the next command

    events = json.loads(tools.cli("events", "--data", server.data, "--json").stdout)["events"]
    assert sorted(event["load_ms"] for event in events) == [0, 1, 2, 3, 4]
    again = start()
    assert again.events() == events


def test_the_operators_token_is_made_once_and_only_its_owner_can_read_it(start) -> None:
    server = start()
    path = server.data / "operator.token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(server.token()) >= 32
    token = server.token()
    server.stop()
    assert start().token() == token


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic {}", "{}", "Bearer {}x", "Bearer é"])
def test_the_events_api_requires_the_token(server, header) -> None:
    answer = server.get("/api/v1/events?limit=10", Authorization=header.format(server.token()))
    assert answer.status == 401
    assert "Authorization: Bearer" in answer.json()["error"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert server.token() not in answer.body.decode()


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "ten", "", "1e2", "²", "9" * 30])
def test_the_events_api_names_the_allowed_limits(server, limit) -> None:
    path = f"/api/v1/events?limit={limit.replace('²', '%C2%B2')}"
    answer = server.get(path, Authorization=f"Bearer {server.token()}")
    assert answer.status == 400
    assert answer.json() == {"error": "limit must be a whole number from 1 to 1000."}


def test_the_events_api_returns_ten_events_by_default(server, tools) -> None:
    loads = [{"layout": "list", "load_ms": ms} for ms in range(12)]
    assert server.post(tools.batch(loads=loads)).status == 204
    headers = {"Authorization": f"bearer {server.token()}"}
    answer = server.get("/api/v1/events", **headers)
    assert len(answer.json()["events"]) == 10
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert len(server.get("/api/v1/events?limit=12", **headers).json()["events"]) == 12


def test_the_events_command_prints_the_same_table_with_and_without_a_server(start, tools) -> None:
    server = start()
    body = tools.batch(rate=0.01, errors={"API_ERROR": 12}, interactions={"carousel": 3})
    assert server.post(body).status == 204
    from_server = tools.cli("events", "--data", server.data)
    server.stop()
    from_store = tools.cli("events", "--data", server.data, "--limit", "3")
    assert (from_server.returncode, from_server.stderr) == (0, "")
    assert from_server.stdout == from_store.stdout
    head, *rows = from_server.stdout.splitlines()
    words = "ts account kind widget version layout code variant region truth load_ms"
    assert " ".join(head.split()) == f"{words} content_ms wanted_ms ready_ms report_ms count rate weight"
    stages = ["-"] * 4  # the batch tells none
    assert [row.split()[1:] for row in rows] == [
        ["acme", "load", "w1", "0.1.0", "grid", "-", "-", "-", "-", "412", *stages, "1", "0.01", "100"],
        ["acme", "error", "w1", "0.1.0", "-", "API_ERROR", "-", "-", "-", "-", *stages, "12", "0.01", "100"],
        ["acme", "interaction", "w1", "0.1.0", "carousel", "-", "-", "-", "-", "-", *stages, "3", "0.01", "100"],
    ]
    end_of_count = head.index(" count ") + len(" count")
    assert [row[:end_of_count].split(" ")[-1] for row in rows] == ["1", "12", "3"]  # right-aligned below their name
    assert len(tools.cli("events", "--data", server.data, "--limit", "1").stdout.splitlines()) == 2


def test_the_events_command_on_an_empty_and_on_a_missing_store(start, tools, tmp_path) -> None:
    server = start()
    assert tools.cli("events", "--data", server.data).stdout == "No event is stored yet.\n"
    assert json.loads(tools.cli("events", "--data", server.data, "--json").stdout) == {"events": []}
    nowhere = tools.cli("events", "--data", tmp_path / "nowhere")
    assert nowhere.returncode == 1
    assert nowhere.stderr.count("\n") == 1
    assert "There is no store in" in nowhere.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_port_in_use_is_one_sentence(server, tools, tmp_path) -> None:
    port = server.url.rsplit(":", 1)[1]
    result = tools.cli("serve", "--port", port, "--data", tmp_path / "other", "--widgets", server.widgets)
    assert result.returncode == 1
    assert result.stderr == f"Port {port} is taken; choose another with --port, or 0 for a free one.\n"
    assert result.stdout == ""


def test_a_data_directory_in_use_is_one_sentence(server, tools) -> None:
    result = tools.cli("serve", "--port", "0", "--data", server.data, "--widgets", server.widgets)
    assert result.returncode == 1
    assert result.stderr == f"Another process uses the data in {server.data}; stop it, or give another --data.\n"
    assert json.loads((server.data / "server.json").read_text())["pid"] == server.pid
    assert server.health()["status"] == "ok"


def test_a_missing_widgets_directory_is_one_sentence(tools, tmp_path) -> None:
    result = tools.cli("serve", "--data", tmp_path / "data", "--widgets", tmp_path / "none")
    assert result.returncode == 1
    assert result.stderr.startswith("There is no directory ")
    assert result.stderr.count("\n") == 1


def test_help_has_examples_and_explains_the_figures(tools) -> None:
    overview = tools.cli("--help").stdout
    assert "python -m server init " in overview
    assert "operator.token" in overview
    assert "POST /telemetry" in tools.cli("serve", "--help").stdout
    assert "1 / rate" in tools.cli("events", "--help").stdout
    assert tools.cli("events", "--limit", "0").stderr.endswith("must be a whole number from 1 to 1000.\n")


def test_public_health_tells_outsiders_nothing_but_the_state(server) -> None:
    for headers in ({}, {"Authorization": "Bearer tresta_0_0"}):
        answer = server.get("/health", **headers)
        assert (answer.status, answer.json()) == (200, {"status": "up"})


def test_an_unknown_path_is_a_json_404(server) -> None:
    answer = server.get("/nothing/here")
    assert (answer.status, answer.json()) == (404, {"error": "Not Found."})
