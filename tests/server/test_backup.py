"""Backup and restore: with and without a running server, completely or not at all, and without expired rows."""

from __future__ import annotations

import io
import itertools
import json
import stat
import tarfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.control.accounts import Accounts
from server.control.audit import Audit
from server.control.database import ControlDatabase
from server.control.tokens import Tokens
from server.errors import BackupError
from server.store.archive import Archive
from server.store.backup import backup
from server.store.restore import require_empty, restore
from server.store.row import Row
from server.store.store import Store

NOW = datetime.now(UTC)
ROWS = [
    Row("acme", "w1", "0.1.0", 0.01, "load", layout="grid", load_ms=412),
    Row("acme", "w1", "0.1.0", 1 / 3, "error", code="API_ERROR", count=3),
    Row("globex", "w-2", "0.1.0", 1.0, "interaction", layout="list", count=70_000),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with an account, a token, and rows of today, 30 days ago and 88 days ago."""
    path = tmp_path / "data"
    path.mkdir()
    with closing(ControlDatabase(path / "control.sqlite")) as control:
        Accounts(control).add("acme", "Acme Ltd", actor="command line")
        Tokens(control).make("viewer", "acme", "Maria", actor="command line")
    with closing(Store(path / "store")) as store:
        for days in (0, 30, 88):  # from 23:00 to midnight, the engine drops the 89th day
            store.insert(ROWS, NOW - timedelta(days=days) + timedelta(hours=days > 0))
    return path


@pytest.fixture
def tar(data: Path, tmp_path: Path) -> Path:
    with closing(Store(data / "store")) as store:
        return write(tmp_path / "backup.tar", backup(store, data / "control.sqlite", NOW))


def write(path: Path, chunks: Iterator[bytes]) -> Path:
    path.write_bytes(b"".join(chunks))
    return path


def events(store: Store) -> list[dict[str, Any]]:
    return store.query("newest_events", limit=1000)


def rebuild(tar: Path, path: Path, **changes: bytes | None) -> Path:
    """A copy of the tar with files changed, or left out for None. In their names `_` is `.` or `-`, `__` is `/`."""
    with tarfile.open(tar) as old, tarfile.open(path, "w") as new:
        for entry in old:
            name = entry.name.replace("/", "__").replace(".", "_").replace("-", "_")
            file = old.extractfile(entry)
            assert file
            content = changes.get(name, file.read())
            if content is not None:
                entry.size = len(content)
                new.addfile(entry, io.BytesIO(content))
    return path


def test_a_backup_restores_everything(data, tar, tmp_path) -> None:
    assert Archive(tar).rows == 9
    assert Archive(tar).manifest.made_at == NOW
    with closing(Store(data / "store")) as store:
        before = events(store)
    with closing(Store(tmp_path / "restored")) as store:
        assert restore(Archive(tar), store, tmp_path / "control.sqlite", NOW) == 9
        assert events(store) == before
    assert len(before) == 9
    assert stat.S_IMODE((tmp_path / "control.sqlite").stat().st_mode) == 0o600
    with closing(ControlDatabase(tmp_path / "control.sqlite")) as control:
        assert Accounts(control).get("acme").name == "Acme Ltd"
        assert [token.label for token in Tokens(control).all()] == ["Maria"]
        assert len(Audit(control).entries()) == 2


def test_rows_and_audit_entries_older_than_90_days_are_left_out(tar, tmp_path) -> None:
    with closing(Store(tmp_path / "restored")) as store:
        assert restore(Archive(tar), store, tmp_path / "control.sqlite", NOW + timedelta(days=61)) == 3
        assert {event["ts"][:10] for event in events(store)} == {f"{NOW:%Y-%m-%d}"}
    later = NOW + timedelta(days=91)
    with closing(Store(tmp_path / "later")) as store:
        assert restore(Archive(tar), store, tmp_path / "later.sqlite", later) == 0
        assert events(store) == []
    with closing(ControlDatabase(tmp_path / "later.sqlite")) as control:
        assert control.read("SELECT count(*) FROM audit")[0][0] == 0


def test_a_backup_has_no_rows_from_after_its_start(data, tmp_path) -> None:
    with closing(Store(data / "store")) as store:
        store.insert(ROWS, NOW + timedelta(seconds=1))
        tar = write(tmp_path / "b.tar", backup(store, data / "control.sqlite", NOW))
    assert Archive(tar).rows == 9


def test_two_backups_of_the_same_moment_are_identical(data, tar) -> None:
    with closing(Store(data / "store")) as store:
        assert b"".join(backup(store, data / "control.sqlite", NOW)) == tar.read_bytes()


def test_a_backup_that_is_cut_off_anywhere_is_refused(tar, tmp_path) -> None:
    whole = tar.read_bytes()
    (tmp_path / "cut.tar").write_bytes(whole)
    with tarfile.open(tar) as members:
        ends = [entry.offset for entry in members][1:]  # where the next file begins
    for end in (0, 1, 700, *ends, ends[-1] + 600):
        (tmp_path / "cut.tar").write_bytes(whole[:end])
        with pytest.raises(BackupError, match="is not a whole backup"):
            Archive(tmp_path / "cut.tar")


def test_nothing_of_a_damaged_backup_is_restored(tar, tmp_path) -> None:
    damaged = bytearray(tar.read_bytes())
    with tarfile.open(tar) as members:
        day = members.getmember(next(name for name in members.getnames() if name.startswith("events/")))
    damaged[day.offset_data + 20] ^= 1
    path = tmp_path / "damaged.tar"
    path.write_bytes(damaged)
    with closing(Store(tmp_path / "restored")) as store:
        with pytest.raises(BackupError, match=f"is damaged: {day.name} is not what was backed up"):
            restore(Archive(path), store, tmp_path / "control.sqlite", NOW)
        assert events(store) == []
    assert not (tmp_path / "control.sqlite").exists()


def test_a_missing_file_and_a_newer_format_are_refused(tar, tmp_path) -> None:
    with pytest.raises(BackupError, match=r"is damaged: control\.sqlite is not what was backed up"):
        Archive(rebuild(tar, tmp_path / "less.tar", control_sqlite=None))
    manifest = json.dumps({"format": 3}).encode()
    with pytest.raises(BackupError, match="made by a newer version"):
        Archive(rebuild(tar, tmp_path / "newer.tar", manifest_json=manifest))
    with pytest.raises(BackupError, match="cannot be read: No such file or directory"):
        Archive(tmp_path / "none.tar")


def test_a_backup_is_not_restored_into_a_store_with_events(data) -> None:
    with closing(Store(data / "store")) as store:
        with pytest.raises(BackupError, match=r"There are events in the store already: restore into an empty one\."):
            require_empty(store)
        assert len(events(store)) == 9


def test_the_commands_make_and_restore_a_backup(data, tmp_path, tools) -> None:
    (tmp_path / "backups").mkdir()
    result = tools.cli("backup", tmp_path / "backups", "--data", data)
    (file,) = (tmp_path / "backups").iterdir()
    assert result.stdout.startswith(f"{file} holds 9 rows and the accounts, as of ")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    result = tools.cli("restore", file, "--data", tmp_path / "new")
    assert result.stdout.startswith(f"{tmp_path / 'new'} holds 9 rows and the accounts, as of "), result.stderr
    assert len(json.loads(tools.cli("events", "--json", "--data", tmp_path / "new").stdout)["events"]) == 9
    assert "Acme Ltd" in tools.cli("account", "list", "--data", tmp_path / "new").stdout


def test_the_commands_refuse_in_one_sentence_and_leave_nothing_behind(data, tar, tmp_path, tools) -> None:
    for command, sentence in (
        (["backup", tar, "--data", data], f"{tar} exists already; name another file, or a directory."),
        (["backup", tmp_path / "no" / "b.tar", "--data", data], "cannot be written: No such file or directory."),
        (["backup", tmp_path / "b.tar", "--data", tmp_path / "none"], "There is no control database in"),
        (["restore", tar, "--data", data], f"{data} is not an empty directory; name a new or empty one"),
        (["restore", data / "control.sqlite", "--data", tmp_path / "new"], "is not a whole backup"),
    ):
        result = tools.cli(*command)
        assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1), result
        assert sentence in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar", "data"]


def test_a_running_server_makes_a_backup_and_goes_on(start, tools, tmp_path) -> None:
    server = start()
    for _ in range(5):
        assert server.post(tools.batch()).status == 204
    result = tools.cli("backup", tmp_path / "b.tar", "--data", server.data)
    assert result.stdout.startswith(f"{tmp_path / 'b.tar'} holds 5 rows and the accounts"), result.stderr
    assert server.post(tools.batch()).status == 204
    assert len(server.events()) == 6
    assert tools.cli("restore", tmp_path / "b.tar", "--data", tmp_path / "new").returncode == 0
    server.stop()
    assert len(json.loads(tools.cli("events", "--json", "--data", tmp_path / "new").stdout)["events"]) == 5


def test_only_an_operator_may_make_a_backup(start) -> None:
    server = start()
    with closing(ControlDatabase(server.data / "control.sqlite")) as control:
        _, owner = Tokens(control).make("owner", "acme", "Maria", actor="command line")
    assert server.get("/api/v1/backup").status == 401
    assert server.get("/api/v1/backup", Authorization=f"Bearer {owner}").status == 403
    assert server.get("/api/v1/backup", Authorization=f"Bearer {server.token()}").status == 200


def test_a_backup_is_made_day_by_day(data) -> None:
    with closing(Store(data / "store")) as store:
        assert (
            len(list(itertools.islice(backup(store, data / "control.sqlite", NOW), 10))) == 5
        )  # three days and two other files
