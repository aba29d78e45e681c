"""The age and the size of what is stored. The engine deletes old rows, but not those of parts that it set aside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ..retention_period import RETENTION_DAYS

if TYPE_CHECKING:
    from .store import Store


def age_range(store: Store) -> tuple[datetime | None, datetime | None]:
    """The times of the oldest and the newest row that are still on the disk, expired or set aside. None without rows.

    A part that was torn by a crash is set aside in the directory `detached`. No query sees its rows, and nobody knows
    how many can be read: it counts as of the start of its day. Raises StoreError.
    """
    (row,) = store.query("oldest_row")
    times = [datetime.fromisoformat(row[name]) for name in ("oldest", "newest") if int(row["rows"])]
    days = [datetime.fromisoformat(part["day"]).replace(tzinfo=UTC) for part in store.query("detached_parts")]
    return min([*times, *days], default=None), max(times, default=None)


def oldest(store: Store) -> datetime | None:
    """The time of the oldest row on the disk, as `age_range` has it. Raises StoreError."""
    return age_range(store)[0]


def size(store: Store) -> dict[str, int]:
    """The number of `rows`, and their `bytes` on the disk, summed over a cluster's replicas. Raises StoreError."""
    (row_count,), (disk_usage,) = store.query("oldest_row"), store.query("stored_bytes")
    return {"rows": int(row_count["rows"]), "bytes": int(disk_usage["bytes"])}


def drop_expired_parts(store: Store, now: datetime) -> int:
    """Delete the parts of an embedded store that were set aside and hold rows that have expired at `now` (UTC).

    The engine would keep them for ever. Returns their number. Raises StoreError.
    """
    last = (now - timedelta(days=RETENTION_DAYS - 1)).date()
    parts = [part for part in store.query("detached_parts") if datetime.fromisoformat(part["day"]).date() <= last]
    for part in parts:
        store.drop_detached(part["name"])
    return len(parts)
