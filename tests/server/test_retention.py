"""`python -m server retention`: prints the age of the oldest row, and fails if it is older than promised."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.store.row import Row
from server.store.store import Store

ROW = Row("acme", "w1", "0.1.0", 0.01, "load", layout="grid", load_ms=412)
# Simulates an engine that does not delete old rows, since no setting can stop it.
LONG_TTL = "ALTER TABLE events MODIFY TTL toStartOfDay(ts) + INTERVAL 200 DAY DELETE"


def fill(data: Path, days: float) -> None:
    with closing(Store(data / "store")) as store:
        store._writer.command(LONG_TTL)
        store.insert([ROW])
        store.insert([ROW], datetime.now(UTC) - timedelta(days=days))


@pytest.mark.parametrize("is_serving", [False, True])
@pytest.mark.parametrize(("days", "code"), [(89, 0), (91, 1)])
def test_the_oldest_row_decides_whether_a_server_runs_or_not(start, tools, tmp_path, days, code, is_serving) -> None:
    data = tmp_path / "data"
    if is_serving:
        start().stop()  # creates the directory
    fill(data, days)
    if is_serving:
        start()
    result = tools.cli("retention", "--data", data)
    assert result.returncode == code, result
    message = result.stderr if code else result.stdout
    assert message.startswith(f"The oldest row is of {datetime.now(UTC) - timedelta(days=days):%Y-%m-%d}")
    assert f" UTC, {days}.0 days ago" in message
    assert message.endswith(": nothing may be older than 90 days.\n" if code else "; 90 are promised.\n")


def test_an_empty_store_is_within_the_promise(tmp_path, tools) -> None:
    Store(tmp_path / "data" / "store").close()
    result = tools.cli("retention", "--data", tmp_path / "data")
    assert (result.returncode, result.stdout) == (0, "No event is stored.\n")


def test_a_mistyped_directory_is_an_error(tmp_path, tools) -> None:
    result = tools.cli("retention", "--data", tmp_path / "nowhere")
    assert result.returncode == 1
    assert result.stderr == f"There is no store in {tmp_path / 'nowhere'}; --data takes the server's data directory.\n"
    assert not (tmp_path / "nowhere").exists()
