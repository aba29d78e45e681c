"""Gives each row the totals of its page, so that the figures can take page views as their unit.

A batch comes from one page. Its rows are sampled together, so the variance of a figure needs the sums of a page and not
its single rows. Each row carries them: how many rows and events of its kind are in the batch, of its kind and widget,
and of its kind and name. Nothing ties the rows to each other, so no page gets an identifier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..store.row import NO_LOAD, PAGE_HAS_LOAD, WIDGET_HAS_LOAD, Row


def add_page_totals(rows: Sequence[Row]) -> None:
    """Set the page's totals in all rows of one batch. A row that is alone in its group keeps zeros there."""
    if len(rows) < 2:
        return
    for group in _groups(rows, lambda row: (row.account, row.kind)):
        count = sum(row.count for row in group)
        for row in group:
            row.page_rows, row.page_count = len(group), count
    for group in _groups(rows, lambda row: (row.account, row.kind, row.widget)):
        count = sum(row.count for row in group)
        for row in group:
            row.page_widget_rows, row.page_widget_count = len(group), count
    for group in _groups(rows, lambda row: (row.account, row.kind, row.layout, row.code)):
        count = sum(row.count for row in group)
        for row in group:
            row.page_name_rows, row.page_name_count = len(group), count
    _mark_loads(rows)


def _groups(rows: Iterable[Row], key: Callable[[Row], tuple[str, ...]]) -> list[list[Row]]:
    """The rows with the same key, for each key that more than one row has."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return [group for group in groups.values() if len(group) > 1]


def _mark_loads(rows: Sequence[Row]) -> None:
    """Tell each error whether its page view is counted by a load already: by one of its widget, or of another."""
    accounts = {row.account for row in rows if row.kind == "load"}
    widgets = {(row.account, row.widget) for row in rows if row.kind == "load"}
    for row in rows:
        if row.kind == "error":
            has_load = PAGE_HAS_LOAD if row.account in accounts else NO_LOAD
            row.page_loads = WIDGET_HAS_LOAD if (row.account, row.widget) in widgets else has_load
