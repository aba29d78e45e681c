"""The writer, with an insert that the test controls: when requests are acknowledged or refused."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Any

import pytest

from server.errors import DiskFullError, QueueFullError, StoreError
from server.ingest import writer as writer_module
from server.ingest.writer import COMMIT_ROWS, QUEUE_ROWS, Writer
from server.store.row import Row

ROW = Row("acme", "w1", "0.1.0", 0.01, "load", layout="grid", load_ms=412)


class Inserts:
    """An insert that records commits. It waits while `gate` is closed, and raises `problem` if there is one."""

    def __init__(self) -> None:
        self.commits: list[list[Row]] = []
        self.attempts: list[tuple[datetime, str]] = []
        self.problem: Exception | None = None
        self.entered = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, rows: Sequence[Row], at: datetime, token: str) -> None:
        self.entered.set()
        self.attempts.append((at, token))
        assert self.gate.wait(10)
        if self.problem:
            raise self.problem
        self.commits.append(list(rows))


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scenario, 20))


def test_requests_at_the_same_time_share_a_commit() -> None:
    async def scenario() -> None:
        inserts = Inserts()
        writer = Writer(inserts)
        await asyncio.gather(*(writer.write([ROW, ROW]) for _ in range(20)))
        assert [len(commit) for commit in inserts.commits] == [40]
        assert (writer.written_rows, writer.queued_rows) == (40, 0)
        await writer.close()

    run(scenario())


def test_no_request_is_acknowledged_before_its_rows_are_stored() -> None:
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
        assert not second.done()  # it arrived after the first commit began
        await second
        assert len(inserts.commits) == 2
        await writer.close()

    run(scenario())


def test_a_full_commit_starts_at_once_and_no_request_is_split(monkeypatch) -> None:
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


def test_a_commit_starts_with_the_row_that_fills_it(monkeypatch) -> None:
    monkeypatch.setattr("server.ingest.writer.COMMIT_ROWS", 4)
    monkeypatch.setattr("server.ingest.writer.GATHER_S", {"durable": 3600})

    async def scenario() -> None:
        inserts = Inserts()
        writer = Writer(inserts)
        writes = []
        for rows in ([ROW, ROW], [ROW]):
            writes.append(asyncio.create_task(writer.write(rows)))
            await asyncio.sleep(0.02)
            assert inserts.commits == []
        await asyncio.wait_for(writer.write([ROW]), 5)
        await asyncio.gather(*writes)
        await asyncio.wait_for(writer.write([ROW] * 4), 5)
        assert [len(commit) for commit in inserts.commits] == [4, 4]
        last = asyncio.create_task(writer.write([ROW]))
        await asyncio.sleep(0.02)
        assert len(inserts.commits) == 2
        await asyncio.gather(last, writer.close())

    run(scenario())


@pytest.mark.parametrize(("sizes", "commits"), [((2, 1, 2), [3, 2]), ((1, 1, 2, 1), [4, 1]), ((5, 1), [5, 1])])
def test_a_commit_has_as_many_requests_as_fit(sizes, commits, monkeypatch) -> None:
    monkeypatch.setattr("server.ingest.writer.COMMIT_ROWS", 4)

    async def scenario() -> None:
        inserts = Inserts()
        writer = Writer(inserts)
        await asyncio.gather(*(writer.write([ROW] * size) for size in sizes))
        assert [len(commit) for commit in inserts.commits] == commits
        await writer.close()

    run(scenario())


def test_a_flush_of_nothing_stores_nothing() -> None:
    async def scenario() -> None:
        inserts = Inserts()
        writer = Writer(inserts)
        await writer.flush()
        assert inserts.attempts == []
        await writer.close()

    run(scenario())


def test_a_writer_without_rows_waits_for_some(monkeypatch) -> None:
    waits: list[float] = []

    async def counted(event: asyncio.Event, timeout_s: float) -> bool:
        waits.append(timeout_s)
        return await wait(event, timeout_s)

    wait = writer_module._wait
    monkeypatch.setattr(writer_module, "_wait", counted)

    async def scenario() -> None:
        inserts = Inserts()
        writer = Writer(inserts)
        await writer.write([ROW])
        await asyncio.sleep(0.02)
        number = len(waits)
        await asyncio.sleep(0.02)
        assert len(waits) == number
        assert waits[-1] == writer_module.PROBE_S
        inserts.problem = StoreError("no")
        with pytest.raises(StoreError):
            await writer.write([ROW])
        await asyncio.sleep(0.02)
        assert waits[-1] == writer_module.RETRY_S
        await writer.close()

    run(scenario())


def test_a_closed_writer_leaves_no_thread() -> None:
    async def scenario() -> None:
        before = set(threading.enumerate())
        writer = Writer(Inserts())
        await writer.write([ROW])
        (thread,) = set(threading.enumerate()) - before
        assert thread.name.startswith("writer")
        await writer.close()
        assert not thread.is_alive()

    run(scenario())


def test_a_store_that_takes_rows_from_the_start_is_no_news(caplog) -> None:
    async def scenario() -> None:
        writer = Writer(Inserts())
        assert (writer.status, writer.problem, writer.is_failing) == ("ok", "", False)
        await writer.write([ROW])
        assert writer.problem == ""
        await writer.close()

    run(scenario())
    assert not caplog.records


def test_a_failed_insert_fails_the_requests_that_wait_and_no_later_ones(caplog) -> None:
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


def test_a_bug_in_the_insert_does_not_end_the_writer() -> None:
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


def test_a_full_queue_refuses_rows_until_it_has_room() -> None:
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


def test_close_commits_the_queue_and_refuses_new_rows() -> None:
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
        await writer.flush()  # returns at once

    run(scenario())


def test_flush_returns_after_the_queue_was_tried_and_raises_nothing() -> None:
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


def test_a_cancelled_request_does_not_affect_others() -> None:
    async def scenario() -> None:
        inserts = Inserts()
        writer = Writer(inserts)
        cancelled, other = (asyncio.create_task(writer.write([ROW])) for _ in range(2))
        await asyncio.sleep(0)
        cancelled.cancel()
        await other
        assert writer.queued_rows == 0
        await writer.close()

    run(scenario())


def test_buffered_rows_are_acknowledged_at_once_and_retried_until_they_are_stored(monkeypatch, caplog) -> None:
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
        await writer.flush()  # returns although nothing can be stored
        inserts.problem = None
        await writer.close()
        assert [len(commit) for commit in inserts.commits] == [3, 1]
        assert (
            len({(at, token) for at, token in inserts.attempts[:-1]}) == 1
        )  # so that the store recognizes the repeated commit
        assert inserts.attempts[0] != inserts.attempts[-1]
        assert (writer.status, writer.queued_rows, writer.written_rows) == ("ok", 0, 4)

    run(scenario())
    assert [record.message for record in caplog.records] == ["The disk is full.", "The store takes rows again."]


def test_the_log_names_buffered_rows_that_are_lost_at_the_end(caplog) -> None:
    async def scenario() -> None:
        inserts = Inserts()
        inserts.problem = StoreError("The store could not store rows: NETWORK_ERROR.")
        writer = Writer(inserts, "buffered")
        await writer.write([ROW, ROW])
        await writer.close()
        assert (writer.status, writer.queued_rows, inserts.commits) == ("store_failing", 0, [])

    run(scenario())
    assert "2 acknowledged rows are lost" in caplog.text


def test_a_failing_store_is_probed_until_it_recovers_although_no_rows_arrive(monkeypatch) -> None:
    monkeypatch.setattr("server.ingest.writer.RETRY_S", 0.01)
    monkeypatch.setattr("server.ingest.writer.PROBE_S", 0.01)
    problems = iter([DiskFullError("full"), DiskFullError("full"), None])

    async def scenario() -> None:
        probed = asyncio.Event()
        states = []

        def probe() -> None:
            problem = next(problems, None)
            states.append(writer.status)
            if len(states) > 3:
                loop.call_soon_threadsafe(probed.set)
            if problem:
                raise problem

        loop = asyncio.get_running_loop()
        writer = Writer(Inserts(), probe=probe)
        await probed.wait()
        assert states[:4] == ["ok", "disk_full", "disk_full", "ok"]
        await writer.close()

    run(scenario())


def test_a_listener_gets_every_commit_until_it_cancels(caplog) -> None:
    async def scenario() -> None:
        writer = Writer(Inserts())
        sizes: list[int] = []

        def broken(rows: Sequence[Row]) -> None:
            raise ZeroDivisionError

        writer.on_commit(broken)
        cancel = writer.on_commit(lambda rows: sizes.append(len(rows)))
        await writer.write([ROW, ROW])
        assert sizes == [2]
        cancel()
        cancel()
        await writer.write([ROW])
        assert sizes == [2]
        await writer.close()

    run(scenario())
    assert "ZeroDivisionError" in caplog.text
