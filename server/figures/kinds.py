"""The seven figures that every panel shows, of everything, a point in time, a widget, a layout or a version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .statistics import UNTOLD, Figure, Tally, percentile, ratio, total

PERCENTILES = {"p50": 0.5, "p75": 0.75, "p95": 0.95, "p99": 0.99}
NOTHING = Tally()
FIELDS = ("rows", "total", "squares", "counted", "quantiles")


def tally_of(row: Mapping[str, Any]) -> Tally:
    """From a row of `sql/dashboard.sql`; the engine writes numbers of 64 bits as texts."""
    return Tally(int(row["rows"]), *(row[name] for name in FIELDS[1:]))


def figures(kinds: Mapping[str, Tally], *, tells_errors: bool = True) -> dict[str, Figure]:
    """`kinds`: the tallies of `load`, `error` and `interaction`, as far as there are any.

    An error has no layout: where figures are about one, how many failed cannot be told.
    """
    loads = kinds.get("load", NOTHING)
    return {
        "loads": total(loads),
        "error_rate": ratio(kinds.get("error", NOTHING), loads) if tells_errors else UNTOLD,
        "interactions": total(kinds.get("interaction", NOTHING)),
        **{name: percentile(loads, level) for name, level in PERCENTILES.items()},
    }
