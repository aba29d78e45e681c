"""Real HTTP servers whose answers a test sets: a customer's site, and an API that can fail."""

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

FENCE = "/fence-"  # a request to it shows that all earlier requests have arrived
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
    """A server's answer to one request. `body` is text or bytes, or any other value to be encoded as JSON."""

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
    """One request."""

    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class LocalServer(ABC):
    """An HTTP server on 127.0.0.1 and a free port, until the end of its `with` block."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._is_ending = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (ConnectionError, TimeoutError):
                    self.close_connection = True  # the page has closed the connection, as some tests want it to

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                request = Received(self.command, self.path, self.headers, self.rfile.read(length))
                owner.received.append(request)
                answer = owner.answer(request)
                if owner._is_ending.wait(answer.delay):
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
                pass  # no lines in the test's output

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    headers: Mapping[str, str] = {}

    @abstractmethod
    def answer(self, request: Received) -> Answer:
        """The answer to this request."""

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_ending.set()
        self._server.shutdown()
        self._server.server_close()


class Site(LocalServer):
    """A customer's site, with pages that tests add."""

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
        """Adds a page of this HTML, at `path` or at a new path, and returns its URL."""
        html = PAGE.format(head=head, body=body)
        return self.file(path or f"/{uuid.uuid4().hex[:12]}.html", html, "text/html; charset=utf-8", headers)

    def file(self, path: str, content: str, kind: str, headers: Mapping[str, str] | None = None) -> str:
        """Adds a file of this content type at the path, and returns its URL."""
        # no-cache, not no-store, which would also keep the page out of the back-forward cache.
        standard = {"Content-Type": kind, "Cache-Control": "no-cache"}
        self._pages[path] = Answer(content, headers={**standard, **(headers or {})})
        return self.url + path

    def answer(self, request: Received) -> Answer:
        return self._pages.get(urlsplit(request.path).path, Answer("Not found", 404))


class FaultyApi(LocalServer):
    """An API with scripted answers, which records telemetry."""

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
        """Sets the answers to `GET /api/widgets/{id}/public`, in order; the last one repeats."""
        self._answers[f"/api/widgets/{widget_id}/public"] = list(answers)

    def request_count(self, widget_id: str) -> int:
        """How many requests for the widget's content the API has received."""
        path = f"/api/widgets/{widget_id}/public"
        return sum(urlsplit(request.path).path == path for request in list(self.received))

    @property
    def batches(self) -> list[Received]:
        """All POST requests so far."""
        return [request for request in list(self.received) if request.method == "POST"]

    @property
    def preflights(self) -> list[Received]:
        """All OPTIONS requests so far."""
        return [request for request in list(self.received) if request.method == "OPTIONS"]

    def answer(self, request: Received) -> Answer:
        if request.path == "/telemetry":
            return self.telemetry
        if request.path.startswith(FENCE):
            return Answer(status=204)
        waiting = self._answers.get(urlsplit(request.path).path, [Answer({"error": "not_found"}, 404)])
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]
