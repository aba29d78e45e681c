"""The API as a child process: started, waited for, watched and ended."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..build import dist
from ..machine.environment import ROOT
from ..machine.errors import BuildError

DEMO = "demo"  # the account that owns the widgets served here
CONFIRMED = "I have asked my visitors"  # which the server wants for a rate of 1, and who tries this is its visitor

_STOP_WITHIN_S = 15  # it stores what waits


class Api:
    """One `python -m server serve`, on a port of this machine (0: any free one) and a data directory."""

    def __init__(
        self, port: int, data: Path, widgets: Path, shop_url: str, cdn_url: str = "", with_days: bool = False
    ) -> None:
        self._data = data
        _prepare(data, widgets)
        arguments = ["--port", str(port), "--data", str(data), "--widgets", str(widgets)]
        arguments += ["--dist", str(dist.DIST), *(["--demo"] if with_days else [])]
        arguments += ["--cdn-url", cdn_url] if cdn_url else []
        # A session of its own: a Ctrl-C in the terminal goes to us alone, and we end it in good order.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server", "serve", *arguments, "--shop-origin", shop_url],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def url(self) -> str:
        """Where it answers, or an empty string as long as it does not; raises BuildError once it has ended."""
        self.check()
        try:
            server = json.loads((self._data / "server.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ""
        if server["pid"] != self._process.pid:  # left over from one that was killed
            return ""
        try:
            urllib.request.urlopen(f"{server['url']}/health", timeout=5).close()
        except urllib.error.URLError:
            return ""
        return str(server["url"])

    def token(self) -> str:
        """The operator's token."""
        return (self._data / "operator.token").read_text(encoding="utf-8").strip()

    def check(self) -> None:
        """Raise BuildError when it has ended by itself."""
        code = self._process.poll()
        if code is not None:
            raise BuildError(f"The API has ended by itself (exit code {code}); without it there is nothing to serve.")

    def stop(self) -> None:
        """End it, and wait until it has."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _prepare(data: Path, widgets: Path) -> None:
    """Let the widgets be known, as the account DEMO's; raises BuildError. On new data it measures every visit."""
    is_new = not (data / "control.sqlite").exists()
    _tell("init", "--account", DEMO, "--name", "Demo", "--widgets", str(widgets), data=data)
    if is_new:
        _tell("account", "set", DEMO, "--mode", "opt-in", "--rate", "1", "--confirm", CONFIRMED, data=data)


def _tell(*arguments: str, data: Path) -> None:
    command = [sys.executable, "-m", "server", *arguments, "--data", str(data)]
    if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode:
        raise BuildError(f"The API's data in {data} cannot be used; the line above says why.")


@contextmanager
def running(
    port: int, data: Path, widgets: Path, shop_url: str, cdn_url: str = "", with_days: bool = False
) -> Iterator[Api]:
    """An API, ended with the block."""
    api = Api(port, data, widgets, shop_url, cdn_url, with_days)
    try:
        yield api
    finally:
        api.stop()
