"""Reads from the store what rules are judged by. It is the only module here that knows where a figure comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ..figures.disclosure import FEWEST_PAGE_VIEWS
from ..figures.kinds import Figure
from ..figures.question import Question
from ..figures.statistics import Tally, share, total
from ..figures.summary import summary
from ..store.store import Store
from .reading import Reading
from .rule import Rule

HEARD = ("rows", "total", "squares", "fourths")


class ContentAnswers(Protocol):
    """Counts how often widgets were given out to pages."""

    def given(self, account: str, start: datetime, end: datetime) -> Mapping[str, int] | None:
        """The answers by widget, of the whole hours in the range; None if nobody counts them. Raises StoreError."""


class StoredAnswers:
    """The answers in the store's table `content_answers`: hour, account, widget, answers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def given(self, account: str, start: datetime, end: datetime) -> Mapping[str, int] | None:
        if not self._store.query("has_content_answers")[0]["result"]:
            return None
        rows = self._store.query("content_answers_given", account=account, start_ms=_ms(start), end_ms=_ms(end))
        return {row["widget"]: int(row["answers"]) for row in rows}


@dataclass(frozen=True)
class Heard:
    """Page views that were heard from, each with a weight of 1 / sampling rate."""

    rows: int = 0
    total: float = 0  # sum of the weights
    squares: float = 0  # sum of their squares
    fourths: float = 0

    @property
    def tally(self) -> Tally:
        return Tally(self.total, self.squares, self.fourths, self.total, self.total, self.squares, self.fourths)


@dataclass
class Sample:
    """The sampled page views of a widget in a time span."""

    loads: Heard = field(default_factory=Heard)
    errors: dict[str, Heard] = field(default_factory=dict)  # by code

    @property
    def rows(self) -> int:
        return self.loads.rows + sum(heard.rows for heard in self.errors.values())


class Measures:
    """Answers for one account's rules, each question to the store once. Its methods block and raise StoreError."""

    def __init__(self, store: Store, answers: ContentAnswers, account: str, rate: float, codes: list[str]) -> None:
        """`rate` is the account's sampling rate; `codes` are the error codes that its rules name."""
        self._store, self._answers = store, answers
        self._account, self._rate, self._codes = account, rate, codes
        self._samples: dict[tuple[datetime, datetime], dict[str, Sample]] = {}
        self._given: dict[tuple[datetime, datetime], Mapping[str, int] | None] = {}
        self._summaries: dict[tuple[str, datetime, datetime], dict[str, Figure]] = {}

    def read(self, rule: Rule, widget: str, start: datetime, end: datetime) -> Reading | None:
        """The rule's metric, or None if too few page views are behind it."""
        if rule.metric in ("coverage", "overcount"):
            return self._coverage(widget, start, end, rule.min_page_views)
        if self.sample(widget, start, end).rows < rule.min_page_views:
            return None
        if rule.metric == "code":
            return self._code(rule, widget, start, end)
        figure = self._summary(widget, start, end)[rule.metric]
        if figure["value"] is None or figure["low"] is None or (figure["page_views"] or 0) < rule.min_page_views:
            return None
        return Reading(figure["value"], figure["low"], figure["high"], figure["page_views"] or 0)

    def sample(self, widget: str, start: datetime, end: datetime) -> Sample:
        """The widget's sampled page views. One query answers for all widgets of the account."""
        if (start, end) not in self._samples:
            self._samples[start, end] = self._query_samples(start, end)
        return self._samples[start, end].get(widget) or Sample()

    def given(self, widget: str, start: datetime, end: datetime) -> int | None:
        """How often the widget was given out, or None if nobody counts that."""
        if (start, end) not in self._given:
            self._given[start, end] = self._answers.given(self._account, start, end)
        answers = self._given[start, end]
        return None if answers is None else answers.get(widget, 0)

    def expected_rows(self, widget: str, start: datetime, end: datetime) -> float:
        """The page views of this time that would be sampled at the rate of today."""
        return self.sample(widget, start, end).loads.total * self._rate

    def _code(self, rule: Rule, widget: str, start: datetime, end: datetime) -> Reading | None:
        """The share of page views with the code. A page view with an error of the widget seldom has a load too."""
        sample = self.sample(widget, start, end)
        errors = sample.errors.get(rule.code or "", Heard())
        base = Heard(*(getattr(errors, name) + getattr(sample.loads, name) for name in HEARD))
        if base.rows < rule.min_page_views:
            return None
        value, low, high, is_uneven = share(errors.tally, base.tally)
        return None if is_uneven else Reading(value, low or 0, high, base.rows)

    def _coverage(self, widget: str, start: datetime, end: datetime, fewest: int) -> Reading | None:
        """Page views that were heard from for each page given out."""
        given = self.given(widget, start, end)
        if not given or given * self._rate < fewest:
            return None
        loads = self.sample(widget, start, end).loads
        if loads.rows < FEWEST_PAGE_VIEWS:  # not to be told; but they are at most what FEWEST_PAGE_VIEWS would be
            few = total(_sampled(FEWEST_PAGE_VIEWS, self._rate).tally)
            return Reading(None, 0, (few.high or 0) / given, loads.rows)
        value, low, high, is_uneven = total(loads.tally)
        if is_uneven:
            return None
        return Reading(value / given, (low or 0) / given, None if high is None else high / given, loads.rows)

    def _summary(self, widget: str, start: datetime, end: datetime) -> dict[str, Figure]:
        if (widget, start, end) not in self._summaries:
            question = Question(self._account, start, end, widget=widget)
            self._summaries[widget, start, end] = summary(self._store, question)
        return self._summaries[widget, start, end]

    def _query_samples(self, start: datetime, end: datetime) -> dict[str, Sample]:
        rows = self._store.query(
            "page_views_by_widget", account=self._account, codes=self._codes, start_ms=_ms(start), end_ms=_ms(end)
        )
        samples: dict[str, Sample] = defaultdict(Sample)
        for row in rows:
            heard = Heard(int(row["rows"]), row["total"], row["squares"], row["fourths"])
            if row["kind"] == "load":
                samples[row["widget"]].loads = heard
            else:
                samples[row["widget"]].errors[row["own_code"]] = heard
        return samples


def _sampled(rows: int, rate: float) -> Heard:
    """This number of page views, sampled at this rate."""
    return Heard(rows, rows / rate, rows / rate**2, rows / rate**4)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
