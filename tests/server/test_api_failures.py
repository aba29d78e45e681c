"""The API while its disk fails: it answers with a sentence, loses nothing, and recovers."""

from __future__ import annotations

import json
import resource
from typing import Any

import pytest

DASHBOARD = "/api/v1/accounts/acme/dashboard"


class Operator:
    """Sends requests to a server as its operator: `ask(method, path, body)`."""

    def __init__(self, server: Any) -> None:
        self.server = server

    def __call__(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {self.server.token()}", "Content-Type": "application/json"}
        return self.server.ask(method, path, body and json.dumps(body), headers)


@pytest.fixture
def ask(start):
    """`ask(method, path, body)` sends a request to a new server as its operator."""
    return Operator(start())


def test_an_unreadable_store_is_a_503_until_it_is_readable(ask, tools) -> None:
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
    assert ask("GET", DASHBOARD).json()["summary"]["loads"]["too_few"]
    assert "Traceback" not in ask.server.log.read_text()


def test_a_setting_that_cannot_be_written_does_not_change(ask) -> None:
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


def test_health_reports_a_failing_disk_and_its_recovery(ask, tools) -> None:
    limits = resource.prlimit(ask.server.pid, resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))
    assert ask.server.post(tools.batch()).status == 503
    health = ask("GET", "/api/v1/health")
    assert (health.status, health.json()["status"]) == (200, "store_failing")
    assert sum(health.json()["refused"].values()) == 1
    resource.prlimit(ask.server.pid, resource.RLIMIT_FSIZE, limits)
    tools.wait_for(lambda: ask.server.post(tools.batch()).status == 204)
    health = ask("GET", "/api/v1/health").json()
    assert (health["status"], health["store"]["rows"]) == ("ok", 1)
