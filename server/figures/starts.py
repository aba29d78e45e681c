"""How Python starts, of a question: in all, and by version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from widget.errors import RENDER_ERROR

from ..control.exclusions import Exclusion
from ..store.store import Store
from .dashboard import iso
from .filters import Filter
from .lines import Line, Lines, lines_of
from .names import OTHER, Names
from .page_views import PageViewCounts
from .page_views_by_name import NameCounts
from .question import Question
from .stages import CONTENT_CODES, LEFT, PageViews, Starts, figures
from .statistics import quantiles


class StartFigures:
    """Answers from a store. `exclusions_of` returns what an account's figures leave out."""

    def __init__(self, store: Store, exclusions_of: Callable[[str], Sequence[Exclusion]]) -> None:
        self._store, self._exclusions_of = store, exclusions_of
        self._page_views, self._names = PageViewCounts(store), NameCounts(store)

    def forget(self) -> None:
        """Forget what is remembered of the past, because rows of it were erased."""
        self._page_views.forget()
        self._names.forget()

    def of(self, question: Question) -> dict[str, Any]:
        """The stages of the whole range and of each version, in JSON types only. Blocks. Raises StoreError."""
        # Errors have no layout, and the loader's reports no region: page views that ended early would be missing.
        question = replace(question, layout=None, not_layout=None, region=None, not_region=None)
        question = replace(question, exclusions=tuple(self._exclusions_of(question.account)))
        past = self._page_views.past(question, datetime.now(UTC))
        by_name = self._names.of(past)
        lines = lines_of(question, (), past, by_name, ("by_version",))
        starts = self._starts(past.filter, by_name.names, lines) if lines.all else {}
        summary = lines.summary
        versions = [(line, starts.get(number, Starts())) for number, line in enumerate(lines.all, 1)][1:]
        return {
            "from": iso(summary.start if summary else question.start),
            "to": iso(summary.end if summary else question.end),
            "summary": figures(starts.get(1, Starts())),
            "by_version": [
                {"name": line.name, "from": iso(line.start), "to": iso(line.end), **figures(each)}
                for line, each in sorted(versions, key=_by_page_views)
            ],
        }

    def _starts(self, filter_: Filter, names: Names, lines: Lines) -> dict[int, Starts]:
        """The sums of each line."""
        rows = self._store.query(
            "stages",
            literals=filter_.expressions(),
            **filter_.parameters(),
            **names.parameters(lines.numbers),
            content_codes=list(CONTENT_CODES),
            render_error=RENDER_ERROR,
            start_ms=min(line.start_ms for line in lines.all),
            end_ms=max(line.end_ms for line in lines.all),
            line_starts=[line.start_ms for line in lines.all],
            line_ends=[line.end_ms for line in lines.all],
        )
        rows_of: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            rows_of[int(row["line"])].append(row)
        return {number: starts_of(some) for number, some in rows_of.items()}


def starts_of(rows: Sequence[Mapping[str, Any]]) -> Starts:
    """The sums of one line's rows of `sql/stages.sql`."""
    ends = {(row["stage"], row["code"]): _page_views(row) for row in rows if row["part"] == "end"}
    for row in rows:
        if row["part"] == "failed":  # it is among those that left, whose rows have no code
            stage, failed = row["stage"], _page_views(row)
            ends[stage, LEFT] = ends.get((stage, LEFT), PageViews()).without(failed)
            ends[stage, row["code"]] = failed
    return Starts(ends, {row["stage"]: _page_views(row) for row in rows if row["part"] == "time"})


def _page_views(row: Mapping[str, Any]) -> PageViews:
    times, weights = ([int(each) for each in row[name]] for name in ("times", "weights"))
    sums = {name: row[name] for name in ("number", "views", "view_squares", "view_fourths")}
    return PageViews(**sums, quantiles=quantiles(times, weights))


def _by_page_views(item: tuple[Line, Starts]) -> tuple[bool, float, str]:
    line, starts = item
    return line.name == OTHER, -sum(each.views for each in starts.ends.values()), str(line.name)
