"""Coverage: how many loads the account heard from, of the times that the server gave a widget's content to a page.

The server counts each answer with content, by the hour. A load is estimated from the sample. Both count each widget of
a page, so they compare for an account and for one of its widgets. Loads are fewer: visitors who said no, pages closed
early, telemetry that a blocker stopped. More loads than answers cannot come from the account's pages alone.

A range begins and ends at whole hours that `disclosure` allows: for the page views of the sample, as everywhere, and
for the answers, too. So nothing has to be rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from ..control.exclusions import Exclusion
from ..retention_period import RETENTION
from ..store.store import Store
from . import page_totals
from .buckets import DAY, HOUR, bucket_after, buckets, step_for, step_with_enough
from .disclosure import HOUR_LEVEL, PageViews, Partition, ms_of, tick_of
from .exclusions import condition
from .heard import NONE, figures
from .kinds import Kind
from .page_views import PageViewCounts
from .question import Question, zone_of
from .statistics import Tally

SUMS = ("total", "squares", "fourths", "counted")


class Coverage:
    """Answers from a store. `exclusions_of` returns what an account's figures leave out."""

    def __init__(self, store: Store, exclusions_of: Callable[[str], Sequence[Exclusion]]) -> None:
        self._store, self._exclusions_of = store, exclusions_of
        self._page_views = PageViewCounts(store)

    def forget(self) -> None:
        """Forget what is remembered of the past, because rows of it were erased."""
        self._page_views.forget()

    def of(self, question: Question) -> dict[str, Any]:
        """The coverage of the question's hours and widget, in JSON types only. Blocks. Raises StoreError."""
        question, now = self._in_hours(question), datetime.now(UTC)
        loads, answers = self._partitions(question, now)
        both = replace(loads, other=answers)
        asked = _tick(question.start), _tick(question.end)
        # If no hour divides both, one of the two may be told.
        parts = ((both, True, True), (loads, True, False), (answers, False, True))
        told = [(window, hears, gives) for each, hears, gives in parts if (window := each.window(*asked))]
        if not told:
            return _answer(question, question.start, question.end, NONE)
        (first, last), tells_loads, tells_answers = told[0]
        kinds = self._kinds(question, first, last) if tells_loads else {}

        def of_time(start: int, end: int) -> dict[str, Any]:
            given = round(answers.inside.between(start, end))
            return figures(given, _sum([kinds[at] for at in kinds if start <= at < end]), tells_answers=tells_answers)

        step = _step(question, loads.inside) if tells_loads and tells_answers else None
        points = [
            {
                "at": _iso(max(at, question.start)),
                "whole": question.start <= at and until <= now,
                **(of_time(*ends) if ends else NONE),
            }
            for at, until, ends in (_points(question, step, both, (first, last)) if step else [])
        ]
        return _answer(question, _moment(first), _moment(last), of_time(first, last), step, points)

    def _in_hours(self, question: Question) -> Question:
        """The question in whole hours since answers are counted. Answers have no version and no layout."""
        (row,) = self._store.query("answers_since")
        since = _next_hour(datetime.fromtimestamp(int(row["since"]), UTC))
        start = max(question.start.astimezone(UTC), since).replace(minute=0, second=0, microsecond=0)
        exclusions = tuple(
            replace(each, start=each.start and _next_hour(each.start), stop=each.stop and _next_hour(each.stop))
            for each in self._exclusions_of(question.account)
            if each.version is None
        )
        return Question(
            question.account,
            start,
            max(_next_hour(question.end), start + HOUR),
            question.time_zone,
            widget=question.widget,
            exclusions=exclusions,
        )

    def _partitions(self, question: Question, now: datetime) -> tuple[Partition, Partition]:
        """The hours that divide the page views of the sample, and those that divide the answers."""
        past = self._page_views.past(question, now)
        literals = {"exclusions": condition(question.exclusions, "hour")}
        parameters = {"account": question.account, "widget": question.widget or ""}
        rows = self._store.query("content_answers", literals=literals, **parameters)
        slots: tuple[dict[int, float], dict[int, float]] = {}, {}
        for row in rows:
            slots[int(row["class"])][tick_of(int(row["at"]) * 1000)] = float(row["answers"])
        first = min((tick for each in slots for tick in each), default=past.span.now)
        begins = first > _tick(now - RETENTION + DAY)  # else older answers have expired
        span = replace(past.span, oldest=min(past.span.oldest, first) if begins else -1)
        loads = replace(past.partition(), level=HOUR_LEVEL, span=span)
        return loads, Partition(HOUR_LEVEL, span, PageViews(slots[0]), [PageViews(slots[1])])

    def _kinds(self, question: Question, start: int, end: int) -> dict[int, Kind]:
        """The loads between two ticks, by the tick of their hour."""
        rows = self._store.query(
            "answered_loads",
            literals={**page_totals.expressions(widget=bool(question.widget)), **question.literals},
            account=question.account,
            widget=question.widget or "",
            start=ms_of(start) // 1000,
            end=ms_of(end) // 1000,
        )
        return {
            tick_of(int(row["at"]) * 1000): Kind(row["page_views"], Tally(**{name: row[name] for name in SUMS}))
            for row in rows
        }


def _answer(
    question: Question,
    start: datetime,
    end: datetime,
    summary: dict[str, Any],
    step: timedelta | None = None,
    points: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    return {
        "from": _iso(start),
        "to": _iso(end),
        "step_s": int((step or max(question.step, HOUR)) / timedelta(seconds=1)),
        "has_enough": step is not None,
        "summary": summary,
        "over_time": list(points),
    }


def _step(question: Question, page_views: PageViews) -> timedelta | None:
    """The shortest step of whole hours at which most points in time have enough page views."""
    starts = buckets(question.start, question.end, max(step_for(question.length), HOUR), zone_of(question.time_zone))
    ticks = [_tick(at) for at in (*starts, question.end)]
    counts = {at: round(page_views.between(*ends)) for at, ends in zip(starts, pairwise(ticks), strict=True)}
    step = step_with_enough(counts, question.start, question.end, zone_of(question.time_zone))
    return max(step, HOUR) if step else None


def _points(
    question: Question, step: timedelta, partition: Partition, window: tuple[int, int]
) -> list[tuple[datetime, datetime, tuple[int, int] | None]]:
    """Where each point in time starts and ends, with the ticks of the hours that it tells of, if it may be told."""
    zone = zone_of(question.time_zone)
    starts = buckets(question.start, question.end, step, zone)
    most = tick_of(int(step / timedelta(milliseconds=1))) // 2
    edges = [window[0], *(partition.nearest(_tick(at), most) for at in starts[1:]), window[1]]
    points: list[tuple[datetime, datetime, tuple[int, int] | None]] = []
    for at, (start, end) in zip(starts, pairwise(edges), strict=True):
        until = bucket_after(at, step, zone)
        if start is not None and end is not None and window[0] <= start < end <= window[1]:
            points.append((at, until, (start, end)))
        else:
            points.append((at, until, None))
    return points


def _sum(kinds: Sequence[Kind]) -> Kind:
    sums = {name: sum(getattr(kind.tally, name) for kind in kinds) for name in SUMS}
    return Kind(sum(kind.page_views for kind in kinds), Tally(**sums))


def _next_hour(at: datetime) -> datetime:
    """The moment if it is a whole hour, else the next one, in UTC."""
    return (at.astimezone(UTC) + HOUR - timedelta(microseconds=1)).replace(minute=0, second=0, microsecond=0)


def _tick(at: datetime) -> int:
    return tick_of(int(at.timestamp() * 1000))


def _moment(tick: int) -> datetime:
    return datetime.fromtimestamp(ms_of(tick) / 1000, UTC)


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
