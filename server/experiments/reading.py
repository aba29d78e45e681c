"""Reads what a store knows of an experiment, and of a widget's page views before one is begun.

A page view is counted by its loads. One with an error is counted as the dashboards do: by its loads, or else by the
errors of a batch without a load. Visitors use a widget after its load is sent, so interactions come in a later batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ..control.exclusions import Exclusion
from ..control.rates import PAGE_HOLDS
from ..figures import page_totals
from ..figures.disclosure import FEWEST_PAGE_VIEWS
from ..figures.exclusions import condition
from ..figures.statistics import LEVELS, quantile
from ..store.store import Store
from .experiment import Experiment
from .moments import last_moment, last_whole_hour
from .results import Observation
from .sequences import Arm

NOTHING = Observation(0, Arm(), Arm(), lambda level: 0)
DAYS_OF_TRAFFIC = 7  # of which a plan takes today's traffic


class Readings:
    """Reads a store. `exclusions_of` returns what an account's figures leave out. All methods raise StoreError."""

    def __init__(self, store: Store, exclusions_of: Callable[[str], Sequence[Exclusion]]) -> None:
        self._store, self._exclusions_of = store, exclusions_of

    def observations(self, experiment: Experiment, now: datetime) -> tuple[list[Observation], datetime | None]:
        """What is known of each variant, in their order, and the moment up to which that is; None before the first."""
        codes = [experiment.code(variant) for variant in experiment.variants]
        # A page that was given out just before the end still reports: see RunningExperiments.has_variant.
        hour = last_whole_hour(now)
        span = experiment.starts_at, min(experiment.ends_at + PAGE_HOLDS, hour)
        names: dict[str, Any] = {"account": experiment.account, "widget": experiment.widget, "variants": codes}
        given = self._store.query("variant_answers", **names)
        answers = {row["variant"]: int(row["answers"]) for row in given}
        hours = {
            (row["variant"], int(row["hour"])): row["page_views"] for row in self._query("variant_hours", names, span)
        }
        moment = last_moment(hours, codes)
        if moment is None:
            return [_with_answers(NOTHING, answers.get(code, 0)) for code in codes], None
        rows = {row["name"]: row for row in self._query("variants", names, (span[0], min(moment, span[1])))}
        observed = {code: observation(row) for code, row in rows.items()}
        return [_with_answers(observed.get(code, NOTHING), answers.get(code, 0)) for code in codes], moment

    def traffic(self, account: str, widget: str, now: datetime) -> Observation:
        """What is known of all of a widget's page views in the last DAYS_OF_TRAFFIC whole days, in UTC."""
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        names: dict[str, Any] = {"account": account, "widget": widget, "variants": []}
        rows = self._query("variants", names, (midnight - timedelta(days=DAYS_OF_TRAFFIC), midnight))
        return observation(rows[0]) if rows else NOTHING

    def _query(self, name: str, names: Mapping[str, object], span: tuple[datetime, datetime]) -> list[dict[str, Any]]:
        literals = {
            **page_totals.expressions(widget=True),
            "levels": ", ".join(map(str, LEVELS)),
            "exclusions": condition(self._exclusions_of(str(names["account"]))),
        }
        return self._store.query(name, literals=literals, **names, start_ms=_ms(span[0]), end_ms=_ms(span[1]))


def observation(row: Mapping[str, Any]) -> Observation:
    """What a row of `sql/variants.sql` tells, as of a number of page views that FEWEST_PAGE_VIEWS divides.

    A dashboard tells the page views of all variants and of none together, exactly; so the difference to these would
    otherwise tell of a few.
    """
    sums = ("page_views", "weight", "squares")
    loads, errors, interactions = (
        [row[f"{kind}_{sum_}"] for sum_ in sums] for kind in ("load", "error", "interaction")
    )
    visits = [row[f"load_{sum_}"] + row[f"new_{sum_}"] for sum_ in sums]
    return Observation(
        answers=0,
        interactions=in_twenties(arm(loads, interactions)),
        errors=in_twenties(arm(visits, errors)),
        load_time=lambda level: quantile(row["quantiles"], level),
    )


def arm(all_: Sequence[float], hits: Sequence[float]) -> Arm:
    """The arm of page views and of those with a hit, each as their number, weight and squared weight."""
    return Arm(round(all_[0]), round(hits[0]), all_[1], all_[2], hits[1], hits[2])


def in_twenties(arm: Arm) -> Arm:
    """The same arm, as of the next smaller number of page views that FEWEST_PAGE_VIEWS divides."""
    page_views = arm.page_views // FEWEST_PAGE_VIEWS * FEWEST_PAGE_VIEWS
    if not page_views:
        return Arm()
    factor = page_views / arm.page_views
    hits = round(arm.hit_page_views * factor)
    hit_factor = hits / arm.hit_page_views if hits else 0
    return Arm(
        page_views, hits, arm.weight * factor, arm.squares * factor, arm.hits * hit_factor, arm.hit_squares * hit_factor
    )


def _with_answers(known: Observation, answers: int) -> Observation:
    return Observation(answers, known.interactions, known.errors, known.load_time)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
