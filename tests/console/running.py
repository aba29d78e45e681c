"""A real server with four accounts, their tokens and a seeded store; and a user's page of its console."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from bundler.build import dist
from server.control.accounts import Accounts
from server.control.audit import COMMAND_LINE
from server.control.database import ControlDatabase
from server.control.tokens import Tokens
from server.control.widgets import Widgets

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 30.0
# The console hears of the new place before this does, and sets its own timer first.
FOLLOW = """where => new Promise(done => {
  if (location.hash === where) return done();
  addEventListener("hashchange", () => setTimeout(done), { once: true });
  location.hash = where;
})"""


class Server:
    """One server process at a time on a data directory. `tokens`: by scope; `quiet` is the account without rows."""

    def __init__(self, directory: Path) -> None:
        self.data, self._widgets = directory / "data", directory / "widgets"
        self._widgets.mkdir(parents=True)
        for widget in ("w1", "w2"):
            testimonial = {"id": "t1", "author": "Ada", "text": "Works."}
            (self._widgets / f"{widget}.json").write_text(json.dumps({"id": widget, "testimonials": [testimonial]}))
        self._dist = dist.build()
        self._cli("init", "--account", "acme", "--name", "Acme Outdoor", "--widgets", str(self._widgets))
        with self._control() as database:  # as the command line does it, without a process for each
            for account, name in (("quiet", "Quiet Garden"), ("many", "Many Widgets"), ("some", "Some Visitors")):
                Accounts(database).add(account, name, actor=COMMAND_LINE)
            for widget in ("many-01", "many-02"):
                Widgets(database).add(widget, "many", actor=COMMAND_LINE)
        subprocess.run([sys.executable, "-m", "tests.console.seed", self.data / "store"], cwd=ROOT, check=True)
        self.tokens = {
            "operator": (self.data / "operator.token").read_text().strip(),
            "owner": self.make_token("owner", "acme"),
            "viewer": self.make_token("viewer", "acme"),
            "quiet": self.make_token("owner", "quiet"),
            "many": self.make_token("owner", "many"),
            "some": self.make_token("owner", "some"),
        }
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the server, always on the same port, and returns once it answers."""
        command = [sys.executable, "-m", "server", "serve", "--port", str(self._port), "--data", str(self.data)]
        command += ["--widgets", str(self._widgets), "--dist", str(self._dist)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        until(lambda: (self.data / "server.json").exists(), "the server is up")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            assert self._process.wait(DEADLINE_S) == 0
            self._process = None

    def make_token(self, scope: str, account: str) -> str:
        """A new token's text."""
        with self._control() as database:
            return Tokens(database).make(scope, account, f"{account}'s {scope}", actor=COMMAND_LINE)[1]

    def set_mode(self, account: str, mode: str) -> None:
        self._cli("account", "set", account, "--mode", mode)

    def revoke(self, token: str) -> None:
        self._cli("token", "revoke", token.split("_")[1])

    def api(self, path: str, token: str) -> Any:
        """The API's answer to a GET."""
        headers = {"Authorization": f"Bearer {token}"}
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/api/v1{path}", headers=headers)) as answer:
            return json.load(answer)

    def send(self, page_views: int, widget: str = "w1") -> None:
        """Sends this number of page views with one load each; returns once they are stored."""
        load = {"layout": "grid", "load_ms": 400}
        report = {"widget": widget, "version": "0.1.0", "rate": 0.01, "errors": {}, "interactions": {}}
        body = json.dumps({"schema": 1, "widgets": [{**report, "loads": [load]}]}).encode()
        for _ in range(page_views):
            request = urllib.request.Request(f"{self.url}/telemetry", body, {"Content-Type": "text/plain"})
            urllib.request.urlopen(request).close()

    def _control(self) -> closing[ControlDatabase]:
        return closing(ControlDatabase(self.data / "control.sqlite"))

    def _cli(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "server", *arguments, "--data", str(self.data)]
        return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


@contextmanager
def server(directory: Path) -> Iterator[Server]:
    """A server that runs until the end of the `with` block."""
    process = Server(directory)
    process.start()
    try:
        yield process
    finally:
        process.stop()


@contextmanager
def site_of(shop: Server) -> Iterator[str]:
    """The address of a page with the widget, on a server of its own."""
    tag = (
        f'<script async src="{shop.url}/embed.js" data-api-url="{shop.url}" data-widget-id="w1" data-telemetry="true">'
    )
    body = f'<!doctype html><div id="tresta-widget-w1"></div>{tag}</script>'

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{site.server_port}/"
        site.shutdown()


class Visit:
    """One user's page of the console."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server

    def open(self, where: str = "") -> Visit:
        """Loads the console; `where` is the part of its address from # on."""
        self.page.goto(f"{self.server.url}/console/{where}")
        self.page.wait_for_selector("#enter:not([disabled])")
        return self

    def sign_in(self, who: str, where: str = "") -> Visit:
        """Opens the console and signs in with the token of that name."""
        self.open(where)
        self.page.fill("#token", self.server.tokens[who])
        self.page.press("#token", "Enter")
        self.page.wait_for_selector("#page h1")
        return self

    def go(self, where: str) -> None:
        """Follows a link into the console. Returns once its page is about to load, and busy if it waits for figures."""
        self.page.evaluate(FOLLOW, where)

    def figure(self, name: str) -> str:
        """The text of a figure of the whole range."""
        return self.page.locator(f"[data-figure={name}] .value").inner_text()


def address(page: Page) -> str:
    """The page's address now. Playwright's `page.url` is that of the last event it has read."""
    return str(page.evaluate("location.href"))


def until(condition: Callable[[], object], what: str) -> None:
    """Returns once the condition holds; after DEADLINE_S, fails with the text `what`."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, f"Not within {DEADLINE_S:.0f} s: {what}"
        time.sleep(0.05)
