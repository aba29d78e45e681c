"""The dashboard: all figures that answer one question, from one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from ..control.exclusions import Exclusion
from ..retention_period import RETENTION_DAYS
from ..store.store import Store
from .buckets import bucket_after, buckets
from .kinds import NO_ROWS, figures, tally_of
from .question import Question, zone_of
from .statistics import LEVELS, Tally, total

MAX_NAMES = 100  # the most widgets, layouts, versions or codes in one table
GROUPED = {"by_widget": "widget", "by_layout": "layout", "by_version": "version", "errors": "code"}

Kinds = dict[str, Tally]


class Dashboards:
    """Answers questions from a store. Its methods block, as those of the store do."""

    def __init__(self, store: Store, exclusions_of: Callable[[str], Sequence[Exclusion]] = lambda _: ()) -> None:
        """`exclusions_of` returns what an account's figures leave out."""
        self._store, self._exclusions_of = store, exclusions_of

    def of(self, question: Question) -> dict[str, Any]:
        """The whole dashboard, in JSON types only. Raises StoreError."""
        question = replace(question, exclusions=tuple(self._exclusions_of(question.account)))
        zone = zone_of(question.time_zone)
        starts = buckets(question.start, question.end, question.step, zone)
        edges = [*starts, bucket_after(starts[-1], question.step, zone)]
        parts = self._parts(question, starts)
        with_errors = question.with_errors
        whole = {at: question.start <= at and end <= question.end for at, end in pairwise(edges)}
        return {
            "from": iso(question.start),
            "to": iso(question.end),
            "time_zone": question.time_zone,
            "step_s": int(question.step / timedelta(seconds=1)),
            "retention_days": RETENTION_DAYS,
            "summary": figures(parts["summary"][""], with_errors=with_errors),
            "over_time": [
                {
                    "at": iso(max(at, question.start)),
                    "whole": whole[at],
                    **figures(parts["over_time"][at], with_errors=with_errors),
                }
                for at in starts
            ],
            "by_widget": _table(parts["by_widget"], with_errors=with_errors),
            "by_layout": _table(parts["by_layout"], with_errors=False),
            "by_version": _table(parts["by_version"], with_errors=with_errors),
            "errors": _errors(parts["errors"]),
        }

    def _parts(self, question: Question, starts: list[datetime]) -> dict[str, dict[Any, Kinds]]:
        """The tallies by part of the dashboard, then by name or point in time, then by kind."""
        rows = self._store.query(
            "dashboard",
            literals={"levels": ", ".join(map(str, LEVELS)), **question.literals},
            buckets=[int(at.timestamp()) for at in starts],
            **question.parameters,
        )
        parts: dict[str, dict[Any, Kinds]] = defaultdict(lambda: defaultdict(dict))
        for row in rows:
            part = row["part"]
            name = (
                datetime.fromtimestamp(row["bucket"], UTC)
                if part == "over_time"
                else row[GROUPED[part]]
                if part in GROUPED
                else ""
            )
            parts[part][name][row["kind"]] = tally_of(row)
        return parts


def _table(names: dict[Any, Kinds], *, with_errors: bool) -> list[dict[str, Any]]:
    """The figures by name, most loads first. Rows without a name are left out, such as errors in a table of layouts."""
    items = sorted(((name, kinds) for name, kinds in names.items() if name), key=_most("load"))
    return [{"name": name, **figures(kinds, with_errors=with_errors)} for name, kinds in items[:MAX_NAMES]]


def _errors(codes: dict[Any, Kinds]) -> list[dict[str, Any]]:
    items = sorted(((code, kinds) for code, kinds in codes.items() if code), key=_most("error"))
    return [{"code": code, "count": total(kinds["error"])} for code, kinds in items[:MAX_NAMES]]


def _most(kind: str) -> Callable[[tuple[str, Kinds]], tuple[float, str]]:
    """A sort key: the highest total of the kind first, then the name."""
    return lambda item: (-item[1].get(kind, NO_ROWS).total, item[0])


def iso(at: datetime) -> str:
    """The API's text of a time, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
