"""Reads from the store what rules are judged by. It is the only module here that knows where a figure comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ..figures import statistics
from ..figures.dashboard import Dashboards
from ..figures.question import Question
from ..figures.statistics import FEWEST_ROWS, Tally
from ..store.store import Store
from .reading import Reading
from .rule import Rule

# The dashboard's names of today. `rows` of a load is its page views.
ERROR_SHARE, PAGE_VIEWS = "error_rate", "rows"


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


@dataclass
class Sample:
    """The sampled page views of a widget in a time span."""

    loads: Tally = field(default_factory=Tally)
    errors: dict[str, Tally] = field(default_factory=dict)  # by code

    @property
    def rows(self) -> int:
        return self.loads.rows + sum(tally.rows for tally in self.errors.values())


class Measures:
    """Answers for one account's rules, each question to the store once. Its methods block and raise StoreError."""

    def __init__(self, store: Store, answers: ContentAnswers, account: str, rate: float, codes: list[str]) -> None:
        """`rate` is the account's sampling rate; `codes` are the error codes that its rules name."""
        self._store, self._dashboards, self._answers = store, Dashboards(store), answers
        self._account, self._rate, self._codes = account, rate, codes
        self._samples: dict[tuple[datetime, datetime], dict[str, Sample]] = {}
        self._given: dict[tuple[datetime, datetime], Mapping[str, int] | None] = {}
        self._summaries: dict[tuple[str, datetime, datetime], dict[str, Any]] = {}

    def read(self, rule: Rule, widget: str, start: datetime, end: datetime) -> Reading | None:
        """The rule's metric, or None if too few page views are behind it."""
        if rule.metric in ("coverage", "overcount"):
            return self._coverage(widget, start, end, rule.min_page_views)
        if self.sample(widget, start, end).rows < rule.min_page_views:
            return None
        if rule.metric == "code":
            return self._code(rule, widget, start, end)
        figure = self._summary(widget, start, end)[ERROR_SHARE if rule.metric == "error_share" else rule.metric]
        if figure["value"] is None or figure[PAGE_VIEWS] < rule.min_page_views:
            return None
        return Reading(figure["value"], figure["low"], figure["high"], figure[PAGE_VIEWS])

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
        errors = sample.errors.get(rule.code or "", Tally())
        loads = sample.loads
        base = Tally(loads.rows + errors.rows, loads.total + errors.total, loads.squares + errors.squares)
        if base.rows < rule.min_page_views:
            return None
        figure = statistics.ratio(errors, base)
        return Reading(figure["value"], figure["low"] or 0, figure["high"], base.rows)

    def _coverage(self, widget: str, start: datetime, end: datetime, fewest: int) -> Reading | None:
        """Page views that were heard from for each page given out."""
        given = self.given(widget, start, end)
        if not given or given * self._rate < fewest:
            return None
        loads = self.sample(widget, start, end).loads
        if loads.rows < FEWEST_ROWS:  # not to be told; but they are at most what FEWEST_ROWS would be
            few = statistics.total(_sampled(FEWEST_ROWS, self._rate))
            return Reading(None, 0, (few["high"] or 0) / given, loads.rows)
        figure = statistics.total(Tally(loads.rows, loads.total, loads.squares, loads.total))
        high = None if figure["high"] is None else figure["high"] / given
        return Reading((figure["value"] or 0) / given, (figure["low"] or 0) / given, high, loads.rows)

    def _summary(self, widget: str, start: datetime, end: datetime) -> dict[str, Any]:
        if (widget, start, end) not in self._summaries:
            answer = self._dashboards.of(Question(self._account, start, end, widget=widget))
            self._summaries[widget, start, end] = answer["summary"]
        return self._summaries[widget, start, end]

    def _query_samples(self, start: datetime, end: datetime) -> dict[str, Sample]:
        rows = self._store.query(
            "page_views_by_widget", account=self._account, codes=self._codes, start_ms=_ms(start), end_ms=_ms(end)
        )
        samples: dict[str, Sample] = defaultdict(Sample)
        for row in rows:
            tally = Tally(int(row["rows"]), row["total"], row["squares"])
            if row["kind"] == "load":
                samples[row["widget"]].loads = tally
            else:
                samples[row["widget"]].errors[row["own_code"]] = tally
        return samples


def _sampled(rows: int, rate: float) -> Tally:
    """This number of page views, sampled at this rate."""
    return Tally(rows, rows / rate, rows / rate**2, rows / rate)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
