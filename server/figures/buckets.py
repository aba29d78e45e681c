"""Divides a time range into the buckets of a chart. Days follow a time zone, so some have 23 or 25 hours."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

POINTS = 120  # the most whole buckets in a chart
FEWEST = 20  # page views that a point needs
FEWEST_POINTS = 3  # whole buckets that make a line
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
BY_DAY = timedelta(days=10)  # a longer chart has no step under a day, which would draw each night as the tooth of a saw
# Each divides the next larger unit of the clock.
STEPS = (
    *(timedelta(seconds=n) for n in (5, 10, 15, 30)),
    *(timedelta(minutes=n) for n in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=n) for n in (1, 2, 3, 6, 12)),
    DAY,
    WEEK,
)


def step_for(span: timedelta) -> timedelta:
    """The shortest step that divides the span into at most POINTS whole buckets, plus a partial one at each end."""
    if span > BY_DAY:
        return DAY
    return next(step for step in STEPS if span <= (POINTS + 2) * step)


def step_with_enough(
    counts: Mapping[datetime, int], start: datetime, end: datetime, zone: ZoneInfo
) -> timedelta | None:
    """The shortest step at which most buckets hold FEWEST page views, or None if there is none.

    `counts` are the page views by bucket of the shortest step, `step_for`. Buckets that reach beyond the range do not
    count, nor do those before the first page view.
    """
    first = min((at for at, count in counts.items() if count), default=end)
    for step in STEPS[STEPS.index(step_for(end - start)) :]:
        edges = [*buckets(start, end, step, zone), bucket_after(end - timedelta(microseconds=1), step, zone)]
        sums = dict.fromkeys(edges, 0)
        for at, count in counts.items():
            sums[edges[max(bisect_right(edges, at) - 1, 0)]] += count
        whole = [sums[edge] for edge, after in pairwise(edges) if edge >= start and after <= end and after > first]
        enough = sum(count >= FEWEST for count in whole)
        if len(whole) >= FEWEST_POINTS and enough * 2 > len(whole):
            return step
    return None


def bucket_before(at: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    """The start of the bucket that contains the time `at`."""
    edges = _edges_of_day(_first_midnight(at, step, zone), step, zone, at)
    return max(takewhile(lambda edge: edge <= at, edges))


def bucket_after(at: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    """The end of the bucket that contains the time `at`."""
    if step > DAY:
        return _later_midnight(bucket_before(at, step, zone), zone, step)
    midnight = _midnight(at, zone)
    later = (edge for edge in _edges_of_day(midnight, step, zone, at) if edge > at)
    return next(later, None) or _later_midnight(midnight, zone)


def buckets(start: datetime, end: datetime, step: timedelta, zone: ZoneInfo) -> list[datetime]:
    """The start of each bucket, in UTC. The first bucket may start before `start`."""
    first = bucket_before(start, step, zone)
    midnight = _first_midnight(start, step, zone)
    starts: list[datetime] = []
    while midnight < end:
        starts += takewhile(lambda edge: edge < end, _edges_of_day(midnight, step, zone, first))
        midnight = _later_midnight(midnight, zone, max(step, DAY))
    return starts


def _edges_of_day(midnight: datetime, step: timedelta, zone: ZoneInfo, at: datetime) -> Iterator[datetime]:
    """The starts of a day's buckets in UTC, from the one that contains the time `at`, if it is in that day.

    Buckets longer than an hour follow local time, so the bucket in which the clock is put back is an hour longer.
    Shorter buckets follow elapsed time, so that day has 25 buckets of an hour.
    """
    tomorrow = _later_midnight(midnight, zone)
    if step <= HOUR:
        edge = midnight + max((at - midnight) // step, 0) * step
        while edge < tomorrow:
            yield edge
            edge += step
        return
    day = midnight.astimezone(zone).date()
    hours = range(0, 24, min(int(step / HOUR), 24))
    edges = [datetime.combine(day, time(hour), zone).astimezone(UTC) for hour in hours]
    day_edges = sorted({edge for edge in edges if midnight <= edge < tomorrow} | {midnight})
    yield from day_edges[max(bisect_right(day_edges, at) - 1, 0) :]


def _midnight(at: datetime, zone: ZoneInfo) -> datetime:
    """The start of the local day that contains the time `at`, in UTC."""
    return datetime.combine(at.astimezone(zone).date(), time(), zone).astimezone(UTC)


def _first_midnight(at: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    """The start of the local day in which the bucket of the time `at` starts. A week starts on Monday."""
    days = at.astimezone(zone).weekday() if step > DAY else 0
    return _later_midnight(at, zone, -days * DAY)


def _later_midnight(at: datetime, zone: ZoneInfo, by: timedelta = DAY) -> datetime:
    """The start of the local day that is `by` after the day that contains the time `at`."""
    return datetime.combine(at.astimezone(zone).date() + by, time(), zone).astimezone(UTC)
