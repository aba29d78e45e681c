"""Figures by region under randomised response: the counts are right on average, and their intervals 95 times in 100."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from server.control.regions import RegionSetting
from server.figures.kinds import TOO_FEW, UNKNOWN, Figure, Kind
from server.figures.randomised import Part, count, error_rate, error_share, factor, figures, percentile
from server.figures.statistics import LEVELS, Tally, Z
from widget.telemetry.schema import REGIONS

K = len(REGIONS)
MANY = settings(max_examples=300, deadline=None, database=None, derandomize=True)


@MANY
@given(st.floats(1 / K, 1, exclude_min=True), st.integers(1, K - 1))
def test_a_page_view_counts_1_on_average_if_it_is_from_the_line_and_0_if_not(truth, regions):
    other = (1 - truth) / (K - 1)
    if truth - other < 1e-9:
        return
    yes, no = factor(truth, regions, is_named=True), factor(truth, regions, is_named=False)
    named_if_inside, named_if_outside = truth + (regions - 1) * other, regions * other

    inside = named_if_inside * yes + (1 - named_if_inside) * no
    outside = named_if_outside * yes + (1 - named_if_outside) * no

    scale = abs(yes) + abs(no)
    assert inside == pytest.approx(1, abs=1e-9 * scale)
    assert outside == pytest.approx(0, abs=1e-9 * scale)


@MANY
@given(st.floats(0.05, 1))
def test_the_counts_of_all_regions_add_up_to_one_page_view(truth):
    counts = factor(truth, 1, is_named=True) + (K - 1) * factor(truth, 1, is_named=False)
    assert counts == pytest.approx(1)


def test_without_chance_a_page_view_counts_where_it_is_and_nowhere_else():
    assert (factor(1, 1, is_named=True), factor(1, 1, is_named=False)) == (1, 0)


class Site(NamedTuple):
    """A site's page views of one period, by the share of their regions: 0 is the region that is looked at."""

    page_views: int
    shares: tuple[float, ...]
    epsilon: float
    error_share: float = 0.05
    rates: tuple[float, ...] = (0.05, 0.5)


# Load times are lognormal: slower in region 0. Page views have one load or two.
MEDIANS_MS, SPREAD = np.array([900.0, 400.0, 500.0, 300.0]), 0.6
Z75 = 0.674490


def draw(site: Site, random: np.random.Generator) -> tuple[float, dict[str, list[Part]]]:
    """The true loads from region 0 in one period, and the sums of what the server hears of it."""
    number = site.page_views
    region = random.choice(len(site.shares), number, p=site.shares)
    loads = random.integers(1, 3, number)
    rate = random.choice(site.rates, number)
    load_ms = random.lognormal(np.log(MEDIANS_MS[region]), SPREAD)
    has_error = random.random(number) < np.where(region == 0, site.error_share, 0.02)
    truth = RegionSetting(True, site.epsilon).truth
    other = (region + random.integers(1, K, number)) % K
    named = np.where(random.random(number) < truth, region, other) == 0
    heard = random.random(number) < rate
    parts: dict[str, list[Part]] = {"load": [], "error": []}
    for is_named in (True, False):
        part = heard & (named == is_named)
        value = factor(truth, 1, is_named=is_named)
        parts["load"].append(Part(value, kind(1 / rate[part], loads[part], load_ms[part]), 0))
        part &= has_error
        weights = 1 / rate[part]
        parts["error"].append(Part(value, kind(weights, np.ones(len(weights)), is_new=False), (weights**2).sum()))
    return float(loads[region == 0].sum()), parts


def kind(
    weights: NDArray[Any], counts: NDArray[Any], load_ms: NDArray[Any] | None = None, *, is_new: bool = True
) -> Kind:
    quantiles: list[float] = []
    if load_ms is not None:
        order = np.argsort(load_ms)
        shares = np.cumsum((weights * counts)[order]) / (weights * counts).sum()
        quantiles = list(load_ms[order][np.minimum(np.searchsorted(shares, LEVELS), len(order) - 1)])
    views = {"views": weights.sum(), "view_squares": (weights**2).sum(), "view_fourths": (weights**4).sum()}
    tally = Tally(
        total=(weights * counts).sum(),
        squares=((weights * counts) ** 2).sum(),
        fourths=((weights * counts) ** 4).sum(),
        counted=(weights * counts**2).sum(),
        quantiles=quantiles,
        **views,
    )
    return Kind(len(weights), tally, len(weights) if is_new else 0, Tally(**views) if is_new else Tally())


SITES = {
    "epsilon 2": Site(20_000, (0.2, 0.5, 0.2, 0.1), 2),
    "epsilon 4": Site(6_000, (0.1, 0.6, 0.2, 0.1), 4),
    "epsilon 1 of many": Site(60_000, (0.3, 0.3, 0.3, 0.1), 1),
    "few errors": Site(20_000, (0.3, 0.4, 0.2, 0.1), 3, error_share=0.004),
    "every page view": Site(4_000, (0.3, 0.4, 0.2, 0.1), 2, rates=(1.0,)),
}
RUNS = 300


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_the_intervals_hold_in_95_of_100_simulations(site):
    random = np.random.default_rng(2)
    covered: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for _ in range(RUNS):
        loads, parts = draw(site, random)
        expected = {
            "loads": loads,
            "error_share": site.error_share,
            "error_rate": site.error_share / 1.5,
            "p50": MEDIANS_MS[0],
            "p75": MEDIANS_MS[0] * math.exp(Z75 * SPREAD),
        }
        answer = figures(parts)
        for name, value in expected.items():
            figure = answer[name]
            if (low := figure["low"]) is not None:
                told[name] += 1
                covered[name] += low <= value <= (math.inf if figure["high"] is None else figure["high"])
    shares = {name: covered[name] / told[name] for name in told}
    assert min(told.values()) > RUNS / 2, told
    assert set(told) == {"loads", "error_share", "error_rate", "p50", "p75"}
    assert all(share >= 0.92 for share in shares.values()), shares
    assert told["loads"] < RUNS or shares["loads"] <= 0.98


def test_a_region_without_page_views_is_not_made_up():
    random, covered = np.random.default_rng(4), 0
    for _ in range(RUNS):
        _, parts = draw(Site(20_000, (0.0, 0.6, 0.3, 0.1), 1), random)
        answer = figures(parts)
        covered += answer["loads"]["low"] == 0
        assert (answer["loads"]["value"] or 0) >= 0
    assert covered / RUNS >= 0.95


def test_of_page_views_that_cannot_be_told_from_none_there_is_no_load_time_and_no_share():
    random = np.random.default_rng(5)
    answers = [figures(draw(Site(2_000, (0.0, 0.6, 0.3, 0.1), 1), random)[1]) for _ in range(50)]
    for name in ("error_share", "error_rate", "p75"):
        assert sum(answer[name]["too_few"] for answer in answers) >= 45, name


def test_fewer_than_twenty_page_views_that_named_the_region_tell_nothing():
    weights = np.ones(19)
    few, many = kind(weights, weights, 400 * weights), kind(np.ones(5000), np.ones(5000), np.full(5000, 400.0))
    parts = {"load": [Part(factor(0.5, 1, is_named=True), few, 0), Part(factor(0.5, 1, is_named=False), many, 0)]}
    answer = figures(parts)
    assert all(answer[name]["too_few"] for name in answer)


# The formulas, on sums that are easy to add up


@pytest.mark.parametrize("truth", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("regions", [1, 2, K - 1])
def test_the_count_of_a_page_view_undoes_the_chance(truth, regions):
    other = (1 - truth) / (K - 1)
    yes, no = factor(truth, regions, is_named=True), factor(truth, regions, is_named=False)
    assert (truth + (regions - 1) * other) * yes + (K - regions) * other * no == pytest.approx(1)
    assert regions * other * yes + (1 - regions * other) * no == pytest.approx(0)


def told(page_views: float, value: float, low: float | None, high: float | None) -> dict[str, Any]:
    ends = [end if end is None else pytest.approx(end) for end in (low, high)]
    figure = {"value": pytest.approx(value), "low": ends[0], "high": ends[1], "page_views": round(page_views)}
    return figure | {"too_few": False, "too_uneven": low is None}


def parts(named: Tally, other: Tally, page_views: float = 30) -> list[Part]:
    """Page views that count 2 each, and some that count -1/2."""
    return [Part(2, Kind(page_views, named), 0), Part(-0.5, Kind(1000, other), 0)]


def test_a_number_of_events_ends_at_z_standard_errors():
    some = parts(
        Tally(total=300, squares=4000, fourths=1.6e6, counted=300), Tally(total=100, squares=1000, counted=100)
    )
    half = Z * math.sqrt(4 * 4000 + 1000 / 4 - (2 * 300 - 100 / 2))
    assert count(some) == told(30, 550, 550 - half, 550 + half)
    assert figures({"interaction": some})["interactions"] == count(some)
    assert figures({"interaction": some})["loads"] == TOO_FEW
    assert count(parts(some[0].kind.tally, some[1].kind.tally, page_views=30.4))["page_views"] == 30


def test_few_page_views_of_large_weight_are_too_uneven():
    named = Tally(total=300, squares=4000, fourths=1.6e6, counted=300)  # 10.3 effective page views
    assert not count(parts(named, Tally(total=100, squares=1000, counted=100)))["too_uneven"]
    other = Tally(total=100, squares=1000, fourths=2e7, counted=100)  # 9.8 with these
    assert count(parts(named, other)) == told(30, 550, None, None)


def test_page_views_that_count_nothing_change_nothing():
    def views(number: int, weight: float, times: list[float]) -> Kind:
        kind = with_views(number, weight)
        return replace(kind, tally=replace(kind.tally, quantiles=times))

    load = [Part(2, views(30, 10, EVENLY), 0), Part(-0.5, views(10, 1, EVENLY), 0)]
    error, nothing = [Part(2, with_views(8, 10), 800)], Part(0, views(1000, 50, LATER), 1e6)
    answer = figures({"load": load, "error": error})
    assert not any(answer[name]["too_few"] for name in ("loads", "error_share", "error_rate", "p50"))
    assert figures({"load": [*load, nothing], "error": [nothing, *error]}) == answer


def test_a_number_that_was_counted_whole_is_exact_however_few_there_are():
    for counted in (20, 20.000001):  # floats round
        whole = Tally(total=20, squares=20, fourths=200, counted=counted)
        assert count([Part(1, Kind(20, whole), 0)]) == told(20, 20, 20, 20)


def test_what_is_below_0_by_chance_is_0():
    answer = count(parts(Tally(total=10, squares=300, fourths=1), Tally(total=100, squares=100, fourths=1)))
    assert answer["value"] == answer["low"] == 0
    assert answer["high"] == pytest.approx(Z * math.sqrt(4 * 300 + 100 / 4) - 30)


def solves(x: float, some: float, all_: float, of_some: float, of_both: float, of_all: float) -> bool:
    """Whether the difference between some and x times all is Z standard errors."""
    left, right = (some - x * all_) ** 2, Z**2 * (of_some - 2 * x * of_both + x**2 * of_all)
    return left == pytest.approx(right)


def with_views(page_views: int, weight: float, is_new: bool = True) -> Kind:
    """Page views of one weight with an event each."""
    return kind(np.full(page_views, weight), np.ones(page_views), is_new=is_new)


def test_a_share_ends_where_its_variance_of_loads_and_errors_does():
    load = [Part(2, with_views(200, 10), 0), Part(-0.5, with_views(1000, 2), 0)]
    # Of the page views with errors 5 were in the loads' batches, and 3 are new.
    error = [
        Part(2, Kind(8, Tally(views=80), 3, Tally(views=30, view_squares=300, view_fourths=3e4)), 800),
        Part(-0.5, with_views(40, 2, is_new=False), 160),
    ]
    answer: Any = error_share(load, error)
    some, all_ = 2 * 80 - 80 / 2, 2 * 2000 - 2000 / 2 + 2 * 30
    of_errors = 4 * 800 + 160 / 4 + 4 * 10**2  # one page view more has the weight 10
    assert answer["value"] == pytest.approx(some / all_)
    assert answer["page_views"] == 203
    assert answer["low"] < answer["value"] < answer["high"]
    for end in (answer["low"], answer["high"]):
        assert solves(end, some, all_, of_errors, of_errors, 4 * 20_000 + 4000 / 4 + 4 * 300)
    assert figures({"load": load, "error": error})["error_share"] == answer
    assert figures({"load": load, "error": error}, with_errors=False)["error_share"] == UNKNOWN


def test_if_every_page_view_has_an_error_the_variance_of_the_share_is_theirs():
    load, error = [Part(2, with_views(200, 10), 0)], [Part(2, with_views(190, 10, is_new=False), 19_000)]
    answer: Any = error_share(load, error)
    assert answer["value"] == pytest.approx(0.95)
    assert answer["low"] < 0.95 < answer["high"]
    for end in (answer["low"], answer["high"]):
        assert solves(end, 3800, 4000, 4 * 19_000 + 400, 4 * 19_000 + 400, 4 * 20_000)
    few_large = [Part(2, Kind(190, Tally(views=1900)), 20_500)]
    answer = error_share(load, few_large)
    assert answer["value"] == pytest.approx(0.95)
    assert solves(answer["low"], 3800, 4000, 82_400, 82_400, 82_400)
    more = [Part(2, with_views(210, 10, is_new=False), 21_000)]
    assert error_share(load, more)["value"] == 1
    twice = [Part(2, with_views(400, 10, is_new=False), 40_000)]
    assert (error_share(load, twice)["low"], error_share(load, twice)["high"]) == (1, 1)


def test_errors_per_load_end_where_their_variance_does():
    load = [Part(2, with_views(200, 10), 0), Part(-0.5, with_views(1000, 2), 0)]
    error = [
        Part(2, Kind(8, Tally(total=80, squares=900)), 0),
        Part(-0.5, Kind(40, Tally(total=60, squares=160)), 0),
    ]
    answer: Any = error_rate(load, error)
    assert answer["value"] == pytest.approx((160 - 30) / 3000)
    assert answer["page_views"] == 200
    assert answer["low"] < answer["value"] < answer["high"]
    for end in (answer["low"], answer["high"]):
        assert solves(end, 130, 3000, 4 * 900 + 160 / 4 + 4 * 10**2, 0, 4 * 20_000 + 4000 / 4)
    assert figures({"load": load, "error": error})["error_rate"] == answer
    assert figures({"load": load, "error": error}, with_errors=False)["error_rate"] == UNKNOWN
    assert error_rate(load, []) == told(200, 0, 0, None)


def test_one_error_more_would_be_of_the_weight_that_carries_most():
    load = [Part(3, with_views(100, 10), 0), Part(1, with_views(40, 40), 0), Part(-0.5, with_views(3, 100), 0)]
    answer: Any = error_rate([*load, Part(2, Kind(), 0)], [Part(2, Kind(8, Tally(total=80, squares=900)), 0)])
    variance = 9 * 10_000 + 40 * 40**2 + 30_000 / 4
    assert solves(answer["high"], 160, 3 * 1000 + 1600 - 150, 4 * 900 + 40**2, 0, variance)


def test_a_whole_that_cannot_be_told_from_nothing_has_no_share():
    def answers(*other: Kind) -> list[Figure]:
        load = [Part(1, with_views(100, 10), 0), *(Part(-1, each, 0) for each in (with_views(60, 10), *other))]
        error = [Part(1, with_views(20, 10, is_new=False), 2000)]
        return [error_share(load, error), error_rate(load, error), percentile(timed(load), 0.5)]

    # 400 page views less the others: Z standard errors of them are 249.
    assert not any(answer["too_few"] for answer in answers(with_views(1, 1)))
    assert all(answer["too_few"] for answer in answers(with_views(1, 190)))
    assert all(answer["too_few"] for answer in answers(with_views(140, 10)))  # fewer than none


# Load times: half of the page views that named the region are below 500 ms, and all below 1000 ms.
EVENLY, LATER = [1000 * level for level in LEVELS], [503 + 1000 * level for level in LEVELS]


def timed(parts: list[Part], *quantiles: list[float]) -> list[Part]:
    """The parts with load times; all have the first if there are no more."""
    times = quantiles or (EVENLY,) * len(parts)
    return [
        Part(part.factor, Kind(part.kind.page_views, replace(part.kind.tally, quantiles=each)), 0)
        for part, each in zip(parts, times, strict=True)
    ]


def test_a_load_time_ends_where_a_share_of_loads_does():
    parts = timed([Part(1, with_views(100, 10), 0)])
    # Half the interval of 500 loads is 98: from 402 to 598, and each end is the time before or after.
    assert percentile(parts, 0.5) == told(100, 500, 400, 600)
    # At 560 it is 98.9 loads, and 90 are missing; at 740 it is 87.8, and there are 90 more.
    assert percentile(parts, 0.65) == told(100, 650, 550, 740)
    assert percentile(parts, 0.99) == told(100, 990, 940, 999)
    assert figures({"load": parts})["p50"] == percentile(parts, 0.5)
    assert figures({"load": parts})["p99"] == percentile(parts, 0.99)


def test_a_load_time_is_that_of_the_corrected_distribution():
    parts = timed([Part(1.2, with_views(400, 10), 0), Part(-0.2, with_views(60, 4000 / 60), 0)], EVENLY, LATER)
    assert percentile(parts, 0.5)["value"] == pytest.approx(500 / 1.2)  # 1.2 t = 0.5
    # 1.2 t - 0.2 (t - 0.503) = 0.75. At 580 the interval is 286 loads, of which 278 are missing, and at 570 it is 288
    # of 318; at 710 it is 254, and 242 more are there, and at 720 it is 252 of 282.
    assert percentile(parts, 0.75) == told(400, 649.4, 570, 720)
    assert percentile(parts, 0.755)["value"] == pytest.approx(654.4)


def test_times_are_read_where_most_page_views_named_the_region():
    few, many = with_views(30, 10), with_views(60, 1)
    at_100, at_200, at_300 = ([float(time)] * len(LEVELS) for time in (100, 200, 300))
    parts = timed([Part(1, few, 0), Part(1, many, 0), Part(-0.1, with_views(90, 1), 0)], at_100, at_200, at_300)
    assert percentile(parts, 0.5) == told(90, 200, 200, 200)


def test_a_percentile_beyond_all_times_is_the_last_of_them():
    beyond = [5000.0] * len(LEVELS)
    far = Part(1, with_views(99, 10), 0)
    near = Part(1, with_views(100, 10), 0)
    assert percentile(timed([near, far], EVENLY, beyond), 0.99) == told(199, 1000, 999, None)
    # Others that did not come from the region are just below the last time.
    falls = timed([near, far, Part(-1, with_views(50, 10), 0)], EVENLY, beyond, [999.5] * len(LEVELS))
    assert percentile(falls, 0.9)["value"] == 1000


def test_load_times_that_are_all_the_same_are_every_percentile():
    same = [400.0] * len(LEVELS)
    assert percentile(timed([Part(1, with_views(100, 10), 0)], same), 0.5) == told(100, 400, 400, 400)


def of_times(number: int, weight: float, times: Sequence[float]) -> Kind:
    """Page views of one load each, in Python's own numbers."""
    return Kind(number, Tally(number * weight, number * weight**2, number * weight**4, number, quantiles=times))


def test_a_percentile_before_all_times_is_the_first_of_them():
    later, at_100 = [1000 + time for time in EVENLY], [100.0] * len(LEVELS)
    parts = [Part(1, of_times(100, 10, later), 0), Part(1, of_times(99, 50, at_100), 0)]
    assert percentile(parts, 0.1) == told(199, 1000, 1000, 1010)
    others = Part(-1, of_times(40, 50, [1500.0] * len(LEVELS)), 0)
    assert percentile([*parts, others], 0.1)["value"] == 1000


def test_a_percentile_is_interpolated_between_its_neighbours():
    bent = [time if time <= 500 else 10 * time for time in EVENLY]
    for level, time in ((0.005, 5), (0.4995, 499.5), (0.505, 500 + 4600 / 2), (0.995, 9950)):
        assert percentile([Part(1, of_times(100, 10, bent), 0)], level)["value"] == pytest.approx(time), level
    assert percentile([Part(1, of_times(30, 10, EVENLY), 0)], 0.99)["high"] == 1000
    near, far = of_times(100, 10, [*EVENLY[:-1], EVENLY[-2]]), of_times(99, 10, [5000.0] * len(LEVELS))
    assert percentile([Part(1, near, 0), Part(1, far, 0)], 0.99)["value"] == 999


def test_load_times_of_few_that_count_much_are_not_told():
    assert percentile([Part(2, of_times(15, 10, EVENLY), 0)], 0.5) == TOO_FEW


def test_load_times_are_of_twenty_page_views_after_the_correction_too():
    def answer(number: int) -> Figure:
        return percentile(timed([Part(1, with_views(25, 1), 0), Part(-0.1, with_views(number, 1), 0)]), 0.5)

    assert not answer(50)["too_few"]
    assert answer(51)["too_few"]
