"""The three real origins, started as on the command line, and the rows of their store."""

from __future__ import annotations

import contextlib
import json
import selectors
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

from server.control.accounts import Accounts
from server.control.database import ControlDatabase
from server.control.settings import CONFIRMATION
from server.control.widgets import Widgets

ROOT = Path(__file__).resolve().parents[2]

Row = dict[str, Any]

_START_WITHIN_S = 120  # dist/ may have to be built
_STOP_WITHIN_S = 20


class Origins:
    """The URLs (`shop`, `cdn`, `api`), the operator's `token`, and the store's directory `data`."""

    def __init__(self, addresses: Mapping[str, str], widgets: Path, data: Path) -> None:
        self.shop, self.cdn, self.api = addresses["shop"], addresses["cdn"], addresses["api"]
        self.token = addresses["token"]
        self.widgets = widgets
        self.data = data

    def tag(self, widget_id: str, **attributes: str) -> str:
        """The script tag, with `data-` attributes as in `tag("w1", telemetry="false")`."""
        attributes = {"widget_id": widget_id, "api_url": self.api, **attributes}
        data = "".join(f' data-{name.replace("_", "-")}="{escape(value)}"' for name, value in attributes.items())
        return f'<script async src="{self.cdn}/embed.js"{data}></script>'

    def add_widget(self, widget_id: str, content: Mapping[str, Any], account: str = "") -> str:
        """Makes the API serve this content with the id, and returns the id.

        The content's `telemetry`, as in an answer of the API, sets the account's telemetry. If there is no such
        account, this adds it. By default all widgets with the same setting share an account.
        """
        file = {**content, "id": widget_id}
        setting = file.pop("telemetry", {"mode": "sampled", "rate": 0.01})
        (self.widgets / f"{widget_id}.json").write_text(json.dumps(file), encoding="utf-8")
        account = account or f"{setting['mode']}-{setting['rate']:g}".replace(".", "_")
        with contextlib.closing(ControlDatabase(self.data / "control.sqlite")) as database:
            accounts = Accounts(database)
            if account not in [existing.id for existing in accounts.all()]:
                accounts.add(account, account, actor="test")
                accounts.set_telemetry(account, **setting, confirmation=CONFIRMATION, actor="test")
            Widgets(database).add(widget_id, account, actor="test")
        self._wait_until_served(widget_id)
        return widget_id

    def _wait_until_served(self, widget_id: str) -> None:
        deadline = time.monotonic() + 15
        while True:
            try:
                self.content(widget_id)
            except urllib.error.HTTPError as error:
                assert time.monotonic() < deadline, f"{widget_id}: {error}"
                time.sleep(0.05)
            else:
                return

    def run_command(self, *arguments: str) -> None:
        """Runs `python -m server ...` on the data of the running server."""
        command = [sys.executable, "-m", "server", *arguments, "--data", str(self.data)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=60)

    def content(self, widget_id: str) -> dict[str, Any]:
        """The API's answer for a widget. Raises HTTPError."""
        return self._json(f"/api/widgets/{widget_id}/public")

    def health(self) -> dict[str, Any]:
        """The server's counters since its start, as its operator sees them."""
        return self._json("/api/v1/health")

    def _json(self, path: str) -> dict[str, Any]:
        request = urllib.request.Request(self.api + path, headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            body: dict[str, Any] = json.load(answer)
        return body

    def rows(self, **filters: object) -> list[Row]:
        """The stored rows with these values, newest first: `rows(widget="w1", kind="load")`."""
        events: list[Row] = self._json("/api/v1/events?limit=1000")["events"]
        return [row for row in events if all(row[name] == value for name, value in filters.items())]

    def wait_for_rows(
        self, predicate: Callable[[list[Row]], bool] = bool, within: float = 15, **filters: object
    ) -> list[Row]:
        """The rows with these values, once they satisfy the predicate. `within` is in seconds."""
        deadline = time.monotonic() + within
        while not predicate(rows := self.rows(**filters)):
            assert time.monotonic() < deadline, f"After {within:.0f} s the rows of {filters} are: {rows}"
            time.sleep(0.05)
        return rows


@contextmanager
def running(data: Path, widgets: Path) -> Iterator[Origins]:
    """Runs `serve --json` as a process until the end of the block."""
    command = [sys.executable, "-m", "bundler", "serve", "--json", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--data", str(data), "--widgets", str(widgets)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Origins(_addresses(process), widgets, data)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _addresses(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:  # select itself ends at 1,024 open files, and engines keep many
        selector.register(process.stdout, selectors.EVENT_READ)
        line = process.stdout.readline() if selector.select(_START_WITHIN_S) else ""
    assert line, "The origins did not start; see the captured output."
    addresses: dict[str, str] = json.loads(line)
    return addresses
