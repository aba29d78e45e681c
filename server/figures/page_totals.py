"""Which of a row's page totals a query needs: those over the rows that meet the same filter or stand in one line."""

from __future__ import annotations


def expressions(*, widget: bool, layout: bool) -> dict[str, str]:
    """SQL for the events and rows of a row's page, by the question's filters. See `ingest/page_totals.py`.

    There are totals for a widget and for a layout, but none for both; the smaller of the two is never too small. There
    are none for a version, because the widgets of a page nearly always have the same.
    """
    widget_level, name_level = {"widget"}, {"name"}
    base = (widget_level if widget else set()) | (name_level if layout else set())
    levels = {"": base, "widget_": base | widget_level, "name_": base | name_level}
    counts = {f"{prefix}count": _least(level, "count") for prefix, level in levels.items()}
    rows = {f"{prefix}rows": f"greatest(1, {_least(level, 'rows')})" for prefix, level in levels.items()}
    # A load is in the batch of an error: from 1 on of any widget, 2 of the error's own.
    return {**counts, **rows, "loads": "2" if widget else "1"}


def _least(level: set[str], what: str) -> str:
    columns = [f"page_{name}_{what}" for name in sorted(level)] or [f"page_{what}"]
    return f"least({', '.join(columns)})" if len(columns) > 1 else columns[0]
