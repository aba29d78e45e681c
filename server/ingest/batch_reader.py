"""From a batch's text to rows: judged by the schema, by whose the widgets are, and by how much has come already."""

from __future__ import annotations

from widget.errors import EventRejected
from widget.telemetry import schema

from ..control.widget_owners import WidgetOwners
from ..errors import RateLimitedError, UnknownWidgetError
from ..store.row import Row
from .counters import Counters
from .rate_limits import RateLimits
from .rows import rows_of

UNKNOWN_WIDGET = "unknown_widget"
ACCOUNT_OFF = "account_off"  # the widget's account collects nothing
RATE_LIMITED = "rate_limited"


class BatchReader:
    """Says which rows a batch gives; counts the reports that give none, unless it refuses the batch."""

    def __init__(self, widget_owners: WidgetOwners, rate_limits: RateLimits, counters: Counters) -> None:
        self._widget_owners = widget_owners
        self._rate_limits = rate_limits
        self._counters = counters

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
                account = self._widget_owners.account_of(report.widget)
            except UnknownWidgetError:
                unknown += 1
                continue
            if not account.collects:
                self._counters.count_refusal(ACCOUNT_OFF)
                continue
            new = rows_of(report, account.id)
            seconds = self._rate_limits.acquire(account.id, report.widget, len(new))
            if seconds:
                limited += 1
                wait = max(wait, seconds)
            else:
                rows += new
        if unknown + limited == len(reports):
            raise RateLimitedError(wait) if limited else EventRejected(UNKNOWN_WIDGET, "widget")
        self._counters.count_refusal(UNKNOWN_WIDGET, unknown)
        self._counters.count_refusal(RATE_LIMITED, limited)
        return rows
