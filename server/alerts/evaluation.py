"""One judgement of a rule: reads, judges, and writes progress, incidents and messages in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..control.connection import Connection
from ..control.database import ControlDatabase, timestamp
from . import incidents, messages
from .incidents import Incident
from .judge import Outcome, advanced, can_end, is_over_already, outcome, times
from .measures import Measures
from .progress import Progress
from .reading import BAD, GOOD
from .rule import Rule
from .rules import is_current
from .spans import BY_NAME, SPANS, Span
from .watch import Watch
from .words import in_words

STALE = timedelta(days=1)  # an incident ends if nothing could be judged for this long, and for four of its spans
TOO_FEW = "There are too few page views to tell any longer."


class Evaluation:
    """Judges the rules of one account. Its methods block. They raise StoreError and ControlError."""

    def __init__(
        self, database: ControlDatabase, watch: Watch, measures: Measures, widgets: list[str], console: str
    ) -> None:
        """`widgets` are the account's; `console` is the address of the alerts' page, for the messages."""
        self._database, self._watch, self._measures = database, watch, measures
        self._widgets, self._console = widgets, console

    def judge(self, rule: Rule, now: datetime, *, is_collecting: bool = True) -> None:
        """Judge the rule at `now` (UTC). An account that is off is not judged; its old incidents still end."""
        progress = Progress(self._database, rule)
        widgets = [widget for widget in self._widgets if rule.widget in (None, widget)]
        outcomes = self._outcomes(rule, widgets, progress, now) if is_collecting else []
        with self._database.change() as connection:
            if not is_current(connection, rule):
                return  # it was changed or deleted in the meantime
            for widget, span, end, result in outcomes:
                self._apply(connection, rule, progress, widget, span, end, result, now)
            for incident in progress.open.values():
                if incident.widget not in self._widgets:
                    incidents.resolve(connection, incident.id, now, "The widget was removed.")
                elif _is_stale(incident, now):
                    self._end(connection, rule, incident, TOO_FEW, now)
                elif not incident.notified and not rule.is_muted(now):
                    self._notify(connection, rule, incident, now)
            progress.write(connection)

    def _outcomes(
        self, rule: Rule, widgets: list[str], progress: Progress, now: datetime
    ) -> list[tuple[str, Span, datetime, Outcome]]:
        """What each span says that is due, the shortest first, for each widget."""
        outcomes = []
        for span in SPANS:
            end = progress.due_end(span, now)
            if end is None:
                continue
            progress.note_judged(span.name, end)
            for widget in widgets:
                # What led to an incident that is over must not lead to another one.
                is_new = progress.resolved.get(widget, end - span.length) <= end - span.length
                if is_new or widget in progress.open:
                    result = outcome(rule, widget, span, end, self._measures, self._watch)
                    outcomes.append((widget, span, end, result))
        return outcomes

    def _apply(
        self,
        connection: Connection,
        rule: Rule,
        progress: Progress,
        widget: str,
        span: Span,
        end: datetime,
        result: Outcome,
        now: datetime,
    ) -> None:
        """Count the verdict; open an incident after enough bad ones, end it after enough good ones."""
        streaks = progress.streaks[widget]
        streak = advanced(streaks.get(span.name), result.verdict, span, end)
        progress.note_streak(widget, span.name, streak)
        incident = progress.open.get(widget)
        if streak is None:
            return
        is_enough = streak.count >= times(rule, span)
        if incident is None:
            if streak.verdict == BAD and is_enough and not is_over_already(streaks, span, end):
                self._open(connection, rule, progress, widget, span, result, now)
            return
        incidents.note_judged(connection, incident.id, now)
        opened_until = datetime.fromisoformat(str(incident.figures.get("to", incident.opened_at)))
        if streak.verdict == GOOD and is_enough and can_end(rule, span, end, BY_NAME[incident.span], opened_until):
            self._end(connection, rule, incident, result.text, now)
            del progress.open[widget]
            progress.forget_streaks(widget)

    def _open(
        self,
        connection: Connection,
        rule: Rule,
        progress: Progress,
        widget: str,
        span: Span,
        result: Outcome,
        now: datetime,
    ) -> None:
        at, rule_in_words = timestamp(now), in_words(rule, widget)
        draft = Incident(
            0, rule.id, rule.account, widget, rule_in_words, span.name, result.text, result.figures or {}, at, at,
            False, None, "",
        )  # fmt: skip
        incident = incidents.open_incident(connection, draft)
        if incident is not None:
            progress.open[widget] = incident  # notified of at the end of the judgement

    def _notify(self, connection: Connection, rule: Rule, incident: Incident, now: datetime) -> None:
        text = f"{incident.text}\n\nSee {self._console}"
        self._enqueue(connection, rule, messages.FIRED, incident, incident.rule, text, now)
        incidents.note_notified(connection, incident.id)

    def _end(self, connection: Connection, rule: Rule, incident: Incident, why: str, now: datetime) -> None:
        """End the incident. Who was told of it, and only who was, is told of its end."""
        incidents.resolve(connection, incident.id, now, why)
        if incident.notified and not rule.is_muted(now):
            text = f"{why}\n\nSee {self._console}"
            self._enqueue(connection, rule, messages.RESOLVED, incident, f"Over: {incident.rule}", text, now)

    def _enqueue(
        self,
        connection: Connection,
        rule: Rule,
        kind: str,
        incident: Incident,
        subject: str,
        text: str,
        now: datetime,
    ) -> None:
        data = {
            "account": rule.account,
            "alert": rule.id,
            "metric": rule.metric,
            "widget": incident.widget,
            "rule": incident.rule,
            "incident": incident.id,
            "opened_at": incident.opened_at,
            **incident.figures,
        }
        messages.enqueue(connection, rule, kind, subject, text, now, data=data, incident=incident.id)


def _is_stale(incident: Incident, now: datetime) -> bool:
    return now - datetime.fromisoformat(incident.judged_at) > max(STALE, 4 * BY_NAME[incident.span].length)
