"""How much of the server one account and one widget may take: token buckets of rows, and never of addresses."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple


class Limit(NamedTuple):
    """A bucket that holds `burst` rows and is filled at `rows_per_s`."""

    rows_per_s: float
    burst: float


# A widget that a hundred thousand visits a second see, one in a hundred of which counts, stays below its own.
WIDGET = Limit(rows_per_s=1_000, burst=10_000)
ACCOUNT = Limit(rows_per_s=2_000, burst=20_000)


class RateLimits:
    """The buckets of all accounts and widgets that are known; nobody else's batches come this far."""

    def __init__(self, account: Limit = ACCOUNT, widget: Limit = WIDGET, now: Callable[[], float] = time.monotonic):
        """`now` gives seconds; only their difference matters."""
        self._limits = account, widget
        self._now = now
        # For each the moment at which its bucket is full again: in the past, for one that is.
        self._accounts: dict[str, float] = {}
        self._widgets: dict[str, float] = {}

    def acquire(self, account: str, widget: str, rows: int) -> float:
        """Takes the rows out of both buckets and gives 0, or takes nothing and gives the seconds to wait."""
        now = self._now()
        for_account, for_widget = self._limits
        account_full_at = max(self._accounts.get(account, now), now) + rows / for_account.rows_per_s
        widget_full_at = max(self._widgets.get(widget, now), now) + rows / for_widget.rows_per_s
        wait = max(
            account_full_at - now - for_account.burst / for_account.rows_per_s,
            widget_full_at - now - for_widget.burst / for_widget.rows_per_s,
        )
        if wait > 0:
            return wait
        self._accounts[account], self._widgets[widget] = account_full_at, widget_full_at
        return 0.0
