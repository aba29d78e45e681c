"""From a batch's text to rows: checks the schema, the widgets' accounts and the rate limits."""

from __future__ import annotations

from widget.errors import EventRejected
from widget.telemetry import schema

from ..control.widget_owners import WidgetOwners
from ..errors import RateLimitedError, UnknownWidgetError
from ..store.row import Row
from .counters import Counters
from .page_totals import add_page_totals
from .rate_limits import RateLimits
from .rows import rows_of

UNKNOWN_WIDGET = "unknown_widget"
ACCOUNT_OFF = "account_off"  # the widget's account has switched telemetry off
RATE_LIMITED = "rate_limited"


class BatchReader:
    """Turns batches into rows. Counts the reports that it leaves out of a batch."""

    def __init__(self, widget_owners: WidgetOwners, rate_limits: RateLimits, counters: Counters) -> None:
        self._widget_owners = widget_owners
        self._rate_limits = rate_limits
        self._counters = counters

    def rows(self, body: bytes) -> list[Row]:
        """The rows to store. A report of an account with telemetry off gives none, without an error.

        Raises EventRejected if the batch breaks the schema. A report of an unknown or rate-limited widget is left out
        and counted, so that it does not cost the batch's other widgets their rows. If no other report is left, raises
        EventRejected or RateLimitedError. Raises ControlError if the accounts cannot be read.
        """
        reports = schema.parse(body)
        rows: list[Row] = []
        unknown = limited = 0
        wait_s = 0.0
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
            report_wait_s = self._rate_limits.acquire(account.id, report.widget, len(new))
            if report_wait_s:
                limited += 1
                wait_s = max(wait_s, report_wait_s)
            else:
                rows += new
        if unknown + limited == len(reports):
            raise RateLimitedError(wait_s) if limited else EventRejected(UNKNOWN_WIDGET, "widget")
        self._counters.count_refusal(UNKNOWN_WIDGET, unknown)
        self._counters.count_refusal(RATE_LIMITED, limited)
        add_page_totals(rows)
        return rows
