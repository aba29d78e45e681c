"""Turns a widget's report into rows: one for each load, each error code and each layout with interactions."""

from __future__ import annotations

from widget.telemetry.schema import WidgetReport

from ..store.row import Row


def rows_of(report: WidgetReport, account: str) -> list[Row]:
    """The rows of one widget's report: loads, then errors, then interactions."""
    common = account, report.widget, report.version, report.rate
    return [
        *(Row(*common, "load", layout=load.layout, load_ms=load.load_ms) for load in report.loads),
        *(Row(*common, "error", code=code, count=count) for code, count in report.errors.items()),
        *(Row(*common, "interaction", layout=layout, count=count) for layout, count in report.interactions.items()),
    ]
