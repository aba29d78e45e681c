"""The promise: nothing is kept, or shown, for longer than 90 days. The engine deletes; here it is looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .store import Store

RETENTION_DAYS = 90  # in SQL too: every query says `ts >= now64(3) - INTERVAL 90 DAY`
RETENTION = timedelta(days=RETENTION_DAYS)


def oldest(store: Store) -> datetime | None:
    """When the oldest row came that is still stored, whatever its age; None in an empty store. Raises StoreError."""
    (row,) = store.query("oldest_row")
    return datetime.fromisoformat(row["oldest"]) if int(row["rows"]) else None


def size(store: Store) -> dict[str, int]:
    """`rows` that are stored, and the `bytes` they take on the disk, on a cluster of all replicas together."""
    (rows,), (found,) = store.query("oldest_row"), store.query("stored_bytes")
    return {"rows": int(rows["rows"]), "bytes": int(found["bytes"])}
