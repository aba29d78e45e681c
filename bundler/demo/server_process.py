"""The server as a child process: started, waited for, watched and ended."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

from ..build import dist
from ..machine.environment import ROOT
from ..machine.errors import BuildError

DEMO = "demo"  # the account that owns the demo's widgets
CONFIRMATION = "I have asked my visitors"  # the server requires it for a rate of 1; the demo's visitor is its operator

_POLL_INTERVAL_S = 0.02


class ServerProcess:
    """One `python -m server serve`. As a context manager it is stopped at the end of the block."""

    stop_timeout_s = 15.0  # for storing queued rows

    def __init__(self, data: Path, *options: str) -> None:
        """Start a server on a data directory with these options of `serve`. It does not answer yet."""
        self._data = data
        # The session of its own keeps the terminal's Ctrl-C from the server: this process ends it in order.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server", "serve", "--data", str(data), *options],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def url(self) -> str:
        """The URL at which the server answers, empty until it does. Raises BuildError if the process has ended."""
        self.check()
        try:
            announcement = json.loads((self._data / "server.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ""
        if announcement["pid"] != self.pid:  # a killed server leaves its file behind
            return ""
        try:
            urllib.request.urlopen(f"{announcement['url']}/health", timeout=5).close()
        except urllib.error.URLError:
            return ""
        return str(announcement["url"])

    def wait_until_ready(self, timeout_s: float = 60.0) -> str:
        """Wait until the server answers and return its URL. Raises BuildError after `timeout_s` or if it has ended."""
        deadline = time.monotonic() + timeout_s
        while not (url := self.url()):
            if time.monotonic() > deadline:
                raise BuildError(f"The server was not ready within {timeout_s:.0f} s; is this machine very busy?")
            time.sleep(_POLL_INTERVAL_S)
        return url

    def token(self) -> str:
        """The operator's token."""
        return (self._data / "operator.token").read_text(encoding="utf-8").strip()

    def check(self) -> None:
        """Raises BuildError if the process has ended by itself."""
        code = self._process.poll()
        if code is not None:
            raise BuildError(f"The server ended by itself (exit code {code}); its messages above may say why.")

    def stop(self) -> None:
        """End the server in order; kill it if that takes longer than `stop_timeout_s`."""
        self._process.terminate()
        try:
            self._process.wait(self.stop_timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def running(
    port: int, data: Path, widgets: Path, shop_url: str, with_days: bool = False, cdn_url: str = ""
) -> ServerProcess:
    """A server for the content files in `widgets`, to be used in a `with`; port 0 is any free one. Raises BuildError.

    The account DEMO owns the widgets, and on new data it measures every visit. `with_days` adds 30 made-up days.
    `cdn_url` is the origin of embed.js in the embed code; empty: the server's default.
    """
    is_new = not (data / "control.sqlite").exists()
    _run("init", "--account", DEMO, "--name", "Demo", "--widgets", str(widgets), data=data)
    if is_new:
        _run("account", "set", DEMO, "--mode", "opt-in", "--rate", "1", "--confirm", CONFIRMATION, data=data)
    options = ["--port", str(port), "--widgets", str(widgets), "--dist", str(dist.DIST)]
    options += ["--shop-origin", shop_url]
    options += ["--cdn-url", cdn_url] if cdn_url else []
    options += ["--demo"] if with_days else []
    return ServerProcess(data, *options)


def _run(*arguments: str, data: Path) -> None:
    command = [sys.executable, "-m", "server", *arguments, "--data", str(data)]
    if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode:
        raise BuildError(f"The server's data in {data} cannot be used; the line above says why.")
