"""The formulas of the figures, and how often a 95 % interval contains the true value."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence

import pytest

from server.figures.statistics import FEWEST_ROWS, LEVELS, Figure, Tally, Z, percentile, ratio, total

DRAWS = 600
# The share of right intervals among 600 has a standard error of 0.9 %: about four of them below and above 95 %.
RIGHT = (0.915, 0.986)


def tally(rows: Sequence[tuple[float, int]], load_ms: Sequence[int] = ()) -> Tally:
    """The tally of (rate, count) pairs, computed by its definition."""
    weighted = [(1 / rate, count) for rate, count in rows]
    return Tally(
        len(rows),
        sum(c * w for w, c in weighted),
        sum((c * w) ** 2 for w, c in weighted),
        sum(c * c * w for w, c in weighted),
        quantiles(load_ms, [w for w, _ in weighted]) if load_ms else (),
    )


def quantiles(values: Sequence[int], weights: Sequence[float]) -> list[float]:
    """For each of LEVELS, the smallest value that this fraction of the weight does not exceed."""
    pairs = sorted(zip(values, weights, strict=True))
    total_weight, below, at = sum(weights), 0.0, 0
    quantiles: list[float] = []
    for level in LEVELS:
        while at < len(pairs) - 1 and below + pairs[at][1] < level * total_weight:
            below += pairs[at][1]
            at += 1
        quantiles.append(pairs[at][0])
    return quantiles


def share_right(truth: float, figures: Iterator[Figure]) -> float:
    """The share of intervals that contain the true value. An interval without an upper end contains all above."""
    hits = []
    for figure in figures:
        assert figure["low"] is not None
        hits.append(figure["low"] <= truth <= (math.inf if figure["high"] is None else figure["high"]))
    assert len(hits) == DRAWS
    return sum(hits) / DRAWS


def draws(draw: Callable[[random.Random], Figure]) -> Iterator[Figure]:
    chance = random.Random(20_261_124)
    return (draw(chance) for _ in range(DRAWS))


@pytest.mark.parametrize("rows", range(FEWEST_ROWS))
def test_below_twenty_rows_there_is_no_figure(rows) -> None:
    loads = tally([(0.5, 1)] * rows, [100] * rows)
    few = {"value": None, "low": None, "high": None, "rows": rows, "too_few": True}
    assert [total(loads), ratio(loads, loads), percentile(loads, 0.5)] == [few, few, few]


def test_a_total_at_rate_1_is_exact() -> None:
    assert total(tally([(1.0, 3)] * 40)) == {"value": 120, "low": 120, "high": 120, "rows": 40, "too_few": False}


@pytest.mark.parametrize("seed", range(50))
def test_a_totals_interval_ends_at_z_standard_errors(seed) -> None:
    chance = random.Random(seed)
    rows = [(chance.choice([0.001, 0.01, 0.1, 0.5]), chance.randint(1, 9)) for _ in range(chance.randint(20, 400))]
    figure = total(tally(rows))
    value = sum(count / rate for rate, count in rows)
    variance = sum(count**2 * (1 / rate) * (1 / rate - 1) for rate, count in rows)
    assert figure["value"] == pytest.approx(value)
    for end in (figure["low"], figure["high"]):
        assert end is not None
        assert abs(end - value) == pytest.approx(Z * math.sqrt(variance * end / value))


@pytest.mark.parametrize(("page_views", "rate"), [(600, 0.1), (3000, 0.02), (60, 0.8)])
def test_95_percent_of_the_intervals_of_a_total_are_right(page_views, rate) -> None:
    def draw(chance: random.Random) -> Figure:
        return total(tally([(rate, 1) for _ in range(page_views) if chance.random() < rate]))

    low, high = RIGHT
    assert low <= share_right(page_views, draws(draw)) <= high


def test_95_percent_of_the_intervals_of_a_total_of_counts_and_two_rates_are_right() -> None:
    page_views = [(0.05, 1 + number % 3) for number in range(800)] + [(0.5, 1) for _ in range(100)]

    def draw(chance: random.Random) -> Figure:
        return total(tally([(rate, count) for rate, count in page_views if chance.random() < rate]))

    low, high = RIGHT
    assert low <= share_right(sum(count for _, count in page_views), draws(draw)) <= high


@pytest.mark.parametrize(("page_views", "rate", "error_rate"), [(2000, 0.1, 0.05), (400, 0.5, 0.02), (300, 1.0, 0.2)])
def test_95_percent_of_the_intervals_of_a_ratio_are_right(page_views, rate, error_rate) -> None:
    """Each page view is a load, and some have an error. The true value is the site's, not that of these page views."""

    def draw(chance: random.Random) -> Figure:
        sampled = [chance.random() < error_rate for _ in range(page_views) if chance.random() < rate]
        return ratio(tally([(rate, 1)] * sum(sampled)), tally([(rate, 1)] * len(sampled)))

    low, _ = RIGHT
    assert (
        low <= share_right(error_rate, draws(draw)) <= 0.998
    )  # wider than needed, because the formula assumes that loads and errors are independent


@pytest.mark.parametrize("level", [0.5, 0.75, 0.95, 0.99])
@pytest.mark.parametrize("rows", [30, 120, 500])
def test_95_percent_of_the_intervals_of_a_percentile_are_right(level, rows) -> None:
    truth = math.exp(6 + 0.6 * {0.5: 0.0, 0.75: 0.674490, 0.95: 1.644854, 0.99: 2.326348}[level])

    def draw(chance: random.Random) -> Figure:
        rates = [chance.choice([0.05, 0.1]) for _ in range(rows)]
        return percentile(
            tally([(rate, 1) for rate in rates], [round(chance.lognormvariate(6, 0.6)) for _ in rates]), level
        )

    low, _ = RIGHT
    assert (
        low <= share_right(truth, draws(draw)) <= 0.999
    )  # wider at the top, where an end is open or the levels are far apart


def test_without_errors_the_rate_is_between_0_and_about_4_in_the_number_of_loads() -> None:
    figure = ratio(Tally(), tally([(0.1, 1)] * 1000))
    assert (figure["value"], figure["low"]) == (0, 0)
    assert figure["high"] == pytest.approx(3.84 / 1000, rel=0.01)


def test_high_is_none_if_too_few_rows_bound_it() -> None:
    loads = tally([(0.5, 1)] * 100, range(100, 200))
    assert percentile(loads, 0.99)["high"] is None
    assert percentile(loads, 0.5)["high"] == pytest.approx(160, abs=2)
    lopsided = tally([(1.0, 1)] * 30 + [(0.001, 1)])  # one row weighs more than all others
    assert ratio(tally([(1.0, 1)] * 5), lopsided)["high"] is None


def test_percentiles_are_weighted() -> None:
    """A hundred slow rows at rate 1, and ten fast rows that stand for a thousand page views."""
    loads = tally([(1.0, 1)] * 100 + [(0.01, 1)] * 10, [4000] * 100 + [200] * 10)
    assert percentile(loads, 0.5)["value"] == 200
    assert percentile(loads, 0.95)["value"] == 4000


def test_the_median_of_two_values_is_not_their_maximum() -> None:
    assert percentile(tally([(1.0, 1)] * 20, [100, 300] * 10), 0.5)["value"] == 100
