"""Thousands of changed batches and archives: none is stored wrongly, none ends in a bug, none leaves anything."""

from __future__ import annotations

import copy
import gzip
import hashlib
import io
import json
import random
import shutil
import tarfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from server.control.accounts import Accounts
from server.control.database import ControlDatabase
from server.errors import BackupError, ControlError, StoreError
from server.ingest.rows import rows_of
from server.store.archive import Archive
from server.store.backup import backup
from server.store.restore import restore
from server.store.row import Row
from server.store.store import Store
from widget.errors import EventRejected
from widget.telemetry.parser import parse

pytestmark = pytest.mark.timeout(600)
SEED = 20261130
BATCHES, ARCHIVES = 10_000, 500
NOW = datetime.now(UTC)
# What a changed value may become.
ODD: list[Any] = [
    None, True, False, 0, 1, -1, 2**31, 2**63, 2**64, 10**400, 0.5, 1e-9, 1e308, -0.0, "", "w1", "a" * 65, "\0", "é",
    "😀", "' OR 1=1 --", "{{7*7}}", "../../x", [], {}, [[]], {"a": 1}, "0.1.0", "999.999.999", "grid", "CODE",
]  # fmt: skip


def batches(chance: random.Random, batch: str) -> Iterator[bytes]:
    """Batches with some changed values, names or bytes."""
    while True:
        tree = json.loads(batch)
        for _ in range(chance.randint(0, 2)):
            change(chance, tree)
        text = bytearray(json.dumps(tree, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass"))
        for _ in range(chance.choice((0, 0, 1, 3))):
            place = chance.randrange(len(text))
            action = chance.randrange(3)
            if action == 0:
                text[place] = chance.randrange(256)
            elif action == 1:
                del text[place : place + chance.randint(1, 8)]
            else:
                text[place:place] = bytes(chance.choices(b'{}[]",:0123456789eE.-+ \n\\u', k=chance.randint(1, 4)))
            if not text:
                text += b" "
        yield bytes(text)


def change(chance: random.Random, tree: Any) -> None:
    """Change one value or name somewhere in the tree."""
    while True:
        keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
        if not keys:
            return
        key = chance.choice(keys)
        if isinstance(tree[key], dict | list) and tree[key] and chance.random() < 0.8:
            tree = tree[key]
            continue
        if isinstance(tree, dict) and chance.random() < 0.2:
            tree[str(chance.choice(ODD))] = tree.pop(key)
        else:
            tree[key] = copy.deepcopy(chance.choice(ODD))
        return


def valid_rows(body: bytes) -> list[Row]:
    """What the schema says that this batch is; none if it refuses it."""
    try:
        reports = parse(body)
    except EventRejected:
        return []
    return [row for report in reports if report.widget == "w1" for row in rows_of(report, "acme")]


def key(row: Any) -> tuple[object, ...]:
    """A row's values, whether of the schema or of the store."""
    values = row if isinstance(row, dict) else {name: getattr(row, name) for name in row.__slots__}
    names = ("widget", "version", "kind", "layout", "code", "load_ms", "count")
    return (*(values[name] for name in names), round(float(values["rate"]), 12))


def test_ten_thousand_changed_batches_are_refused_with_a_word_or_stored_as_they_are(start, tools) -> None:
    server = start()
    chance = random.Random(SEED)
    full = tools.batch(errors={"API_ERROR": 2, "OTHER": 1}, interactions={"grid": 3})
    expected: Counter[tuple[object, ...]] = Counter()
    statuses: Counter[int] = Counter()
    source = batches(chance, full)
    connection = server.connect()

    def send(body: bytes) -> int:
        connection.request("POST", "/telemetry", body)
        answer = connection.getresponse()
        answer.read()
        return int(answer.status)

    valid = 0
    for _ in range(BATCHES):
        body = next(source)
        rows = valid_rows(body)
        if rows and valid >= 100:  # a stored batch takes a commit's time; these are enough
            continue
        valid += bool(rows)
        status = send(body)
        statuses[status] += 1
        assert status in ((204, 429) if rows else (204, 400, 413)), body
        if status == 204:
            expected.update(key(row) for row in rows)
    assert statuses[204] > 50
    assert statuses[400] > 1000
    connection.close()
    assert Counter(map(key, server.events())) == expected
    assert server.stop() == 0
    assert "Traceback" not in server.log.read_text()
    assert " at /" not in server.log.read_text()  # how the log tells of an exception


@pytest.fixture(scope="module")
def tar(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("backup")
    with closing(ControlDatabase(path / "control.sqlite")) as control:
        Accounts(control).add("acme", "Acme Ltd", actor="test")
    with closing(Store(path / "store")) as store:
        store.insert([Row("acme", "w1", "0.1.0", 1.0, "load", "grid", load_ms=n) for n in range(50)], NOW)
        return b"".join(backup(store, path / "control.sqlite", NOW))


def archives(chance: random.Random, tar: bytes) -> Iterator[bytes]:
    """Archives with changed bytes, sizes or files; half of them are made again so that their digests are right."""
    while True:
        changed = bytearray(tar)
        for _ in range(chance.randint(1, 4)):
            place, action = chance.randrange(len(changed)), chance.randrange(4)
            if action == 0:
                changed[place] ^= 1 << chance.randrange(8)
            elif action == 1:
                del changed[place : place + chance.choice((1, 512, 5000))]
            elif action == 2:
                changed[place:place] = chance.randbytes(chance.choice((1, 512)))
            else:  # in a header: names, sizes, types
                changed[min(512 * (place // 512) + chance.choice((0, 124, 135, 156, 257)), len(changed) - 1)] ^= 0xFF
        yield bytes(changed) if chance.random() < 0.5 else remade(chance, tar)


def remade(chance: random.Random, tar: bytes) -> bytes:
    """The archive with one file's content changed, and its manifest made to fit."""
    with tarfile.open(fileobj=io.BytesIO(tar)) as old:
        files = {entry.name: bytearray(old.extractfile(entry).read()) for entry in old}  # type: ignore[union-attr]
    manifest = json.loads(files.pop("manifest.json"))
    name = chance.choice(list(files))
    for _ in range(chance.randint(1, 20)):
        files[name][chance.randrange(len(files[name]))] = chance.randrange(256)
    for name in files:
        manifest["files"][name]["sha256"] = hashlib.sha256(files[name]).hexdigest()
    if chance.random() < 0.3:
        change(chance, manifest)
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w") as new:
        for name, content in {**files, "manifest.json": bytearray(json.dumps(manifest).encode())}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))
    return output.getvalue()


def test_five_hundred_changed_archives_end_in_a_sentence_or_are_whole(tar, tmp_path) -> None:
    chance, source = random.Random(SEED), archives(random.Random(SEED), tar)
    refused = 0
    path = tmp_path / "b.tar"
    for _ in range(ARCHIVES):
        path.write_bytes(next(source))
        try:
            archive = Archive(path)
        except BackupError as error:
            refused += 1
            assert str(error).count("\n") == 0
            assert str(error).endswith(".")
            continue
        if chance.random() < 0.2:  # opening a store takes time; a few of them show what restoring does
            shutil.rmtree(tmp_path / "store", ignore_errors=True)
            (tmp_path / "control.sqlite").unlink(missing_ok=True)
            try:
                with closing(Store(tmp_path / "store")) as store:
                    restore(archive, store, tmp_path / "control.sqlite", NOW)
            except (BackupError, StoreError, ControlError) as error:
                assert str(error).count("\n") == 0
    assert refused > ARCHIVES // 2


BOMBS = ("sparse", "link", "many", "gzip", "name", "twice")


@pytest.mark.parametrize("bomb", BOMBS)
def test_an_archive_made_to_do_harm_is_one_sentence_and_leaves_nothing(tar, tmp_path, tools, bomb) -> None:
    path = tmp_path / "b.tar"
    with tarfile.open(fileobj=io.BytesIO(tar)) as old, tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as new:
        for entry in old:
            content = old.extractfile(entry).read()  # type: ignore[union-attr]
            if bomb == "gzip" and entry.name.startswith("events/"):
                content = gzip.compress(bytes(200_000_000))
            entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))
            if bomb == "twice":
                new.addfile(entry, io.BytesIO(content))
        extra = tarfile.TarInfo(
            {"name": "../../evil", "link": "control.sqlite"}.get(bomb, "events/2026-01-01.jsonl.gz")
        )
        if bomb == "link":
            extra.type, extra.linkname = tarfile.SYMTYPE, "/etc/passwd"
        if bomb == "sparse":
            extra.type, extra.size = tarfile.GNUTYPE_SPARSE, 0
        if bomb in ("name", "link", "sparse"):
            new.addfile(extra)
        if bomb == "many":
            for number in range(3000):
                new.addfile(tarfile.TarInfo(f"events/{1000 + number}-01-01.jsonl.gz"))
    result = tools.cli("restore", path, "--data", tmp_path / "data")
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1), result.stderr
    assert str(path) in result.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["b.tar"]
