"""A full disk: the server reports it, loses no acknowledged row, and recovers by itself.

If this process may mount file systems, the disk is a small real one. Else a limit on the size of the server's files
makes the kernel refuse its writes in the same way.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from server.ingest.writer import Status

ROOT = Path(__file__).resolve().parents[2]
READ = """
import json, sys
from server.store.store import Store
store = Store(sys.argv[1])
print(json.dumps([event["load_ms"] for event in store.query("newest_events", limit=10_000_000)]))
store.close()
"""
DISK = "96m"


class Disk:
    """The disk of a server's data. `fill` and `free` affect the server process with this pid."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self._directory = directory
        self._filler = directory / "filler"
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(directory)]
        self.is_real = subprocess.run(mount, capture_output=True, check=False).returncode == 0

    def fill(self, pid: int) -> None:
        if not self.is_real:
            limit_file_size(pid, 0)
            return
        with self._filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
            while True:
                file.write(bytes(65536))

    def free(self, pid: int) -> None:
        self._filler.unlink() if self.is_real else limit_file_size(pid, resource.RLIM_INFINITY)

    def close(self) -> None:
        if self.is_real:  # lazily, because the kernel may still count the killed server as a user of it
            subprocess.run(["umount", "--lazy", str(self._directory)], check=True)


def limit_file_size(pid: int, size: int) -> None:
    """Make the process's writes fail beyond this many bytes of a file."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]))


@pytest.fixture
def disk(tmp_path) -> Iterator[Disk]:
    """The disk of the directory in which `start` puts the data."""
    disk = Disk(tmp_path / "data")
    yield disk
    disk.close()


@pytest.fixture
def server(disk, start, request):
    return start("--durability", getattr(request, "param", "durable"))


def send(server, tools, numbers: range) -> tuple[list[int], set[bytes]]:
    """Post a load for each number. Returns the acknowledged numbers, and the reasons for the refusals."""
    acknowledged, reasons = [], set()
    for number in numbers:
        answer = server.post(tools.batch(loads=[{"layout": "grid", "load_ms": number}]))
        if answer.status == 204:
            acknowledged.append(number)
        else:
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) > 0
            reasons.add(answer.body)
    return acknowledged, reasons


def stored(server) -> list[int]:
    """The numbers in the store. The server must have ended."""
    command = [sys.executable, "-c", READ, str(server.data / "store")]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return sorted(json.loads(answer.stdout))


@pytest.mark.parametrize(
    ("server", "full"),
    [("durable", (set(), {b"store_failed"})), ("buffered", (range(5, 10), set()))],
    indirect=["server"],
)
def test_a_full_disk_is_reported_and_the_server_recovers(server, disk, tools, full) -> None:
    """A durable server acknowledges nothing meanwhile. A buffered one keeps its rows until it can store them."""
    before, _ = send(server, tools, range(5))
    assert before == [0, 1, 2, 3, 4]
    tools.wait_for(lambda: server.health()["queued_rows"] == 0)
    disk.fill(server.pid)
    meanwhile, reasons = send(server, tools, range(5, 10))
    assert (set(meanwhile), reasons) == (set(full[0]), full[1])

    tools.wait_for(lambda: server.health()["status"] == "disk_full")  # at once, or at the next probe
    assert (server.get("/health").status, server.get("/health").json()) == (503, {"status": "down"})
    assert server.health()["problem"].startswith(f"The disk of {server.data / 'store'} ")
    answer = server.get("/api/v1/health", Authorization=f"Bearer {server.token()}")
    assert (answer.status, answer.json()["status"]) == (200, "disk_full")
    if disk.is_real:  # else an insert began, and its torn part blocks queries until the disk takes bytes
        assert server.health()["written_rows"] == 5
    assert server.get("/api/widgets/w1/public").status == 200

    disk.free(server.pid)
    tools.wait_for(lambda: server.health()["status"] == "ok")  # although no rows arrive
    after, _ = send(server, tools, range(10, 15))
    assert after == [10, 11, 12, 13, 14]
    assert server.stop() == 0
    assert stored(server) == before + meanwhile + after
    assert server.log.read_text().count("The store takes rows again.") == 1


@pytest.mark.parametrize("size", [0, 20, 100, 300, 1000, 1260, 1280])
def test_an_insert_that_is_cut_off_leaves_nothing(start, tools, size) -> None:
    """The engine can write only `size` bytes of a file."""
    server = start()
    before, _ = send(server, tools, range(3))
    limit_file_size(server.pid, size)
    meanwhile, _ = send(server, tools, range(3, 6))
    limit_file_size(server.pid, resource.RLIM_INFINITY)
    after, _ = send(server, tools, range(6, 9))
    assert after == [6, 7, 8]
    assert server.stop() == 0
    assert stored(server) == before + meanwhile + after
    assert list((server.data / "store").rglob("tmp_insert*")) == []


def test_a_part_that_was_torn_by_a_crash_is_set_aside(start, tools) -> None:
    server = start()
    before, _ = send(server, tools, range(3))
    assert server.stop() == 0
    whole = max((server.data / "store").rglob("20*_*_*_*/checksums.txt")).parent
    for name in ("tmp_insert_torn", f"{whole.name.split('_')[0]}_900_900_0"):
        torn = shutil.copytree(whole, whole.with_name(name))
        for path in torn.iterdir():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    server = start()
    after, _ = send(server, tools, range(3, 6))
    assert server.stop() == 0
    assert stored(server) == before + after


def test_the_console_has_words_for_each_state_of_the_server() -> None:
    source = (ROOT / "web" / "console" / "pages" / "health.py").read_text(encoding="utf-8")
    assert "disk_full" in get_args(Status)
    assert [status for status in get_args(Status) if f'    "{status}": (' not in source] == []
