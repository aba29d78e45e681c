"""The dashboard: one question, one query, and what the console draws of its answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ..store.retention import RETENTION_DAYS
from ..store.store import Store
from .buckets import buckets
from .kinds import NOTHING, figures, tally_of
from .question import Question, zone_of
from .statistics import LEVELS, Tally, total

MOST_NAMES = 100  # widgets, layouts, versions or codes in one table: the most frequent
GROUPED = {"by_widget": "widget", "by_layout": "layout", "by_version": "version", "errors": "code"}

Kinds = dict[str, Tally]


class Dashboards:
    """Answers questions from a store. Its methods block, as the store's do."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, question: Question) -> dict[str, Any]:
        """The whole dashboard as plain data, JSON's types alone; raises StoreError."""
        starts = buckets(question.start, question.end, question.step, zone_of(question.time_zone))
        parts = self._parts(question, starts)
        tells_errors = question.layout is None
        return {
            "from": _iso(question.start),
            "to": _iso(question.end),
            "time_zone": question.time_zone,
            "step_s": int(question.step / timedelta(seconds=1)),
            "retention_days": RETENTION_DAYS,
            "summary": figures(parts["summary"][""], tells_errors=tells_errors),
            "over_time": [
                {"at": _iso(max(at, question.start)), **figures(parts["over_time"][at], tells_errors=tells_errors)}
                for at in starts
            ],
            "by_widget": _table(parts["by_widget"], tells_errors=tells_errors),
            "by_layout": _table(parts["by_layout"], tells_errors=False),
            "by_version": _table(parts["by_version"], tells_errors=tells_errors),
            "errors": _errors(parts["errors"]),
        }

    def _parts(self, question: Question, starts: list[datetime]) -> dict[str, dict[Any, Kinds]]:
        """The tallies by part, by name or point in time within it, and by kind."""
        rows = self._store.query(
            "dashboard",
            literals={"levels": ", ".join(map(str, LEVELS))},
            account=question.account,
            start_ms=int(question.start.timestamp() * 1000),
            end_ms=int(question.end.timestamp() * 1000),
            buckets=[int(at.timestamp()) for at in starts],
            widget=question.widget or "",
            layout=question.layout or "",
            version=question.version or "",
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


def _table(names: dict[Any, Kinds], *, tells_errors: bool) -> list[dict[str, Any]]:
    """The names with the most loads first. An error has no layout and only an error a code: that is no name."""
    found = sorted(((name, kinds) for name, kinds in names.items() if name), key=_most("load"))
    return [{"name": name, **figures(kinds, tells_errors=tells_errors)} for name, kinds in found[:MOST_NAMES]]


def _errors(codes: dict[Any, Kinds]) -> list[dict[str, Any]]:
    found = sorted(((code, kinds) for code, kinds in codes.items() if code), key=_most("error"))
    return [{"code": code, "count": total(kinds["error"])} for code, kinds in found[:MOST_NAMES]]


def _most(kind: str) -> Callable[[tuple[str, Kinds]], tuple[float, str]]:
    return lambda item: (-item[1].get(kind, NOTHING).total, item[0])


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
