"""The shop and the CDN over HTTP."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from contextlib import contextmanager
from email.message import Message

import pytest

from bundler.demo import origins, ports
from bundler.machine.errors import BuildError


@contextmanager
def serving(app):
    with ports.listen(0, "site") as listener, origins.running(app, listener):
        yield origins.url(listener)


@pytest.fixture
def dist(tmp_path):
    dist = tmp_path / "dist"
    for name in ("pyodide", "pyscript"):
        (dist / name).mkdir(parents=True)
    (dist / "embed.js").write_text("plain")
    (dist / "embed.js.br").write_text("brotli")
    (dist / "embed.js.gz").write_text("gzip")
    (dist / "embed.js.zst").write_text("zstd")
    (dist / "w-1.0-py3-none-any.whl").write_bytes(b"PK")
    (dist / "pyodide" / "pyodide.mjs").write_text("export {}")
    (dist / "pyodide" / "pyodide.asm.wasm").write_bytes(b"\0asm")
    (dist / "pyodide" / "python_stdlib.zip").write_bytes(b"PK")
    (tmp_path / "secret").write_text("not for the CDN")
    return dist


def get(url: str, **headers: str) -> tuple[int, bytes, Message]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


@pytest.mark.parametrize(
    ("path", "content_type", "caching"),
    [
        ("embed.js", "text/javascript; charset=utf-8", "no-cache"),
        ("w-1.0-py3-none-any.whl", "application/zip", "no-cache"),
        ("pyodide/pyodide.mjs", "text/javascript; charset=utf-8", "public, max-age=3600"),
        ("pyodide/pyodide.asm.wasm", "application/wasm", "public, max-age=3600"),
        ("pyodide/python_stdlib.zip", "application/zip", "public, max-age=3600"),
    ],
)
def test_pages_of_every_origin_may_load_files_from_the_cdn(dist, path, content_type, caching):
    with serving(origins.cdn(dist)) as cdn:
        status, _, headers = get(f"{cdn}/{path}")
    assert status == 200
    assert (headers["Content-Type"], headers["Cache-Control"]) == (content_type, caching)
    assert headers["Access-Control-Allow-Origin"] == headers["Timing-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Set-Cookie"] is headers["Server"] is None


def test_the_caching_time_of_embed_js_can_be_set(dist):
    with serving(origins.cdn(dist, embed_max_age_s=300)) as cdn:
        assert get(f"{cdn}/embed.js")[2]["Cache-Control"] == "public, max-age=300"
        assert get(f"{cdn}/w-1.0-py3-none-any.whl")[2]["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "body", "coding"),
    [
        ("gzip, deflate, br, zstd", b"brotli", "br"),
        ("gzip, zstd", b"zstd", "zstd"),
        ("gzip;q=1.0, deflate", b"gzip", "gzip"),
        ("identity", b"plain", None),
        ("brb", b"plain", None),
    ],
)
def test_the_best_coding_that_the_browser_accepts_is_sent(dist, accepted, body, coding):
    with serving(origins.cdn(dist)) as cdn:
        status, content, headers = get(f"{cdn}/embed.js", Accept_Encoding=accepted)
    assert (status, content, headers["Content-Encoding"]) == (200, body, coding)
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Content-Type"].startswith("text/javascript")


def test_an_unchanged_file_is_not_sent_again(dist):
    with serving(origins.cdn(dist)) as cdn:
        tag = get(f"{cdn}/embed.js")[2]["ETag"]
        status, content, headers = get(f"{cdn}/embed.js", If_None_Match=tag)
    assert (status, content) == (304, b"")
    assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path", ["nobody.js", "", "pyodide/", "../secret", "%2e%2e/secret", "pyodide/%2e%2e/%2e%2e/secret"]
)
def test_other_paths_are_not_found_and_pages_of_every_origin_see_that(dist, path):
    with serving(origins.cdn(dist)) as cdn:
        status, content, headers = get(f"{cdn}/{path}")
    assert status == 404
    assert b"not for the CDN" not in content
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_the_shops_pages_link_to_the_other_origins(dist, tmp_path):
    demo = tmp_path / "demo"
    demo.mkdir()
    (demo / "index.html").write_text("<p>{{CDN}} {{API}} {{SHOP}} {{WHEEL}} {{OTHER}}")
    (demo / "picture.svg").write_text("<svg>{{CDN}}</svg>")
    links = {"CDN": "http://c", "API": "http://a", "SHOP": "http://s", "WHEEL": "w.whl"}
    with serving(origins.shop(demo, dist, links)) as shop:
        assert get(f"{shop}/")[1] == get(f"{shop}/index.html")[1] == b"<p>http://c http://a http://s w.whl {{OTHER}}"
        assert get(f"{shop}/picture.svg")[1] == b"<svg>{{CDN}}</svg>"
        assert get(f"{shop}/files/w-1.0-py3-none-any.whl")[1] == b"PK"
        assert get(f"{shop}/files/embed.js")[0] == 404
        assert get(f"{shop}/pyodide/pyodide.mjs")[0] == 200
        assert get(f"{shop}/pyodide/pyodide.mjs")[2]["Access-Control-Allow-Origin"] is None
        (demo / "index.html").write_text("edited")
        assert get(f"{shop}/")[1] == b"edited"


def test_the_server_ends_with_its_block(dist):
    with serving(origins.cdn(dist)) as cdn:
        assert get(f"{cdn}/embed.js")[0] == 200
    with pytest.raises(urllib.error.URLError):
        get(f"{cdn}/embed.js")


def test_instead_of_an_occupied_port_the_next_free_one_is_used_with_a_message(capsys):
    with ports.listen(0, "first") as first:
        port = first.getsockname()[1]
        with ports.listen(port, "shop") as listener:
            next_port = listener.getsockname()[1]
    assert next_port > port
    assert capsys.readouterr().err == f"Port {port} is taken, so the shop is on port {next_port}.\n"


def test_without_a_free_port_there_is_an_error(monkeypatch):
    def fail(*_: object, **__: object) -> socket.socket:
        raise OSError("in use")

    monkeypatch.setattr(socket, "create_server", fail)
    with pytest.raises(
        BuildError, match=r"No port from 8000 to 8099 is free for the shop: choose others with --port\."
    ):
        ports.listen(8000, "shop")
