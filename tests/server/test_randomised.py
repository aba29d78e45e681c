"""Figures by region under randomised response: the counts are right on average, and their intervals 95 times in 100."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from server.control.regions import RegionSetting
from server.figures.kinds import Kind
from server.figures.randomised import Part, factor, figures
from server.figures.statistics import LEVELS, Tally
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
