"""Coverage: how many loads the account heard from, of the times that the server gave a widget's content to a page.

The server counts each answer with content, by the hour. A load is estimated from the sample. Both count each widget of
a page, so they compare for an account and for one of its widgets. Loads are fewer: visitors who said no, pages closed
early, telemetry that a blocker stopped. More loads than answers cannot come from the account's pages alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ..control.exclusions import Exclusion
from ..store.store import Store
from . import page_totals
from .buckets import HOUR, buckets
from .disclosure import FEWEST_PAGE_VIEWS
from .exclusions import condition
from .kinds import TOO_FEW, Figure, Kind, count
from .question import Question, zone_of
from .statistics import Tally

SUMS = ("total", "squares", "fourths", "counted")
STEP = 10  # answers are told in tens, so that the difference of two ranges does not tell a single page view
# Some browsers and proxies send a batch twice, and a crash of the server loses the answers of its last minute.
TOLERANCE = 1.05
TOO_MANY = "More visits than pages given out: someone may be sending figures of their own."


class Coverage:
    """Answers from a store. `exclusions_of` returns what an account's figures leave out."""

    def __init__(self, store: Store, exclusions_of: Callable[[str], Sequence[Exclusion]]) -> None:
        self._store, self._exclusions_of = store, exclusions_of

    def of(self, question: Question) -> dict[str, Any]:
        """The coverage of the question's hours and widget, in JSON types only. Blocks. Raises StoreError.

        The range is extended to whole hours, and begins when the server began to count answers.
        """
        start, end = self._hours(question)
        starts = buckets(start, end, max(question.step, HOUR), zone_of(question.time_zone))
        # Content answers have no version and whole hours, so loads are left out by the same rule.
        exclusions = [each for each in self._exclusions_of(question.account) if each.version is None]
        parameters: dict[str, object] = {
            "account": question.account,
            "widget": question.widget or "",
            "start": int(start.timestamp()),
            "end": int(end.timestamp()),
            "buckets": [int(at.timestamp()) for at in starts],
        }
        answers = {
            int(row["bucket"]): int(row["answers"])
            for row in self._query("content_answers", "hour", exclusions, parameters)
        }
        loads = {
            int(row["bucket"]): Kind(row["page_views"], Tally(**{name: row[name] for name in SUMS}))
            for row in self._query("answered_loads", "toStartOfHour(ts)", exclusions, parameters)
        }
        return {
            "from": _iso(start),
            "to": _iso(end),
            "summary": figures(sum(answers.values()), _sum(list(loads.values()))),
            "over_time": [
                {"at": _iso(max(at, start)), **figures(answers.get(number, 0), loads.get(number, Kind()))}
                for at, number in ((at, int(at.timestamp())) for at in starts)
            ],
        }

    def _query(
        self, name: str, time: str, exclusions: Sequence[Exclusion], parameters: dict[str, object]
    ) -> list[dict[str, Any]]:
        literals = page_totals.expressions(widget=bool(parameters["widget"]))
        return self._store.query(name, literals={**literals, "exclusions": condition(exclusions, time)}, **parameters)

    def _hours(self, question: Question) -> tuple[datetime, datetime]:
        (row,) = self._store.query("answers_since")
        since = datetime.fromtimestamp(int(row["since"]), UTC).replace(minute=0, second=0)
        start = max(question.start.astimezone(UTC), since).replace(minute=0, second=0, microsecond=0)
        end = (question.end - timedelta(microseconds=1)).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return start, max(end, start) + HOUR


def figures(answers: int, kind: Kind) -> dict[str, Any]:
    """The loads, the answers, the share of the answers that were heard from, and a sentence about it."""
    loads = _rounded(count(kind))
    is_too_many = loads["low"] is not None and loads["low"] > TOLERANCE * answers + FEWEST_PAGE_VIEWS
    return {
        "loads": loads,
        "answers": round(answers / STEP) * STEP if answers >= FEWEST_PAGE_VIEWS else None,
        "share": _share(loads, answers),
        "is_too_many": is_too_many,
        "sentence": TOO_MANY if is_too_many else _sentence(loads, answers),
    }


def _rounded(loads: Figure) -> Figure:
    """The figure, as of the nearest number of page views that FEWEST_PAGE_VIEWS divides.

    The ranges are whole hours, so that the difference of two of them could otherwise tell few page views.
    """
    if loads["page_views"] is None:
        return loads
    page_views = round(loads["page_views"] / FEWEST_PAGE_VIEWS) * FEWEST_PAGE_VIEWS
    factor = page_views / loads["page_views"]
    value, low, high = (None if end is None else end * factor for end in (loads["value"], loads["low"], loads["high"]))
    return {**loads, "page_views": page_views, "value": value, "low": low, "high": high}


def _share(loads: Figure, answers: int) -> Figure:
    if answers < FEWEST_PAGE_VIEWS or loads["value"] is None:
        return TOO_FEW
    ends = (None if end is None else end / answers for end in (loads["value"], loads["low"], loads["high"]))
    value, low, high = ends
    return {**loads, "value": value, "low": low, "high": high}


def _sentence(loads: Figure, answers: int) -> str:
    if answers < FEWEST_PAGE_VIEWS or loads["value"] is None:
        return ""
    return f"Heard from {min(100, round(100 * loads['value'] / answers))} of 100 page views."


def _sum(kinds: Sequence[Kind]) -> Kind:
    sums = {name: sum(getattr(kind.tally, name) for kind in kinds) for name in SUMS}
    return Kind(sum(kind.page_views for kind in kinds), Tally(**sums))


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
