"""The dashboard: all figures that answer one question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from ..control.exclusions import Exclusion
from ..retention_period import RETENTION_DAYS
from ..store.store import Store
from .buckets import bucket_after, buckets
from .disclosure import ms_of
from .kinds import NOTHING, TOO_FEW, Figure, Kind, count, figures, kinds_of
from .lines import OVER_TIME, SUMMARY, Line, Lines, lines_of
from .names import OTHER
from .page_views import PageViewCounts, Past
from .page_views_by_name import NameCounts, PageViewsByName
from .question import Question, zone_of
from .regions import regions
from .remembered import Remembered, split

Kinds = dict[str, Kind]
_TABLES_OF_CODE = ("by_widget", "by_version")
ExclusionsOf = Callable[[str], Sequence[Exclusion]]


class Dashboards:
    """Answers questions from a store. Its methods block, as those of the store do."""

    def __init__(self, store: Store, exclusions_of: ExclusionsOf = lambda _: ()) -> None:
        """`exclusions_of` returns what an account's figures leave out."""
        self._exclusions_of = exclusions_of
        self._page_views, self._names = PageViewCounts(store), NameCounts(store)
        self.answers = Remembered(store)

    def forget(self) -> None:
        """Forget what is remembered of the past, because rows of it were erased."""
        self._page_views.forget()
        self._names.forget()
        self.answers.forget()

    def past(self, question: Question) -> Past:
        """The page views from which the time ranges of the question's answers are taken. Raises StoreError."""
        return self._page_views.past(self._without_exclusions(question), datetime.now(UTC))

    def sums(self, question: Question) -> tuple[Kinds, timedelta]:
        """The sums of the whole range by kind, and how long it is. Raises StoreError."""
        question = self._without_exclusions(question)
        past = self._page_views.past(question, datetime.now(UTC))
        line = lines_of(question, (), past).summary
        if line is None:
            return {}, timedelta()
        rows = self.answers.parts(
            "summary",
            ms_of(past.over),
            start_ms=line.start_ms,
            end_ms=line.end_ms,
            literals=past.filter.expressions(),
            **past.filter.parameters(),
        )
        return kinds_of(rows), line.end - line.start

    def of(self, question: Question, past: Past | None = None) -> dict[str, Any]:
        """The whole dashboard, in JSON types only. Raises StoreError.

        `past` is that of the same question with the shortest step, if it is known already.
        """
        question = self._without_exclusions(question)
        zone = zone_of(question.time_zone)
        starts = buckets(question.start, question.end, question.step, zone)
        edges = [*starts, bucket_after(starts[-1], question.step, zone)]
        whole = {at: question.start <= at and end <= question.end for at, end in pairwise(edges)}
        past = past or self._page_views.past(question, datetime.now(UTC))
        by_name = self._names.of(past)
        lines = lines_of(question, starts, past, by_name)
        kinds = self._kinds(past, by_name, lines)
        tables: defaultdict[str, list[tuple[Line, Kinds]]] = defaultdict(list)
        for number, line in enumerate(lines.all, start=1):
            tables[line.part].append((line, kinds[number]))
        with_errors = question.with_errors
        by_region, is_by_chance = regions(self.answers, past.filter, by_name.names, lines, with_errors=with_errors)
        at = {line.name: kinds for line, kinds in tables[OVER_TIME]}
        start, end = (lines.summary.start, lines.summary.end) if lines.summary else (question.start, question.end)
        return {
            "from": iso(start),
            "to": iso(end),
            "time_zone": question.time_zone,
            "step_s": int(question.step / timedelta(seconds=1)),
            "retention_days": RETENTION_DAYS,
            "summary": figures(kinds[1], with_errors=with_errors),
            "over_time": [
                {
                    "at": iso(max(moment, question.start)),
                    "whole": whole[moment],
                    **figures(at.get(moment, {}), with_errors=with_errors),
                }
                for moment in starts
            ],
            "by_widget": _table(tables["by_widget"], with_errors=with_errors),
            "by_layout": _table(tables["by_layout"], with_errors=False),
            "by_version": _table(tables["by_version"], with_errors=with_errors),
            "by_region": [_row(line, figures_) for line, figures_ in sorted(by_region, key=_by_loads)],
            "regions_by_chance": is_by_chance,
            "errors": [
                {"code": line.name, "from": iso(line.start), "to": iso(line.end), "count": count(kinds["error"])}
                for line, kinds in _sorted(tables["errors"], "error")
            ],
        }

    def of_code(self, question: Question, code: str) -> dict[str, Any]:
        """The errors with this code: their number, over time, by widget and by version, in JSON types.

        Raises StoreError.
        """
        question = replace(self._without_exclusions(question), code=code)
        starts = buckets(question.start, question.end, question.step, zone_of(question.time_zone))
        past = self._page_views.past(question, datetime.now(UTC))
        by_name = self._names.of(past)
        lines = lines_of(question, starts, past, by_name, _TABLES_OF_CODE)
        kinds = self._kinds(past, by_name, lines)
        parts: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for number, line in enumerate(lines.all, start=1):
            name = (
                {"at": iso(max(line.name, question.start))} if isinstance(line.name, datetime) else {"name": line.name}
            )
            parts[line.part].append({**name, "count": count(kinds[number].get("error", NOTHING))})
        total = parts[SUMMARY][0]["count"] if parts[SUMMARY] else TOO_FEW
        tables = {table: sorted(parts[table], key=_by_count) for table in _TABLES_OF_CODE}
        start, end = (lines.summary.start, lines.summary.end) if lines.summary else (question.start, question.end)
        ends = {"from": iso(start), "to": iso(end)}
        points = [point for point in parts[OVER_TIME] if not point["count"]["too_few"]]
        return {"code": code, **ends, "count": total, OVER_TIME: points, **tables}

    def _without_exclusions(self, question: Question) -> Question:
        return replace(question, exclusions=tuple(self._exclusions_of(question.account)))

    def _kinds(self, past: Past, by_name: PageViewsByName, lines: Lines) -> defaultdict[int, Kinds]:
        """The sums by line and kind."""
        rows: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        start_ms = min((line.start_ms for line in lines.all), default=0)
        end_ms = max((line.end_ms for line in lines.all), default=0)
        for start, end, is_over in split(start_ms, end_ms, ms_of(past.over)):
            some, numbers = lines.within(start, end)
            for row in self._rows(past, by_name, some, start, end, is_over=is_over):
                rows[numbers[int(row["line"]) - 1]].append(row)
        return defaultdict(dict, {number: kinds_of(some) for number, some in rows.items()})

    def _rows(
        self, past: Past, by_name: PageViewsByName, lines: Lines, start_ms: int, end_ms: int, *, is_over: bool
    ) -> list[dict[str, Any]]:
        """The sums of these lines, which are between these two moments."""
        edges = {0: 0}  # from each edge to the next one, the number of the point in time, or 0
        for number, line in enumerate(lines.all, start=1):
            if line.part == OVER_TIME:
                edges |= {line.start_ms: number, line.end_ms: edges.get(line.end_ms, 0)}
        return self.answers.query(
            "dashboard",
            is_over=is_over,
            literals=past.filter.expressions(),
            **past.filter.parameters(),
            **by_name.names.parameters(lines.numbers),
            start_ms=start_ms,
            end_ms=end_ms,
            edges=sorted(edges),
            points=[edges[edge] for edge in sorted(edges)],
            line_starts=[line.start_ms for line in lines.all],
            line_ends=[line.end_ms for line in lines.all],
        )


def _table(lines: Iterable[tuple[Line, Kinds]], *, with_errors: bool) -> list[dict[str, Any]]:
    """The figures by name, most loads first."""
    return [_row(line, figures(kinds, with_errors=with_errors)) for line, kinds in _sorted(lines, "load")]


def _row(line: Line, figures_: dict[str, Figure]) -> dict[str, Any]:
    return {"name": line.name, "from": iso(line.start), "to": iso(line.end), **figures_}


def _by_loads(item: tuple[Line, dict[str, Figure]]) -> tuple[bool, float, str]:
    line, figures_ = item
    return line.name == OTHER, -(figures_["loads"]["value"] or 0), str(line.name)


def _sorted(lines: Iterable[tuple[Line, Kinds]], kind: str) -> list[tuple[Line, Kinds]]:
    """The lines with the highest total of the kind first, and OTHER last."""
    return sorted(
        lines,
        key=lambda item: (item[0].name == OTHER, -item[1].get(kind, NOTHING).tally.total, str(item[0].name)),
    )


def _by_count(item: dict[str, Any]) -> tuple[bool, float]:
    return item["name"] == OTHER, -(item["count"]["value"] or 0)


def iso(at: datetime) -> str:
    """The API's text of a time, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
