"""Starts real server processes on free ports of this machine, each with a real store in a new directory."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from bundler.machine import postgres as postgres_server
from bundler.machine.postgres import PostgresServer
from server.control.accounts import Accounts
from server.control.connection import Place
from server.control.database import ControlDatabase
from server.control.rates import Rates
from server.control.settings import CONFIRMATION
from server.control.widgets import Widgets

ROOT = Path(__file__).resolve().parents[2]
CLOCK = Path(__file__).with_name("clock.c")
DEADLINE_S = 60.0  # a start takes a second, and much longer on a machine with other work

SETTINGS: dict[str, tuple[str, float | None]] = {
    "acme": ("opt-in", 1),
    "silent": ("off", None),
}  # other accounts have the default
DECLARED = {"acme": [0.01, 0.5]}  # rates besides that of the setting
WIDGETS = {"w1": "acme", "w2": "default", "off": "silent"}  # with their accounts


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """A process of `python -m server serve`. `url` and `pid` are from its server.json."""

    def __init__(self, data: Path, widgets: Path, *options: str) -> None:
        self.data, self.widgets = data, widgets
        self.log = data.with_name(f"{data.name}.log")
        command = [sys.executable, "-m", "server", "serve", "--port", "0"]
        command += ["--data", str(data), "--widgets", str(widgets), *options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        wait_for(self._is_ready)

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            address = json.loads((self.data / "server.json").read_text())
        except FileNotFoundError:
            return False
        self.url, self.pid = address["url"], address["pid"]
        return bool(self.pid == self.process.pid)  # a server that was killed leaves its server.json

    def connect(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        assert parts.hostname
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=DEADLINE_S)

    def ask(
        self, method: str, path: str, body: str | bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = self.connect()
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, body: str | bytes, **headers: str) -> Answer:
        return self.ask("POST", "/telemetry", body, {"Content-Type": "text/plain", **headers})

    def health(self) -> Any:
        """The operator's health, with the number of rows in the store as `written_rows`."""
        health = self.get("/api/v1/health", Authorization=f"Bearer {self.token()}").json()
        rows = health["store"]["rows"] if health["store"] else None
        return health | {"queued_rows": health["queue"]["rows"], "written_rows": rows}

    def token(self) -> str:
        return (self.data / "operator.token").read_text().strip()

    def events(self, limit: int = 1000) -> list[dict[str, Any]]:
        answer = self.get(f"/api/v1/events?limit={limit}", Authorization=f"Bearer {self.token()}")
        assert answer.status == 200, answer
        events: list[dict[str, Any]] = answer.json()["events"]
        return events

    def stop(self, signum: int = signal.SIGTERM) -> int:
        """End the process, if it still runs. Returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signum)
        return self.process.wait(DEADLINE_S)


def wait_for(condition: Callable[[], object]) -> None:
    """Return once the condition is true. Fails after DEADLINE_S."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, f"{condition} was not true within {DEADLINE_S:.0f} s"
        time.sleep(0.02)


def run_cli(*arguments: str | os.PathLike[str]) -> subprocess.CompletedProcess[str]:
    """Run `python -m server ...` to its end."""
    command = [sys.executable, "-m", "server", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=4 * DEADLINE_S)


def write_widget(directory: Path, widget: str, **fields: Any) -> Path:
    """Write a content file with one testimonial and these fields."""
    testimonial = {"id": "t1", "author": "Ada", "text": "Works.", "avatar": "{{SHOP}}/ada.png"}
    path = directory / f"{widget}.json"
    path.write_text(json.dumps({"id": widget, "testimonials": [testimonial], **fields}))
    return path


def register(data: Path, *widgets: str, account: str = "acme") -> None:
    """Make the account if it does not exist, with its setting from SETTINGS, and register the widgets for it."""
    data.mkdir(mode=0o700, exist_ok=True)
    with contextlib.closing(ControlDatabase(data / "control.sqlite")) as database:
        accounts = Accounts(database)
        if account not in [each.id for each in accounts.all()]:
            accounts.add(account, account.title(), actor="test")
            mode, rate = SETTINGS.get(account, ("sampled", None))
            accounts.set_telemetry(account, mode, rate, confirmation=CONFIRMATION, actor="test")
            Rates(database).declare(account, DECLARED.get(account, []), actor="test")
        for widget in widgets:
            Widgets(database).add(widget, account, actor="test")


def prepare(directory: Path) -> tuple[Path, Path]:
    """Make a data directory with the accounts, and the content files of their widgets. Returns both directories."""
    data, widgets = directory / "data", directory / "widgets"
    widgets.mkdir()
    for widget, account in WIDGETS.items():
        write_widget(widgets, widget)
        register(data, widget, account=account)
    return data, widgets


def batch(widget: str = "w1", **changes: Any) -> str:
    """The JSON text of a batch with one report of one load; `changes` are fields of the report."""
    rate = 0.01 if WIDGETS.get(widget) == "default" else 0.5  # one of the account's
    report = {"widget": widget, "version": "0.1.0", "rate": rate, "errors": {}, "interactions": {}}
    report["loads"] = [{"layout": "grid", "load_ms": 412}]
    return json.dumps({"schema": 1, "widgets": [report | changes]})


class Tools(NamedTuple):
    """Functions that the tests of this directory share."""

    batch: Callable[..., str] = batch
    cli: Callable[..., subprocess.CompletedProcess[str]] = run_cli
    wait_for: Callable[[Callable[[], object]], None] = wait_for
    register: Callable[..., None] = register
    server: type[Server] = Server
    write_widget: Callable[..., Path] = write_widget


@pytest.fixture(scope="session")
def tools() -> Tools:
    return Tools()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL; skips the test where there is none."""
    if not postgres_server.is_here():
        pytest.skip("needs PostgreSQL: the programs postgres and initdb")
    server = PostgresServer()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where a control database can be made: the test runs on SQLite, and again on PostgreSQL."""
    if request.param == "sqlite":
        return tmp_path / "control.sqlite"
    url: str = request.getfixturevalue("postgres").new_database()
    return url


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`clock(86400)`: for the servers of this test, it is a day later."""
    compiler, library, offset = shutil.which("cc"), tmp_path / "clock.so", tmp_path / "offset"
    if compiler is None:
        pytest.skip("there is no C compiler, which makes the clock that a test can set")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, CLOCK], check=True)
    offset.write_bytes(struct.pack("l", 0))
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("CLOCK_OFFSET", str(offset))

    def set_clock(seconds: int) -> None:
        with offset.open("r+b") as file:
            file.write(struct.pack("l", seconds))

    return set_clock


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """`start(*options)` starts a server, always on the same data directory. All are killed after the test."""
    data, widgets = prepare(tmp_path)
    servers: list[Server] = []

    def start_one(*options: str) -> Server:
        servers.append(Server(data, widgets, *options))
        return servers[-1]

    yield start_one
    for server in servers:
        server.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests of a module."""
    data, widgets = prepare(tmp_path_factory.mktemp("server"))
    running = Server(data, widgets, "--shop-origin", "http://127.0.0.1:1")
    yield running
    assert running.stop() == 0, running.log.read_text()
