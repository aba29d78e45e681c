"""The time spans that a rule is judged by: short ones for busy widgets, long ones for quiet ones.

A span needs 20 page views, so which spans are of use depends on the traffic. A rule is judged by all of them: a widget
with a million loads a day is told of within the hour, one with a hundred within weeks.

A 95% interval lies wholly above a limit that the truth just reaches once in 40 times. There are 8,640 spans of 5
minutes in a month, so one bad span must not be enough: `times` is how many in a row it takes. That keeps the false
alarms of all spans together below one a month, even for a widget whose true value is the limit itself:
8640/40^3 + 2880/40^3 + 720/40^3 + 240/40^2 + 120/40^2 + 60/40^2 + 30/40^2 + 4/40 + 1/40 = 0.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

GRACE = timedelta(seconds=15)  # a span is judged this long after its end, when its rows are stored
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
EARLIER_WEEKS = 4  # that `usual` looks back to


@dataclass(frozen=True)
class Span:
    """A length of time, how often it is judged, and how many bad ones in a row open an incident."""

    name: str
    length: timedelta
    step: timedelta
    times: int

    def last_end(self, now: datetime) -> datetime:
        """The end of the last span that is over at `now` (UTC)."""
        seconds = int((now - GRACE).timestamp() // self.step.total_seconds() * self.step.total_seconds())
        return datetime.fromtimestamp(seconds, UTC)

    def earlier(self, end: datetime) -> list[tuple[datetime, datetime]]:
        """Start and end of the same hours of the weeks before, which do not overlap with this span."""
        weeks = -(-self.length // WEEK)
        return [(end - n * weeks * WEEK - self.length, end - n * weeks * WEEK) for n in range(1, EARLIER_WEEKS + 1)]


SPANS = (
    Span("5 minutes", timedelta(minutes=5), timedelta(minutes=5), 3),
    Span("15 minutes", timedelta(minutes=15), timedelta(minutes=15), 3),
    Span("hour", timedelta(hours=1), timedelta(hours=1), 3),
    Span("3 hours", timedelta(hours=3), timedelta(hours=3), 2),
    Span("6 hours", timedelta(hours=6), timedelta(hours=6), 2),
    Span("12 hours", timedelta(hours=12), timedelta(hours=12), 2),
    Span("day", timedelta(days=1), timedelta(days=1), 2),
    Span("7 days", timedelta(days=7), timedelta(days=1), 1),
    Span("28 days", timedelta(days=28), timedelta(days=1), 1),
)
BY_NAME = {span.name: span for span in SPANS}
