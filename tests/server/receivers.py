"""A webhook's receiver and a mail server on this machine, which record what they get."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from bundler.machine import programs

USER, PASSWORD = "tresta", "p@ss/word"


@dataclass
class Request:
    """One request to the webhook."""

    headers: dict[str, str]  # by lower-case name
    body: bytes


@dataclass
class Receiver:
    """A webhook. `answer` decides the status; None closes the connection without an answer."""

    requests: list[Request] = field(default_factory=list)
    answer: Callable[[Request], int | None] = lambda request: 204
    location: str = ""
    url: str = ""


@contextmanager
def webhook(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = Request({name.lower(): value for name, value in self.headers.items()}, body)
            receiver.requests.append(request)
            status = receiver.answer(request)
            if status is None:
                return
            self.send_response(status)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.end_headers()

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    receiver.url = f"{'https' if context else 'http'}://localhost:{server.server_port}/hook?key=1"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


class Mailbox:
    """A mail server that takes mail from USER over TLS only."""

    def __init__(self, context: ssl.SSLContext, *, starts_with_tls: bool) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: set[str] = set()
        with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as free:
            port = free.server_port
        options: dict[str, Any] = {"authenticator": self._authenticate, "auth_required": True, "decode_data": False}
        if starts_with_tls:
            options["auth_require_tls"] = False  # aiosmtpd counts only STARTTLS as TLS
            self._controller = Controller(self, "127.0.0.1", port, ssl_context=context, **options)
        else:
            options |= {"require_starttls": True, "tls_context": context}
            self._controller = Controller(self, "127.0.0.1", port, **options)
        scheme = "smtps" if starts_with_tls else "smtp"
        self.url = f"{scheme}://{USER}:p%40ss%2Fword@localhost:{port}"

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    @contextmanager
    def running(self) -> Iterator[Mailbox]:
        self._controller.start()
        try:
            yield self
        finally:
            self._controller.stop()


def certificate(directory: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for `localhost`, and the file that makes a client trust it."""
    openssl = programs.path("openssl")
    if openssl is None:
        pytest.skip("There is no openssl here: `python3 build.py test` fetches it on Debian, as root.")
    key, cert = directory / "key.pem", directory / "cert.pem"
    make = [str(openssl), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    make += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*make, "-keyout", key, "-out", cert], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert
