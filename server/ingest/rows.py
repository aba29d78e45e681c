"""Turns a widget's report into rows: one for each load, each error code and each layout with interactions."""

from __future__ import annotations

from widget.telemetry.schema import STAGES, Load, WidgetReport

from ..store.row import Row

MOST = 1_000  # the errors of one code, or uses of one layout, that a person's page view can reach


def rows_of(report: WidgetReport, account: str) -> list[Row]:
    """The rows of one widget's report: loads, then errors, then interactions. A count above MOST is stored as MOST."""
    common = account, report.widget, report.version, report.rate
    has_stages = int(report.has_stages)
    rows = [_load_row(common, load, has_stages) for load in report.loads]
    if report.errors:
        rows += [
            Row(*common, "error", "", code, count=min(count, MOST), has_stages=has_stages)
            for code, count in report.errors.items()
        ]
    if report.interactions:
        rows += [
            Row(*common, "interaction", layout, count=min(count, MOST), has_stages=has_stages)
            for layout, count in report.interactions.items()
        ]
    for row in rows if report.variant else ():
        row.variant = report.variant
    for row in rows if report.region else ():
        row.region, row.truth = report.region, report.truth
    return rows


def _load_row(common: tuple[str, str, str, float], load: Load, has_stages: int) -> Row:
    row = Row(*common, "load", load.layout, load_ms=load.load_ms, has_stages=has_stages)
    for name in STAGES if has_stages else ():
        ms = getattr(load, name)
        if ms is not None:
            setattr(row, name, ms)
    return row


def clipped(report: WidgetReport) -> int:
    """The number of the report's rows that `rows_of` clips."""
    return sum(count > MOST for counts in (report.errors, report.interactions) for count in counts.values())
