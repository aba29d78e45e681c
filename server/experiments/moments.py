"""The moment up to which an experiment's page views are told, so that two askings never differ by a few of them.

Results move on at whole hours, and only to an hour by whose end each variant has at least FEWEST_PAGE_VIEWS more than
at the moment before. These moments follow from the stored page views alone, so all who ask get the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from ..figures.disclosure import is_enough

HOUR_S = 3600
LATEST_COMMIT = timedelta(minutes=1)  # the rows of an hour are all stored by then

Hours = Mapping[tuple[str, int], float]  # page views by the variant's code and the hour's start in s since 1970


def last_whole_hour(now: datetime) -> datetime:
    """The end of the last hour whose rows are all stored, in UTC."""
    return (now - LATEST_COMMIT).astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def last_moment(hours: Hours, codes: Sequence[str]) -> datetime | None:
    """The latest moment up to which the variants `codes` may be told, in UTC; None if there is none yet."""
    moment, new = None, Counter[str]()
    for hour in sorted({hour for _, hour in hours}):
        for code in codes:
            new[code] += hours.get((code, hour), 0)  # type: ignore[assignment]
        if all(is_enough(new[code]) for code in codes):
            moment = hour + HOUR_S
            new.clear()
    return datetime.fromtimestamp(moment, UTC) if moment else None
