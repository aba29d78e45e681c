"""Fills a data directory with an older version of the server, for test_upgrades.py: fill.py CHECKOUT ARCHIVE

CHECKOUT is a working tree of that version (`git worktree add CHECKOUT COMMIT`). ARCHIVE is what to write: the data
directory, the content files, and `answers.json` with what that server answered. Run it with the `.venv` of CHECKOUT, or
with any that has the same packages. The server's clock is set, so that all archives tell of the same days.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

CLOCK = Path(__file__).resolve().parents[1] / "clock.c"
FIRST = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS, PAGE_VIEWS = 6, 80  # of each day, at noon: so each name of a table has its 20
ASKED = "from=2026-11-21T00:00:00Z&to=2026-11-24T00:00:00Z"
CONFIRMATION = "I have asked my visitors"


def fill(checkout: Path, archive: Path) -> None:
    with tempfile.TemporaryDirectory() as path:
        directory = Path(path)
        environment = os.environ | _clock(directory)
        (directory / "widgets").mkdir()
        for widget in ("w1", "w2"):
            testimonials = [{"id": "t1", "author": "Ada", "text": "Works."}]
            text = json.dumps({"id": widget, "testimonials": testimonials})
            (directory / "widgets" / f"{widget}.json").write_text(text)
        _set_clock(directory, FIRST)
        token = _prepare(checkout, directory, environment)
        command = [sys.executable, "-m", "server", "serve", "--port", "0", "--data", str(directory / "data")]
        command += ["--widgets", str(directory / "widgets")]
        server = subprocess.Popen(command, cwd=checkout, env=environment)
        try:
            url = _url(directory / "data")
            for day in range(DAYS):
                _set_clock(directory, FIRST + timedelta(days=day))
                with ThreadPoolExecutor(PAGE_VIEWS) as pool:
                    list(pool.map(lambda body: _post(url, body), _batches(random.Random(day))))
            _set_clock(directory, FIRST + timedelta(days=DAYS - 1, hours=1))
            operator = (directory / "data" / "operator.token").read_text().strip()
            answers = {
                "now": (FIRST + timedelta(days=DAYS - 1, hours=2)).isoformat(),
                "asked": ASKED,
                "viewer": token,
                "accounts": {name: _get(url, f"accounts/{name}", operator) for name in ("acme", "silent")},
                "dashboard": _get(url, f"accounts/acme/dashboard?{ASKED}", operator),
                "events": _get(url, "events?limit=1000", operator)["events"],
                "audit": _get(url, "accounts/acme/audit", operator),
            }
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
        (directory / "answers.json").write_text(json.dumps(answers))
        with tarfile.open(archive, "w:xz") as tar:
            for name in ("data", "widgets", "answers.json"):
                tar.add(directory / name, name)


def _prepare(checkout: Path, directory: Path, environment: Mapping[str, str]) -> str:
    """Make accounts with settings. Returns the text of a viewer's token."""

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "server", *arguments, "--data", str(directory / "data")]
        return subprocess.run(
            command, cwd=checkout, env=environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    run("init", "--account", "acme", "--name", "Acme Ltd", "--widgets", str(directory / "widgets"))
    run("account", "set", "acme", "--mode", "opt-in", "--rate", "0.5", "--confirm", CONFIRMATION)
    run("account", "add", "silent", "--name", "Silent Ltd")
    run("account", "set", "silent", "--mode", "off")
    output = run("token", "make", "--scope", "viewer", "--account", "acme", "--label", "Tom")
    return next(word for word in output.split() if word.startswith("tresta_"))


def _batches(chance: random.Random) -> list[str]:
    batches = []
    for _ in range(PAGE_VIEWS):
        report = {
            "widget": chance.choice(["w1", "w2"]),
            "version": chance.choice(["0.1.0", "0.1.1"]),
            "rate": 0.5,
            "loads": [{"layout": chance.choice(["grid", "carousel"]), "load_ms": int(chance.lognormvariate(6, 0.8))}],
            "errors": {"API_ERROR": chance.randint(1, 2)} if chance.random() < 0.5 else {},
            "interactions": {"carousel": chance.randint(1, 4)} if chance.random() < 0.5 else {},
        }
        batches.append(json.dumps({"schema": 1, "widgets": [report]}))
    return batches


def _clock(directory: Path) -> dict[str, str]:
    """The environment of a process whose clock `_set_clock` sets."""
    library = directory / "clock.so"
    compiler = shutil.which("cc") or "cc"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(CLOCK)], check=True)
    (directory / "offset").write_bytes(struct.pack("l", 0))
    return {"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(directory / "offset")}


def _set_clock(directory: Path, at: datetime) -> None:
    with (directory / "offset").open("r+b") as file:
        file.write(struct.pack("l", int(at.timestamp() - time.time())))


def _url(data: Path) -> str:
    while True:
        try:
            return str(json.loads((data / "server.json").read_text())["url"])
        except FileNotFoundError:
            time.sleep(0.05)


def _post(url: str, body: str) -> None:
    request = urllib.request.Request(f"{url}/telemetry", body.encode(), {"Content-Type": "text/plain"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 204


def _get(url: str, path: str, token: str) -> Any:
    request = urllib.request.Request(f"{url}/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


if __name__ == "__main__":
    fill(Path(sys.argv[1]), Path(sys.argv[2]))
