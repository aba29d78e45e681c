"""nginx and Caddy with the examples of deploy/, in front of a real server: what comes through them."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server.config import Config
from tests.deploy import proxies
from tests.deploy.proxies import Answer, ask
from tests.deploy.running import DEADLINE_S, DEPLOY, ROOT, batch

REQUESTS = {
    "the embed script in Brotli": ("/embed.js", {"Accept-Encoding": "gzip, deflate, br"}),
    "the embed script in zstd": ("/embed.js", {"Accept-Encoding": "zstd"}),
    "the embed script in gzip": ("/embed.js", {"Accept-Encoding": "gzip"}),
    "the embed script as it is": ("/embed.js", {}),
    "a part of the embed script": ("/embed.js", {"Range": "bytes=10-19"}),
    "the manifest": ("/manifest.json", {"Accept-Encoding": "br"}),
    "content": ("/api/widgets/w1/public", {}),
    "content in gzip": ("/api/widgets/w1/public?layout=list", {"Accept-Encoding": "gzip"}),
    "no such widget": ("/api/widgets/none/public", {}),
    "the console": ("/console/", {"Accept-Encoding": "gzip"}),
    "the API's document": ("/api/v1/openapi.json", {"Accept-Encoding": "gzip"}),
    "the way to the console": ("/console", {}),
    "the API without a token": ("/api/v1/me", {}),
    "no such path": ("/none", {}),
}
SAME = (
    "Content-Type", "Content-Encoding", "Content-Length", "Content-Range", "Cache-Control", "Vary", "ETag", "Location",
    "Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy", "Timing-Allow-Origin", "Content-Security-Policy",
    "X-Content-Type-Options", "Referrer-Policy", "WWW-Authenticate",
)  # fmt: skip


def direct(server, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """The server's own answer."""
    return ask(http.client.HTTPConnection(server.address, timeout=DEADLINE_S), path, method, body, headers)


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_an_answer_comes_as_the_server_gave_it(proxy, server, request_):
    path, headers = request_
    through, itself = proxy.ask(path, **headers), direct(server, path, **headers)
    assert through.status == itself.status
    assert through.body == itself.body
    assert {name: through.headers[name] for name in SAME} == {name: itself.headers[name] for name in SAME}


def test_the_embed_script_is_compressed_and_open_to_every_page(proxy):
    answer = proxy.ask("/embed.js", Accept_Encoding="gzip, deflate, br, zstd")
    assert answer.status == 200
    assert answer.headers["Content-Encoding"] in ("br", "zstd")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Content-Type"].startswith("text/javascript")


def test_what_the_browser_has_is_not_sent_again(proxy):
    for path in ("/embed.js", "/api/widgets/w1/public"):
        first = proxy.ask(path)
        assert proxy.ask(path, If_None_Match=first.headers["ETag"]).status == 304, path
    modified = proxy.ask("/embed.js").headers["Last-Modified"]
    assert proxy.ask("/embed.js", If_Modified_Since=modified).status == 304


def test_a_batch_is_stored_unless_the_browser_says_no(proxy, server):
    code = "FROM_" + Path(proxy.directory).name.upper()
    assert proxy.ask("/telemetry", "POST", batch(errors={code: 1}), Content_Type="text/plain").status == 204
    for signal in ("Sec-GPC", "DNT"):
        answer = proxy.ask("/telemetry", "POST", batch(errors={code: 1}), **{signal: "1"})
        assert answer.status == 204
    assert [event["code"] for event in server.api("/events?limit=100")["events"]].count(code) == 1


def test_a_body_above_the_servers_limit_is_refused_by_the_server(proxy):
    largest = batch().ljust(8192)
    assert proxy.ask("/telemetry", "POST", largest).status == 204
    answer = proxy.ask("/telemetry", "POST", largest + b" ")
    assert (answer.status, answer.body) == (413, b"too_large")


def test_a_body_of_twice_that_does_not_reach_the_server(recorded, recorder):
    assert recorded.ask("/telemetry", "POST", b"x" * 16384).status == 204
    # Caddy 2.6 has no 413 of its own.
    assert recorded.ask("/telemetry", "POST", b"x" * 16385).status in (413, 502)
    assert len([line for line, _ in recorder.requests if line.startswith("POST")]) == 1


def test_an_operator_asks_the_api(proxy, server):
    answer = proxy.ask("/api/v1/me", Authorization=f"Bearer {server.token}")
    assert json.loads(answer.body)["scope"] == "operator"


def test_the_live_stream_comes_event_by_event(proxy, server):
    connection = proxy.connect()
    connection.request("GET", "/api/v1/accounts/acme/live", headers={"Authorization": f"Bearer {server.token}"})
    answer = connection.getresponse()
    first = [answer.readline() for _ in range(3)]
    assert any(line.startswith(b"retry:") for line in first), first
    began = time.monotonic()
    assert proxy.ask("/telemetry", "POST", batch(3)).status == 204
    lines = iter(answer.readline, b"")
    assert b"event: commit\n" in (next(lines) for _ in range(4))
    assert time.monotonic() - began < 5
    connection.close()


def test_a_stream_goes_on_after_a_break(proxy, server):
    assert proxy.ask("/telemetry", "POST", batch()).status == 204
    stream = proxy.connect()
    headers = {"Authorization": f"Bearer {server.token}", "Last-Event-ID": "of-another-run"}
    stream.request("GET", "/api/v1/accounts/acme/live", headers=headers)
    answer = stream.getresponse()
    assert b"event: commit\n" in (answer.readline() for _ in range(6))  # the rows that came before it
    stream.close()


def test_the_address_is_kept_to_https(proxy):
    assert proxy.ask("/embed.js").headers["Strict-Transport-Security"] == "max-age=31536000"
    plain = http.client.HTTPConnection("127.0.0.1", proxy.plain_port, timeout=DEADLINE_S)
    answer = ask(plain, "/console/", "GET", None, {})
    assert answer.status == 308
    assert urlsplit(answer.headers["Location"]).scheme == "https"
    assert urlsplit(answer.headers["Location"]).path == "/console/"


def test_no_answer_says_which_version_answers(proxy):
    for path in ("/embed.js", "/health", "/none"):
        assert re.search(r"\d", proxy.ask(path).headers["Server"] or "") is None


def test_the_servers_own_figures_are_for_its_machine_alone(proxy, server):
    assert direct(server, "/health").status == 200
    assert proxy.ask("/health").status == proxy.ask("/metrics").status == 404


def test_http_2_is_offered(proxy):
    context = ssl.create_default_context(cafile=proxy.directory / "certificate.pem")
    context.set_alpn_protocols(["h2", "http/1.1"])
    plain = socket.create_connection(("127.0.0.1", proxy.port), DEADLINE_S)
    with context.wrap_socket(plain, server_hostname="127.0.0.1") as client:
        assert client.selected_alpn_protocol() == "h2"


def test_the_console_signs_in_through_it(proxy, server, launched):
    context = launched("chromium").new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(f"{proxy.url}/console/")
    page.fill("#token", server.token)
    page.wait_for_selector("#enter:not([disabled])")
    page.click("#enter")
    page.wait_for_selector("#page h1")
    assert page.locator("h1").inner_text() == "Dashboard"
    context.close()


def test_nginx_passes_on_every_header_that_the_server_reads():
    source = "\n".join(path.read_text() for path in (ROOT / "server").rglob("*.py"))
    read = {name.lower() for name in re.findall(r"\bheaders\.get\(b?\"([\w-]+)\"", source)}
    read |= {name.lower() for name in re.findall(r"\"([\w-]+)\" in request\.headers", source)}
    read |= {name.lower() for name in re.findall(r"Header\(alias=\"([\w-]+)\"", source)}
    assert {"authorization", "dnt", "if-none-match", "last-event-id", "origin", "sec-fetch-mode", "sec-gpc"} <= read
    passed = re.findall(r"proxy_set_header ([\w-]+) \$", (DEPLOY / "nginx.conf").read_text())
    assert read - {name.lower() for name in passed} == set()


def test_an_idle_connection_is_closed_by_the_proxy_first():
    for name in proxies.NAMES:
        (idle_s,) = re.findall(r"keepalive(?:_timeout)? (\d+)s", (DEPLOY / proxies.FILES[name]).read_text())
        assert int(idle_s) < Config.keep_alive
