"""The verdict of an experiment, and a plan, each in one plain sentence."""

from __future__ import annotations

from collections.abc import Sequence

from .experiment import LONGEST, Experiment
from .results import FEWEST_HITS, FEWEST_PAGE_VIEWS, Figure, Results, VariantResult

NAMES = {
    "interaction_rate": "share of page views with an interaction",
    "error_share": "share of page views with an error",
    "p50": "median load time",
    "p75": "p75 of load time",
}
_HITS = {"interaction_rate": "an interaction", "error_share": "an error"}
NOT_KEPT = "The page views of this experiment are no longer kept, so there is no result to read."
NO_TRAFFIC = (
    f"The sample has fewer than {FEWEST_PAGE_VIEWS} page views of this widget in the last 7 days: too few to plan with."
)


def verdict(experiment: Experiment, results: Results, state: str) -> str:
    """What the results say. `state` is the experiment's."""
    if state == "planned":
        return "It has not begun."
    figure = experiment.figure
    if results["verdict"] == "too_early":
        begin = "Too few page views to tell" if state == "ended" else "Too early to tell"
        hits = f", and two of them together {FEWEST_HITS} with {_HITS[figure]}" if figure in _HITS else ""
        return f"{begin}: each variant needs {FEWEST_PAGE_VIEWS} page views in the sample{hits}."
    if results["verdict"] == "ratio_mismatch":
        return _mismatch(experiment, results["variants"])
    if results["verdict"] == "difference":
        return _difference(results, figure)
    begin = "No difference found" + ("" if results["verdict"] == "no_difference" else " yet")
    compared = results["variants"][1:]
    if len(compared) > 1:
        return f"{begin}: the {NAMES[figure]} of each variant may well be that of a."
    figure_of_b = compared[0]["figures"][figure]
    low, high = (_number(figure_of_b[end], figure) for end in ("low", "high"))
    if not low or not high:
        return f"{begin}."
    return f"{begin}: the {NAMES[figure]} of b may be up to {low} lower or up to {high} higher than that of a."


def plan(days: int | None, a_day: float, change: float) -> str:
    """How long it takes to see a relative `change`, with so many page views in the sample each day."""
    begin = f"At today's {a_day:,.0f} page views a day in the sample, a change of {abs(change):.0%}"
    if days is None:
        return f"{begin} is not likely seen in {LONGEST.days} days. A higher sampling rate may help."
    length = "1 day" if days == 1 else f"{days} days"
    return f"{begin} is seen after about {length}, as likely earlier as later."


def _difference(results: Results, figure: str) -> str:
    leader = results["leader"]
    variants = {variant["letter"]: variant for variant in results["variants"]}
    other = leader if leader != "a" else _clearest(results["variants"][1:], figure)
    assert leader and other
    compared = variants[other]["figures"][figure]
    return f"{leader} is better: the {NAMES[figure]} of {other} is {_range(compared, figure)} than that of a."


def _clearest(compared: Sequence[VariantResult], figure: str) -> str:
    """The variant that differs most."""
    return max(compared, key=lambda each: abs(each["figures"][figure]["difference"] or 0))["letter"]


def _range(figure: Figure, name: str) -> str:
    """A difference that excludes zero, its nearer end first: `6.2 to 13.8 percentage points higher`."""
    is_higher = (figure["low"] or 0) > 0
    near, far = ("low", "high") if is_higher else ("high", "low")
    nearest, furthest = _number(figure[near], name), _number(figure[far], name)  # type: ignore[literal-required]
    size = f"{nearest.partition(' ')[0]} to {furthest}" if furthest else f"at least {nearest}"
    return f"{size} {'higher' if is_higher else 'lower'}"


def _number(difference: float | None, name: str) -> str:
    """A difference without its sign: `6.2 percentage points`, `120 ms`; empty if it is None."""
    if difference is None:
        return ""
    return f"{100 * abs(difference):.1f} percentage points" if name in _HITS else f"{abs(difference):,.0f} ms"


def _mismatch(experiment: Experiment, variants: Sequence[VariantResult]) -> str:
    given = _listed([f"{each['letter']} {round(each['answers'], -1):,}" for each in variants])
    shares = _listed([f"{variant.share:.0%}" for variant in experiment.variants])
    return (
        f"No result can be trusted: {given} times were given out, which shares of {shares} do not explain. Something"
        " may keep copies of answers, such as a proxy that does not heed no-store."
    )


def _listed(parts: Sequence[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
