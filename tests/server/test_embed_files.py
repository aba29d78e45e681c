"""The embed script and its files on the server's own origin, and the embed code that names it."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette

from bundler.demo import origins, ports
from server.built_files import built_files
from server.embed_files import embed_files
from server.errors import ConfigError
from server.loopback import is_loopback, loopback_problem
from tests.server.test_console_files import client

FILES = {
    "embed.js": ("text/javascript; charset=utf-8", "no-cache"),
    "boot-0123456789.js": ("text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
    "python-0123456789.wasm": ("application/wasm", "public, max-age=31536000, immutable"),
    "snapshot-heap-0123456789.bin": ("application/octet-stream", "public, max-age=31536000, immutable"),
    "pyodide/pyodide.mjs": ("text/javascript; charset=utf-8", "public, max-age=3600"),
    "tresta_widget-0.1.0-py3-none-any.whl": ("application/zip", "no-cache"),
    "manifest.json": ("application/json", "no-cache"),
}


@pytest.fixture(scope="module")
def get(tmp_path_factory):
    dist = tmp_path_factory.mktemp("dist")
    for name in FILES:
        (dist / name).parent.mkdir(exist_ok=True)
        (dist / name).write_text(name)
        (dist / f"{name}.br").write_text("in brotli")
    with ports.listen(0, "files") as listener, origins.running(Starlette(routes=embed_files(dist)), listener):
        yield client(listener)


@pytest.mark.parametrize(("name", "expected"), FILES.items())
def test_a_page_of_any_origin_may_load_each_file(get, name, expected):
    answer = get(f"/{name}", headers={"Accept-Encoding": "br"})
    assert (answer.status, answer.text, answer.headers["content-encoding"]) == (200, "in brotli", "br")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == expected
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "set-cookie" not in answer.headers


def test_without_built_files_there_is_no_route():
    assert embed_files(None) == []


def test_a_directory_without_built_files_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"There is no embed.js in .*; --dist takes a directory that"):
        built_files(tmp_path)


def test_the_server_serves_the_embed_script_and_its_embed_code_names_the_server(start):
    server = start()
    assert server.get("/embed.js").status == 200
    assert server.get("/embed.js", **{"Accept-Encoding": "br"}).headers["Content-Encoding"] == "br"
    assert server.get("/").status == 307
    assert "Note: Embed code names http://127.0.0.1" in server.log.read_text()


def test_with_a_public_url_the_embed_code_names_it_and_there_is_no_warning(start):
    server = start("--public-url", "https://reviews.example/")
    account = server.get("/api/v1/accounts/acme", Authorization=f"Bearer {server.token()}").json()
    assert account["embed_problem"] is None
    assert 'src="https://reviews.example/embed.js"' in account["widgets"][0]["embed"]
    assert "Note:" not in server.log.read_text()


HERE = (
    "http://127.0.0.1:8787",
    "http://localhost",
    "http://[::1]:1",
    "http://0.0.0.0:8787",
    "http://a.localhost",
    "http://[::]",
)
ELSEWHERE = ("https://reviews.example", "http://10.0.0.5:8787", "https://localhost.example", "http://[2001:db8::1]")


@pytest.mark.parametrize("url", HERE)
def test_loopback_addresses_are_a_problem(url):
    assert is_loopback(url)
    assert url in (loopback_problem("https://reviews.example", url) or "")


@pytest.mark.parametrize("url", ELSEWHERE)
def test_other_addresses_are_no_problem(url):
    assert loopback_problem(url) is None
