"""Divides a time range into the buckets of a chart. Days follow a time zone, so some have 23 or 25 hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

POINTS = 120  # the most whole buckets in a chart
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Each divides the next larger unit of the clock.
STEPS = (
    *(timedelta(seconds=n) for n in (5, 10, 15, 30)),
    *(timedelta(minutes=n) for n in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=n) for n in (1, 2, 3, 6, 12)),
    DAY,
)


def step_for(span: timedelta) -> timedelta:
    """The shortest step that divides the span into at most POINTS whole buckets, plus a partial one at each end."""
    return next((step for step in STEPS if span <= (POINTS + 2) * step), DAY)


def bucket_before(at: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    """The start of the bucket that contains the time `at`."""
    return max(edge for edge in _edges_of_day(_midnight(at, zone), step, zone) if edge <= at)


def buckets(start: datetime, end: datetime, step: timedelta, zone: ZoneInfo) -> list[datetime]:
    """The start of each bucket, in UTC. The first bucket may start before `start`."""
    first = bucket_before(start, step, zone)
    midnight = _midnight(start, zone)
    starts = []
    while midnight < end:
        starts += [edge for edge in _edges_of_day(midnight, step, zone) if first <= edge < end]
        midnight = _next_midnight(midnight, zone)
    return starts


def _edges_of_day(midnight: datetime, step: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """The starts of a day's buckets, in UTC.

    Buckets longer than an hour follow local time, so the bucket in which the clock is put back is an hour longer.
    Shorter buckets follow elapsed time, so that day has 25 buckets of an hour.
    """
    tomorrow = _next_midnight(midnight, zone)
    if step <= HOUR:
        edge = midnight
        while edge < tomorrow:
            yield edge
            edge += step
        return
    day = midnight.astimezone(zone).date()
    edges = [datetime.combine(day, time(hour), zone).astimezone(UTC) for hour in range(0, 24, int(step / HOUR))]
    yield from sorted({edge for edge in edges if midnight <= edge < tomorrow} | {midnight})


def _midnight(at: datetime, zone: ZoneInfo) -> datetime:
    """The start of the local day that contains the time `at`, in UTC."""
    return datetime.combine(at.astimezone(zone).date(), time(), zone).astimezone(UTC)


def _next_midnight(midnight: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(midnight.astimezone(zone).date() + DAY, time(), zone).astimezone(UTC)
