"""A real server with the settings of deploy/tresta.toml, and an upstream that records what a proxy passes on."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bundler.build import dist

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DEADLINE_S = 30.0


def replaced(text: str, places: dict[str, str]) -> str:
    """The text with each of these places replaced; fails where one is not in it."""
    for place, new in places.items():
        assert place in text, f"{place!r} is not in the file any more."
        text = text.replace(place, new)
    return text


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Returns once the condition holds; fails after DEADLINE_S with what was waited for."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, f"Not within {DEADLINE_S:.0f} s: {what}"
        time.sleep(0.02)


class Server:
    """One `serve` of the example settings and widgets, with everything in `directory`, on a free port."""

    def __init__(self, directory: Path, *, sandbox: tuple[str | Path, ...] = ()) -> None:
        """`sandbox` is the command that starts the server, such as a program that limits what it may do."""
        self.data, self.config = directory / "data", directory / "tresta.toml"
        self.log = directory / "server.log"
        places = {"/var/lib/tresta": str(self.data), "/etc/tresta/widgets": str(DEPLOY / "widgets")}
        places |= {"port = 8787": "port = 0"}
        self.config.write_text(replaced((DEPLOY / "tresta.toml").read_text(), places))
        dist.build()  # the server looks for the embed script and the console there
        self.cli("init", "--account", "acme", "--name", "Acme Ltd")
        command = [*sandbox, sys.executable, "-m", "server", "serve", "--config", self.config]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            wait_for(self._is_up, "the server is up")
        except BaseException:
            self.process.kill()
            raise
        self.url: str = json.loads((self.data / "server.json").read_text())["url"]
        self.address = self.url.removeprefix("http://")

    def _is_up(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return (self.data / "server.json").exists()

    def cli(self, *arguments: str | Path) -> str:
        """What `python -m server` prints, run to its end with the same settings."""
        command = [sys.executable, "-m", "server", *arguments, "--config", self.config]
        return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout

    @property
    def token(self) -> str:
        return (self.data / "operator.token").read_text().strip()

    def api(self, path: str) -> Any:
        """What the API answers to the operator's GET of a path below /api/v1."""
        request = urllib.request.Request(f"{self.url}/api/v1{path}", headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
            return json.load(answer)

    def stop(self) -> None:
        """Ends it in order; fails where that is not possible."""
        self.process.terminate()
        assert self.process.wait(DEADLINE_S) == 0, self.log.read_text()


@contextlib.contextmanager
def server(directory: Path, *, sandbox: tuple[str | Path, ...] = ()) -> Iterator[Server]:
    """A running server, ended with the block."""
    running = Server(directory, sandbox=sandbox)
    try:
        yield running
    finally:
        running.stop()


def batch(loads: int = 1, **report: Any) -> bytes:
    """The body of a batch with so many loads of the example's widget; `report` changes the rest of it."""
    load = {"layout": "grid", "load_ms": 412}
    whole: dict[str, Any] = {"widget": "w1", "version": "0.1.0", "rate": 0.01, "errors": {}, "interactions": {}}
    return json.dumps({"schema": 1, "widgets": [whole | {"loads": [load] * loads} | report]}).encode()


def post(url: str, body: bytes) -> int:
    """Sends a batch to a server; the answer's status."""
    with urllib.request.urlopen(urllib.request.Request(f"{url}/telemetry", body), timeout=DEADLINE_S) as answer:
        status: int = answer.status
        return status


class Recorder(ThreadingHTTPServer):
    """An upstream on a free port that records each request's line and headers, and answers 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Recording)
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.requests: list[tuple[str, dict[str, str]]] = []


class _Recording(BaseHTTPRequestHandler):
    server: Recorder

    def do_GET(self) -> None:
        self.server.requests.append((self.requestline, dict(self.headers.items())))
        self.send_response(204)
        self.end_headers()

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        if len(self.rfile.read(length)) == length:  # else the proxy has given up
            self.do_GET()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextlib.contextmanager
def recorder() -> Iterator[Recorder]:
    """A running recorder, ended with the block."""
    with Recorder() as upstream:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        yield upstream
        upstream.shutdown()
