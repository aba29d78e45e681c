"""Answers about time that is over are remembered: the same figures, and only the newest rows are read again."""

from __future__ import annotations

import random
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.control.audit import Audit
from server.control.database import ControlDatabase
from server.figures import remembered
from server.figures.filters import Filter
from server.figures.kinds import kinds_of
from server.figures.overview import Overviews
from server.figures.question import Question
from server.figures.remembered import Remembered, split
from server.figures.statistics import LEVELS
from server.store.row import Row
from server.store.store import Store


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)  # of each test: what is over depends on it


@pytest.fixture
def store(tmp_path, now):
    with closing(Store(tmp_path / "store")) as store:
        chance = random.Random(2)
        for hours in range(24 * 20, 0, -5):
            store.insert(rows(chance, 60), now - timedelta(hours=hours))
        yield store


@pytest.fixture
def overviews(store, tmp_path):
    with closing(ControlDatabase(tmp_path / "control.sqlite")) as control:
        yield lambda: Overviews(store, Audit(control), lambda _: ())


def rows(chance: random.Random, number: int) -> list[Row]:
    rows = []
    for _ in range(number):
        common = "acme", chance.choice(["w1", "w2"]), chance.choice(["0.1.0", "0.2.0"]), chance.choice([0.01, 0.5])
        rows.append(Row(*common, "load", "grid", load_ms=int(chance.lognormvariate(6, 1.5))))
        if chance.random() < 0.4:
            rows.append(Row(*common, "error", code="API_ERROR", count=2))
    return rows


def rounded(answer: Any) -> Any:
    """The answer without the last digits of its floats, which depend on the order of adding up."""
    if isinstance(answer, dict):
        return {name: rounded(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [rounded(value) for value in answer]
    return float(f"{answer:.9g}") if isinstance(answer, float) else answer


def ask(overviews: Overviews, name: str, now: datetime) -> Any:
    return rounded(overviews.of(Question.of_range("acme", name, now=now, time_zone="Europe/Berlin"), now))


@pytest.mark.parametrize(("name", "minutes"), [("24h", 20), ("7d", 100), ("30d", 100)])
def test_what_is_remembered_and_what_is_new_give_the_same_figures_as_all_rows_at_once(
    store, overviews, now, name, minutes
) -> None:
    asked_before = overviews()
    first = ask(asked_before, name, now)
    store.insert(rows(random.Random(3), 500), now - timedelta(minutes=minutes))
    store.insert(rows(random.Random(4), 50), now - timedelta(seconds=10))  # so that those before may be told
    again = ask(asked_before, name, now)
    assert again == ask(overviews(), name, now)
    assert again["summary"]["loads"]["page_views"] >= first["summary"]["loads"]["page_views"] + 500


def test_only_the_newest_rows_are_read_again(store, overviews, now, monkeypatch) -> None:
    starts: list[int] = []
    lines = Store.lines

    def watched(self: Store, name: str, *arguments: Any, **parameters: Any) -> bytes:
        if name in ("dashboard", "summary", "load_times", "version_counts"):
            starts.append(parameters["start_ms"])
        return lines(self, name, *arguments, **parameters)

    monkeypatch.setattr(Store, "lines", watched)
    asked_before = overviews()
    ask(asked_before, "30d", now)
    days_ago = (now - timedelta(days=3)).timestamp() * 1000
    assert min(starts) < days_ago
    starts.clear()
    ask(asked_before, "30d", now)
    assert starts
    assert min(starts) > days_ago
    starts.clear()
    asked_before.forget()
    ask(asked_before, "30d", now)
    assert min(starts) < days_ago


def test_what_was_erased_is_forgotten(store, overviews, now) -> None:
    asked_before = overviews()
    assert ask(asked_before, "30d", now)["summary"]["loads"]["value"]
    store._writer.command("TRUNCATE TABLE events")
    asked_before.forget()
    assert ask(asked_before, "30d", now)["summary"]["loads"]["too_few"]


def test_quantiles_are_those_of_the_engine(store, now) -> None:
    question = Question("acme", now - timedelta(days=30), now)
    filter_ = Filter.of(question)
    rows = store.query(
        "summary",
        literals=filter_.expressions(),
        **filter_.parameters(),
        start_ms=question.start_ms,
        end_ms=question.end_ms,
    )
    sql = f"""
        SELECT quantilesBFloat16Weighted({", ".join(map(str, LEVELS))})(
            load_ms + intDiv(roundToExp2(load_ms), 256), toUInt64(round(weight * 100)))
        FROM events WHERE kind = 'load'
    """
    ((of_engine,),) = store._writer.query(sql).result_rows
    assert kinds_of(rows)["load"].tally.quantiles == list(of_engine)


def test_an_answer_that_arrives_after_a_forget_is_not_remembered() -> None:
    class Slow:
        answer = b'{"n": 1}'

        def lines(self, *_: object, **__: object) -> bytes:
            if self.answer == b'{"n": 1}':
                both.forget()
            return self.answer

    slow = Slow()
    both = Remembered(slow)  # type: ignore[arg-type]
    assert both.query("q", is_over=True, literals={}) == [{"n": 1}]
    slow.answer = b'{"n": 2}'
    assert both.query("q", is_over=True, literals={}) == [{"n": 2}]
    slow.answer = b'{"n": 3}'
    assert both.query("q", is_over=True, literals={}) == [{"n": 2}]
    assert both.query("q", is_over=False, literals={}) == [{"n": 3}]


def test_the_answers_that_were_not_used_for_longest_go_first(monkeypatch) -> None:
    monkeypatch.setattr(remembered, "MOST_BYTES", 25)
    answers = remembered._Answers()
    for name in (b"a", b"b"):
        answers.put(name, b"0123456789")
    assert answers.get(b"a")
    answers.put(b"c", b"0123456789")
    assert [answers.get(name) is not None for name in (b"a", b"b", b"c")] == [True, False, True]
    answers.put(b"d", b"0" * 26)  # larger than all that may be remembered
    assert answers.get(b"d") is None


def test_parts_of_a_range_are_asked_for_one_after_the_other() -> None:
    asked: list[Any] = []

    class Noting:
        def lines(self, *arguments: object, **parameters: object) -> bytes:
            asked.append((arguments, parameters))
            return b'{"n": 1}\n{"n": 2}\n'

    answers = Remembered(Noting())  # type: ignore[arg-type]
    for _ in range(2):
        rows = list(answers.parts("q", 15, start_ms=10, end_ms=20, literals={"exclusions": ""}, account="acme"))
        assert rows == [{"n": 1}, {"n": 2}] * 2
    common: dict[str, Any] = {"literals": {"exclusions": ""}, "account": "acme"}
    old, new = ({"start_ms": start, "end_ms": end, **common} for start, end in ((10, 15), (15, 20)))
    assert asked == [(("q", "JSONEachRow"), each) for each in (old, new, new)]
    list(answers.query("q", is_over=True, **new))  # not what it was before it was over
    assert len(asked) == 4
    others: list[dict[str, Any]] = [{"name": "other"}, {"literals": {}}, {"account": "b"}]
    for changes in others:
        answers.query(**{"name": "q", "is_over": True, **old, **changes})
    assert len(asked) == 7


def test_the_size_of_what_is_remembered_is_that_of_the_newest_answers(monkeypatch) -> None:
    monkeypatch.setattr(remembered, "MOST_BYTES", 20)
    answers = remembered._Answers()
    for _ in range(3):
        answers.put(b"a", b"0123456789")  # by several threads at once
    answers.put(b"b", b"0123456789")
    assert answers.get(b"a") and answers.get(b"b")
    answers.put(b"a", b"0123456789+")
    assert (answers.get(b"a"), answers.get(b"b")) == (b"0123456789+", None)


def test_a_range_is_split_at_the_moment_up_to_which_it_is_over() -> None:
    assert list(split(10, 20, 15)) == [(10, 15, True), (15, 20, False)]
    assert list(split(10, 20, 30)) == [(10, 20, True)]
    assert list(split(10, 20, 10)) == [(10, 20, False)]
    assert list(split(10, 20, 5)) == [(10, 20, False)]
    assert list(split(10, 10, 5)) == []
