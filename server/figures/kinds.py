"""The seven figures of every panel: for the whole range, a point in time, a widget, a layout or a version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .statistics import UNKNOWN, Figure, Tally, percentile, ratio, total

PERCENTILES = {"p50": 0.5, "p75": 0.75, "p95": 0.95, "p99": 0.99}
NO_ROWS = Tally()
FIELDS = ("rows", "total", "squares", "counted", "quantiles")


def tally_of(row: Mapping[str, Any]) -> Tally:
    """The tally of a row of `sql/dashboard.sql`. The engine writes 64-bit integers as strings."""
    return Tally(int(row["rows"]), *(row[name] for name in FIELDS[1:]))


def figures(kinds: Mapping[str, Tally], *, with_errors: bool = True) -> dict[str, Figure]:
    """The figures of the tallies `load`, `error` and `interaction`; `kinds` may lack any of them.

    Without `with_errors` the error rate is unknown. Use that for a layout: errors have no layout.
    """
    loads = kinds.get("load", NO_ROWS)
    return {
        "loads": total(loads),
        "error_rate": ratio(kinds.get("error", NO_ROWS), loads) if with_errors else UNKNOWN,
        "interactions": total(kinds.get("interaction", NO_ROWS)),
        **{name: percentile(loads, level) for name, level in PERCENTILES.items()},
    }
