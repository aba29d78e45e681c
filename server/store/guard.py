"""What the embedded engine does not see to: it takes a write that the disk has refused for done.

chDB 26.9 answers that an insert is stored though its files end in the middle, and from then on no query that reads them
is answered. So there is space before an insert begins, what was written is read once before anybody is told that it is
stored, and a torn part is dropped.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.exceptions import Error as EngineError

from ..errors import DiskFullError, StoreError
from . import disk
from .statements import statement


class Guard:
    """Watches over the inserts of one client into a directory's store."""

    def __init__(self, client: Any, directory: Path) -> None:
        self._client = client
        self._directory = directory
        self._merges = True  # what they write is as little checked
        self._torn = ""  # the part that has to be dropped

    def check(self) -> None:
        """Raises DiskFullError and StoreError where an insert would not end well."""
        try:
            disk.require_space(self._directory)
            if self._torn:
                disk.try_writing(self._directory)
        except DiskFullError:
            self._let_merge(False)
            raise
        self._let_merge(True)
        if self._torn:
            self._client.command(f"ALTER TABLE events DROP PART '{self._torn}'")
            self._torn = ""

    def read_back(self, ts: str) -> None:
        """Raises StoreError where the rows of that time, just inserted, cannot be read."""
        try:
            self._client.command(statement("read_back", {}), parameters={"ts": ts})
        except EngineError as error:
            clear(self._client)
            self._torn = self._client.raw_query(statement("newest_part", {}), fmt="TabSeparated").decode().strip()
            raise StoreError("The store could not store rows: what it wrote cannot be read.") from error

    def _let_merge(self, may: bool) -> None:
        if may != self._merges:
            self._client.command(f"SYSTEM {'START' if may else 'STOP'} MERGES events")
            self._merges = may


def clear(client: Any) -> None:
    """After an error the embedded engine puts what it had of the answer before its next one: let that be nobody's."""
    with contextlib.suppress(EngineError):
        client.command("SELECT 1")
