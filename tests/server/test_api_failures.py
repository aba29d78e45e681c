"""The API while a disk fails under it: it says so in a sentence, loses nothing, and is well again afterwards."""

from __future__ import annotations

import json
import resource

import pytest

DASHBOARD = "/api/v1/accounts/acme/dashboard"


@pytest.fixture
def ask(start):
    """`ask(method, path, body)` of a server of its own, as the operator."""
    server = start()

    def ask_it(method, path, body=None):
        headers = {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/json"}
        return server.ask(method, path, body and json.dumps(body), headers)

    ask_it.server = server
    return ask_it


def test_a_store_that_cannot_be_read_is_a_503_until_it_can(ask, tools) -> None:
    assert ask.server.post(tools.batch(loads=[{"layout": "grid", "load_ms": 7}] * 30)).status == 204
    store = ask.server.data / "store"
    away = store.rename(store.with_name("away"))
    for path in (DASHBOARD, "/api/v1/events"):
        answer = ask("GET", path)
        assert answer.status == 503
        assert answer.json()["error"].startswith("The store could not answer: ")
        assert str(ask.server.data) not in answer.body.decode()
        assert answer.headers["Cache-Control"] == "no-store"
    assert ask("GET", "/api/v1/me").status == 200
    away.rename(store)
    assert ask("GET", DASHBOARD).json()["summary"]["loads"]["rows"] == 30
    assert "Traceback" not in ask.server.log.read_text()


def test_a_setting_that_cannot_be_written_stays_as_it_was(ask) -> None:
    setting, off = "/api/v1/accounts/acme/telemetry", {"mode": "off"}
    before = ask("GET", "/api/v1/accounts/acme").json(), ask("GET", "/api/v1/accounts/acme/audit").json()
    limits = resource.prlimit(ask.server.pid, resource.RLIMIT_FSIZE, (2048, resource.RLIM_INFINITY))  # of any file
    for answer in (ask("PUT", setting, off), ask("POST", "/api/v1/tokens", {"scope": "operator", "label": "Ada"})):
        assert answer.status == 503
        assert answer.json() == {"error": "The accounts cannot be read or changed now; the server's log says why."}
    assert (ask("GET", "/api/v1/accounts/acme").json(), ask("GET", "/api/v1/accounts/acme/audit").json()) == before
    resource.prlimit(ask.server.pid, resource.RLIMIT_FSIZE, limits)
    assert ask("PUT", setting, off).json()["telemetry"]["mode"] == "off"
    log = ask.server.log.read_text()
    assert "control.sqlite cannot be changed" in log
    assert "Traceback" not in log


def test_health_tells_of_a_full_disk_and_of_its_end(ask, tools) -> None:
    limits = resource.prlimit(ask.server.pid, resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))
    assert ask.server.post(tools.batch()).status == 503
    health = ask("GET", "/api/v1/health")
    assert (health.status, health.json()["status"]) == (200, "store_failing")
    assert sum(health.json()["refused"].values()) == 1
    resource.prlimit(ask.server.pid, resource.RLIMIT_FSIZE, limits)
    tools.wait_for(lambda: ask.server.post(tools.batch()).status == 204)
    health = ask("GET", "/api/v1/health").json()
    assert (health["status"], health["store"]["rows"]) == ("ok", 1)
