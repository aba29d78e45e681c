"""A server that is killed, or ended, under load: what it acknowledged is there, and nothing is there twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
SENDER = Path(__file__).with_name("sender.py")
# A process of its own: the engine lets one at a time into a directory, and a process into one directory.
READ = """
import json, sys
from server.store.store import Store
store = Store(sys.argv[1])
print(json.dumps([event["load_ms"] for event in store.query("newest_events", limit=10_000_000)]))
store.close()
"""


class Sending:
    """A running sender, and what it has heard so far."""

    def __init__(self, url: str, first: int, path: Path) -> None:
        parts = urlsplit(url)
        self.path = path
        command = [sys.executable, str(SENDER), str(parts.hostname), str(parts.port), str(first), str(path)]
        self.process = subprocess.Popen(command)

    def acknowledged(self) -> list[int]:
        return [int(line) for line in self.path.read_text().split()] if self.path.exists() else []


@pytest.fixture
def send(tmp_path) -> Iterator[Callable[..., Sending]]:
    """`send(server, 1000)`: sends to the server loads that are numbered from 1000 on."""
    senders: list[Sending] = []

    def sending(server, first: int) -> Sending:
        senders.append(Sending(server.url, first, tmp_path / f"acknowledged-{first}"))
        return senders[-1]

    yield sending
    for each in senders:
        each.process.kill()
        each.process.wait()


def stored(server) -> Counter[int]:
    """How often each number is in the store of a server that has ended."""
    command = [sys.executable, "-c", READ, str(server.data / "store")]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return Counter(json.loads(answer.stdout))


def test_everything_acknowledged_outlives_kill_9_and_nothing_is_there_twice(start, send, tools) -> None:
    acknowledged: list[int] = []
    for kill in range(3):
        server = start()  # on what the last one left
        sending = send(server, kill * 100_000)
        tools.wait_for(lambda sending=sending: len(sending.acknowledged()) > 300)
        server.stop(signal.SIGKILL)
        sending.process.wait(30)
        acknowledged += sending.acknowledged()
    found = stored(server)
    assert set(acknowledged) - found.keys() == set()
    assert set(found.values()) == {1}
    assert start().post(tools.batch()).status == 204


@pytest.mark.parametrize("durability", ["durable", "buffered"])
def test_everything_acknowledged_is_stored_at_an_orderly_end_under_load(start, send, tools, durability) -> None:
    server = start("--durability", durability)
    sending = send(server, 0)
    tools.wait_for(lambda: len(sending.acknowledged()) > 300)
    assert server.stop() == 0
    sending.process.wait(30)
    found = stored(server)
    assert set(sending.acknowledged()) - found.keys() == set()
    assert set(found.values()) == {1}


def test_buffered_server_that_is_killed_loses_no_more_than_its_queue(start, send, tools) -> None:
    server = start("--durability", "buffered")
    sending = send(server, 0)
    tools.wait_for(lambda: server.health()["written_rows"] > 300)
    written = server.health()["written_rows"]
    server.stop(signal.SIGKILL)
    sending.process.wait(30)
    found = stored(server)
    assert len(found) >= written
    assert set(found.values()) == {1}
