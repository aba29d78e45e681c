"""Whether an account has new rows since a mark, whatever the clock does, and that streams end with the server."""

from __future__ import annotations

import asyncio
import time

import pytest

from server.ingest.commits import Commits
from server.store.row import Row

START_NS = 1_795_514_400_000_000_000
RUN = 1_795_514_400_000


class Clock:
    """The time in nanoseconds, which the test sets."""

    now = START_NS

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("server.ingest.commits.time.time_ns", clock)
    return clock


def row(account: str) -> Row:
    return Row(account, "w1", "0.1.0", 0.01, "load")


def test_an_account_has_new_rows_from_its_commit_on(clock) -> None:
    commits = Commits()
    before = commits.mark()
    assert not commits.has_new("acme", before)
    commits.note([row("acme"), row("acme"), row("other")])
    after = commits.mark()
    assert [commits.has_new(account, before) for account in ("acme", "other", "third")] == [True, True, False]
    assert not commits.has_new("acme", after)
    commits.note_accounts(["acme"])
    assert commits.has_new("acme", after)
    assert not commits.has_new("other", after)


def test_a_mark_is_the_run_and_its_microseconds_and_later_than_all_before(clock) -> None:
    commits = Commits()
    assert [commits.mark(), commits.mark()] == [f"{RUN}-1", f"{RUN}-2"]
    clock.now += 5_000_000
    assert commits.mark() == f"{RUN}-5000"
    clock.now -= 3_000_000
    assert commits.mark() == f"{RUN}-5001"


def test_a_stream_resumes_from_its_mark_or_from_the_start_of_this_run(clock) -> None:
    commits = Commits()
    assert not commits.has_new("acme", commits.resume_mark(""))
    commits.note([row("acme")])
    mark = commits.mark()
    assert commits.resume_mark(mark) == mark
    assert commits.resume_mark(f"{RUN}-{'9' * 15}") == f"{RUN}-{'9' * 15}"
    for other in ("", f"{RUN - 1}-5", f"{RUN}-", f"{RUN}-{'9' * 16}", f"{RUN}-5 ", f"{RUN}--5"):
        assert commits.resume_mark(other) == f"{RUN}-0"
    assert commits.has_new("acme", f"{RUN}-0")


def test_a_stream_waits_until_the_time_or_the_server_ends() -> None:
    async def scenario() -> None:
        commits = Commits()
        start = time.monotonic()
        assert await commits.wait(0.02) is True
        assert time.monotonic() - start >= 0.02
        waiting = asyncio.create_task(commits.wait(3600))
        await asyncio.sleep(0)
        commits.end()
        assert await asyncio.wait_for(waiting, 10) is False

    asyncio.run(scenario())
