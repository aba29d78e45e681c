"""Judges a rule for one widget and one span, and counts how many spans in a row had the same verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from ..control.database import timestamp
from . import words
from .measures import Measures
from .reading import BAD, FEWEST_WEEKS, GOOD, Reading, bound_of, verdict
from .rule import SILENCE, USUAL, Rule
from .spans import HOUR, SPANS, Span
from .watch import Watch


@dataclass(frozen=True)
class Outcome:
    """A verdict with what was measured, in words and for programs."""

    verdict: str | None
    text: str = ""
    figures: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Streak:
    """How many spans in a row had this verdict, up to the time `until`."""

    verdict: str
    count: int
    until: datetime

    def is_enough(self, span: Span, verdict: str) -> bool:
        return self.verdict == verdict and self.count >= span.times


NOTHING = Outcome(None)


def outcome(rule: Rule, widget: str, span: Span, end: datetime, measures: Measures, watch: Watch) -> Outcome:
    """The verdict on the span that ends at `end`. Raises StoreError."""
    start = end - span.length
    if rule.metric == SILENCE:
        return _silence(rule, widget, span, end, measures, watch)
    reading = measures.read(rule, widget, start, end)
    if reading is None:
        return NOTHING
    bound = bound_of(rule, _earlier(rule, widget, span, end, measures))
    if bound is None:
        return NOTHING
    result = verdict(rule, reading, bound)
    text = words.measured(rule, widget, reading, bound, span.name, is_over=result == GOOD)
    return Outcome(result, text, _figures(reading, bound, start, end))


def advanced(streak: Streak | None, verdict: str | None, span: Span, end: datetime) -> Streak | None:
    """The streak after the span that ends at `end`. A span that was not judged ends it."""
    if verdict is None:
        return None
    is_next = streak is not None and streak.verdict == verdict and streak.until == end - span.step
    return Streak(verdict, streak.count + 1 if streak and is_next else 1, end)


def is_over_already(streaks: Mapping[str, Streak], span: Span, end: datetime) -> bool:
    """True if shorter spans, which end later, say that all is well again. `streaks` are by the span's name."""
    shorter = [each for each in SPANS if each.length < span.length and each.name in streaks]
    return any(
        streaks[each.name].is_enough(each, GOOD) and streaks[each.name].until >= end - 2 * each.step for each in shorter
    )


def can_end(rule: Rule, span: Span, end: datetime, opened_by: Span, opened_until: datetime) -> bool:
    """True if good spans in a row, up to `end`, can end an incident that the span up to `opened_until` opened.

    They are as long as that one, or longer. Longer ones must all have begun after it: the good time before an incident
    is no sign of its end. After a silence, spans of any length tell.
    """
    begin = end - span.length - (times(rule, span) - 1) * span.step
    if rule.metric == SILENCE:
        return begin >= opened_until
    return span == opened_by or (span.length > opened_by.length and begin >= opened_until)


def times(rule: Rule, span: Span) -> int:
    """How many spans in a row it takes. Nothing at all is beyond chance the first time."""
    return 1 if rule.metric == SILENCE else span.times


def _silence(rule: Rule, widget: str, span: Span, end: datetime, measures: Measures, watch: Watch) -> Outcome:
    """BAD if nothing was heard where at least 20 sampled page views, or pages given out, were usual."""
    start = end - span.length
    if measures.sample(widget, start, end).loads.rows:
        return Outcome(GOOD, words.heard_again(widget))
    usual = [measures.expected_rows(widget, *earlier) for earlier in span.earlier(end)]
    is_silent = is_usual(usual, rule.min_page_views)
    if not is_silent and span.length >= HOUR and measures.given(widget, start, end) == 0:
        given = [measures.given(widget, *earlier) or 0 for earlier in span.earlier(end)]
        is_silent = is_usual(given, rule.min_page_views)
    if not is_silent or not watch.covers(start, end):
        return NOTHING
    figures = {"from": timestamp(start), "to": timestamp(end)}
    return Outcome(BAD, words.silent(widget, span.name), figures)


def is_usual(counts: Sequence[float], fewest: int) -> bool:
    """True if there were this many in at least two earlier weeks, and in the median one of those with any."""
    some = [count for count in counts if count > 0]
    return sum(count >= fewest for count in some) >= FEWEST_WEEKS and median(some) >= fewest


def _earlier(rule: Rule, widget: str, span: Span, end: datetime, measures: Measures) -> list[Reading]:
    if rule.against != USUAL:
        return []
    readings = (measures.read(rule, widget, *earlier) for earlier in span.earlier(end))
    return [reading for reading in readings if reading is not None]


def _figures(reading: Reading, bound: float, start: datetime, end: datetime) -> dict[str, object]:
    is_told = reading.value is not None
    return {
        "value": reading.value,
        "low": reading.low if is_told else None,
        "high": reading.high if is_told else None,
        "page_views": reading.page_views if is_told else None,
        "bound": bound,
        "from": timestamp(start),
        "to": timestamp(end),
    }
