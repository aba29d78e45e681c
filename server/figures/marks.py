"""What changed during a time range: a new version on the pages, or a setting. Charts mark the moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, TypedDict

from ..control.audit import AuditEntry
from .disclosure import is_enough

ARRIVED = 0.05  # a version has arrived where it has this share of the loads
ACTIONS = ("telemetry.set",)


class Mark(TypedDict):
    """One change: the version's number, or the audit entry's action and detail."""

    at: datetime
    kind: Literal["version", "setting"]
    name: str
    detail: str


def versions(rows: Iterable[Mapping[str, Any]]) -> list[Mark]:
    """The versions that arrived after the first bucket with loads, at the bucket in which each has arrived.

    `rows` are those of `sql/version_counts.sql`, for one part of the time or several. A version with loads before the
    range is not new.
    """
    loads: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        loads[int(row["bucket"])][row["version"]] += int(row["rows"])
    old = set(loads.pop(0, ()))
    marks = []
    for number, (bucket, by_version) in enumerate(sorted(loads.items())):
        total = sum(by_version.values())
        arrived = {name for name, count in by_version.items() if is_enough(count) and count >= ARRIVED * total} - old
        if number:
            at = datetime.fromtimestamp(bucket, UTC)
            marks += [Mark(at=at, kind="version", name=name, detail="") for name in sorted(arrived)]
        old |= arrived
    return marks


def settings(entries: Sequence[AuditEntry], start: datetime, end: datetime) -> list[Mark]:
    """The changes of settings from `start` until before `end`."""
    marks = [
        Mark(at=datetime.fromisoformat(entry.at), kind="setting", name=entry.action, detail=entry.detail)
        for entry in entries
        if entry.action in ACTIONS
    ]
    return [mark for mark in marks if start <= mark["at"] < end]
