"""Whose a widget is, in memory: what every request asks for."""

from __future__ import annotations

import threading
import time

from ..errors import UnknownWidgetError
from .accounts import Account, Accounts
from .database import ControlDatabase

FRESH_S = 0.02  # how long another process's change may take to be seen; looking costs microseconds


class WidgetOwners:
    """Every widget's account as it is in the database, for any thread."""

    def __init__(self, database: ControlDatabase) -> None:
        """Reads all of it; raises ControlError."""
        self._database = database
        self._accounts_of: dict[str, Account] = {}
        self._seen = (-1, -1)  # our own changes, and the file's version
        self._looked_at = 0.0
        self._lock = threading.Lock()
        self._look()

    def __len__(self) -> int:
        """How many widgets are registered."""
        return len(self._fresh())

    def account_of(self, widget: str) -> Account:
        """The account that the widget belongs to; raises UnknownWidgetError."""
        account = self._fresh().get(widget)
        if account is None:
            raise UnknownWidgetError
        return account

    def _fresh(self) -> dict[str, Account]:
        if self._database.changes != self._seen[0] or time.monotonic() - self._looked_at > FRESH_S:
            self._look()
        return self._accounts_of

    def _look(self) -> None:
        with self._lock:
            # Before the reading: what changes meanwhile is read now, and once more at the next look.
            seen = self._database.changes, self._database.version()
            if seen != self._seen:
                self._accounts_of = Accounts(self._database).by_widget()
            self._seen, self._looked_at = seen, time.monotonic()
