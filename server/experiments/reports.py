"""What the owner is told of an experiment: its results so far, and before it begins, how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from ..control.database import timestamp
from ..figures.disclosure import FEWEST_PAGE_VIEWS as FEWEST_ANSWERS
from ..retention_period import RETENTION
from . import sentences
from .experiment import Experiment
from .planning import days_needed, days_needed_for_load_time
from .reading import DAYS_OF_TRAFFIC, Readings
from .results import FEWEST_PAGE_VIEWS, LEVELS, results

EARLIER = timedelta(hours=1)  # a day of rows is deleted before its first row is as old as RETENTION
STEP = 10  # content answers are told in tens, as for coverage


class Reports:
    """Reports of a store's experiments, in JSON types only. All methods block and raise StoreError."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def results(self, experiment: Experiment, now: datetime) -> dict[str, Any]:
        """The results of an experiment as of `now`, an aware time."""
        state = experiment.state(now)
        if now >= kept_until(experiment):
            nothing = dict.fromkeys(("leader", "p_value", "until"))
            return {"verdict": "not_kept", "sentence": sentences.NOT_KEPT, **nothing, "variants": []}
        observations, moment = self._readings.observations(experiment, now)
        report = results(experiment, observations, has_ended=state == "ended")
        return {
            "verdict": report["verdict"],
            "sentence": sentences.verdict(experiment, report, state),
            "leader": report["leader"],
            "p_value": float(f"{report['p_value']:.2g}"),
            "until": timestamp(moment) if moment else None,
            "variants": [{**each, "answers": _told(each["answers"])} for each in report["variants"]],
        }

    def plan(
        self, account: str, widget: str, figure: str, shares: Sequence[float], change: float, now: datetime
    ) -> dict[str, Any]:
        """The days that an experiment needs to see a relative `change` of the figure, at the last days' traffic."""
        traffic = self._readings.traffic(account, widget, now)
        arm = traffic.errors if figure == "error_share" else traffic.interactions
        if arm.page_views < FEWEST_PAGE_VIEWS:
            nothing = dict.fromkeys(("days", "page_views_a_day", "value"))
            return {**nothing, "sentence": sentences.NO_TRAFFIC}
        a_day = arm.page_views / DAYS_OF_TRAFFIC
        if figure in LEVELS:
            level = LEVELS[figure]
            value = traffic.load_time(level)
            days = days_needed_for_load_time(traffic.load_time, level, change, a_day, shares)
        else:
            value = arm.share
            days = days_needed(value, change, a_day, 1, shares)
        sentence = sentences.plan(days, a_day, change)
        return {"days": days, "page_views_a_day": round(a_day, 1), "value": value, "sentence": sentence}


def kept_until(experiment: Experiment) -> datetime:
    """When the store begins to delete the experiment's page views: whole days in UTC go at once."""
    day = experiment.starts_at.astimezone(UTC).date()
    return datetime.combine(day, time(), UTC) + RETENTION - EARLIER


def _told(answers: int) -> int | None:
    return round(answers / STEP) * STEP if answers >= FEWEST_ANSWERS else None
