"""What may be asked of the dashboard: a stretch of time, where its days begin, and what of the account it is about."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from widget.telemetry.schema import LAYOUTS, UNKNOWN_LAYOUT, WIDGET_ID, is_layout, is_version

from ...errors import SettingError
from ...figures.question import RANGES, Question
from ...store.retention import RETENTION, RETENTION_DAYS

NOTHING_KEPT = f"from and to must reach into the last {RETENTION_DAYS} days: nothing is kept of another time."

# RFC 3339. What else Python reads as a time, such as the week of a year, would be somebody's mistake.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _instant(text: str) -> datetime:
    """The moment, in UTC; raises ValueError."""
    if not _INSTANT.fullmatch(text):
        raise ValueError("no instant")
    at = datetime.fromisoformat(text.upper())
    try:
        return at.astimezone(UTC)
    except OverflowError:  # in the first or the last hours of the calendar, where nothing is kept anyway
        return at.replace(tzinfo=UTC)


def _is_instant(text: str) -> str:
    _instant(text)
    return text


def _is_layout(text: str) -> str:
    if not is_layout(text):
        raise ValueError("no layout")
    return text


def _is_version(text: str) -> str:
    if not is_version(text):
        raise ValueError("no version")
    return text


Instant = Annotated[str, AfterValidator(_is_instant), Field(json_schema_extra={"format": "date-time"})]
Layout = Annotated[str, AfterValidator(_is_layout), Field(json_schema_extra={"enum": [*LAYOUTS, UNKNOWN_LAYOUT]})]
Version = Annotated[str, AfterValidator(_is_version), Field(json_schema_extra={"format": "version"})]
TimeZone = Annotated[str, Field(json_schema_extra={"format": "time-zone"})]


class Asked(BaseModel):
    """The query's parameters. A name that is unknown here is a mistyped one."""

    model_config = ConfigDict(extra="forbid")

    range: Literal["5m", "1h", "24h", "7d", "30d", "90d"] = Field("7d", description="So long, until `to` or now.")
    from_: Instant | None = Field(None, alias="from", description="From then on, whatever `range` says.")
    to: Instant | None = Field(None, description="Until before then; now unless told.")
    time_zone: TimeZone = Field("UTC", description="Where days and hours begin, such as Europe/Berlin.")
    widget: str | None = Field(None, pattern=f"^{WIDGET_ID.pattern}$", description="One widget alone.")
    layout: Layout | None = Field(None, description="One layout alone; an error has none.")
    version: Version | None = Field(None, description="One version alone, such as 0.1.0.")

    def question(self, account: str, now: datetime) -> Question:
        """In what is kept until `now` (UTC); raises SettingError."""
        filters: dict[str, Any] = {"widget": self.widget, "layout": self.layout, "version": self.version}
        start = _instant(self.from_) if self.from_ else None
        end = _instant(self.to) if self.to else None
        if start is None and end is None:
            return Question.of_range(account, self.range, now=now, time_zone=self.time_zone, **filters)
        if start and end and start >= end:
            raise SettingError("from must be earlier than to.")
        oldest = now - RETENTION
        end = min(end or now, now)
        start = max(start or max(end, oldest) - RANGES[self.range], oldest)
        if start >= end:
            raise SettingError(NOTHING_KEPT)
        return Question(account, start, end, self.time_zone, **filters)
