"""The dashboard: all figures that answer one question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from ..retention_period import RETENTION_DAYS
from ..store.store import Store
from .buckets import buckets
from .kinds import NOTHING, Kind, count, figures, kind_of
from .lines import OVER_TIME, Line, Lines, lines_of
from .names import OTHER
from .page_views import Filter, PageViewCounts, Past
from .question import Question, zone_of
from .statistics import LEVELS

Kinds = dict[str, Kind]


class Dashboards:
    """Answers questions from a store. Its methods block, as those of the store do."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._page_views = PageViewCounts(store)

    def of(self, question: Question) -> dict[str, Any]:
        """The whole dashboard, in JSON types only. Raises StoreError."""
        starts = buckets(question.start, question.end, question.step, zone_of(question.time_zone))
        past = self._page_views.past(question, datetime.now(UTC))
        lines = lines_of(question, starts, past)
        kinds = self._kinds(question, past, lines)
        tables: defaultdict[str, list[tuple[Line, Kinds]]] = defaultdict(list)
        for number, line in enumerate(lines.all, start=1):
            tables[line.part].append((line, kinds[number]))
        with_errors = question.layout is None
        at = {line.name: kinds for line, kinds in tables[OVER_TIME]}
        start, end = (lines.summary.start, lines.summary.end) if lines.summary else (question.start, question.end)
        return {
            "from": _iso(start),
            "to": _iso(end),
            "time_zone": question.time_zone,
            "step_s": int(question.step / timedelta(seconds=1)),
            "retention_days": RETENTION_DAYS,
            "summary": figures(kinds[1], with_errors=with_errors),
            "over_time": [
                {"at": _iso(max(moment, question.start)), **figures(at.get(moment, {}), with_errors=with_errors)}
                for moment in starts
            ],
            "by_widget": _table(tables["by_widget"], with_errors=with_errors),
            "by_layout": _table(tables["by_layout"], with_errors=False),
            "by_version": _table(tables["by_version"], with_errors=with_errors),
            "errors": [
                {"code": line.name, "from": _iso(line.start), "to": _iso(line.end), "count": count(kinds["error"])}
                for line, kinds in _sorted(tables["errors"], "error")
            ],
        }

    def _kinds(self, question: Question, past: Past, lines: Lines) -> defaultdict[int, Kinds]:
        """The sums by line and kind."""
        kinds: defaultdict[int, Kinds] = defaultdict(dict)
        if not lines.all:
            return kinds
        filter_ = Filter.of(question)
        edges = {0: 0}  # from each edge to the next one, the number of the point in time, or 0
        for number, line in enumerate(lines.all, start=1):
            if line.part == OVER_TIME:
                edges |= {line.start_ms: number, line.end_ms: edges.get(line.end_ms, 0)}
        rows = self._store.query(
            "dashboard",
            literals={"levels": ", ".join(map(str, LEVELS)), **filter_.expressions()},
            **filter_.parameters(),
            **past.names.parameters(lines.numbers),
            start_ms=min(line.start_ms for line in lines.all),
            end_ms=max(line.end_ms for line in lines.all),
            edges=sorted(edges),
            points=[edges[edge] for edge in sorted(edges)],
            line_starts=[line.start_ms for line in lines.all],
            line_ends=[line.end_ms for line in lines.all],
        )
        for row in rows:
            kinds[int(row["line"])][row["kind"]] = kind_of(row)
        return kinds


def _table(lines: Iterable[tuple[Line, Kinds]], *, with_errors: bool) -> list[dict[str, Any]]:
    """The figures by name, most loads first."""
    return [
        {
            "name": line.name,
            "from": _iso(line.start),
            "to": _iso(line.end),
            **figures(kinds, with_errors=with_errors),
        }
        for line, kinds in _sorted(lines, "load")
    ]


def _sorted(lines: Iterable[tuple[Line, Kinds]], kind: str) -> list[tuple[Line, Kinds]]:
    """The lines with the highest total of the kind first, and OTHER last."""
    return sorted(
        lines,
        key=lambda item: (item[0].name == OTHER, -item[1].get(kind, NOTHING).tally.total, str(item[0].name)),
    )


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
