"""A proxy that puts the server below a path of its own: the console asks relative to where it is."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

PREFIX = "/tools/tresta"


@pytest.fixture
def proxy(server) -> Iterator[str]:
    """The address of a proxy that removes PREFIX, and answers 404 to all else."""
    target = urlsplit(server.url)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith(f"{PREFIX}/"):
                self.send_error(404)
                return
            connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=30)
            connection.request("GET", self.path.removeprefix(PREFIX), headers=dict(self.headers.items()))
            answer = connection.getresponse()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "server", "date"):
                    self.send_header(name, value)
            self.end_headers()
            while chunk := answer.read1(65536):  # a live stream never ends by itself
                self.wfile.write(chunk)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads, running.block_on_close = True, False
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}{PREFIX}"
        running.shutdown()


def test_the_console_works_below_a_path(visit, server, proxy, record) -> None:
    page = visit().page
    page.goto(f"{proxy}/console")  # sent on to .../console/
    page.wait_for_selector("#enter:not([disabled])")
    page.fill("#token", server.tokens["owner"])
    page.press("#token", "Enter")
    page.wait_for_selector("#page h1")
    page.wait_for_selector("[data-figure]")
    assert record.urls
    assert [url for url in record.urls if not url.startswith(proxy)] == []
