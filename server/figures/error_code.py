"""One error code: how often, when, in which widgets, and in which versions."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from ..store.store import Store
from .buckets import buckets
from .dashboard import MAX_NAMES, iso
from .kinds import NO_ROWS, tally_of
from .question import Question, zone_of
from .statistics import Tally, total


def error_code(store: Store, question: Question, code: str) -> dict[str, Any]:
    """The counts of this code, in JSON types. Raises StoreError."""
    starts = buckets(question.start, question.end, question.step, zone_of(question.time_zone))
    parts: dict[str, dict[Any, Tally]] = defaultdict(dict)
    rows = store.query(
        "error_code",
        literals=question.literals,
        buckets=[int(at.timestamp()) for at in starts],
        code=code,
        **question.parameters,
    )
    for row in rows:
        key = {"over_time": row["bucket"], "by_widget": row["widget"], "by_version": row["version"]}.get(row["part"])
        parts[row["part"]][key] = tally_of(row)
    return {
        "code": code,
        "count": total(parts["summary"].get(None, NO_ROWS)),
        "over_time": [
            {"at": iso(at), "count": total(tally)}
            for at, tally in sorted(
                (datetime.fromtimestamp(at, UTC), tally) for at, tally in parts["over_time"].items()
            )
        ],
        "by_widget": _table(parts["by_widget"]),
        "by_version": _table(parts["by_version"]),
    }


def _table(names: dict[Any, Tally]) -> list[dict[str, Any]]:
    items = sorted(names.items(), key=lambda item: (-item[1].total, item[0]))
    return [{"name": name, "count": total(tally)} for name, tally in items[:MAX_NAMES]]
