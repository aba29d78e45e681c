"""The shop and the CDN as a browser meets them, over HTTP."""

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
    ("path", "kind", "caching"),
    [
        ("embed.js", "text/javascript; charset=utf-8", "no-cache"),
        ("w-1.0-py3-none-any.whl", "application/zip", "no-cache"),
        ("pyodide/pyodide.mjs", "text/javascript; charset=utf-8", "public, max-age=3600"),
        ("pyodide/pyodide.asm.wasm", "application/wasm", "public, max-age=3600"),
        ("pyodide/python_stdlib.zip", "application/zip", "public, max-age=3600"),
    ],
)
def test_every_page_may_load_what_is_on_the_cdn(dist, path, kind, caching):
    with serving(origins.cdn(dist)) as cdn:
        status, _, headers = get(f"{cdn}/{path}")
    assert status == 200
    assert (headers["Content-Type"], headers["Cache-Control"]) == (kind, caching)
    assert headers["Access-Control-Allow-Origin"] == headers["Timing-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Set-Cookie"] is headers["Server"] is None


def test_the_tags_file_alone_may_be_kept_for_a_while(dist):
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
def test_the_best_coding_that_the_browser_takes_is_sent(dist, accepted, body, coding):
    with serving(origins.cdn(dist)) as cdn:
        status, content, headers = get(f"{cdn}/embed.js", Accept_Encoding=accepted)
    assert (status, content, headers["Content-Encoding"]) == (200, body, coding)
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Content-Type"].startswith("text/javascript")


def test_what_has_not_changed_is_not_sent_again(dist):
    with serving(origins.cdn(dist)) as cdn:
        tag = get(f"{cdn}/embed.js")[2]["ETag"]
        status, content, headers = get(f"{cdn}/embed.js", If_None_Match=tag)
    assert (status, content) == (304, b"")
    assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path", ["nobody.js", "", "pyodide/", "../secret", "%2e%2e/secret", "pyodide/%2e%2e/%2e%2e/secret"]
)
def test_nothing_else_is_there_and_a_page_may_know(dist, path):
    with serving(origins.cdn(dist)) as cdn:
        status, content, headers = get(f"{cdn}/{path}")
    assert status == 404
    assert b"not for the CDN" not in content
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_the_shops_pages_name_the_other_origins(dist, tmp_path):
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


def test_after_the_block_nobody_answers(dist):
    with serving(origins.cdn(dist)) as cdn:
        assert get(f"{cdn}/embed.js")[0] == 200
    with pytest.raises(urllib.error.URLError):
        get(f"{cdn}/embed.js")


def test_a_taken_port_is_one_sentence_and_the_next_free_one(capsys):
    with ports.listen(0, "first") as taken:
        port = taken.getsockname()[1]
        with ports.listen(port, "shop") as listener:
            found = listener.getsockname()[1]
    assert found > port
    assert capsys.readouterr().err == f"Port {port} is taken, so the shop is on port {found}.\n"


def test_no_free_port_is_one_sentence(monkeypatch):
    def taken(*_: object, **__: object) -> socket.socket:
        raise OSError("taken")

    monkeypatch.setattr(socket, "create_server", taken)
    with pytest.raises(
        BuildError, match=r"No port from 8000 to 8099 is free for the shop: choose others with --port\."
    ):
        ports.listen(8000, "shop")
