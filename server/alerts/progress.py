"""What is known of a rule between two judgements, in the control database."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from ..control.connection import Connection
from ..control.database import ControlDatabase, timestamp
from .incidents import Incident, Incidents
from .judge import Streak
from .rule import Rule
from .spans import Span


class Progress:
    """A rule's progress: read at the start of a judgement, written at its end in one transaction."""

    def __init__(self, database: ControlDatabase, rule: Rule) -> None:
        self._rule = rule
        rows = database.read("SELECT span, until FROM alert_spans WHERE alert = ?", rule.id)
        self._until = {row["span"]: datetime.fromisoformat(row["until"]) for row in rows}
        self.streaks: dict[str, dict[str, Streak]] = defaultdict(dict)  # by widget, then by the span's name
        for row in database.read("SELECT * FROM alert_streaks WHERE alert = ?", rule.id):
            streak = Streak(row["verdict"], row["count"], datetime.fromisoformat(row["until"]))
            self.streaks[row["widget"]][row["span"]] = streak
        incidents = Incidents(database)
        self.open: dict[str, Incident] = {
            incident.widget: incident for incident in incidents.open_of(rule.account) if incident.alert == rule.id
        }
        self.resolved = {widget: datetime.fromisoformat(at) for widget, at in incidents.last_resolved(rule.id).items()}
        self._touched: set[tuple[str, str]] = set()

    def due_end(self, span: Span, now: datetime) -> datetime | None:
        """The end of the span to judge now, or None. A mark ahead of the clock comes from a clock that was wrong."""
        end, until = span.last_end(now), self._until.get(span.name)
        return None if until and end <= until <= now + span.step else end

    def until(self, span: str) -> datetime | None:
        """The end of the last span of this name that was judged."""
        return self._until.get(span)

    def note_judged(self, span: str, end: datetime) -> None:
        self._until[span] = end

    def note_streak(self, widget: str, span: str, streak: Streak | None) -> None:
        if streak is None:
            if self.streaks[widget].pop(span, None) is None:
                return
        else:
            self.streaks[widget][span] = streak
        self._touched.add((widget, span))

    def forget_streaks(self, widget: str) -> None:
        """After an incident: what led to it must not lead to another one."""
        for span in list(self.streaks[widget]):
            self.note_streak(widget, span, None)

    def write(self, connection: Connection) -> None:
        sql = """
            INSERT INTO alert_spans VALUES (?, ?, ?) ON CONFLICT (alert, span) DO UPDATE SET until = excluded.until
        """
        for span, until in self._until.items():
            connection.execute(sql, (self._rule.id, span, timestamp(until)))
        for widget, span in self._touched:
            values = (self._rule.id, widget, span)
            streak = self.streaks[widget].get(span)
            if streak is None:
                sql = "DELETE FROM alert_streaks WHERE alert = ? AND widget = ? AND span = ?"
                connection.execute(sql, values)
            else:
                sql = """
                    INSERT INTO alert_streaks VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (alert, widget, span)
                    DO UPDATE SET verdict = excluded.verdict, count = excluded.count, until = excluded.until
                """
                connection.execute(sql, (*values, streak.verdict, streak.count, timestamp(streak.until)))
