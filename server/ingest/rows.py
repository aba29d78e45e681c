"""Turns a widget's report into rows: one for each load, each error code and each layout with interactions."""

from __future__ import annotations

from widget.telemetry.schema import STAGES, WidgetReport

from ..store.row import UNTOLD, Row

MOST = 1_000  # the errors of one code, or uses of one layout, that a person's page view can reach


def rows_of(report: WidgetReport, account: str) -> list[Row]:
    """The rows of one widget's report: loads, then errors, then interactions. A count above MOST is stored as MOST."""
    common = account, report.widget, report.version, report.rate
    rows = [
        *(Row(*common, "load", layout=load.layout, load_ms=load.load_ms) for load in report.loads),
        *(Row(*common, "error", code=code, count=min(count, MOST)) for code, count in report.errors.items()),
        *(
            Row(*common, "interaction", layout=layout, count=min(count, MOST))
            for layout, count in report.interactions.items()
        ),
    ]
    for row in rows if report.variant else ():
        row.variant = report.variant
    for row in rows if report.region else ():
        row.region, row.truth = report.region, report.truth
    if report.has_stages:
        _tell_stages(rows, report)
    return rows


def _tell_stages(rows: list[Row], report: WidgetReport) -> None:
    for row in rows:
        row.has_stages = 1
    for row, load in zip(rows, report.loads, strict=False):  # the loads come first
        for name in STAGES:
            ms = getattr(load, name)
            setattr(row, name, UNTOLD if ms is None else ms)


def clipped(report: WidgetReport) -> int:
    """The number of the report's rows that `rows_of` clips."""
    return sum(count > MOST for counts in (report.errors, report.interactions) for count in counts.values())
