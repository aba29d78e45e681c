"""Counts the content answers by hour, account, widget and variant, without any identifier, and stores the counts."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from ..errors import StoreError
from ..store.answers import Hour

FLUSH_S = 60.0  # a crash loses the counts of this time

log = logging.getLogger(__name__)


class ContentAnswers:
    """Counts answers in memory until `flush` stores them. Call it on the event loop."""

    def __init__(
        self, insert: Callable[[Mapping[Hour, int], str], None], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """`insert` stores counts, or nothing; with a token that it knows it stores nothing again. Raises StoreError."""
        self._insert, self._now = insert, now
        self._counts: Counter[Hour] = Counter()
        self._failed: dict[str, Counter[Hour]] = {}  # by the token of the insert
        self._problem = ""
        self._lock = asyncio.Lock()

    def count(self, account: str, widget: str, variant: str = "") -> None:
        """Count an answer that a page gets now, with the `variant` of an experiment, such as e7-b, if it has one."""
        hour = self._now().replace(minute=0, second=0, microsecond=0)
        self._counts[Hour(hour, account, widget, variant)] += 1

    async def flush(self) -> None:
        """Store all counts. What the store does not take now is tried again with the next flush."""
        async with self._lock:
            if self._counts:
                self._failed[uuid.uuid4().hex], self._counts = self._counts, Counter()
            for token, counts in list(self._failed.items()):
                try:
                    await asyncio.to_thread(self._insert, counts, token)
                except StoreError as error:
                    if str(error) != self._problem:  # log once, not each time
                        log.error("Content answers wait: %s", error)
                    self._problem = str(error)
                    break
                self._problem = ""
                del self._failed[token]
            _merge_all_but_first(self._failed)

    async def flush_regularly(self) -> None:
        """Flush every FLUSH_S, until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_S)
            await self.flush()


def _merge_all_but_first(failed: dict[str, Counter[Hour]]) -> None:
    """Only the first was tried, so the others can become one: memory stays bounded while the store fails."""
    for token in list(failed)[2:]:
        failed[list(failed)[1]].update(failed.pop(token))
