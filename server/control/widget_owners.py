"""A cache of each widget's account, for every request."""

from __future__ import annotations

import threading
import time

from ..errors import UnknownWidgetError
from .accounts import Account, Accounts
from .database import ControlDatabase

MAX_AGE_S = 0.02  # delay of other processes' changes; a check for changes takes microseconds


class WidgetOwners:
    """The account of each registered widget, as in the database. Safe for all threads."""

    def __init__(self, database: ControlDatabase) -> None:
        """Read all accounts. Raises ControlError."""
        self._database = database
        self._accounts_of: dict[str, Account] = {}
        self._version = (-1, -1)  # the number of this process's changes, and the file's version
        self._checked_at = 0.0
        self._lock = threading.Lock()
        self._refresh()

    def __len__(self) -> int:
        """The number of registered widgets."""
        return len(self._current())

    def account_of(self, widget: str) -> Account:
        """The account that owns the widget. Raises UnknownWidgetError and ControlError."""
        account = self._current().get(widget)
        if account is None:
            raise UnknownWidgetError
        return account

    def _current(self) -> dict[str, Account]:
        if self._database.changes != self._version[0] or time.monotonic() - self._checked_at > MAX_AGE_S:
            self._refresh()
        return self._accounts_of

    def _refresh(self) -> None:
        with self._lock:
            # The version is read first: a change that comes while the accounts are read is read again next time.
            version = self._database.changes, self._database.version()
            if version != self._version:
                self._accounts_of = Accounts(self._database).by_widget()
            self._version, self._checked_at = version, time.monotonic()
