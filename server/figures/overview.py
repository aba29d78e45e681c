"""The dashboard with what makes it understood: a step that fits, the change, the distribution, and the marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ..control.audit import Audit
from ..control.exclusions import Exclusion
from ..retention_period import RETENTION
from ..store.store import Store
from . import load_times, marks
from .buckets import FEWEST, buckets, step_for, step_with_enough
from .comparison import changes
from .dashboard import MAX_NAMES, Dashboards, iso
from .kinds import figures, tally_of
from .question import RANGES, Question, zone_of
from .statistics import LEVELS, Tally

MAX_VERSIONS = 20  # the most versions that may have a mark
MAX_ENTRIES = 1000  # the most audit entries to look through


class Overviews:
    """Answers questions from a store and the audit trail. Its methods block."""

    def __init__(self, store: Store, audit: Audit, exclusions_of: Callable[[str], Sequence[Exclusion]]) -> None:
        """`exclusions_of` returns what an account's figures leave out."""
        self._store, self._audit, self._exclusions_of = store, audit, exclusions_of
        self._dashboards = Dashboards(store, exclusions_of)

    def of(self, question: Question, now: datetime) -> dict[str, Any]:
        """The dashboard in JSON types. Raises StoreError and ControlError."""
        question = replace(question, exclusions=tuple(self._exclusions_of(question.account)))
        counts, bins = self._load_counts(question)
        step = step_with_enough(counts, question.start, question.end, zone_of(question.time_zone))
        question = replace(question, chosen_step=step)
        answer = self._dashboards.of(question)
        return {
            **answer,
            "has_enough": step is not None,
            "enough_in": None if step else self._longer_range(question, now),
            "load_times": {"bins": load_times.histogram(bins), **load_times.bands(bins)},
            **self._comparison(question, answer["summary"], now),
            "names": self._names(question, answer),
            "marks": self._marks(question, answer),
        }

    def _load_counts(self, question: Question) -> tuple[dict[datetime, int], dict[int, Tally]]:
        """The loads by bucket of the shortest step, and by bin of load time."""
        starts = buckets(question.start, question.end, step_for(question.length), zone_of(question.time_zone))
        rows = self._store.query(
            "load_counts",
            literals=question.literals,
            buckets=[int(at.timestamp()) for at in starts],
            bins=list(load_times.BINS),
            **question.parameters,
        )
        counts, bins = dict.fromkeys(starts, 0), {}
        for row in rows:
            if row["part"] == "buckets":
                counts[datetime.fromtimestamp(row["bucket"], UTC)] = int(row["rows"])
            else:
                bins[int(row["bin"])] = Tally(int(row["rows"]), row["total"], row["squares"])
        return counts, bins

    def _longer_range(self, question: Question, now: datetime) -> str | None:
        """The name of the shortest longer range that has enough page views for a line over time."""
        filters = {name: value for name, value in vars(question).items() if name not in _TIMES}
        for name, length in RANGES.items():
            if length > question.length:
                longer = Question.of_range(name=name, now=now, **filters)
                counts, _ = self._load_counts(longer)
                if step_with_enough(counts, longer.start, longer.end, zone_of(longer.time_zone)):
                    return name
        return None

    def _comparison(self, question: Question, summary: dict[str, Any], now: datetime) -> dict[str, Any]:
        before = question.before(now)
        if before is None:
            return {"before": None, "changes": None}
        levels = {"levels": ", ".join(map(str, LEVELS)), **question.literals}
        rows = self._store.query("summary", literals=levels, **before.parameters)
        earlier = figures({row["kind"]: tally_of(row) for row in rows}, with_errors=question.with_errors)
        return {
            "before": {"from": iso(before.start), "to": iso(before.end)},
            "changes": changes(summary, earlier),
        }

    def _names(self, question: Question, answer: dict[str, Any]) -> dict[str, list[str]]:
        """The names that each filter can choose, whatever the filters are now, the most frequent first."""
        if not question.is_filtered:
            return {name: [item["name"] for item in answer[f"by_{name}"]] for name in _NAMED}
        parameters = Question(question.account, question.start, question.end).parameters
        names: dict[str, list[str]] = defaultdict(list)
        for row in self._store.query(
            "filter_names", literals=question.literals, fewest=FEWEST, most=MAX_NAMES, **parameters
        ):
            names[row["part"]].append(row["name"])
        return {name: names[name] for name in _NAMED}

    def _marks(self, question: Question, answer: dict[str, Any]) -> list[dict[str, Any]]:
        step, zone = question.step, zone_of(question.time_zone)
        versions = [item["name"] for item in answer["by_version"] if not item["loads"]["too_few"]][:MAX_VERSIONS]
        found = marks.settings(self._audit.entries(question.account, limit=MAX_ENTRIES), question.start, question.end)
        if len(versions) > 1:
            starts = [int(at.timestamp()) for at in buckets(question.start, question.end, step, zone)]
            wider = replace(question, start=max(question.start - question.length, question.end - RETENTION))
            rows = self._store.query(
                "version_counts", literals=question.literals, buckets=starts, versions=versions, **wider.parameters
            )
            found += marks.versions(rows)
        return [{**mark, "at": iso(mark["at"])} for mark in sorted(found, key=lambda mark: mark["at"])]


_NAMED = ("widget", "layout", "version")
_TIMES = ("start", "end", "chosen_step")
