"""The stages of Python's start, as the loads of one widget tell them.

The loader measures nothing for it, since every visitor loads the loader: the browser keeps the times of the page's
requests, and Python reads them once it is up. A time that the browser does not have is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..page.bridge import Bridge
from .schema import MAX_LOAD_MS, Load

# In Bridge.shared: the address of web/boot.js, which the loader fetches when Python is wanted, and when Python was up.
BOOT, UP_AT = "boot", "up_at"


class PageStart:
    """The start of Python in the page of a widget that the loader has handed over."""

    def __init__(self, bridge: Bridge, content_url: str) -> None:
        """`content_url` is that of the content that the visitor saw; empty: nobody knows when it was there."""
        self._bridge, self._content_url = bridge, content_url
        self._up_at_ms: float = bridge.shared.get(UP_AT, math.nan)

    def tell(self, load: Load, started_ms: float) -> None:
        """Add the stages to a load that began at this time of the page's clock, if it began before Python was up."""
        load.ready_ms = _whole(min(max(self._up_at_ms - started_ms, 0), MAX_LOAD_MS)) or 0
        if load.ready_ms:
            wanted = self._bridge.timing(self._bridge.shared.get(BOOT, ""))
            content = self._bridge.timing(self._content_url)
            load.wanted_ms = _whole(wanted[0] - started_ms) if wanted else None
            load.content_ms = _whole(content[1] - started_ms) if content else None

    def tell_report(self, loads: Iterable[Load]) -> None:
        """Add the time of the page's first report, which is now, to the loads that began before Python was up."""
        for load in loads:
            if load.ready_ms:
                load.report_ms = _whole(load.ready_ms + self._bridge.now_ms() - self._up_at_ms)


def _whole(ms: float) -> int | None:
    """Whole milliseconds; None for a time before the load began, or out of the schema's bounds."""
    return round(ms) if 0 <= ms <= MAX_LOAD_MS else None  # not for NaN either
