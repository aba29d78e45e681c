"""The figures of exactly the time range that is asked for, for the alerts.

A dashboard's ranges begin and end at moments that divide the page views, so that nobody can subtract one answer from
another (disclosure.py). Its newest page views therefore wait for others. An alert cannot wait: it judges each hour or
day once, as a whole, and nobody chooses its ends.
"""

from __future__ import annotations

from ..store.store import Store
from .filters import Filter
from .kinds import Figure, figures, kinds_of
from .question import Question


def summary(store: Store, question: Question) -> dict[str, Figure]:
    """The figures of the question's range; those of fewer than 20 page views are too few. Raises StoreError."""
    filter_ = Filter.of(question)
    rows = store.query(
        "summary",
        literals=filter_.expressions(),
        **filter_.parameters(),
        start_ms=question.start_ms,
        end_ms=question.end_ms,
    )
    return figures(kinds_of(rows), with_errors=question.with_errors)
