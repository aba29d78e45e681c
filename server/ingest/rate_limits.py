"""Rate limits for each account and each widget, as token buckets of rows. Addresses play no part."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple


class Limit(NamedTuple):
    """A token bucket: it holds `burst` rows and refills at `rows_per_s`."""

    rows_per_s: float
    burst: float


# A widget with 100,000 page views a second, of which 1 in 100 is sampled, stays within WIDGET.
WIDGET = Limit(rows_per_s=1_000, burst=10_000)
ACCOUNT = Limit(rows_per_s=2_000, burst=20_000)


class RateLimits:
    """The buckets of all accounts and widgets. Batches of unknown widgets are refused before they get here."""

    def __init__(self, account: Limit = ACCOUNT, widget: Limit = WIDGET, now: Callable[[], float] = time.monotonic):
        """`now` returns seconds from any fixed start."""
        self._limits = account, widget
        self._now = now
        # For each id the moment at which its bucket is full again. It is in the past if the bucket is full.
        self._accounts: dict[str, float] = {}
        self._widgets: dict[str, float] = {}

    def acquire(self, account: str, widget: str, rows: int) -> float:
        """Take the rows out of both buckets and return 0. If they do not fit, return the seconds to wait instead."""
        now = self._now()
        account_limit, widget_limit = self._limits
        account_full_at = max(self._accounts.get(account, now), now) + rows / account_limit.rows_per_s
        widget_full_at = max(self._widgets.get(widget, now), now) + rows / widget_limit.rows_per_s
        wait_s = max(
            account_full_at - now - account_limit.burst / account_limit.rows_per_s,
            widget_full_at - now - widget_limit.burst / widget_limit.rows_per_s,
        )
        if wait_s > 0:
            return wait_s
        self._accounts[account], self._widgets[widget] = account_full_at, widget_full_at
        return 0.0
