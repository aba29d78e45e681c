"""A disk without space: a clear state, nothing acknowledged that is lost, and well again by itself.

Where this process may mount, the disk is real and small. Where it may not, the kernel refuses the server's writes all
the same, by a limit on the size of its files.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

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
    """What a server's data is on. `fill` and `free` are felt by the server that has last been given."""

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
        if self.is_real:  # lazily: nobody is on it any more, but the kernel may not know yet
            subprocess.run(["umount", "--lazy", str(self._directory)], check=True)


def limit_file_size(pid: int, size: int) -> None:
    """From now on the process's writes beyond so many bytes of a file fail."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]))


@pytest.fixture
def disk(tmp_path) -> Iterator[Disk]:
    """Where `start` puts the data."""
    made = Disk(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def server(disk, start, request):
    return start("--durability", getattr(request, "param", "durable"))


def send(server, tools, numbers: range) -> tuple[list[int], set[bytes]]:
    """Posts a load for each number; those that were acknowledged, and the words for why the others were not."""
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
    """The numbers in the store of a server that has ended."""
    command = [sys.executable, "-c", READ, str(server.data / "store")]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return sorted(json.loads(answer.stdout))


@pytest.mark.parametrize(
    ("server", "full"),
    [("durable", (set(), {b"store_failed"})), ("buffered", (range(5, 10), set()))],
    indirect=["server"],
)
def test_full_disk_is_said_and_got_over(server, disk, tools, full) -> None:
    """A durable server acknowledges nothing meanwhile; a buffered one keeps what it acknowledges until it can."""
    before, _ = send(server, tools, range(5))
    assert before == [0, 1, 2, 3, 4]
    tools.wait_for(lambda: server.health()["queued_rows"] == 0)
    disk.fill(server.pid)
    meanwhile, reasons = send(server, tools, range(5, 10))
    assert (set(meanwhile), reasons) == (set(full[0]), full[1])

    tools.wait_for(lambda: server.health()["status"] == "disk_full")  # at once, or after a look at a failure
    answer = server.get("/health")
    assert answer.status == 503
    assert answer.json()["problem"].startswith(f"The disk of {server.data / 'store'} ")
    if disk.is_real:  # else the insert began, and until the disk takes bytes the torn part is in the way
        assert len(server.events()) == 5
    assert server.get("/api/widgets/w1/public").status == 200

    disk.free(server.pid)
    tools.wait_for(lambda: server.health()["status"] == "ok")  # though nobody sends
    after, _ = send(server, tools, range(10, 15))
    assert after == [10, 11, 12, 13, 14]
    assert server.stop() == 0
    assert stored(server) == before + meanwhile + after
    assert server.log.read_text().count("The store takes rows again.") == 1


@pytest.mark.parametrize("size", [0, 20, 100, 300, 1000])
def test_insert_that_is_torn_in_the_middle_leaves_nothing(start, tools, size) -> None:
    """The engine may write so many bytes of a file and no more."""
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


def test_part_that_a_crash_has_torn_is_set_aside(start, tools) -> None:
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
