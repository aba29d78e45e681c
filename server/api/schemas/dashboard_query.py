"""The query parameters of the dashboard: a time range, a time zone, and filters."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from widget.telemetry.schema import LAYOUTS, REGIONS, UNKNOWN_LAYOUT, WIDGET_ID, is_layout, is_version

from ...errors import SettingError
from ...figures.question import FILTERS, RANGES, Question
from ...retention_period import RETENTION, RETENTION_DAYS

OUTSIDE_RETENTION = f"from and to must reach into the last {RETENTION_DAYS} days: older rows are not kept."

# RFC 3339. Python accepts more forms, such as the week of a year, but those would be mistakes here.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def instant(text: str) -> datetime:
    """The moment, in UTC. Raises ValueError."""
    if not _INSTANT.fullmatch(text):
        raise ValueError("no instant")
    at = datetime.fromisoformat(text.upper())
    try:
        return at.astimezone(UTC)
    except OverflowError:  # in the first or last hours of the calendar; the exact moment does not matter there
        return at.replace(tzinfo=UTC)


def _is_instant(text: str) -> str:
    instant(text)
    return text


def _is_layout(text: str) -> str:
    if not is_layout(text):
        raise ValueError("no layout")
    return text


def _is_version(text: str) -> str:
    if not is_version(text):
        raise ValueError("no version")
    return text


def _is_region(text: str) -> str:
    if text not in REGIONS:
        raise ValueError("no region")
    return text


Instant = Annotated[str, AfterValidator(_is_instant), Field(json_schema_extra={"format": "date-time"})]
Layout = Annotated[str, AfterValidator(_is_layout), Field(json_schema_extra={"enum": [*LAYOUTS, UNKNOWN_LAYOUT]})]
Region = Annotated[str, AfterValidator(_is_region), Field(json_schema_extra={"enum": list(REGIONS)})]
Version = Annotated[str, AfterValidator(_is_version), Field(json_schema_extra={"format": "version"})]
TimeZone = Annotated[str, Field(json_schema_extra={"format": "time-zone"})]


class DashboardQuery(BaseModel):
    """The query's parameters. Unknown names are refused, because they are typing errors."""

    model_config = ConfigDict(extra="forbid")

    range: Literal["5m", "1h", "24h", "7d", "30d", "90d"] = Field(
        "7d", description="The length of the range up to `to`."
    )
    from_: Instant | None = Field(None, alias="from", description="The start of the range; overrides `range`.")
    to: Instant | None = Field(None, description="The end of the range, exclusive; default now.")
    time_zone: TimeZone = Field("UTC", description="The time zone of days and hours, such as Europe/Berlin.")
    widget: str | None = Field(None, pattern=f"^{WIDGET_ID.pattern}$", description="Only this widget.")
    layout: Layout | None = Field(None, description="Only this layout; errors have none.")
    version: Version | None = Field(None, description="Only this version, such as 0.1.0.")
    region: Region | None = Field(
        None, description="Only this region, of page views that name their own and not one by chance."
    )
    not_widget: str | None = Field(None, pattern=f"^{WIDGET_ID.pattern}$", description="All widgets but this one.")
    not_layout: Layout | None = Field(None, description="All layouts but this one; errors have none.")
    not_version: Version | None = Field(None, description="All versions but this one.")
    not_region: Region | None = Field(None, description="All regions but this one, without page views that told none.")

    def question(self, account: str, now: datetime) -> Question:
        """The question, limited to the retention period before `now` (UTC). Raises SettingError."""
        filters: dict[str, Any] = {name: getattr(self, name) for name in FILTERS}
        start = instant(self.from_) if self.from_ else None
        end = instant(self.to) if self.to else None
        if start is None and end is None:
            return Question.of_range(account, self.range, now=now, time_zone=self.time_zone, **filters)
        if start and end and start >= end:
            raise SettingError("from must be earlier than to.")
        oldest = now - RETENTION
        end = min(end or now, now)
        start = max(start or max(end, oldest) - RANGES[self.range], oldest)
        if start >= end:
            raise SettingError(OUTSIDE_RETENTION)
        return Question(account, start, end, self.time_zone, **filters)
