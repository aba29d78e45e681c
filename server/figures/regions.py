"""The dashboard's table by region, corrected where pages named their region by randomised response."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from widget.telemetry.schema import REGIONS

from . import kinds, randomised
from .filters import Filter
from .kinds import Figure, kind_of
from .lines import Line, Lines
from .names import NO_REGION, OTHER, Names
from .randomised import Part
from .remembered import Remembered

PART = "by_region"


def regions(
    answers: Remembered, filter_: Filter, names: Names, lines: Lines, *, with_errors: bool
) -> tuple[list[tuple[Line, dict[str, Figure]]], bool]:
    """The figures of each line of the table, and whether some of its page views named their region by chance.

    Raises StoreError.
    """
    own = {number: line for number, line in enumerate(lines.all, start=1) if line.part == PART}
    if not own:
        return [], False
    rows = answers.query(
        "regions",
        is_over=False,
        literals=filter_.expressions(),
        **filter_.parameters(),
        **names.parameters(lines.numbers),
        region_lines=list(own),
        start_ms=min(line.start_ms for line in own.values()),
        end_ms=max(line.end_ms for line in own.values()),
        line_starts=[line.start_ms for line in lines.all],
        line_ends=[line.end_ms for line in lines.all],
    )
    rows_of: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        rows_of[int(row["line"])].append(row)
    alone = sum(line.name not in (OTHER, NO_REGION) for line in own.values())
    numbers = {NO_REGION: 0, OTHER: len(REGIONS) - alone}  # of regions in the line
    figures = [
        (line, _figures(rows_of[number], numbers.get(str(line.name), 1), with_errors)) for number, line in own.items()
    ]
    return figures, any(row["part_truth"] < 1 for row in rows)


def _figures(rows: Sequence[Mapping[str, Any]], number: int, with_errors: bool) -> dict[str, Figure]:
    """The figures of a line with so many regions."""
    if all(row["part_truth"] == 1 for row in rows):
        return kinds.figures({row["kind"]: kind_of([row]) for row in rows}, with_errors=with_errors)
    parts: defaultdict[str, list[Part]] = defaultdict(list)
    for row in rows:
        factor = randomised.factor(row["part_truth"], number, is_named=bool(row["is_named"]))
        parts[row["kind"]].append(Part(factor, kind_of([row]), row["view_squares"]))
    return randomised.figures(parts, with_errors=with_errors)
