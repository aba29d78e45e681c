"""How the console's files are served: their types, codings, caching and security headers."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from starlette.applications import Starlette

from bundler.demo import origins, ports
from server.console_files import console

FILES = {"core.js": "text/javascript", "micropython.mjs": "text/javascript", "micropython.wasm": "application/wasm",
         "console.css": "text/css", "icon.svg": "image/svg+xml", "console/app.py": "text/x-python"}  # fmt: skip


class Answer(NamedTuple):
    """A complete answer of the server."""

    status: int
    headers: http.client.HTTPMessage
    text: str


def client(listener: socket.socket) -> Callable[..., Answer]:
    """A function `get(path, headers)` for the server of this socket."""

    def get(path, headers=None):
        host, port = listener.getsockname()
        connection = http.client.HTTPConnection(host, port, timeout=30)
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read().decode())
        connection.close()
        return answer

    return get


@contextmanager
def serving(directory: Path | None) -> Iterator[Callable[..., Answer]]:
    """A client of a real server with the console's routes."""
    with ports.listen(0, "console") as listener, origins.running(Starlette(routes=console(directory)), listener):
        yield client(listener)


@pytest.fixture
def get(tmp_path):
    files = tmp_path / "console" / "files-0123456789"
    for name in FILES:
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text(name)
    (files / "core.js.br").write_text("in brotli")
    (tmp_path / "console" / "index.html").write_text("<!doctype html>")
    (tmp_path / "secret").write_text("not the console's")
    with serving(tmp_path) as get:
        yield get


def test_the_page_is_revalidated_and_its_files_are_immutable(get):
    assert get("/console").headers["location"].endswith("console/")
    page = get("/console/")
    assert (page.status, page.headers["cache-control"]) == (200, "no-cache")
    file = get("/console/files-0123456789/core.js")
    assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert get("/console/", headers={"If-None-Match": page.headers["etag"]}).status == 304


@pytest.mark.parametrize(("name", "kind"), FILES.items())
def test_each_file_has_its_type(get, name, kind):
    answer = get(f"/console/files-0123456789/{name}", headers={"Accept-Encoding": "identity"})
    assert answer.headers["content-type"].split(";")[0] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_compressed_copy_is_served_if_the_browser_accepts_it(get):
    answer = get("/console/files-0123456789/core.js", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["content-encoding"] == "br"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "Accept-Encoding"
    plain = get("/console/files-0123456789/core.js", headers={"Accept-Encoding": "identity"})
    assert ("content-encoding" in plain.headers, plain.text) == (False, "core.js")


def test_every_answer_has_the_policy(get):
    for path in ("/console/", "/console/files-0123456789/core.js"):
        headers = get(path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
        assert policy["connect-src"] == policy["style-src"] == "'self'"
        assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
        assert headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in headers
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", ["../secret", "..%2fsecret", "%2e%2e/secret", "nothing.js"])
def test_nothing_else_is_served(get, path):
    assert get(f"/console/{path}").status == 404


def test_without_built_files_the_answer_says_how_to_make_them():
    with serving(None) as get:
        answer = get("/console/")
    assert answer.status == 404
    assert "build.py bundle" in answer.text
