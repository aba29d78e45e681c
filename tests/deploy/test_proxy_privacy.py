"""nginx and Caddy with the examples of deploy/: what they write into files and tell the server about a visitor."""

from __future__ import annotations

import socket

from tests.deploy import proxies
from tests.deploy.proxies import CLIENT
from tests.deploy.running import DEADLINE_S

# What one visitor's browser sends with every request, and no server of ours needs.
PERSONAL = {
    "Cookie": "session=5ecret",
    "Referer": "https://shop.example/5ecret",
    "User-Agent": "5ecret/1.0",
    "Accept-Language": "5ecret",
    "Forwarded": "for=5ecret",
    "X-Forwarded-For": "5ecret",
    "X-Real-IP": "5ecret",
    "Sec-CH-UA-Model": "5ecret",
    "Sec-Fetch-Dest": "5ecret",
    "Sec-Fetch-Site": "5ecret",
    "Sec-Fetch-Storage-Access": "5ecret",
    "Sec-Fetch-User": "5ecret",
}
# What a browser says about the page: only which site it is of, and that a page asks.
OF_THE_PAGE = {"Origin": "https://shop.example", "Sec-Fetch-Mode": "cors"}
# Each example without what keeps the address out of its logs.
UNLIMITED = {"nginx": {"$time_iso8601": "$remote_addr"}, "caddy": {"\t\t\t\trequest delete\n": ""}}


def test_the_server_learns_nothing_about_the_visitor(recorded, recorder):
    recorded.ask("/api/widgets/w1/public?layout=list", **PERSONAL, **OF_THE_PAGE)
    ((line, headers),) = recorder.requests
    assert line == "GET /api/widgets/w1/public?layout=list HTTP/1.1"
    values = " ".join(headers.values())
    assert "5ecret" not in values
    assert CLIENT not in values
    assert {name: headers[name] for name in OF_THE_PAGE} == OF_THE_PAGE


def test_no_file_holds_the_visitors_address(proxy_name, server, tmp_path):
    """Not after good requests, refused ones, broken ones, and with the server gone."""
    directory = tmp_path / "proxy"
    with proxies.running(proxy_name, server.address, directory) as proxy:
        unusual_requests(proxy)
    with proxies.running(proxy_name, "127.0.0.1:9", tmp_path / "without") as proxy:
        assert proxy.ask("/none").status == 502
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sum(path.suffix == ".log" and path.stat().st_size > 0 for path in files) >= 2
    for path in [*files, server.log]:
        assert CLIENT.encode() not in path.read_bytes(), path
        assert b"5ecret" not in path.read_bytes(), path


def test_the_search_for_addresses_finds_one_where_logs_are_not_limited(proxy_name, server, tmp_path):
    with proxies.running(proxy_name, server.address, tmp_path / "proxy", UNLIMITED[proxy_name]) as proxy:
        unusual_requests(proxy)
    assert any(CLIENT.encode() in path.read_bytes() for path in tmp_path.rglob("*.log"))


def unusual_requests(proxy: proxies.Proxy) -> None:
    """All that makes a proxy write into its logs."""
    proxy.ask("/embed.js?token=5ecret", **PERSONAL)
    proxy.ask("/telemetry", "POST", b"x" * 9000, **PERSONAL)
    for request in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01nonsense",
        b"GET / HTTP/1.1\r\nHost: 5ecret\r\nBad\r\n\r\n",
    ):
        for port in (proxy.port, proxy.plain_port):
            with socket.create_connection(("127.0.0.1", port), DEADLINE_S, source_address=(CLIENT, 0)) as client:
                client.sendall(request)
                client.shutdown(socket.SHUT_WR)
                while client.recv(4096):
                    pass
    for unfinished in (b"POST /telemetry HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf", b"nonsense\r\n\r\n"):
        with proxy.tls.wrap_socket(
            socket.create_connection(("127.0.0.1", proxy.port), DEADLINE_S, source_address=(CLIENT, 0)),
            server_hostname="127.0.0.1",
        ) as client:
            client.sendall(unfinished)
