"""The age and the size of what is stored. The engine itself deletes old rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .store import Store


def oldest(store: Store) -> datetime | None:
    """The time of the oldest row that is still stored, even if it has expired. None if there is no row.

    Raises StoreError.
    """
    (row,) = store.query("oldest_row")
    return datetime.fromisoformat(row["oldest"]) if int(row["rows"]) else None


def size(store: Store) -> dict[str, int]:
    """The number of `rows`, and their `bytes` on the disk, summed over a cluster's replicas. Raises StoreError."""
    (row_count,), (disk_usage,) = store.query("oldest_row"), store.query("stored_bytes")
    return {"rows": int(row_count["rows"]), "bytes": int(disk_usage["bytes"])}
