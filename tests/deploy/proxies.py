"""nginx and Caddy on free ports of this machine, each with its example of deploy/ and a certificate of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from bundler.machine import programs
from tests.deploy.running import DEADLINE_S, DEPLOY, replaced, wait_for

FILES = {"nginx": "nginx.conf", "caddy": "Caddyfile"}  # in deploy/
NAMES = tuple(FILES)
CLIENT = "127.0.0.77"  # the client's address, which no log may hold; all of 127.0.0.0/8 is this machine

NGINX = """\
{user}
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log info;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    access_log {directory}/access.log;
    include {directory}/site.conf;
}}
"""


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Proxy:
    """A running proxy; all that it writes is below `directory`."""

    def __init__(self, directory: Path, secure: int, plain: int) -> None:
        self.directory, self.port, self.plain_port = directory, secure, plain
        self.url = f"https://127.0.0.1:{secure}"
        self.tls = ssl.create_default_context(cafile=directory / "certificate.pem")

    def connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=DEADLINE_S, source_address=(CLIENT, 0), context=self.tls
        )

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, /, **headers: str) -> Answer:
        """The answer to a request of CLIENT; `_` in a header's name stands for `-`."""
        return ask(self.connect(), path, method, body, headers)


def ask(
    connection: http.client.HTTPConnection, path: str, method: str, body: bytes | None, headers: Mapping[str, str]
) -> Answer:
    """The answer to one request, which has these headers and no others; the connection is closed."""
    with contextlib.closing(connection):
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())


@contextlib.contextmanager
def running(name: str, upstream: str, directory: Path, changes: Mapping[str, str] | None = None) -> Iterator[Proxy]:
    """The proxy in front of `upstream`, a host and port, with more `changes` of its example if there are any."""
    program = programs.path(name)
    if program is None or programs.path("openssl") is None:
        pytest.skip(f"There is no {name} or no openssl here: `python3 build.py test` fetches them on Debian, as root.")
    directory.mkdir()
    _certify(directory)
    secure, plain = _free_ports()
    command, environment = _COMMANDS[name](program, directory, upstream, secure, plain, changes or {})
    proxy = Proxy(directory, secure, plain)
    with (directory / "output.log").open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        wait_for(lambda: _listens(process, proxy), f"{name} listens")
        yield proxy
    finally:
        process.terminate()
        process.wait(DEADLINE_S)


def _listens(process: subprocess.Popen[bytes], proxy: Proxy) -> bool:
    assert process.poll() is None, (proxy.directory / "output.log").read_text()
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", proxy.port)) == 0


def _nginx(
    program: Path, directory: Path, upstream: str, secure: int, plain: int, changes: Mapping[str, str]
) -> tuple[list[str | Path], dict[str, str]]:
    places = {
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl",
        "/etc/letsencrypt/live/tresta.example/fullchain.pem": str(directory / "certificate.pem"),
        "/etc/letsencrypt/live/tresta.example/privkey.pem": str(directory / "key.pem"),
        "/var/log/nginx/": f"{directory}/",
        "127.0.0.1:8787": upstream,
        **changes,
    }
    (directory / "site.conf").write_text(replaced((DEPLOY / FILES["nginx"]).read_text(), places))
    user = "user root;" if os.geteuid() == 0 else ""
    (directory / "nginx.conf").write_text(NGINX.format(user=user, directory=directory))
    return [program, "-p", directory, "-c", directory / "nginx.conf", "-e", directory / "error.log"], {}


def _caddy(
    program: Path, directory: Path, upstream: str, secure: int, plain: int, changes: Mapping[str, str]
) -> tuple[list[str | Path], dict[str, str]]:
    ours = f"\tadmin off\n\thttp_port {plain}\n\tdefault_bind 127.0.0.1\n\tlog default {{\n"
    certificate = f"\ttls {directory}/certificate.pem {directory}/key.pem\n"
    places = {
        "\tlog default {\n": f"{ours}\t\toutput file {directory}/default.log\n",
        "tresta.example {\n": f"https://127.0.0.1:{secure} {{\n{certificate}",
        "/var/log/caddy/": f"{directory}/",
        "127.0.0.1:8787": upstream,
        **changes,
    }
    (directory / "Caddyfile").write_text(replaced((DEPLOY / FILES["caddy"]).read_text(), places))
    command: list[str | Path] = [program, "run", "--config", directory / "Caddyfile", "--adapter", "caddyfile"]
    return command, {"HOME": str(directory), "XDG_DATA_HOME": str(directory), "XDG_CONFIG_HOME": str(directory)}


_COMMANDS = {"nginx": _nginx, "caddy": _caddy}


def _certify(directory: Path) -> None:
    """A certificate for 127.0.0.1 that is its own authority, valid for a day."""
    openssl = str(programs.path("openssl"))
    make = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    make += ["-days", "1", "-subj", "/CN=tresta.example", "-addext", "subjectAltName=IP:127.0.0.1"]
    make += ["-keyout", str(directory / "key.pem"), "-out", str(directory / "certificate.pem")]
    subprocess.run(make, check=True, stderr=subprocess.DEVNULL)


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]
