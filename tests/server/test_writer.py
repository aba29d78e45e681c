"""The writer, with an insert that the test holds in its hand: who hears what, and when."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Any

import pytest

from server.errors import DiskFullError, QueueFullError, StoreError
from server.ingest.writer import COMMIT_ROWS, QUEUE_ROWS, Writer
from server.store.row import Row

ROW = Row("acme", "w1", "0.1.0", 0.01, "load", layout="grid", load_ms=412)


class Inserts:
    """Takes commits; stands still while `gate` is closed, and raises `problem` when there is one."""

    def __init__(self) -> None:
        self.commits: list[list[Row]] = []
        self.tries: list[tuple[datetime, str]] = []
        self.problem: Exception | None = None
        self.entered = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, rows: Sequence[Row], at: datetime, token: str) -> None:
        self.entered.set()
        self.tries.append((at, token))
        assert self.gate.wait(10)
        if self.problem:
            raise self.problem
        self.commits.append(list(rows))


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scenario, 20))


def test_requests_that_come_together_share_a_commit() -> None:
    async def scenario() -> None:
        inserts = Inserts()
        writer = Writer(inserts)
        await asyncio.gather(*(writer.write([ROW, ROW]) for _ in range(20)))
        assert [len(commit) for commit in inserts.commits] == [40]
        assert (writer.written_rows, writer.queued_rows) == (40, 0)
        await writer.close()

    run(scenario())


def test_nobody_is_answered_before_the_rows_are_stored() -> None:
    async def scenario() -> None:
        inserts = Inserts()
        inserts.gate.clear()
        writer = Writer(inserts)
        first = asyncio.create_task(writer.write([ROW]))
        await asyncio.to_thread(inserts.entered.wait, 10)
        second = asyncio.create_task(writer.write([ROW]))
        await asyncio.sleep(0)
        assert not first.done()
        assert writer.queued_rows == 2
        inserts.gate.set()
        await first
        assert len(inserts.commits) == 1
        assert not second.done()  # it came after the first commit had begun
        await second
        assert len(inserts.commits) == 2
        await writer.close()

    run(scenario())


def test_full_commit_waits_for_no_more_and_no_request_is_split(monkeypatch) -> None:
    monkeypatch.setattr("server.ingest.writer.GATHER_S", {"durable": 3600})

    async def scenario() -> None:
        inserts = Inserts()
        writer = Writer(inserts)
        large = [ROW] * (COMMIT_ROWS - 1)
        writes = [asyncio.create_task(writer.write(rows)) for rows in (large, [ROW, ROW], large)]
        await asyncio.wait(writes, return_when=asyncio.FIRST_COMPLETED)
        closing = asyncio.create_task(writer.close())
        await asyncio.gather(*writes, closing)
        assert [len(commit) for commit in inserts.commits] == [COMMIT_ROWS - 1, 2, COMMIT_ROWS - 1]

    run(scenario())


def test_refused_insert_is_told_to_those_who_wait_and_to_nobody_after(caplog) -> None:
    async def scenario() -> None:
        inserts = Inserts()
        writer = Writer(inserts)
        inserts.problem = StoreError("The store could not store rows: NOT_ENOUGH_SPACE.")
        results = await asyncio.gather(*(writer.write([ROW]) for _ in range(3)), return_exceptions=True)
        assert [type(result) for result in results] == [StoreError] * 3
        assert (writer.is_failing, writer.written_rows, writer.queued_rows) == (True, 0, 0)
        inserts.problem = None
        await writer.write([ROW])
        assert (writer.is_failing, writer.written_rows) == (False, 1)
        await writer.close()

    run(scenario())
    assert "NOT_ENOUGH_SPACE" in caplog.text


def test_bug_in_the_insert_does_not_end_the_writer() -> None:
    async def scenario() -> None:
        inserts = Inserts()
        writer = Writer(inserts)
        inserts.problem = ZeroDivisionError()
        with pytest.raises(StoreError):
            await writer.write([ROW])
        inserts.problem = None
        await writer.write([ROW])
        await writer.close()

    run(scenario())


def test_full_queue_turns_away_and_takes_again() -> None:
    async def scenario() -> None:
        inserts = Inserts()
        inserts.gate.clear()
        writer = Writer(inserts)
        full = asyncio.create_task(writer.write([ROW] * QUEUE_ROWS))
        await asyncio.to_thread(inserts.entered.wait, 10)
        with pytest.raises(QueueFullError):
            await writer.write([ROW])
        inserts.gate.set()
        await full
        await writer.write([ROW])
        await writer.close()

    run(scenario())


def test_close_commits_what_waits_and_takes_no_more() -> None:
    async def scenario() -> None:
        inserts = Inserts()
        writer = Writer(inserts)
        writes = [asyncio.create_task(writer.write([ROW])) for _ in range(5)]
        await asyncio.sleep(0)
        await writer.close()
        assert sum(map(len, inserts.commits)) == 5
        await asyncio.gather(*writes)
        with pytest.raises(QueueFullError):
            await writer.write([ROW])
        await writer.flush()  # nothing waits, and nothing is owed

    run(scenario())


def test_flush_returns_after_what_waited_and_swallows_its_failure() -> None:
    async def scenario() -> None:
        inserts = Inserts()
        writer = Writer(inserts)
        write = asyncio.create_task(writer.write([ROW]))
        await asyncio.sleep(0)
        await writer.flush()
        assert len(inserts.commits) == 1
        await write
        inserts.problem = StoreError("no")
        write = asyncio.create_task(writer.write([ROW]))
        await asyncio.sleep(0)
        await writer.flush()
        with pytest.raises(StoreError):
            await write
        await writer.close()

    run(scenario())


def test_cancelled_request_harms_no_other() -> None:
    async def scenario() -> None:
        inserts = Inserts()
        writer = Writer(inserts)
        gone, stays = (asyncio.create_task(writer.write([ROW])) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        await stays
        assert writer.queued_rows == 0
        await writer.close()

    run(scenario())


def test_buffered_rows_are_acknowledged_at_once_and_tried_until_they_are_stored(monkeypatch, caplog) -> None:
    monkeypatch.setattr("server.ingest.writer.RETRY_S", 0.01)

    async def scenario() -> None:
        inserts = Inserts()
        inserts.problem = DiskFullError("The disk is full.")
        writer = Writer(inserts, "buffered")
        await writer.write([ROW])
        await writer.write([ROW, ROW])
        await writer.flush()
        assert (writer.status, writer.queued_rows, writer.written_rows) == ("disk_full", 3, 0)
        await writer.write([ROW])
        await writer.flush()  # returns though nothing can be stored
        inserts.problem = None
        await writer.close()
        assert [len(commit) for commit in inserts.commits] == [3, 1]
        assert len({(at, token) for at, token in inserts.tries[:-1]}) == 1  # the store can know it again
        assert inserts.tries[0] != inserts.tries[-1]
        assert (writer.status, writer.queued_rows, writer.written_rows) == ("ok", 0, 4)

    run(scenario())
    assert [record.message for record in caplog.records] == ["The disk is full.", "The store takes rows again."]


def test_buffered_rows_that_cannot_be_stored_at_the_end_are_said_to_be_lost(caplog) -> None:
    async def scenario() -> None:
        inserts = Inserts()
        inserts.problem = StoreError("The store could not store rows: NETWORK_ERROR.")
        writer = Writer(inserts, "buffered")
        await writer.write([ROW, ROW])
        await writer.close()
        assert (writer.status, writer.queued_rows, inserts.commits) == ("store_failing", 0, [])

    run(scenario())
    assert "2 acknowledged rows are lost" in caplog.text


def test_failing_store_is_probed_and_found_well_though_nobody_sends(monkeypatch) -> None:
    monkeypatch.setattr("server.ingest.writer.RETRY_S", 0.01)
    monkeypatch.setattr("server.ingest.writer.PROBE_S", 0.01)
    problems = iter([DiskFullError("full"), DiskFullError("full"), None])

    async def scenario() -> None:
        tried = asyncio.Event()
        states = []

        def probe() -> None:
            problem = next(problems, None)
            states.append(writer.status)
            if len(states) > 3:
                loop.call_soon_threadsafe(tried.set)
            if problem:
                raise problem

        loop = asyncio.get_running_loop()
        writer = Writer(Inserts(), probe=probe)
        await tried.wait()
        assert states[:4] == ["ok", "disk_full", "disk_full", "ok"]
        await writer.close()

    run(scenario())


def test_who_listens_hears_of_every_commit_until_it_ends_that(caplog) -> None:
    async def scenario() -> None:
        writer = Writer(Inserts())
        heard: list[int] = []

        def broken(rows: Sequence[Row]) -> None:
            raise ZeroDivisionError

        writer.on_commit(broken)
        cancel = writer.on_commit(lambda rows: heard.append(len(rows)))
        await writer.write([ROW, ROW])
        assert heard == [2]
        cancel()
        cancel()
        await writer.write([ROW])
        assert heard == [2]
        await writer.close()

    run(scenario())
    assert "ZeroDivisionError" in caplog.text
