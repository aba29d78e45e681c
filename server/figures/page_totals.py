"""Which of a row's page totals a query needs: those over the rows that meet the same filter or stand in one line."""

from __future__ import annotations


def expressions(*, widget: bool = False, layout: bool = False, code: bool = False) -> dict[str, str]:
    """SQL for the events and rows of a row's page, by the question's filters. See `ingest/page_totals.py`.

    There are totals for a widget and for a layout, but none for both; the smaller of the two is never too small. A
    widget's errors of one code are one row of the batch. There are no totals for a version, because the widgets of a
    page nearly always have the same.
    """
    widget_level, name_level = {"widget"}, {"name"}
    base = (widget_level if widget else set()) | (name_level if layout or code else set())
    levels = {"": base, "widget_": base | widget_level, "name_": base | name_level}
    counts = {f"{prefix}count": _least(level, "count") for prefix, level in levels.items()}
    rows = {f"{prefix}rows": f"greatest(1, {_least(level, 'rows')})" for prefix, level in levels.items()}
    # A load is in the batch of an error: from 1 on of any widget, 2 of the error's own. With a code, loads don't count.
    loads = {"loads": "2" if widget else "1", "widget_loads": "2"}
    return {**counts, **rows, **({"loads": "3", "widget_loads": "3"} if code else loads)}


def _least(level: set[str], what: str) -> str:
    if level == {"widget", "name"}:
        alone = {"count": "count", "rows": "1"}[what]
        return f"if(kind = 'error', {alone}, least(page_name_{what}, page_widget_{what}))"
    (name,) = level or {""}
    return f"page_{name}_{what}" if name else f"page_{what}"
