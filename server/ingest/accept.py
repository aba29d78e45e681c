"""From a batch's text to rows: judged by the schema, by whose the widgets are, and by how much has come already."""

from __future__ import annotations

from widget.errors import EventRejected
from widget.telemetry import schema

from ..control.registry import Registry
from ..errors import RateLimitedError, UnknownWidgetError
from .floods import Floods
from .refusals import Refusals
from .rows import Row, rows_of

UNKNOWN_WIDGET = "unknown_widget"
ACCOUNT_OFF = "account_off"  # the widget's account collects nothing
RATE_LIMITED = "rate_limited"


class Judge:
    """Says which rows a batch gives; counts the reports that give none, unless it refuses the batch."""

    def __init__(self, registry: Registry, floods: Floods, refusals: Refusals) -> None:
        self._registry = registry
        self._floods = floods
        self._refusals = refusals

    def rows(self, body: bytes) -> list[Row]:
        """The rows to be stored: none where the account collects nothing, which its sender need not know.

        One mistyped tag, or one flooded widget, does not cost its neighbours their rows: only where nothing else is
        in the batch, its sender is told, by EventRejected or RateLimitedError. Raises ControlError too.
        """
        reports = schema.parse(body)
        rows: list[Row] = []
        unknown = limited = 0
        wait = 0.0
        for report in reports:
            try:
                account = self._registry.account_of(report.widget)
            except UnknownWidgetError:
                unknown += 1
                continue
            if not account.collects:
                self._refusals.add(ACCOUNT_OFF)
                continue
            new = rows_of(report, account.id)
            seconds = self._floods.take(account.id, report.widget, len(new))
            if seconds:
                limited += 1
                wait = max(wait, seconds)
            else:
                rows += new
        if unknown + limited == len(reports):
            raise RateLimitedError(wait) if limited else EventRejected(UNKNOWN_WIDGET, "widget")
        self._refusals.add(UNKNOWN_WIDGET, unknown)
        self._refusals.add(RATE_LIMITED, limited)
        return rows
