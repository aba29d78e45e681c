"""The stages of Python's start: shares that add up, names that may be told, and intervals that hold 95 times in 100."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from server.figures.disclosure import FEWEST_PAGE_VIEWS
from server.figures.kinds import UNKNOWN
from server.figures.names import OTHER
from server.figures.stages import (
    CONTENT,
    ENDS,
    LEFT,
    READY,
    REPORT,
    SEEN,
    STAGES,
    TAG,
    WANTED,
    PageViews,
    Starts,
    figures,
)
from server.figures.statistics import LEVELS, Estimate, Tally, percentile, share

MANY = settings(max_examples=300, deadline=None, database=None, derandomize=True)
CODES = ("API_ERROR", "API_TIMEOUT", "RENDER_ERROR", "RUNTIME_CSP", "RUNTIME_NETWORK")


def some(number: float, weight: float = 100.0) -> PageViews:
    """So many page views of one weight."""
    return PageViews(number, number * weight, number * weight**2, number * weight**4)


ends = st.dictionaries(
    st.tuples(st.sampled_from(ENDS), st.sampled_from((LEFT, *CODES))),
    st.builds(some, st.integers(1, 400), st.sampled_from((1.0, 2.0, 10.0, 100.0))),
    max_size=10,
)


@MANY
@given(ends)
def test_each_stage_is_reached_by_no_more_page_views_than_the_one_before_and_the_ends_add_up(ends):
    answer = figures(Starts(ends))

    number = sum(each.number for each in ends.values())
    shares = [stage["share"] for stage in answer["stages"]]
    assert [stage["stage"] for stage in answer["stages"]] == list(STAGES)
    assert all(share["too_few"] == (number < FEWEST_PAGE_VIEWS) for share in shares)
    if number < FEWEST_PAGE_VIEWS:
        return
    values = [float(share["value"] or 0) for share in shares]
    assert values[0] == pytest.approx(1)
    assert values == sorted(values, reverse=True)
    assert sum(float(end["share"]["value"] or 0) for end in answer["ended"]) == pytest.approx(1)
    reached = dict(zip(STAGES, values, strict=True))
    assert reached[CONTENT] == pytest.approx(1 - of(answer, TAG))
    assert reached[SEEN] == reached[WANTED] == pytest.approx(reached[CONTENT] - of(answer, CONTENT))
    assert reached[READY] == reached[REPORT] == pytest.approx(of(answer, REPORT))


def of(answer: Any, stage: str) -> float:
    (share,) = (end["share"]["value"] for end in answer["ended"] if end["after"] == stage)
    return float(share)


@MANY
@given(ends)
def test_no_interval_leaves_out_its_value_or_the_range_from_0_to_1(ends):
    answer = figures(Starts(ends))
    for figure in (*(stage["share"] for stage in answer["stages"]), *(end["share"] for end in answer["ended"])):
        low, value, high = figure["low"], figure["value"], figure["high"]
        if low is not None:
            assert value is not None and high is not None
            assert 0 <= low <= value + 1e-9
            assert value - 1e-9 <= high <= 1


@MANY
@given(ends)
def test_a_code_is_named_only_from_twenty_page_views_on_and_no_rest_of_fewer_can_be_taken_away(ends):
    answer = figures(Starts(ends))
    for end in answer["ended"]:
        numbers: defaultdict[str, float] = defaultdict(float)
        named = {each["code"] for each in end["codes"]}
        assert named <= {LEFT, OTHER, *CODES}
        for (after, code), page_views in ends.items():
            if after == end["after"]:
                numbers[code if code in named else OTHER] += page_views.number
        if named:
            assert all(number >= FEWEST_PAGE_VIEWS for number in numbers.values()), numbers
            assert (OTHER in named) == (OTHER in numbers)


SUMS = ("views", "view_squares", "view_fourths")


def of_all(*parts: PageViews) -> Tally:
    """The page views, each as one event."""
    number, squares, fourths = (sum(getattr(part, name) for part in parts) for name in SUMS)
    views = {"views": number, "view_squares": squares, "view_fourths": fourths}
    return Tally(total=number, squares=squares, fourths=fourths, **views, quantiles=list(parts[0].quantiles))


def told(estimate: Estimate, page_views: float) -> dict[str, Any]:
    value, low, high, is_uneven = estimate
    figure = {"value": value, "low": low, "high": high, "page_views": page_views}
    return figure | {"too_few": False, "too_uneven": is_uneven}


def test_each_share_is_of_all_page_views_and_each_time_of_those_that_tell_it():
    tag, content, wanted, report = some(30), some(25, 10), some(50, 40), some(100, 2)
    ends = {(TAG, "API_ERROR"): tag, (CONTENT, LEFT): content, (WANTED, LEFT): wanted, (REPORT, LEFT): report}
    times = PageViews(90, 180, 360, 1440, [10 * level for level in LEVELS])
    answer = figures(Starts(ends, {READY: times}))
    assert STAGES == ("tag", "content", "seen", "wanted", "ready", "report")
    all_, by_stage = of_all(*ends.values()), {stage["stage"]: stage for stage in answer["stages"]}
    for stages, parts in (
        ((TAG,), (tag, content, wanted, report)),
        ((CONTENT,), (content, wanted, report)),
        ((SEEN, WANTED), (wanted, report)),
        ((READY, REPORT), (report,)),
    ):
        for stage in stages:
            assert by_stage[stage]["share"] == told(share(of_all(*parts), all_), 205)
    for end, part in zip(answer["ended"], (tag, content, wanted, report), strict=True):
        assert end["share"] == told(share(of_all(part), all_), 205)
    assert by_stage[READY]["p50"] == told(percentile(of_all(times), 0.5), 90)
    assert by_stage[READY]["p75"] == told(percentile(of_all(times), 0.75), 90)
    assert by_stage[SEEN]["p50"] == by_stage[SEEN]["p75"] == UNKNOWN


def test_codes_are_told_with_a_sum_of_the_others_unless_they_say_no_more_than_the_end():
    def codes(**numbers: float) -> list[tuple[str, int | None]]:
        ends = {(WANTED, "" if code == "left" else code): some(number) for code, number in numbers.items()}
        answer = figures(Starts(ends | {(REPORT, LEFT): some(500), (TAG, "API_ERROR"): some(30)}))
        of_wanted = next(end for end in answer["ended"] if end["after"] == WANTED)
        number = 530 + sum(numbers.values())
        return [(each["code"], round((each["share"]["value"] or 0) * number)) for each in of_wanted["codes"]]

    assert codes(left=50, RUNTIME_CSP=30, A=12, B=10) == [("", 50), ("RUNTIME_CSP", 30), (OTHER, 22)]
    assert codes(**dict.fromkeys("EDBCAF", 20)) == [(code, 20) for code in "ABCDEF"]
    assert codes(left=50, A=10) == codes(left=50) == codes(A=12, B=12) == codes() == []
    assert codes(left=50, A=12, B=12) == [("", 50), (OTHER, 24)]


def test_what_is_left_without_some_page_views_is_never_less_than_nothing():
    some_of_them = PageViews(5, 50.00000001, 600, 70_000)
    assert some(6, 10).without(some_of_them) == PageViews(1, 10, 0, 0)
    assert some_of_them.without(PageViews(5, 50, 600, 70_000)) == PageViews()


def test_nothing_is_told_of_fewer_than_twenty_page_views():
    answer = figures(Starts({(REPORT, LEFT): some(19)}, {READY: some(19)}))
    assert all(each["share"]["too_few"] for each in (*answer["stages"], *answer["ended"]))
    ready = answer["stages"][STAGES.index(READY)]
    assert ready["p50"]["too_few"] and ready["p75"]["too_few"]
    assert figures(Starts())["stages"][0]["share"]["too_few"]


def test_a_time_of_few_page_views_is_not_told_beside_shares_of_many():
    starts = Starts({(WANTED, LEFT): some(500), (REPORT, LEFT): some(19)}, {READY: some(19)})
    stage = figures(starts)["stages"][STAGES.index(READY)]
    assert stage["share"]["page_views"] == 519
    assert stage["p50"]["too_few"]


# A simulation: of every site's page views a sample is heard from, and of the intervals 93 to 99 of 100 hold the truth.

MEDIANS_MS = {CONTENT: 300.0, SEEN: 400.0, WANTED: 420.0, READY: 1000.0, REPORT: 1060.0}
SPREAD, Z75, RUNS = 0.6, 0.674490, 300
SITES: dict[str, tuple[int, dict[tuple[str, str], float], tuple[float, ...]]] = {
    "a usual site": (
        8000,
        {(TAG, "API_ERROR"): 0.03, (CONTENT, "RENDER_ERROR"): 0.01, (WANTED, LEFT): 0.08, (REPORT, LEFT): 0.88},
        (0.1,),
    ),
    "mixed rates": (
        4000,
        {(TAG, "API_ERROR"): 0.1, (WANTED, LEFT): 0.2, (WANTED, "RUNTIME_CSP"): 0.2, (REPORT, LEFT): 0.5},
        (0.05, 0.5),
    ),
    "every page view of few": (
        200,
        {(TAG, "API_ERROR"): 0.1, (WANTED, LEFT): 0.3, (REPORT, LEFT): 0.6},
        (1.0,),
    ),
}


def draw(site: str, random: np.random.Generator) -> Starts:
    """The sums of what the server hears of one period."""
    number, shares, rates = SITES[site]
    end = random.choice(len(shares), number, p=list(shares.values()))
    rate = random.choice(rates, number)
    heard = random.random(number) < rate
    weights = 1 / rate
    slowness = random.lognormal(0, SPREAD, number)
    ends = {key: page_views(weights[heard & (end == n)]) for n, key in enumerate(shares)}
    is_up, is_seen = (
        np.isin(end, [n for n, (stage, _) in enumerate(shares) if stage in stages])
        for stages in ((REPORT,), (WANTED, REPORT))
    )
    times = {}
    for stage, median in MEDIANS_MS.items():
        part = heard & (is_seen if stage == SEEN else is_up)
        times[stage] = page_views(weights[part], median * slowness[part])
    return Starts(ends, times)


def page_views(weights: NDArray[Any], times: NDArray[Any] | None = None) -> PageViews:
    quantiles: list[float] = []
    if times is not None and len(times):
        order = np.argsort(times)
        below = np.cumsum(weights[order]) / weights.sum()
        quantiles = list(times[order][np.minimum(np.searchsorted(below, LEVELS), len(order) - 1)])
    return PageViews(len(weights), weights.sum(), (weights**2).sum(), (weights**4).sum(), quantiles)


def truths(site: str) -> dict[str, float]:
    shares = SITES[site][1]
    truth = {f"ended {stage}": sum(share for (after, _), share in shares.items() if after == stage) for stage in ENDS}
    for stage in STAGES:
        last = [end for end in ENDS if STAGES.index(end) >= STAGES.index(stage)]
        truth[stage] = sum(share for (after, _), share in shares.items() if after in last)
    for stage, median in MEDIANS_MS.items():
        truth |= {f"{stage} p50": median, f"{stage} p75": median * math.exp(Z75 * SPREAD)}
    return truth


@pytest.mark.parametrize("site", SITES)
def test_the_intervals_hold_in_95_of_100_simulations(site):
    random, truth = np.random.default_rng(11), truths(site)
    held: Counter[str] = Counter()
    made: Counter[str] = Counter()
    for _ in range(RUNS):
        answer = figures(draw(site, random))
        told = {f"ended {end['after']}": end["share"] for end in answer["ended"]}
        for stage in answer["stages"]:
            told |= {stage["stage"]: stage["share"], **{f"{stage['stage']} {p}": stage[p] for p in ("p50", "p75")}}
        for name, figure in told.items():
            if figure["low"] is not None:
                made[name] += 1
                held[name] += figure["low"] - 1e-9 <= truth[name] <= (figure["high"] or math.inf) + 1e-9
    assert set(made) == set(truth)
    assert min(made.values()) > RUNS / 2, made
    shares = {name: held[name] / made[name] for name in made}
    assert all(share >= 0.92 for share in shares.values()), shares
    certain = {name for name in truth if name == TAG or truth[name] in (0, 1)}
    assert all(share <= 0.99 for name, share in shares.items() if name not in certain and truth[name] > 0.02), shares
