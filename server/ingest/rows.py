"""A report as rows: one for each load, error code and layout interacted with."""

from __future__ import annotations

from widget.telemetry.schema import WidgetReport

from ..store.row import Row


def rows_of(report: WidgetReport, account: str) -> list[Row]:
    """The rows of one widget's report: loads, then errors, then interactions."""
    about = account, report.widget, report.version, report.rate
    return [
        *(Row(*about, "load", layout=load.layout, load_ms=load.load_ms) for load in report.loads),
        *(Row(*about, "error", code=code, count=count) for code, count in report.errors.items()),
        *(Row(*about, "interaction", layout=layout, count=count) for layout, count in report.interactions.items()),
    ]
