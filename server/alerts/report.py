"""The weekly report: last week's figures beside those of the week before. It is a rule, so nobody gets it unasked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from ..control.database import ControlDatabase
from ..figures.comparison import Change, changes, length_told
from ..figures.dashboard import Dashboards
from ..figures.question import Question
from . import messages
from .progress import Progress
from .rule import Rule
from .spans import WEEK
from .words import quantity

SPAN = "week"
AT = timedelta(hours=6)  # on Monday, UTC
MOST_WIDGETS = 10
_LINES = (
    ("Loads", "loads", "count"),
    ("Load time, p75", "p75", "ms"),
    ("Page views with an error", "error_share", "fraction"),
)


def last_week(now: datetime) -> tuple[datetime, datetime]:
    """Monday to Monday, UTC: the last week whose report is due at `now`."""
    day = (now - AT).astimezone(UTC).date()
    end = datetime.combine(day - timedelta(days=day.weekday()), time(), UTC)
    return end - WEEK, end


def write_if_due(database: ControlDatabase, dashboards: Dashboards, rule: Rule, now: datetime, console: str) -> None:
    """Write last week's report once, unless the rule is younger. Raises StoreError and ControlError."""
    start, end = last_week(now)
    progress = Progress(database, rule)
    if progress.until(SPAN) == end or datetime.fromisoformat(rule.created_at) > end + AT:
        return
    text = None if rule.is_muted(now) else _text(dashboards, rule, start, end, console)
    progress.note_judged(SPAN, end)
    with database.change() as connection:
        if not connection.execute("SELECT 1 FROM alerts WHERE id = ?", (rule.id,)).fetchone():
            return
        if text is not None:
            subject = f"Tresta: the week of {rule.widget or rule.account} from {start:%d %B %Y}"
            messages.enqueue(connection, rule, messages.REPORT, subject, text, now, data={})
        progress.write(connection)


def _text(dashboards: Dashboards, rule: Rule, start: datetime, end: datetime, console: str) -> str:
    week = dashboards.of(Question(rule.account, start, end, widget=rule.widget))
    before = dashboards.of(Question(rule.account, start - WEEK, start, widget=rule.widget))
    changed = changes(week["summary"], before["summary"], length_told(week) / length_told(before))
    lines = [f"{rule.widget or 'All widgets'}, {start:%d %B} to {end - timedelta(days=1):%d %B %Y}", ""]
    lines += [_line(name, unit, week["summary"][key], changed[key]) for name, key, unit in _LINES]
    if rule.widget is None and len(week["by_widget"]) > 1:
        lines += ["", "By widget:"]
        lines += [_widget(each) for each in week["by_widget"][:MOST_WIDGETS]]
    return "\n".join([*lines, "", f"All figures: {console}", "You get this because a rule of the account asks for it."])


def _line(name: str, unit: str, figure: Mapping[str, Any], change: Change | None) -> str:
    """A figure with its 95% interval, beside as much time of the week before. Too few page views have none."""
    if figure["value"] is None:
        return f"{name}: too few page views were counted"
    if figure["low"] is None:
        return f"{name}: {_value(figure['value'], unit)} (too uneven for an interval)"
    ends = [_value(figure[end], unit) if figure[end] is not None else "" for end in ("low", "high")]
    interval = f"{ends[0]} to {ends[1]}" if ends[1] else f"{ends[0]} or more"
    earlier = f"; the week before {_value(change['before'], unit)}" if change else ""
    return f"{name}: {_value(figure['value'], unit)} (95% interval {interval}){earlier}"


def _widget(figures: Mapping[str, Any]) -> str:
    values = [
        f"{name.lower()} {_value(figures[key]['value'], unit)}"
        for name, key, unit in _LINES
        if figures[key]["value"] is not None
    ]
    return f"  {figures['name']}: {', '.join(values) or 'too few page views were counted'}"


def _value(value: float, unit: str) -> str:
    return f"{value:,.0f}" if unit == "count" else quantity(value, unit)
