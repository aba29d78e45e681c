"""A server that is killed or stopped under load: each acknowledged row is stored, and stored once."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20
SENDER = Path(__file__).with_name("sender.py")
# In its own process: the engine allows one process per directory, and one directory per process.
READ = """
import json, sys
from server.store.store import Store
store = Store(sys.argv[1])
print(json.dumps([event["load_ms"] for event in store.query("newest_events", limit=10_000_000)]))
store.close()
"""


class Sender:
    """A running sender process and its acknowledged loads."""

    def __init__(self, url: str, first: int, path: Path) -> None:
        parts = urlsplit(url)
        self.path = path
        command = [sys.executable, str(SENDER), str(parts.hostname), str(parts.port), str(first), str(path)]
        self.process = subprocess.Popen(command)

    def acknowledged(self) -> list[int]:
        return [int(line) for line in self.path.read_text().split()] if self.path.exists() else []


@pytest.fixture
def send(tmp_path) -> Iterator[Callable[..., Sender]]:
    """`send(server, 1000)` starts to send loads to the server, numbered from 1000."""
    senders: list[Sender] = []

    def start_sender(server, first: int) -> Sender:
        senders.append(Sender(server.url, first, tmp_path / f"acknowledged-{first}"))
        return senders[-1]

    yield start_sender
    for each in senders:
        each.process.kill()
        each.process.wait()


def stored(server) -> Counter[int]:
    """How often each number is in the store. The server must have ended."""
    command = [sys.executable, "-c", READ, str(server.data / "store")]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return Counter(json.loads(answer.stdout))


@pytest.mark.timeout(600)
def test_acknowledged_rows_survive_twenty_kills_and_are_stored_once(start, send, tools) -> None:
    """Every other time the server is told to end first, so that the kill hits it while it stores what waits."""
    acknowledged: list[int] = []
    chance = random.Random(1)
    for kill in range(KILLS):
        server = start()  # on the data of the last one
        sender = send(server, kill * 20_000)  # a load time ends at 600,000
        tools.wait_for(lambda sender=sender: len(sender.acknowledged()) > 100)
        if kill % 2:
            server.process.send_signal(signal.SIGTERM)
            time.sleep(chance.uniform(0, 0.15))
        server.stop(signal.SIGKILL)
        sender.process.wait(30)
        acknowledged += sender.acknowledged()
    counts = stored(server)
    assert set(acknowledged) - counts.keys() == set()
    assert set(counts.values()) == {1}
    assert start().post(tools.batch()).status == 204


@pytest.mark.parametrize("durability", ["durable", "buffered"])
def test_acknowledged_rows_are_stored_at_a_shutdown_under_load(start, send, tools, durability) -> None:
    server = start("--durability", durability)
    sender = send(server, 0)
    tools.wait_for(lambda: len(sender.acknowledged()) > 300)
    assert server.stop() == 0
    sender.process.wait(30)
    counts = stored(server)
    assert set(sender.acknowledged()) - counts.keys() == set()
    assert set(counts.values()) == {1}


def test_a_buffered_server_that_is_killed_loses_only_its_queue(start, send, tools) -> None:
    server = start("--durability", "buffered")
    sender = send(server, 0)
    tools.wait_for(lambda: server.health()["written_rows"] > 300)
    written_rows = server.health()["written_rows"]
    server.stop(signal.SIGKILL)
    sender.process.wait(30)
    counts = stored(server)
    assert len(counts) >= written_rows
    assert set(counts.values()) == {1}
