"""What came and what was refused: by reason since the start, and by the minute for the last hour."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

MINUTES = 60  # how many are kept, the current one included


@dataclass
class Minute:
    """One minute of the server's clock."""

    at: str  # its start, UTC, ISO 8601
    requests: int = 0  # batches that came, whatever became of them
    rows: int = 0  # committed to the store
    refused: int = 0  # of a batch with several widgets, each refused report counts


class Counters:
    """Plain counts: of what was refused there is no more than the reason's word."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """`now` gives seconds since 1970."""
        self._now = now
        self._current = -1
        self._minutes: deque[Minute] = deque(maxlen=MINUTES)
        self.started_at = _iso(now())
        self.reasons: Counter[str] = Counter()

    def count_request(self) -> None:
        """A batch has come."""
        self._minute().requests += 1

    def count_stored(self, rows: int) -> None:
        """Rows were committed."""
        self._minute().rows += rows

    def count_refusal(self, reason: str, count: int = 1) -> None:
        """So much was refused; `reason` is one of our words, never a sender's text."""
        if count:
            self.reasons[reason] += count
            self._minute().refused += count

    def as_dict(self) -> dict[str, object]:
        """The start, the minutes of the last hour, the oldest first and the silent ones too, and the reasons."""
        self._minute()
        return {
            "started_at": self.started_at,
            "minutes": [asdict(minute) for minute in self._minutes],
            "refused": dict(sorted(self.reasons.items())),
        }

    def _minute(self) -> Minute:
        number = int(self._now() // 60)
        if number != self._current:
            # A clock that was set back goes on in the minute it had; one that leapt leaves at most an hour of zeros.
            first = max(self._current + 1, number - MINUTES + 1) if self._current >= 0 else number
            self._minutes.extend(Minute(_iso(minute * 60)) for minute in range(first, number + 1))
            self._current = max(self._current, number)
        return self._minutes[-1]


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")
