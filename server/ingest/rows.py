"""What is stored of a report: one row for each load, error code and layout interacted with."""

from __future__ import annotations

from dataclasses import dataclass

from widget.telemetry.schema import WidgetReport


@dataclass(slots=True)  # frozen, it would take four times as long to make
class Row:
    """One row of `telemetry.events`, without its time: the store stamps a whole commit at once."""

    account: str
    widget: str
    version: str
    rate: float  # a fraction above 0, at most 1; the row weighs 1/rate
    kind: str  # load, error or interaction
    layout: str = ""  # of a load or an interaction
    code: str = ""  # of an error
    load_ms: int = 0  # of a load
    count: int = 1


def rows_of(report: WidgetReport, account: str) -> list[Row]:
    """The rows of one widget's report: loads, then errors, then interactions."""
    about = account, report.widget, report.version, report.rate
    return [
        *(Row(*about, "load", layout=load.layout, load_ms=load.load_ms) for load in report.loads),
        *(Row(*about, "error", code=code, count=count) for code, count in report.errors.items()),
        *(Row(*about, "interaction", layout=layout, count=count) for layout, count in report.interactions.items()),
    ]
