"""Real HTTP servers on this machine that a test tells what to answer: a customer's site, and an API that fails."""

from __future__ import annotations

import json
import threading
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

FENCE = "/fence-"  # what a test asks for, to know that all before it has arrived
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
{head}
<body>
{body}
"""


@dataclass
class Answer:
    """What a server says to one request. `body` may be anything that JSON can say, or text or bytes as they are."""

    body: object = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0  # seconds before the answer begins

    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class LocalServer(ABC):
    """An HTTP server on 127.0.0.1 and a port of its own, from `with` to the end of its block."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._ending = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (ConnectionError, TimeoutError):
                    self.close_connection = True  # the page went away, which is what some tests are about

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                request = Received(self.command, self.path, self.headers, self.rfile.read(length))
                owner.received.append(request)
                answer = owner.answer(request)
                if owner._ending.wait(answer.delay):
                    return
                content = answer.content()
                self.send_response(answer.status)
                for name, value in {**owner.headers, **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_HEAD = do_POST = do_OPTIONS = _answer  # noqa: N815

            def log_message(self, *args: object) -> None:
                pass  # a test's output is the test's

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    headers: Mapping[str, str] = {}

    @abstractmethod
    def answer(self, request: Received) -> Answer:
        """What to say to this request."""

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._server.shutdown()
        self._server.server_close()


class Site(LocalServer):
    """A customer's site, of the pages that tests put there."""

    def __init__(self) -> None:
        super().__init__()
        self._pages: dict[str, Answer] = {"/favicon.ico": Answer(status=204)}

    def page(
        self,
        body: str,
        *,
        head: str = "<title>A shop</title>",
        headers: Mapping[str, str] | None = None,
        path: str = "",
    ) -> str:
        """Put a page of this HTML at `path`, or at one of its own, and return its URL."""
        html = PAGE.format(head=head, body=body)
        return self.file(path or f"/{uuid.uuid4().hex[:12]}.html", html, "text/html; charset=utf-8", headers)

    def file(self, path: str, content: str, kind: str, headers: Mapping[str, str] | None = None) -> str:
        """Put a file of this content type at the path, and return its URL."""
        # no-cache, not no-store: a page that must not be stored is kept out of the back-forward cache too.
        standard = {"Content-Type": kind, "Cache-Control": "no-cache"}
        self._pages[path] = Answer(content, headers={**standard, **(headers or {})})
        return self.url + path

    def answer(self, request: Received) -> Answer:
        return self._pages.get(urlsplit(request.path).path, Answer("Not found", 404))


class FaultyApi(LocalServer):
    """An API of scripted answers, which keeps what the telemetry sends it."""

    headers = {  # noqa: RUF012
        "Access-Control-Allow-Origin": "*",
        "Content-Type": "application/json",
        "Timing-Allow-Origin": "*",
    }

    def __init__(self) -> None:
        super().__init__()
        self.telemetry = Answer(status=204)
        self._answers: dict[str, list[Answer]] = {}

    def answers(self, widget_id: str, *answers: Answer) -> None:
        """What `GET /api/widgets/{id}/public` says, one after the other; the last one again and again."""
        self._answers[f"/api/widgets/{widget_id}/public"] = list(answers)

    def asked(self, widget_id: str) -> int:
        """How often the widget's content was asked for."""
        path = f"/api/widgets/{widget_id}/public"
        return sum(urlsplit(request.path).path == path for request in list(self.received))

    @property
    def batches(self) -> list[Received]:
        """Every POST to /telemetry so far."""
        return [request for request in list(self.received) if request.method == "POST"]

    @property
    def preflights(self) -> list[Received]:
        """Every OPTIONS so far."""
        return [request for request in list(self.received) if request.method == "OPTIONS"]

    def answer(self, request: Received) -> Answer:
        if request.path == "/telemetry":
            return self.telemetry
        if request.path.startswith(FENCE):
            return Answer(status=204)
        waiting = self._answers.get(urlsplit(request.path).path, [Answer({"error": "not_found"}, 404)])
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]
