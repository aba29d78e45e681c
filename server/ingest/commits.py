"""Counts each account's committed rows since the server's start, for the live streams."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections import Counter
from collections.abc import Sequence

from ..store.row import Row


class Commits:
    """Counts committed rows. A `mark` is a position in an account's count, at which a stream can resume."""

    def __init__(self) -> None:
        self._run = time.time_ns() // 1_000_000  # part of each mark, so that marks of two server runs differ
        self._rows: Counter[str] = Counter()  # by account
        self._ended = asyncio.Event()

    def count(self, rows: Sequence[Row]) -> None:
        """Count the rows of a commit. Call it on the event loop."""
        self._rows.update(row.account for row in rows)

    def mark(self, account: str) -> str:
        """The current position in the account's count."""
        return f"{self._run}-{self._rows[account]}"

    def resume_mark(self, mark: str) -> str:
        """The mark if it is of this server run, else the mark of the run's start."""
        return mark if re.fullmatch(rf"{self._run}-[0-9]{{1,15}}", mark) else f"{self._run}-0"

    def since(self, account: str, mark: str) -> int:
        """The number of the account's rows that were committed after `mark`, which is of this run."""
        return max(0, self._rows[account] - int(mark.rpartition("-")[2]))

    async def wait(self, seconds: float) -> bool:
        """Wait for that time. Returns False at once when the server ends."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)
        return not self._ended.is_set()

    def end(self) -> None:
        """End all streams, because the server stops."""
        self._ended.set()
