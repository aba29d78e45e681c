"""When this server was there to take batches. A widget is not silent while nobody listens."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..control.database import ControlDatabase, timestamp

SHORTEST_PAUSE = timedelta(seconds=5)  # so that a hundred rules write one mark
LONGEST_PAUSE = timedelta(minutes=2)  # between two marks of one time of watching
ENOUGH = 0.9  # the share of a span that must have been watched


class Watch:
    """Marks that the server listens. A restart, a stopped machine or a clock that jumps leaves a gap."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def mark(self, now: datetime) -> None:
        """Note that the server listens at `now` (UTC). Call it at least every LONGEST_PAUSE."""
        rows = self._database.read("SELECT id, end_at FROM alert_watch ORDER BY id DESC LIMIT 1")
        pause = now - datetime.fromisoformat(rows[0]["end_at"]) if rows else None
        if pause is not None and timedelta(0) <= pause < SHORTEST_PAUSE:
            return
        with self._database.change() as connection:
            if pause is not None and timedelta(0) <= pause <= LONGEST_PAUSE:
                values = (timestamp(now), rows[0]["id"])
                connection.execute("UPDATE alert_watch SET end_at = ? WHERE id = ?", values)
            else:
                values = (timestamp(now), timestamp(now))
                connection.execute("INSERT INTO alert_watch (start_at, end_at) VALUES (?, ?)", values)

    def covers(self, start: datetime, end: datetime) -> bool:
        """True if the server listened for nearly all of this time."""
        sql = "SELECT start_at, end_at FROM alert_watch WHERE end_at > ? AND start_at < ?"
        watched = timedelta(0)
        for row in self._database.read(sql, timestamp(start), timestamp(end)):
            first, last = datetime.fromisoformat(row["start_at"]), datetime.fromisoformat(row["end_at"])
            watched += max(min(last, end) - max(first, start), timedelta(0))
        return watched >= ENOUGH * (end - start)
