"""The dashboard with what makes it understood: a step that fits, the change, the distribution, and the marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from ..control.audit import Audit
from ..control.exclusions import Exclusion
from ..retention_period import RETENTION
from ..store.store import Store
from . import load_times, marks, rate_proposal
from .buckets import buckets, step_for, step_with_enough
from .comparison import changes, length_told
from .dashboard import Dashboards, iso
from .disclosure import ms_of, tick_of
from .filters import Filter
from .kinds import figures
from .names import NO_REGION, OTHER
from .page_views import Past
from .question import LONGEST, RANGES, Question, zone_of
from .rate_proposal import Proposal

MAX_VERSIONS = 20  # the most versions that may have a mark
MAX_ENTRIES = 1000  # the most audit entries to look through


class Overviews:
    """Answers questions from a store and the audit trail. Its methods block."""

    def __init__(self, store: Store, audit: Audit, exclusions_of: Callable[[str], Sequence[Exclusion]]) -> None:
        """`exclusions_of` returns what an account's figures leave out."""
        self._audit, self._exclusions_of = audit, exclusions_of
        self._dashboards = Dashboards(store, exclusions_of)

    def of(self, question: Question, now: datetime) -> dict[str, Any]:
        """The dashboard in JSON types. Raises StoreError and ControlError."""
        question = replace(question, exclusions=tuple(self._exclusions_of(question.account)))
        past = self._dashboards.past(question)
        step = _step_with_enough(question, past)
        question = replace(question, chosen_step=step)
        answer = self._dashboards.of(question, past)
        return {
            **answer,
            "has_enough": step is not None,
            "enough_in": None if step else self._longer_range(question, now),
            "load_times": self._load_times(question, past, answer),
            **self._comparison(question, answer, now),
            "names": self._names(question, answer),
            "marks": self._marks(question, past, answer),
        }

    def forget(self) -> None:
        """Forget what is remembered of the past, because rows of it were erased."""
        self._dashboards.forget()

    def of_code(self, question: Question, code: str) -> dict[str, Any]:
        """The errors with this code, in JSON types. Raises StoreError."""
        return self._dashboards.of_code(question, code)

    def rate_for(self, account: str, widget: str | None, figure: str, precision: float, days: float) -> Proposal:
        """The sampling rate that a wanted precision takes. Raises StoreError."""
        question = Question.of_range(account, rate_proposal.RANGE, widget=widget)
        return rate_proposal.propose(*self._dashboards.sums(question), figure, precision, days)

    def _longer_range(self, question: Question, now: datetime) -> str | None:
        """The name of the shortest longer range that has enough page views for a line over time."""
        filters = {name: value for name, value in vars(question).items() if name not in _TIMES}
        for name, length in RANGES.items():
            if length > question.length:
                longer = Question.of_range(name=name, now=now, **filters)
                if _step_with_enough(longer, self._dashboards.past(longer)):
                    return name
        return None

    def _load_times(self, question: Question, past: Past, answer: dict[str, Any]) -> dict[str, Any]:
        """The distribution of the load times in the time range that the answer tells of."""
        told = replace(question, start=datetime.fromisoformat(answer["from"]), end=datetime.fromisoformat(answer["to"]))
        bins: defaultdict[int, list[load_times.Loads]] = defaultdict(list)
        if not answer["summary"]["loads"]["too_few"] and told.start < told.end:
            for row in self._rows("load_times", told, past, bins=list(load_times.BINS)):
                bins[int(row["bin"])].append(load_times.Loads(row["page_views"], row["total"], row["squares"]))
        loads = {bin_: load_times.together(some) for bin_, some in bins.items()}
        return {"bins": load_times.histogram(loads), **load_times.bands(loads)}

    def _rows(self, query: str, question: Question, past: Past, **parameters: object) -> Iterator[dict[str, Any]]:
        """The rows of a query for the question, in the parts that `Remembered` makes of its time."""
        filter_ = Filter.of(question)
        return self._dashboards.answers.parts(
            query,
            ms_of(past.over),
            literals=filter_.expressions(),
            start_ms=question.start_ms,
            end_ms=question.end_ms,
            **filter_.parameters(),
            **parameters,
        )

    def _comparison(self, question: Question, answer: dict[str, Any], now: datetime) -> dict[str, Any]:
        before = question.before(now)
        if before is None:
            return {"before": None, "changes": None}
        kinds, length = self._dashboards.sums(before)
        summary = figures(kinds, with_errors=question.with_errors)
        return {
            "before": {"from": iso(before.start), "to": iso(before.end)},
            "changes": changes(answer["summary"], summary, length_told(answer) / length if length else 1),
        }

    def _names(self, question: Question, answer: dict[str, Any]) -> dict[str, list[str]]:
        """The names that each filter can choose, whatever the filters are now, the most frequent first."""
        if question.is_filtered:
            everything = Question(question.account, question.start, question.end, exclusions=question.exclusions)
            answer = self._dashboards.of(everything)
        names = {name: [item["name"] for item in answer[f"by_{name}"] if item["name"] != OTHER] for name in _NAMED}
        # A filter by regions that were named by chance would select others' page views.
        if answer["regions_by_chance"]:
            names["region"] = []
        return {**names, "region": [name for name in names["region"] if name != NO_REGION]}

    def _marks(self, question: Question, past: Past, answer: dict[str, Any]) -> list[dict[str, Any]]:
        step, zone = question.step, zone_of(question.time_zone)
        versions = [item["name"] for item in answer["by_version"] if not item["loads"]["too_few"]][:MAX_VERSIONS]
        found = marks.settings(self._audit.entries(question.account, limit=MAX_ENTRIES), question.start, question.end)
        if len(versions) > 1:
            starts = [int(at.timestamp()) for at in buckets(question.start, question.end, step, zone)]
            # From a whole hour on, so that what is asked of the past stays the same for a while.
            first = max(question.start - question.length, question.end - RETENTION).replace(
                minute=0, second=0, microsecond=0
            )
            wider = replace(question, start=max(first, question.end - LONGEST))
            rows = self._rows("version_counts", wider, past, buckets=starts, versions=sorted(versions))
            found += marks.versions(rows)
        return [{**mark, "at": iso(mark["at"])} for mark in sorted(found, key=lambda mark: mark["at"])]


def _step_with_enough(question: Question, past: Past) -> timedelta | None:
    """The shortest step at which most points in time have enough page views."""
    zone = zone_of(question.time_zone)
    starts = buckets(question.start, question.end, step_for(question.length), zone)
    ticks = [tick_of(int(at.timestamp() * 1000)) for at in (*starts, question.end)]
    page_views = past.partition().inside
    counts = {at: round(page_views.between(*ends)) for at, ends in zip(starts, pairwise(ticks), strict=True)}
    return step_with_enough(counts, question.start, question.end, zone)


_NAMED = ("widget", "layout", "version", "region")
_TIMES = ("start", "end", "chosen_step")
