"""How the console's files are served: their types, codings and caching, and what a browser may do with them."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette

from bundler.demo import origins, ports
from server.console_files import console

FILES = {"core.js": "text/javascript", "micropython.mjs": "text/javascript", "micropython.wasm": "application/wasm",
         "console.css": "text/css", "icon.svg": "image/svg+xml", "console/app.py": "text/x-python"}  # fmt: skip


def client(listener: socket.socket) -> Callable[..., http.client.HTTPResponse]:
    """`get(path, headers)` on the server of this socket; `.text` is the answer's body."""

    def get(path, headers=None):
        connection = http.client.HTTPConnection(*listener.getsockname(), timeout=30)
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    return get


@contextmanager
def served(directory: Path | None) -> Iterator[Callable[..., http.client.HTTPResponse]]:
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
    with served(tmp_path) as asked:
        yield asked


def test_the_page_is_asked_for_anew_and_its_files_never(get):
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


def test_what_is_compressed_goes_compressed_to_whom_takes_it(get):
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


def test_without_built_files_it_says_how_to_make_them():
    with served(None) as get:
        answer = get("/console/")
    assert answer.status == 404
    assert "build.py bundle" in answer.text
