"""The alerts' messages: signed, retried, sent to public addresses only, and as e-mails over TLS."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.alerts import messages, webhook
from server.alerts.addresses import is_public
from server.alerts.channels import Channels
from server.alerts.mail import MailServer
from server.alerts.messages import GIVEN_UP, PAUSES, TOO_OLD, Message, Outbox
from server.alerts.rule import Rule
from server.alerts.rules import Rules, new_secret
from server.control.accounts import Accounts
from server.control.database import ControlDatabase
from server.errors import ControlError, DeliveryError, SettingError
from tests.server import receivers
from tests.server.receivers import Mailbox, Receiver

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
SECRET = new_secret()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receivers.webhook() as receiver:
        yield receiver


def send(url: str, *, allow_private: bool = True) -> None:
    webhook.send(url, SECRET, "msg_1", b'{"text": "x"}', int(time.time()), allow_private=allow_private)


# Webhooks


def test_the_documented_code_accepts_what_was_signed_and_nothing_else(receiver) -> None:
    send(receiver.url)
    (request,) = receiver.requests
    (block,) = re.findall(r"^```py\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(block, names)
    is_genuine = names["is_genuine"]
    assert is_genuine(SECRET, request.headers, request.body)
    assert not is_genuine(new_secret(), request.headers, request.body)
    assert not is_genuine(SECRET, request.headers, request.body + b" ")
    assert not is_genuine(SECRET, request.headers | {"webhook-id": "msg_2"}, request.body)
    old = str(int(request.headers["webhook-timestamp"]) - 600)
    assert not is_genuine(SECRET, request.headers | {"webhook-timestamp": old}, request.body)


def test_the_signature_is_the_one_of_the_specification() -> None:
    """The example of https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signature = webhook.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.100.100.200", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.0.192", "198.18.0.1", "192.0.2.1", "240.0.0.1",
        "168.63.129.16", "::1", "::", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_of_the_public_internet_is_refused(address) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "64:ff9b::101:101"])
def test_a_public_address_is_not_refused(address) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0"])
def test_every_spelling_of_a_private_host_is_refused_at_connecting(receiver, host) -> None:
    url = receiver.url.replace("localhost", host).replace("http:", "https:")
    with pytest.raises(DeliveryError, match="not public"):
        send(url, allow_private=False)
    assert receiver.requests == []


def test_a_name_is_resolved_once_and_its_checked_address_is_used(receiver, monkeypatch) -> None:
    """A hostile name server gives a public address first and a private one after that."""
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    connected = []

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port)) for address in answers.pop(0)]

    def connect(self: socket.socket, address: Any) -> None:
        connected.append(address[0])
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(DeliveryError, match="did not answer"):
        send("https://rebinding.example/", allow_private=False)
    assert connected == ["93.184.215.14"]
    answers[:] = [["93.184.215.14", "169.254.169.254"]]
    with pytest.raises(DeliveryError, match="not public"):
        send("https://rebinding.example/", allow_private=False)
    assert connected == ["93.184.215.14"]


def test_a_redirect_is_not_followed(receiver) -> None:
    receiver.answer, receiver.location = lambda _: 307, receiver.url
    with pytest.raises(DeliveryError, match="redirects are not followed"):
        send(receiver.url)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("answer", "problem"), [(500, "answered 500"), (404, "answered 404"), (None, "did not answer")]
)
def test_another_answer_is_a_failure(receiver, answer, problem) -> None:
    receiver.answer = lambda _: answer
    with pytest.raises(DeliveryError, match=problem):
        send(receiver.url)


def test_an_answer_that_drips_is_ended(monkeypatch) -> None:
    monkeypatch.setattr(webhook, "WHOLE_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with contextlib.suppress(OSError), connection:
                while True:
                    connection.sendall(b"H")
                    time.sleep(0.1)

        import threading

        threading.Thread(target=drip, daemon=True).start()
        start = time.monotonic()
        with pytest.raises(DeliveryError):
            send(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        assert time.monotonic() - start < 3


def test_a_webhook_over_tls_needs_a_valid_certificate(tmp_path, monkeypatch) -> None:
    context, trusted = receivers.certificate(tmp_path)
    with receivers.webhook(context) as receiver:
        with pytest.raises(DeliveryError, match="certificate"):
            send(receiver.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        send(receiver.url)
        with pytest.raises(DeliveryError, match="certificate"):
            send(receiver.url.replace("localhost", "127.0.0.1"))
        assert len(receiver.requests) == 1
        assert receiver.requests[0].headers["host"] == receiver.url.split("/")[2]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/", "https://user:pw@a.example/", "https://a.example/#x", "https://a.example:99999/",
        "https://[::1]/", "https:///x", "https://a b/", "https://a.example/\r\nX: 1", "https://", "javascript:1", "",
        "https://a.example/" + "x" * 500,
    ],
)  # fmt: skip
def test_a_webhook_of_another_form_is_refused_by_name(url) -> None:
    with pytest.raises(SettingError, match="webhook must be"):
        Rule("acme", "silence", webhook=url)


# Retries


@pytest.fixture
def database(place) -> Iterator[ControlDatabase]:
    with contextlib.closing(ControlDatabase(place)) as database:
        Accounts(database).add("acme", "Acme", actor="test")
        yield database


def waiting(database: ControlDatabase, *subjects: str) -> Outbox:
    """An outbox with a message for each subject, to one webhook and one address."""
    rule = Rule("acme", "silence", webhook="https://hooks.example.com/a", emails=("maria@example.com",))
    rule = Rules(database).add(rule, actor="test").rule
    with database.change() as connection:
        for subject in subjects:
            messages.enqueue(connection, rule, messages.TEST, subject, subject, NOW, data={})
    return Outbox(database)


def subjects(due: list[Message]) -> list[tuple[str, str]]:
    texts = [json.loads(message.body)["text"] for message in due]
    return [(message.channel, text) for message, text in zip(due, texts, strict=True)]


def test_a_message_is_tried_six_times_with_growing_pauses_and_then_given_up(database) -> None:
    outbox, now, attempts = waiting(database, "first"), NOW, 0
    while due := [message for message in outbox.due(now, 9) if message.channel == "webhook"]:
        outbox.note_failure(due[0], "The webhook answered 500.", now)
        assert [each.channel for each in outbox.due(now, 9)] == ["email"]
        now += PAUSES[min(attempts, len(PAUSES) - 1)]
        attempts += 1
    assert attempts == 6
    (row,) = database.read("SELECT problem FROM alert_messages WHERE channel = 'webhook'")
    assert row["problem"] == f"{GIVEN_UP}The webhook answered 500."


def test_messages_to_one_target_keep_their_order_and_do_not_hold_up_others(database) -> None:
    outbox = waiting(database, "fired", "resolved")
    due = outbox.due(NOW, 9)
    assert subjects(due) == [("webhook", "fired"), ("email", "fired")]
    outbox.note_failure(due[0], "The webhook answered 500.", NOW)
    outbox.note_sent(due[1], NOW)
    assert subjects(outbox.due(NOW, 9)) == [("email", "resolved")]
    later = outbox.due(NOW + PAUSES[0], 9)
    assert subjects(later)[0] == ("webhook", "fired")
    assert later[0].id == due[0].id


def test_a_message_older_than_a_day_is_given_up_and_a_clock_that_was_wrong_holds_up_none(database) -> None:
    outbox = waiting(database, "first")
    message = outbox.due(NOW, 1)[0]
    outbox.note_failure(message, "No.", NOW + timedelta(days=300))  # a wrong clock; it is given up
    other = outbox.due(NOW, 1)[0]
    outbox.note_failure(other, "No.", NOW + TOO_OLD)
    assert outbox.due(NOW, 9)[0].id == other.id


def test_an_attempt_whose_end_cannot_be_noted_is_repeated_after_a_pause_and_not_at_once(database, monkeypatch) -> None:
    outbox = waiting(database, "first")
    message = outbox.due(NOW, 1)[0]
    sent = []

    def fail(*_: Any) -> None:
        raise ControlError("The disk is full.")

    monkeypatch.setattr(Channels, "send", lambda self, message, now: sent.append(message.id))
    monkeypatch.setattr(outbox, "note_sent", fail)
    with pytest.raises(ControlError):
        Channels().deliver(message, outbox, NOW)
    assert sent == [message.id]
    assert message.id not in [each.id for each in outbox.due(NOW, 9)]
    assert message.id in [each.id for each in outbox.due(NOW + PAUSES[0], 9)]


def test_a_deleted_rule_sends_nothing_more(database) -> None:
    outbox = waiting(database, "first")
    (rule,) = Rules(database).of("acme")
    Rules(database).remove("acme", rule.id, actor="test")
    assert outbox.due(NOW, 9) == []


# E-mails


@pytest.mark.parametrize("starts_with_tls", [True, False], ids=["smtps", "STARTTLS"])
def test_an_email_goes_to_a_real_mail_server_over_tls(tmp_path, monkeypatch, starts_with_tls) -> None:
    context, trusted = receivers.certificate(tmp_path)
    with Mailbox(context, starts_with_tls=starts_with_tls).running() as mailbox:
        server = MailServer(mailbox.url, "tresta@shop.example")
        with pytest.raises(DeliveryError, match="certificate"):
            server.send("maria@example.com", "Subject", "Text", "msg_1", NOW)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        server.send("maria@example.com", "p75 of w1 is above 2.5 s", "Zażółć\nSee", "msg_1", NOW)
        (mail,) = mailbox.mails
        assert (mail["From"], mail["To"]) == ("tresta@shop.example", "maria@example.com")
        assert mail["Subject"] == "p75 of w1 is above 2.5 s"
        assert mail["Message-ID"] == "<msg_1@shop.example>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Date"].datetime == NOW
        assert mail.get_content().splitlines() == ["Zażółć", "See"]
        mailbox.refused.add("nobody@example.com")
        with pytest.raises(DeliveryError, match="refused the address") as refused:
            server.send("nobody@example.com", "Subject", "Text", "msg_2", NOW)
        assert "nobody" not in str(refused.value)
        wrong = MailServer(mailbox.url.replace("p%40ss", "other"), "tresta@shop.example")
        with pytest.raises(DeliveryError, match="user or the password"):
            wrong.send("maria@example.com", "Subject", "Text", "msg_3", NOW)


def test_a_mail_server_without_tls_or_without_an_answer_gets_nothing(tmp_path) -> None:
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Debugging

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    plain = MailServer(f"smtp://localhost:{port}", "tresta@shop.example")
    with pytest.raises(DeliveryError, match="does not answer"):
        plain.send("maria@example.com", "Subject", "Text", "msg_1", NOW)
    controller = Controller(Debugging(), "127.0.0.1", port)
    controller.start()
    try:
        with pytest.raises(DeliveryError, match="offers no TLS"):
            plain.send("maria@example.com", "Subject", "Text", "msg_1", NOW)
    finally:
        controller.stop()


def test_without_a_mail_server_an_email_waits_with_a_reason() -> None:
    message = Message("msg_1", "email", "maria@example.com", "{}", None, NOW, 0)
    with pytest.raises(DeliveryError, match="no mail server"):
        Channels().send(message, NOW)


@pytest.mark.parametrize(
    "email", ["maria", "maria@", "a@b", "a b@c.example", "a@c.example\nBcc: x@y.example", "<a@b.c>"]
)
def test_an_address_of_another_form_is_refused_by_name(email) -> None:
    with pytest.raises(SettingError, match="emails must be"):
        Rule("acme", "silence", emails=(email,))
