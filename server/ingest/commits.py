"""Remembers each account's last commit since the server's start, for the live streams."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Iterable, Sequence

from ..store.row import Row


class Commits:
    """Tells whether an account has new rows, and never how many: few rows would tell of few page views.

    A `mark` is a moment of this server run, from which a stream can resume.
    """

    def __init__(self) -> None:
        self._run = time.time_ns() // 1_000_000  # part of each mark, so that marks of two server runs differ
        self._last: dict[str, int] = {}  # by account, as a moment of this run
        self._newest = 0  # the newest moment that was given out
        self._ended = asyncio.Event()

    def note(self, rows: Sequence[Row]) -> None:
        """Note the accounts of a commit's rows. Call it on the event loop."""
        self.note_accounts({row.account for row in rows})

    def note_accounts(self, accounts: Iterable[str]) -> None:
        """Note that rows of these accounts were committed, by this process or another one. As `note`."""
        self._last.update(dict.fromkeys(accounts, self._moment()))

    def mark(self) -> str:
        """The present moment."""
        return f"{self._run}-{self._moment()}"

    def resume_mark(self, mark: str) -> str:
        """The mark if it is of this server run, else the mark of the run's start."""
        return mark if re.fullmatch(rf"{self._run}-[0-9]{{1,15}}", mark) else f"{self._run}-0"

    def has_new(self, account: str, mark: str) -> bool:
        """Whether rows of the account were committed after `mark`, which is of this run."""
        return self._last.get(account, 0) > int(mark.rpartition("-")[2])

    async def wait(self, seconds: float) -> bool:
        """Wait for that time. Returns False at once when the server ends."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)
        return not self._ended.is_set()

    def end(self) -> None:
        """End all streams, because the server stops."""
        self._ended.set()

    def _moment(self) -> int:
        """Microseconds since the start, later than all before."""
        self._newest = max(self._newest + 1, time.time_ns() // 1000 - self._run * 1000)
        return self._newest
