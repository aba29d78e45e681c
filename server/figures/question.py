"""A question to the dashboard: an account, a time range, and optionally one widget, layout, version or region."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ..control.exclusions import Exclusion
from ..errors import SettingError
from ..retention_period import RETENTION, RETENTION_DAYS
from .buckets import bucket_before, step_for
from .exclusions import condition

RANGES = {
    "5m": timedelta(minutes=5),
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
FILTERS = ("widget", "layout", "version", "region", "not_widget", "not_layout", "not_version", "not_region")
LONGEST = timedelta(days=RETENTION_DAYS + 1)  # some days have 25 hours


@dataclass(frozen=True)
class Question:
    """The range from `start` until before `end`, aware times. None stands for all widgets, layouts and so on.

    Raises SettingError for an unknown time zone, and for a range that is empty or longer than the retention period.
    """

    account: str
    start: datetime
    end: datetime
    time_zone: str = "UTC"  # an IANA name, such as Europe/Berlin: where days and hours begin
    widget: str | None = None
    layout: str | None = None
    version: str | None = None
    region: str | None = None  # without the page views that name their region by chance
    not_widget: str | None = None  # all widgets but this one; so with the next three
    not_layout: str | None = None
    not_version: str | None = None
    not_region: str | None = None
    code: str | None = None  # only errors with this code
    chosen_step: timedelta | None = None  # None: the shortest
    exclusions: tuple[Exclusion, ...] = ()  # what the account leaves out of its figures

    def __post_init__(self) -> None:
        zone_of(self.time_zone)
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise SettingError("from and to must say their offset from UTC, as in 2026-11-24T15:00:00Z.")
        if self.start >= self.end:
            raise SettingError("from must be earlier than to.")
        if self.end - self.start > LONGEST:
            raise SettingError(f"from and to may be at most {RETENTION_DAYS} days apart: nothing is kept for longer.")

    @classmethod
    def of_range(
        cls, account: str, name: str, *, now: datetime | None = None, time_zone: str = "UTC", **filters: Any
    ) -> Question:
        """The range `name` of RANGES up to `now` (UTC), from the start of its first bucket. Raises SettingError."""
        if name not in RANGES:
            raise SettingError(f"There is no range {name[:20]!r}: give one of {', '.join(RANGES)}, or from and to.")
        # End at the next whole second, so that the range includes rows stored in this second.
        end = (now or datetime.now(UTC)).replace(microsecond=0) + timedelta(seconds=1)
        start = bucket_before(end - RANGES[name], step_for(RANGES[name]), zone_of(time_zone))
        return cls(account, start, end, time_zone, **filters)

    @property
    def step(self) -> timedelta:
        """The time between two points of the charts."""
        return self.chosen_step or step_for(self.length)

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def before(self, now: datetime) -> Question | None:
        """The same question about the period before, as long as this one; None if it is no longer kept at `now`."""
        start = self.start - self.length
        return replace(self, start=start, end=self.start) if start >= now - RETENTION else None

    @property
    def with_errors(self) -> bool:
        """False for a question about layouts: errors have none."""
        return self.layout is None and self.not_layout is None

    @property
    def is_filtered(self) -> bool:
        return any(getattr(self, name) is not None for name in FILTERS)

    @property
    def literals(self) -> dict[str, str]:
        """What the question leaves out, as a `$name` of SQL."""
        return {"exclusions": condition(self.exclusions)}

    @property
    def start_ms(self) -> int:
        """The start in milliseconds since 1970."""
        return int(self.start.timestamp() * 1000)

    @property
    def end_ms(self) -> int:
        """The end in milliseconds since 1970."""
        return int(self.end.timestamp() * 1000)


def zone_of(name: str) -> zoneinfo.ZoneInfo:
    """The time zone with this IANA name. Raises SettingError."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # OSError: for a name that is a directory
        raise SettingError("time_zone must be a name such as UTC or Europe/Berlin.") from None
