"""How a stretch of time is cut into the points of a chart, in a time zone with its long and its short days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

POINTS = 120
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Each divides the next larger unit of the clock.
STEPS = (
    *(timedelta(seconds=n) for n in (5, 10, 15, 30)),
    *(timedelta(minutes=n) for n in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=n) for n in (1, 2, 3, 6, 12)),
    DAY,
)


def step_for(span: timedelta) -> timedelta:
    """The shortest step that cuts the span into POINTS at most, and the two that have only begun or ended in it."""
    return next((step for step in STEPS if span <= (POINTS + 2) * step), DAY)


def bucket_before(at: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    """The last bucket's beginning at or before a time."""
    return max(edge for edge in _edges_of_day(_midnight(at, zone), step, zone) if edge <= at)


def buckets(start: datetime, end: datetime, step: timedelta, zone: ZoneInfo) -> list[datetime]:
    """Where each bucket begins, in UTC; the first may begin before `start`."""
    first = bucket_before(start, step, zone)
    midnight = _midnight(start, zone)
    found = []
    while midnight < end:
        found += [edge for edge in _edges_of_day(midnight, step, zone) if first <= edge < end]
        midnight = _next_midnight(midnight, zone)
    return found


def _edges_of_day(midnight: datetime, step: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """A day's buckets, in UTC. Those of several hours follow the clock on the wall, shorter ones the time that passes.

    So the bucket in which the clock is put back is longer, and the day on which it is has 25 buckets of an hour.
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
    """When the day of a time began, in UTC."""
    return datetime.combine(at.astimezone(zone).date(), time(), zone).astimezone(UTC)


def _next_midnight(midnight: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(midnight.astimezone(zone).date() + DAY, time(), zone).astimezone(UTC)
