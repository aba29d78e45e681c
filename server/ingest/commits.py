"""How many rows of each account were committed since the start: what the live streams tell."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections import Counter
from collections.abc import Sequence

from ..store.row import Row


class Commits:
    """Counts every commit. `mark` is a place in that count, by which a stream goes on after a break."""

    def __init__(self) -> None:
        self._run = time.time_ns() // 1_000_000  # no two runs of a server share a mark
        self._rows: Counter[str] = Counter()  # by account
        self._ended = asyncio.Event()

    def count(self, rows: Sequence[Row]) -> None:
        """Takes note of a commit; to be called on the event loop."""
        self._rows.update(row.account for row in rows)

    def mark(self, account: str) -> str:
        """The place that the count of the account has reached."""
        return f"{self._run}-{self._rows[account]}"

    def known(self, mark: str) -> str:
        """The mark, when it is one of this run, else the start of this run."""
        return mark if re.fullmatch(rf"{self._run}-[0-9]{{1,15}}", mark) else f"{self._run}-0"

    def since(self, account: str, mark: str) -> int:
        """How many rows of the account came after the mark of this run."""
        return max(0, self._rows[account] - int(mark.rpartition("-")[2]))

    async def wait(self, seconds: float) -> bool:
        """Waits so long; False as soon as the server ends."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)
        return not self._ended.is_set()

    def end(self) -> None:
        """Ends every stream: the server stops."""
        self._ended.set()
