"""From a batch's text to rows: checks the schema, the widgets' accounts, origins and rates, and the rate limits."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from widget import errors
from widget.content import AccountTelemetry
from widget.errors import EventRejected
from widget.telemetry.parser import parse
from widget.telemetry.schema import WidgetReport

from ..control.rates import accepted_rate
from ..control.widget_owners import Owner, WidgetOwners
from ..errors import RateLimitedError, UnknownWidgetError
from ..store.row import Row
from .counters import Counters
from .page_totals import add_page_totals
from .rate_limits import RateLimits
from .rows import clipped, rows_of

UNKNOWN_WIDGET = "unknown_widget"
UNKNOWN_RATE = "unknown_rate"  # not one of the account's sampling rates, see control/rates.py
UNKNOWN_VARIANT = "unknown_variant"  # not one of an experiment of the widget, or one that ended over an hour ago
WRONG_ORIGIN = "wrong_origin"  # not one of the widget's origins
ACCOUNT_OFF = "account_off"  # the widget's account has switched telemetry off
RATE_LIMITED = "rate_limited"

# A page that gets no content knows no setting, and reports that at the default rate.
DEFAULT_RATE = AccountTelemetry().rate
WITHOUT_CONTENT = {
    errors.API_ERROR, errors.API_TIMEOUT, errors.NOT_FOUND, errors.UNAUTHORIZED, errors.RATE_LIMITED,
    errors.INVALID_CONTENT, "RUNTIME_CSP", "RUNTIME_NETWORK", "RUNTIME_TIMEOUT", "RUNTIME_UNSUPPORTED",
}  # fmt: skip


class BatchReader:
    """Turns batches into rows. Counts the reports that it leaves out of a batch."""

    def __init__(
        self,
        widget_owners: WidgetOwners,
        rate_limits: RateLimits,
        counters: Counters,
        now: Callable[[], float] = time.time,
        has_variant: Callable[[str, str], bool] = lambda widget, variant: False,
    ) -> None:
        """`now` returns seconds since 1970; `has_variant` says whether an experiment of a widget has a variant."""
        self._widget_owners = widget_owners
        self._rate_limits = rate_limits
        self._counters = counters
        self._now = now
        self._has_variant = has_variant

    def rows(self, body: bytes, origin: bytes) -> list[Row]:
        """The rows to store of a batch. `origin` is the page's. An account with telemetry off gives none. A region is
        stored only if the page named it by the account's present setting; else the rows have none.

        Raises EventRejected if the batch breaks the schema. A report that may not be stored is left out and counted,
        so that it does not cost the batch's other widgets their rows. If no other report is left, raises EventRejected
        or RateLimitedError. Raises ControlError if the accounts cannot be read.
        """
        reports = parse(body)
        rows: list[Row] = []
        left_out: list[str] = []  # the reasons
        refuse = left_out.append
        wait_s = 0.0
        for report in reports:
            try:
                owner = self._widget_owners.owner_of(report.widget)
            except UnknownWidgetError:
                refuse(UNKNOWN_WIDGET)
                continue
            if not owner.account.collects:
                self._counters.count_refusal(ACCOUNT_OFF)
                continue
            if owner.origins and not owner.allows(origin.decode("latin-1")):
                refuse(WRONG_ORIGIN)
                continue
            if owner.rates.get(report.rate) != math.inf:  # not the account's rate of today, as nearly all are
                rate = self._rate(report, owner)
                if rate is None:
                    refuse(UNKNOWN_RATE)
                    continue
                report.rate = rate
            if report.variant and not self._has_variant(report.widget, report.variant):
                refuse(UNKNOWN_VARIANT)
                continue
            if report.truth != owner.truth:
                report.region = ""  # of another setting: of before a change, or the sender's own
            new = rows_of(report, owner.account.id)
            report_wait_s = self._rate_limits.acquire(owner.account.id, report.widget, len(new))
            if report_wait_s:
                refuse(RATE_LIMITED)
                wait_s = max(wait_s, report_wait_s)
            else:
                rows += new
                if report.errors or report.interactions:
                    self._counters.count_clipped(clipped(report))
        if len(left_out) == len(reports):
            raise RateLimitedError(wait_s) if wait_s else EventRejected(left_out[0])
        for reason in left_out:
            self._counters.count_refusal(reason)
        add_page_totals(rows)
        return rows

    def _rate(self, report: WidgetReport, owner: Owner) -> float | None:
        """The account's own number for the report's sampling rate; None if it is not one of the account's."""
        rate = accepted_rate(owner.rates, report.rate, self._now())
        if rate is None and report.rate == DEFAULT_RATE and is_without_content(report):
            return DEFAULT_RATE
        return rate


def is_without_content(report: WidgetReport) -> bool:
    """True if the page may have had no content: it reports nothing but the failures on the way to it."""
    return not report.loads and not report.interactions and report.errors.keys() <= WITHOUT_CONTENT
