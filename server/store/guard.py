"""Works around chDB reporting success for inserts that the disk refused.

chDB 26.9 reports success even if a part's files were cut off by a full disk. Every query that reads such a torn part
then fails, or the part is set aside at the next start. So the guard checks for free space before each insert, reads the
rows back and writes a trial file before they are acknowledged, and drops a torn part.
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
    """Checks the inserts of one client into an embedded store."""

    def __init__(self, client: Any, directory: Path) -> None:
        self._client = client
        self._directory = directory
        self._merges = True  # whether merges may run: chDB does not check what they write either
        self._torn = ""  # the torn part to drop

    def check(self) -> None:
        """Raise DiskFullError or StoreError if an insert would fail. Drop the torn part once there is space."""
        try:
            disk.require_space(self._directory)
            if self._torn:
                disk.try_writing(self._directory)
        except DiskFullError:
            self._allow_merges(False)
            raise
        self._allow_merges(True)
        if self._torn:
            self._client.command(f"ALTER TABLE events DROP PART '{self._torn}'")
            self._torn = ""

    def read_back(self, ts: str) -> None:
        """Raise StoreError if the rows just inserted with the time `ts` cannot be read, now or after a restart.

        The engine reads a part's rows from the disk, but what it knows of the part from memory. So a file that was cut
        off there shows only at the next start. A disk that still takes more than such files has not cut them off.
        """
        try:
            self._client.command(statement("read_back", {}), parameters={"ts": ts})
            disk.try_writing(self._directory)
        except EngineError as error:
            self._note_torn()
            raise StoreError("The store could not store rows: what it wrote cannot be read.") from error
        except DiskFullError:
            self._note_torn()
            raise

    def _note_torn(self) -> None:
        discard_partial_answer(self._client)
        self._torn = self._client.raw_query(statement("newest_part", {}), fmt="TabSeparated").decode().strip()
        self._allow_merges(False)  # until the disk takes bytes again

    def _allow_merges(self, allow: bool) -> None:
        if allow != self._merges:
            self._client.command(f"SYSTEM {'START' if allow else 'STOP'} MERGES events")
            self._merges = allow


def discard_partial_answer(client: Any) -> None:
    """After an error chDB prefixes its next answer with the partial one. Run a throwaway query to discard it."""
    with contextlib.suppress(EngineError):
        client.command("SELECT 1")
