"""The tables of fields of all schema versions that pages may still send, and what changed between them."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from typing import Any

from widget.telemetry.fields import FIELDS
from widget.telemetry.schema import DIGEST, OLD_SCHEMA, SCHEMA, STAGES

# Schema 1 had no digest. Its fields and their bounds are written down, because its code is gone.
_SCHEMA_1 = {
    "schema": "1",
    "widget": "1-64 of A-Z a-z 0-9 _ -",
    "version": "three numbers, such as 0.1.0",
    "rate": "a fraction above 0, at most 1",
    "layout": "grid, carousel, masonry, list, wall, marquee or unknown",
    "load_ms": "0-600000 whole milliseconds",
    "errors": "code of A-Z 0-9 _ (48 at most): 1-100000",
    "interactions": "layout: 1-100000",
}

# Schema 2 had no regions at first.
_BEFORE_REGIONS = "6cd6d031"
_REGIONS = ("region", "truth")
# Then it had no stages of Python's start.
_BEFORE_STAGES = "f0264b5e"


@dataclass(frozen=True)
class Table:
    """The fields of one version, with their bounds. `digest` is what its batches carry; empty: none."""

    schema: int
    digest: str
    bounds: dict[str, str]


@dataclass(frozen=True)
class Change:
    """A field that differs from the version before. `before` is empty for a new field, `after` for one that is gone."""

    field: str
    before: str
    after: str


_NOW = {field.name: field.bounds for field in FIELDS}


def _without(*names: str) -> dict[str, str]:
    return {name: bounds for name, bounds in _NOW.items() if name not in names}


TABLES = (
    Table(OLD_SCHEMA, "", _SCHEMA_1),
    Table(SCHEMA, _BEFORE_REGIONS, _without(*_REGIONS, *STAGES)),
    Table(SCHEMA, _BEFORE_STAGES, _without(*STAGES)),
    Table(SCHEMA, DIGEST, _NOW),
)  # the oldest first


def changes(before: Table, after: Table) -> list[Change]:
    """The fields that were added, dropped, or given other bounds, in the order of the newer table."""
    names = [*after.bounds, *(name for name in before.bounds if name not in after.bounds)]
    pairs = ((name, before.bounds.get(name, ""), after.bounds.get(name, "")) for name in names)
    return [Change(*pair) for pair in pairs if pair[1] != pair[2]]


def versions() -> list[dict[str, Any]]:
    """For each table but the first: the schema before, its own, its digest, and the changed fields, in JSON types."""
    return [
        {
            "from": before.schema,
            "to": after.schema,
            "digest": after.digest,
            "fields": [asdict(change) for change in changes(before, after)],
        }
        for before, after in itertools.pairwise(TABLES)
    ]
