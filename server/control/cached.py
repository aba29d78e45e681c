"""Something read from the control database that every request needs, read again after each change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from ..errors import ControlError
from .database import ControlDatabase

MAX_AGE_S = 0.02  # delay of other processes' changes to an SQLite file; a look for changes takes microseconds

T = TypeVar("T")


class Cached(Generic[T]):
    """A value as of the last change. Safe for all threads."""

    def __init__(self, database: ControlDatabase, read: Callable[[], T]) -> None:
        """`read` makes the value. Raises ControlError."""
        self._database, self._read = database, read
        self._version = (-1, -1)  # the number of this process's changes, and the database's version
        self._checked_at = 0.0
        self._lock = threading.Lock()
        self._refresh()
        database.engine.on_change(self._refresh)

    def value(self) -> T:
        """The value. Raises ControlError if the last look at the database is too long ago to trust it."""
        if self._database.engine.follows:
            if not self._database.engine.is_current():
                raise ControlError(f"{self._database.engine.name} does not answer, so the settings are unknown.")
        elif self._database.changes != self._version[0] or time.monotonic() - self._checked_at > MAX_AGE_S:
            self._refresh()
        return self._value

    def _refresh(self) -> None:
        with self._lock:
            # The version is read first: a change that comes while the value is read is read again next time.
            version = self._database.changes, self._database.version()
            if version != self._version:
                self._value = self._read()
            self._version, self._checked_at = version, time.monotonic()
