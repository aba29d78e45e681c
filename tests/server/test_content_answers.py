"""Content answers are counted by the hour, and a count that the store did not take is tried again as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from server.errors import StoreError
from server.ingest import content_answers
from server.ingest.content_answers import ContentAnswers
from server.store.answers import Hour

NOW = datetime(2026, 11, 24, 10, 59, 58, 7, UTC)
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)


class Store:
    """Keeps the counts of each insert, and fails with `problem` if there is one."""

    def __init__(self) -> None:
        self.inserts: list[tuple[dict[Hour, int], str]] = []
        self.problem = ""

    def __call__(self, counts: Mapping[Hour, int], token: str) -> None:
        self.inserts.append((dict(counts), token))
        if self.problem:
            raise StoreError(self.problem)


def test_answers_of_an_hour_account_widget_and_variant_are_one_count() -> None:
    async def scenario() -> None:
        store = Store()
        answers = ContentAnswers(store, lambda: NOW)
        await answers.flush()
        assert store.inserts == []
        for widget, variant in (("w1", ""), ("w1", ""), ("w2", ""), ("w1", "e7-b")):
            answers.count("acme", widget, variant)
        answers.count("other", "w3")
        await answers.flush()
        await answers.flush()
        ((counts, _),) = store.inserts
        assert counts == {
            Hour(TEN, "acme", "w1"): 2,
            Hour(TEN, "acme", "w2"): 1,
            Hour(TEN, "acme", "w1", "e7-b"): 1,
            Hour(TEN, "other", "w3"): 1,
        }

    asyncio.run(scenario())


def test_the_hour_is_that_of_the_servers_clock() -> None:
    async def scenario() -> None:
        store = Store()
        before = datetime.now(UTC)
        answers = ContentAnswers(store)
        answers.count("acme", "w1")
        await answers.flush()
        ((counts, _),) = store.inserts
        (hour,) = counts
        assert before.replace(minute=0, second=0, microsecond=0) <= hour.start <= datetime.now(UTC)

    asyncio.run(scenario())


def test_while_the_store_fails_only_the_first_insert_is_tried_and_the_rest_become_one(caplog) -> None:
    async def scenario() -> None:
        store = Store()
        answers = ContentAnswers(store, lambda: NOW)
        store.problem = "The disk is full."
        for _ in range(5):
            answers.count("acme", "w1")
            await answers.flush()
            assert len(answers._failed) <= 2
        assert len(store.inserts) == 5
        assert len({token for _, token in store.inserts}) == 1
        store.problem = ""
        store.inserts.clear()
        await answers.flush()
        assert [list(counts.values()) for counts, _ in store.inserts] == [[1], [4]]
        assert len({token for _, token in store.inserts}) == 2

    asyncio.run(scenario())
    assert [record.message for record in caplog.records] == ["Content answers wait: The disk is full."]


def test_a_problem_that_comes_back_is_told_again(caplog) -> None:
    async def scenario() -> None:
        store = Store()
        answers = ContentAnswers(store, lambda: NOW)
        for problem in ("The disk is full.", "", "The disk is full.", "No network."):
            store.problem = problem
            answers.count("acme", "w1")
            await answers.flush()

    asyncio.run(scenario())
    sentences = ["The disk is full.", "The disk is full.", "No network."]
    assert [record.message for record in caplog.records] == [f"Content answers wait: {each}" for each in sentences]


def test_two_flushes_at_the_same_time_store_a_count_once() -> None:
    async def scenario() -> None:
        store = Store()
        answers = ContentAnswers(store, lambda: NOW)
        answers.count("acme", "w1")
        await asyncio.gather(answers.flush(), answers.flush())
        assert len(store.inserts) == 1

    asyncio.run(scenario())


def test_counts_are_stored_again_and_again(monkeypatch) -> None:
    monkeypatch.setattr(content_answers, "FLUSH_S", 0.001)

    async def scenario() -> None:
        store = Store()
        answers = ContentAnswers(store, lambda: NOW)
        regularly = asyncio.create_task(answers.flush_regularly())
        for number in range(3):
            answers.count("acme", "w1")
            async with asyncio.timeout(10):
                while len(store.inserts) == number:
                    await asyncio.sleep(0.001)
        regularly.cancel()

    asyncio.run(scenario())
