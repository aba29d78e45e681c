"""Counts requests, stored rows and refusals: refusals by reason since the start, all by the minute of the last hour."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

MINUTES = 60  # the number of minutes to keep, the current one included


@dataclass
class Minute:
    """The counts of one minute of the server's clock."""

    at: str  # the minute's start, ISO 8601, UTC
    requests: int = 0  # batches that arrived, accepted or not
    rows: int = 0  # rows committed to the store
    refused: int = 0  # in a batch with several widgets, each refused report counts


class Counters:
    """The counters of one server run. Of a refused batch they keep only the reason's word."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """`now` returns seconds since 1970."""
        self._now = now
        self._current = -1
        self._minutes: deque[Minute] = deque(maxlen=MINUTES)
        self.started_at = _iso(now())
        self.requests = 0  # since the start
        self.reasons: Counter[str] = Counter()
        self.clipped = 0

    def count_request(self) -> None:
        """Count a batch that arrived."""
        self.requests += 1
        self._minute().requests += 1

    def count_stored(self, rows: int) -> None:
        """Count committed rows."""
        self._minute().rows += rows

    def count_refusal(self, reason: str, count: int = 1) -> None:
        """Count refused batches or reports. `reason` is one of the server's words, never a sender's text."""
        if count:
            self.reasons[reason] += count
            self._minute().refused += count

    def count_clipped(self, rows: int) -> None:
        """Count rows that were stored with a smaller count than was sent: see `rows.MOST`."""
        self.clipped += rows

    def as_dict(self) -> dict[str, Any]:
        """The start time, the last hour's minutes, refusals by reason and the number of clipped rows, as JSON types."""
        self._minute()
        return {
            "started_at": self.started_at,
            "minutes": [asdict(minute) for minute in self._minutes],
            "refused": dict(sorted(self.reasons.items())),
            "clipped": self.clipped,
        }

    def _minute(self) -> Minute:
        number = int(self._now() // 60)
        if number != self._current:
            # If the clock was set back, go on with the newest minute. If it jumped ahead, add at most an hour of zeros.
            first = max(self._current + 1, number - MINUTES + 1) if self._current >= 0 else number
            self._minutes.extend(Minute(_iso(minute * 60)) for minute in range(first, number + 1))
            self._current = max(self._current, number)
        return self._minutes[-1]


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")
