"""`backup`, `restore` and `migrate`, killed at random moments: what they make is there as a whole, or not at all."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.control.accounts import Accounts
from server.control.database import ControlDatabase
from server.data_directory import DataDirectory
from server.errors import ConfigError
from server.store.archive import Archive
from server.store.backup import backup
from server.store.row import Row
from server.store.store import Store

pytestmark = pytest.mark.timeout(600)
ROOT = Path(__file__).resolve().parents[2]
SEED = 20261130
NOW = datetime.now(UTC)
# For each moment the signal, in turn: kill -9, and the one with which a machine shuts down.
MOMENTS = 20
OLD, NEW = 50, 3000  # rows


def fill(path: Path, rows: int) -> Path:
    path.mkdir()
    with closing(ControlDatabase(path / "control.sqlite")) as control:
        Accounts(control).add("acme", "Acme Ltd", actor="test")
    with closing(Store(path / "store")) as store:
        store.insert([Row("acme", "w1", "0.1.0", 1.0, "load", "grid", load_ms=n) for n in range(rows)], NOW)
    return path


def row_count(store: Path) -> int:
    with closing(Store(store)) as opened:
        return len(opened.query("newest_events", limit=100_000))


def run(arguments: Sequence[object], seconds: float, signum: int) -> None:
    """Run a command and send the signal after this time, if it still runs."""
    command = [sys.executable, "-m", "server", *map(str, arguments)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.send_signal(signum)
    _, errors = process.communicate(timeout=60)
    assert b"Traceback" not in errors, errors.decode()


def moments(arguments: Sequence[object]) -> list[tuple[float, int]]:
    """Random moments within the time that the command takes, and the signal for each."""
    start = time.monotonic()
    run(arguments, 60, signal.SIGTERM)
    seconds, chance = time.monotonic() - start, random.Random(SEED)
    # The first 40% of the time goes into starting Python.
    return [(seconds * chance.uniform(0.4, 1.0), (signal.SIGKILL, signal.SIGTERM)[n % 2]) for n in range(MOMENTS)]


@pytest.fixture(scope="module")
def tar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("backup")
    with closing(Store(fill(directory / "data", NEW) / "store")) as store:
        (directory / "b.tar").write_bytes(b"".join(backup(store, directory / "data" / "control.sqlite", NOW)))
    return directory / "b.tar"


def test_a_killed_restore_leaves_the_old_state_or_the_new_one(tar, tmp_path) -> None:
    original = fill(tmp_path / "original", OLD)
    for number, (seconds, signum) in enumerate(moments(["restore", tar, "--data", tmp_path / "timing"])):
        path, replace = tmp_path / f"data-{number}", number % 4 >= 2
        if replace:
            shutil.copytree(original, path, symlinks=True)
        run(["restore", tar, "--data", path, *(["--replace"] if replace else [])], seconds, signum)
        data = DataDirectory(path)
        if not path.exists():
            assert signum == signal.SIGTERM or not replace
            continue
        try:
            with data.lock():
                pass
        except ConfigError as error:  # what was there before stays, and no server starts without being told
            assert "was interrupted" in str(error)
            assert signum == signal.SIGKILL
            data.drop_draft()
        if data.control.exists():
            # The token is new with the rows: only a restore makes one here.
            assert row_count(data.store) == (NEW if data.token.exists() else OLD)
            assert data.token.exists() or replace
        else:
            assert not replace
            assert {each.name for each in path.iterdir()} <= {"lock"}


def test_a_killed_backup_leaves_a_whole_file_or_none(tmp_path) -> None:
    data, backups = fill(tmp_path / "data", NEW), tmp_path / "backups"
    backups.mkdir()
    for number, (seconds, signum) in enumerate(moments(["backup", tmp_path / "timing.tar", "--data", data])):
        run(["backup", backups / f"{number}.tar", "--data", data], seconds, signum)
    for file in backups.glob("*.tar"):
        assert Archive(file).rows == NEW
    run(["backup", backups / "last.tar", "--data", data], 60, signal.SIGTERM)
    assert {file.suffix for file in backups.iterdir()} == {".tar"}  # the last one removed what dead ones left


def test_a_server_killed_while_it_makes_or_updates_its_tables_starts_again(tmp_path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    migrate = ["migrate", "--store", data / "store"]
    for seconds, signum in moments(["migrate", "--store", tmp_path / "timing"]):
        run(migrate, seconds, signum)
    with closing(Store(data / "store")) as store:
        store.insert([Row("acme", "w1", "0.1.0", 1.0, "load", "grid", load_ms=1)], NOW)
    assert row_count(data / "store") == 1
