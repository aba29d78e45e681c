"""What an experiment says so far: each variant's figures, their differences, and one verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from . import sample_ratio
from .experiment import Experiment
from .sequences import ALPHA, Arm, Interval, difference, difference_of_shares, quantile

FEWEST_PAGE_VIEWS = 100  # heard from, of each variant, before anything is compared
FEWEST_HITS = 10  # page views with what decides, of two variants together
LEVELS = {"p50": 0.5, "p75": 0.75}


@dataclass(frozen=True)
class Observation:
    """What is known of one variant. `load_time` gives its observed quantile in ms at any level."""

    answers: int  # content answers with this variant
    interactions: Arm
    errors: Arm
    load_time: Callable[[float], float]


class Figure(TypedDict):
    """A figure of one variant, and its difference from variant a. All are None where there is too little."""

    value: float | None
    difference: float | None
    low: float | None
    high: float | None


class VariantResult(TypedDict):
    letter: str
    answers: int
    page_views: int | None  # heard from; None below FEWEST_PAGE_VIEWS
    figures: dict[str, Figure]


class Results(TypedDict):
    """`verdict` is `too_early`, `ratio_mismatch`, `difference`, `no_difference_yet` or `no_difference`.

    `leader` is the letter of the best variant if there is a difference. `p_value` is that of the sample ratio.
    """

    verdict: str
    leader: str | None
    p_value: float
    variants: list[VariantResult]


def results(experiment: Experiment, observations: Sequence[Observation], *, has_ended: bool) -> Results:
    """The results of all variants, in their order. A mismatch of the sample ratio hides all figures."""
    p_value = sample_ratio.p_value([each.answers for each in observations], [v.share for v in experiment.variants])
    is_hidden = p_value < sample_ratio.MISMATCH_BELOW
    alpha = ALPHA / (len(observations) - 1)  # all comparisons together miss the truth with the probability ALPHA
    variants = [
        VariantResult(
            letter=variant.letter,
            answers=each.answers,
            page_views=each.interactions.page_views if _is_enough(each) and not is_hidden else None,
            figures={} if is_hidden else _figures(each, observations[0], alpha),
        )
        for variant, each in zip(experiment.variants, observations, strict=True)
    ]
    if is_hidden:
        return Results(verdict="ratio_mismatch", leader=None, p_value=p_value, variants=variants)
    verdict, leader = _verdict(variants, experiment.figure, has_ended)
    return Results(verdict=verdict, leader=leader, p_value=p_value, variants=variants)


def _verdict(variants: Sequence[VariantResult], figure: str, has_ended: bool) -> tuple[str, str | None]:
    compared = [(variant, variant["figures"][figure]) for variant in variants[1:]]
    if any(result["difference"] is None for _, result in compared):
        return "too_early", None
    sign = 1 if figure == "interaction_rate" else -1  # of the other figures, less is better
    differences = {
        variant["letter"]: sign * result["difference"]
        for variant, result in compared
        if result["difference"] is not None and Interval(0, result["low"], result["high"]).excludes_zero()
    }
    if not differences:
        return "no_difference" if has_ended else "no_difference_yet", None
    best = max(differences, key=lambda letter: differences[letter])
    return "difference", best if differences[best] > 0 else variants[0]["letter"]


def _figures(observation: Observation, baseline: Observation, alpha: float) -> dict[str, Figure]:
    shares = {"interaction_rate": "interactions", "error_share": "errors"}
    return {
        **{name: _share(getattr(observation, kind), getattr(baseline, kind), alpha) for name, kind in shares.items()},
        **{name: _load_time(observation, baseline, level, alpha) for name, level in LEVELS.items()},
    }


def _share(arm: Arm, baseline: Arm, alpha: float) -> Figure:
    if arm.page_views < FEWEST_PAGE_VIEWS:
        return _nothing()
    is_comparable = arm is not baseline and baseline.page_views >= FEWEST_PAGE_VIEWS
    if not is_comparable or arm.hit_page_views + baseline.hit_page_views < FEWEST_HITS:
        return Figure(value=arm.share, difference=None, low=None, high=None)
    return _compared(arm.share, difference_of_shares(arm, baseline, alpha))


def _load_time(observation: Observation, baseline: Observation, level: float, alpha: float) -> Figure:
    if not _is_enough(observation):
        return _nothing()
    value, other = (
        quantile(each.load_time, level, each.interactions.effective, alpha / 2) if _is_enough(each) else None
        for each in (observation, baseline)
    )
    assert value is not None
    if observation is baseline or other is None:
        return Figure(value=value.value, difference=None, low=None, high=None)
    return _compared(value.value, difference(value, other))


def _is_enough(observation: Observation) -> bool:
    return observation.interactions.page_views >= FEWEST_PAGE_VIEWS


def _compared(value: float, interval: Interval) -> Figure:
    return Figure(value=value, difference=interval.value, low=interval.low, high=interval.high)


def _nothing() -> Figure:
    return Figure(value=None, difference=None, low=None, high=None)
