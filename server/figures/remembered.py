"""Remembers what the store answered about time that is over, so that only the newest rows are read again and again.

An account's dashboard is asked for anew whenever rows come. Nearly all of its rows are of time that is over, and do not
change. Rows are added up, so a range may be asked for in two parts: what is over, and what is not.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ..store.store import Store

MOST_BYTES = 16_000_000  # of all answers; one is of 100 KB or so


class Remembered:
    """Asks a store. An answer about time that is over is remembered until the next hour, because rows expire."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.forget()

    def forget(self) -> None:
        """Forget all answers, because rows of the past were erased."""
        self._answers = _Answers()

    def query(
        self, name: str, *, is_over: bool, literals: Mapping[str, str], **parameters: object
    ) -> list[dict[str, Any]]:
        """As `Store.query`. `is_over` says that the time which the parameters name is over: no row of it will come."""
        answers = self._answers  # a `forget` meanwhile does not get what is known from before it
        key = _key(name, literals, parameters)
        lines = answers.get(key) if is_over else None
        if lines is None:
            lines = self._store.lines(name, "JSONEachRow", literals=literals, **parameters)
            if is_over:
                answers.put(key, lines)
        return [json.loads(line) for line in lines.splitlines()]

    def parts(
        self,
        name: str,
        over_ms: int,
        *,
        start_ms: int,
        end_ms: int,
        literals: Mapping[str, str],
        **parameters: object,
    ) -> Iterator[dict[str, Any]]:
        """The rows of a query for both parts of a range, to be added up. What ends at `over_ms` is over."""
        for start, end, is_over in split(start_ms, end_ms, over_ms):
            yield from self.query(name, is_over=is_over, literals=literals, start_ms=start, end_ms=end, **parameters)


def split(start_ms: int, end_ms: int, over_ms: int) -> Iterator[tuple[int, int, bool]]:
    """The parts of a range before and after `over_ms`, those that are not empty, and whether each is over."""
    middle = min(max(over_ms, start_ms), end_ms)
    for start, end, is_over in ((start_ms, middle, True), (middle, end_ms, False)):
        if start < end:
            yield start, end, is_over


def _key(*query: object) -> bytes:
    """A short name of a query in this hour."""
    return hashlib.sha256(f"{datetime.now(UTC):%Y-%m-%d %H} {json.dumps(query)}".encode()).digest()


class _Answers:
    """The answers that were used last, of MOST_BYTES together. Several threads may use it."""

    def __init__(self) -> None:
        self._answers: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: bytes) -> bytes | None:
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def put(self, key: bytes, answer: bytes) -> None:
        with self._lock:
            self._size += len(answer) - len(self._answers.pop(key, b""))
            self._answers[key] = answer
            while self._size > MOST_BYTES:
                self._size -= len(self._answers.popitem(last=False)[1])
