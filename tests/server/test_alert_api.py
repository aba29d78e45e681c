"""Alert rules over the API of a running server, and the messages that this server sends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from server.control.audit import Audit
from server.control.database import ControlDatabase
from server.store.row import Row
from server.store.store import Store, line
from tests.server import receivers
from tests.server.receivers import Mailbox, Receiver, Request

SLOW = {"metric": "p75", "widget": "w1", "against": "limit", "bound": 2500}
PATH = "/accounts/acme/alerts"
DAY = timedelta(days=1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receivers.webhook() as receiver:
        yield receiver


class Client:
    """Requests to a server's API."""

    def __init__(self, server: Any, tools: Any) -> None:
        self.server = server
        self.tokens = {"operator": server.token()}
        for scope in ("owner", "viewer"):
            options = ("--scope", scope, "--account", "acme", "--label", scope, "--data", server.data)
            self.tokens[scope] = tools.cli("token", "make", *options).stdout.strip()

    def ask(self, method: str, path: str, body: Any = None, who: str = "owner") -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": "application/json"}
        text = None if body is None else json.dumps(body)
        return self.server.ask(method, f"/api/v1{path}", text, headers)

    def history(self) -> Any:
        return self.ask("GET", f"{PATH}/history").json()["incidents"]


@pytest.fixture(scope="module")
def client(server, tools) -> Client:
    return Client(server, tools)


def test_a_rule_is_made_listed_changed_muted_and_deleted_and_each_is_in_the_audit_trail(client) -> None:
    hook = "https://hooks.example.com/services/secret"
    made = client.ask("POST", PATH, SLOW | {"webhook": hook})
    assert made.status == 201
    rule = made.json()
    assert rule["words"] == "p75 of load time of w1 is above 2.5 s"
    assert rule["webhook_secret"].startswith("whsec_")
    assert (rule["state"], rule["min_page_views"], rule["emails"]) == ("quiet", 20, [])

    listed = client.ask("GET", PATH)
    assert "webhook_secret" not in listed.json()["alerts"][0]
    assert rule["webhook_secret"] not in listed.body.decode()
    assert listed.json()["alerts"][0]["webhook"] == hook
    assert listed.json()["sends_emails"] is False
    assert client.ask("GET", PATH, who="viewer").json()["alerts"][0]["webhook"] == "https://hooks.example.com"

    place = f"{PATH}/{rule['id']}"
    same_hook = client.ask("PUT", place, SLOW | {"webhook": hook, "bound": 3000}).json()
    assert (same_hook["webhook_secret"], same_hook["bound"], same_hook["id"]) == (None, 3000, rule["id"])
    other_hook = client.ask("PUT", place, SLOW | {"webhook": "https://other.example/"}).json()
    assert other_hook["webhook_secret"] not in (None, rule["webhook_secret"])
    until = (datetime.now(UTC) + DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    muted = client.ask("PUT", place, SLOW | {"muted_until": until}).json()
    assert (muted["state"], muted["muted_until"], muted["webhook"]) == ("muted", until, None)
    past = client.ask("PUT", place, SLOW | {"muted_until": "0001-01-01T00:00:00Z"}).json()
    assert (past["state"], past["muted_until"]) == ("quiet", None)
    assert client.ask("DELETE", place).status == 204
    assert client.ask("DELETE", place).status == client.ask("PUT", place, SLOW).status == 404
    assert client.ask("GET", PATH).json()["alerts"] == []

    entries = client.ask("GET", "/accounts/acme/audit").json()["entries"]
    actions = [entry["action"] for entry in entries if entry["action"].startswith("alert.")]
    assert actions == ["alert.remove", *["alert.change"] * 4, "alert.add"]
    assert {entry["actor"].partition(" ")[0] for entry in entries if entry["action"].startswith("alert.")} == {"owner"}
    assert "services/secret" not in json.dumps(entries)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown metric": ({"metric": "p99"}, "metric must be p75, p95, error_share"),
    "no bound": ({"metric": "p75", "against": "limit"}, "bound must be a number from 1 to 600000"),
    "a bound out of range": (SLOW | {"bound": 0}, "bound must be a number from 1 to 600000"),
    "a bound that is a text": (SLOW | {"bound": "2500"}, "bound must be a number"),
    "no against": ({"metric": "p75", "bound": 2500}, "against must be limit or usual for the metric p75"),
    "percent for a fraction": (
        {"metric": "error_share", "against": "limit", "bound": 5},
        "bound must be a number from 0.001 to 0.99 for the metric error_share",
    ),
    "usual loads for each page": ({"metric": "overcount", "against": "usual", "bound": 2}, "against must be limit"),
    "a bound on silence": ({"metric": "silence", "bound": 1}, "silence takes no against and no bound"),
    "no code": ({"metric": "code", "against": "limit", "bound": 0.01}, "code is needed by the metric code"),
    "a code for p75": (SLOW | {"code": "API_ERROR"}, "code is needed by the metric code, and only by it"),
    "a wrong code": ({"metric": "code", "against": "limit", "bound": 0.01, "code": "a b"}, "code must be an error"),
    "another account's widget": (SLOW | {"widget": "w2"}, "widget must be one of the account's widgets"),
    "a wrong widget": (SLOW | {"widget": "a'b"}, "widget must be a widget's id"),
    "too few page views": (SLOW | {"min_page_views": 19}, "min_page_views must be a whole number from 20 to 100000"),
    "http": (SLOW | {"webhook": "http://hooks.example.com/"}, "webhook must be an https URL"),
    "a webhook with a password": (SLOW | {"webhook": "https://a:b@c.example/"}, "webhook must be an https URL"),
    "e-mails without a mail server": (SLOW | {"emails": ["maria@example.com"]}, "emails cannot be sent"),
    "a wrong address": (SLOW | {"emails": ["maria"]}, "emails must be addresses such as"),
    "too many addresses": (SLOW | {"emails": [f"m{n}@example.com" for n in range(6)]}, "emails must be at most 5"),
    "a report without addresses": ({"metric": "weekly_report"}, "weekly_report needs emails"),
    "a wrong time": (SLOW | {"muted_until": "tomorrow"}, "muted_until must be a time in ISO 8601"),
    "an extra field": (SLOW | {"limit": 3}, "There is an unknown field of the body"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "sentence"), WRONG.values(), ids=WRONG)
def test_wrong_input_is_refused_by_name_and_changes_nothing(client, body, sentence) -> None:
    answer = client.ask("POST", PATH, body)
    assert answer.status == 400
    assert sentence in answer.json()["error"]
    assert client.ask("GET", PATH).json()["alerts"] == []


def test_an_account_has_a_hundred_rules_at_most(start, tools) -> None:
    client = Client(start(), tools)
    for _ in range(100):
        assert client.ask("POST", PATH, {"metric": "silence"}).status == 201
    answer = client.ask("POST", PATH, {"metric": "silence"})
    assert (answer.status, answer.json()["error"]) == (409, "An account has at most 100 rules; delete one first.")


def test_a_test_message_arrives_by_webhook_and_is_limited(start, tools, receiver) -> None:
    client = Client(start("--webhook-targets", "any"), tools)
    rule = client.ask("POST", PATH, SLOW | {"webhook": receiver.url}).json()
    assert client.ask("POST", f"{PATH}/{rule['id']}/test", who="viewer").status == 403
    assert client.ask("POST", f"{PATH}/{rule['id']}/test").status == 202
    assert client.ask("POST", f"{PATH}/{rule['id']}/test").status == 429
    tools.wait_for(lambda: receiver.requests)
    body = json.loads(receiver.requests[0].body)
    assert body["type"] == "alert.test"
    assert body["text"] == "This is a test. The rule: p75 of load time of w1 is above 2.5 s."
    assert body["data"] == {"account": "acme", "alert": rule["id"], "rule": "p75 of load time of w1 is above 2.5 s"}


def test_without_the_operators_setting_no_private_address_gets_a_message(start, tools, receiver) -> None:
    server = start()
    client = Client(server, tools)
    url = receiver.url.replace("http:", "https:")
    rule = client.ask("POST", PATH, SLOW | {"webhook": url}).json()
    client.ask("POST", f"{PATH}/{rule['id']}/test")
    tools.wait_for(lambda: "not public" in server.log.read_text())
    assert receiver.requests == []
    assert "localhost" not in server.log.read_text()


def slow_days(data: Path, load_ms: int = 4000) -> None:
    """Nine days of 60 slow loads each, which the span of 7 days is judged by at once."""
    now = datetime.now(UTC)
    with contextlib.closing(Store(data / "store")) as store:
        for days in range(1, 10):
            at = now - days * DAY
            row = Row("acme", "w1", "0.1.0", 1, "load", layout="grid", load_ms=load_ms)
            store.insert_lines([line(row, at)] * 60)


def test_an_alert_is_sent_once_over_restarts_and_again_under_the_same_id_after_a_kill(start, tools, receiver) -> None:
    server = start("--webhook-targets", "any")
    Client(server, tools).ask("POST", PATH, SLOW | {"webhook": receiver.url})
    server.stop()
    slow_days(server.data)

    killed: list[int] = []

    def kill(request: Request) -> int | None:
        if killed:
            return 204
        killed.append(json.loads((server.data / "server.json").read_text())["pid"])
        os.kill(killed[0], signal.SIGKILL)  # it has sent the message, and cannot note that
        return None

    receiver.answer = kill
    start("--webhook-targets", "any").process.wait(30)
    assert len(receiver.requests) == 1
    client = Client(start("--webhook-targets", "any"), tools)
    tools.wait_for(lambda: len(receiver.requests) == 2)
    tools.wait_for(lambda: client.history()[0]["messages"][0]["sent_at"])
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    data = json.loads(first.body)["data"]
    assert (data["widget"], data["value"], data["bound"], data["page_views"]) == ("w1", 4000, 2500, 420)
    (incident,) = client.history()
    assert incident["text"].startswith("p75 of load time of w1 was 4 s")
    assert client.ask("GET", PATH).json()["alerts"][0]["state"] == "firing"

    client.server.stop()
    client = Client(start("--webhook-targets", "any"), tools)
    time.sleep(3)  # the first judgement after the start
    assert len(receiver.requests) == 2
    assert len(client.history()) == 1


def test_an_email_of_an_alert_and_the_weekly_report_arrive(start, tools, tmp_path, monkeypatch) -> None:
    context, trusted = receivers.certificate(tmp_path)
    with Mailbox(context, starts_with_tls=True).running() as mailbox:
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        monkeypatch.setenv("TRESTA_SMTP", mailbox.url)
        monkeypatch.setenv("TRESTA_SMTP_FROM", "tresta@shop.example")
        server = start()
        client = Client(server, tools)
        assert client.ask("GET", PATH).json()["sends_emails"] is True
        assert client.ask("POST", PATH, SLOW | {"emails": ["maria@example.com", "ada@example.com"]}).status == 201
        report = {"metric": "weekly_report", "emails": ["maria@example.com"]}
        assert client.ask("POST", PATH, report).status == 201
        server.stop()
        slow_days(server.data)
        with contextlib.closing(ControlDatabase(server.data / "control.sqlite")) as database:
            with database.change() as connection:  # as if it had been made before the last report was due
                connection.execute("UPDATE alerts SET created_at = '2026-01-01T00:00:00.000Z'")
            assert "maria" not in str(Audit(database).entries())
        start()
        tools.wait_for(lambda: len(mailbox.mails) == 3)
        mails: dict[bool, list[EmailMessage]] = {True: [], False: []}
        for mail in mailbox.mails:
            mails[mail["Subject"].startswith("Tresta: the week of acme")].append(mail)
        assert {mail["To"] for mail in mails[False]} == {"maria@example.com", "ada@example.com"}
        for mail in mails[False]:
            assert mail["Subject"] == "p75 of load time of w1 is above 2.5 s"
            assert "was 4 s" in mail.get_content()
        (week,) = mails[True]
        text = week.get_content()
        assert week["To"] == "maria@example.com"
        assert "Load time, p75: 4 s (95% interval 4 s to 4 s)" in text or "too few page views were counted" in text
        assert "/console/#/dashboard?account=acme" in text


def test_a_server_without_rules_writes_nothing(start, tools) -> None:
    server = start()
    time.sleep(3)
    with contextlib.closing(ControlDatabase(server.data / "control.sqlite")) as database:
        assert database.read("SELECT * FROM alert_watch") == []
