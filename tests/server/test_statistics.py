"""What the figures promise: the formulas against the sums they stand for, and how often a 95 % interval is right."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence

import pytest

from server.figures.statistics import FEWEST_ROWS, LEVELS, Figure, Tally, Z, percentile, ratio, total

DRAWS = 600
# The share of 600 intervals that hold the truth has a standard error of 0.9 %: four of them below 95 % and above.
RIGHT = (0.915, 0.986)


def tally(rows: Sequence[tuple[float, int]], load_ms: Sequence[int] = ()) -> Tally:
    """Of (rate, count) pairs, by the definitions."""
    weighed = [(1 / rate, count) for rate, count in rows]
    return Tally(
        len(rows),
        sum(c * w for w, c in weighed),
        sum((c * w) ** 2 for w, c in weighed),
        sum(c * c * w for w, c in weighed),
        quantiles(load_ms, [w for w, _ in weighed]) if load_ms else (),
    )


def quantiles(values: Sequence[int], weights: Sequence[float]) -> list[float]:
    """The smallest value that the fraction of weight stays at or below, for each of LEVELS."""
    pairs = sorted(zip(values, weights, strict=True))
    everything, below, at = sum(weights), 0.0, 0
    found = []
    for level in LEVELS:
        while at < len(pairs) - 1 and below + pairs[at][1] < level * everything:
            below += pairs[at][1]
            at += 1
        found.append(pairs[at][0])
    return found


def share_right(truth: float, figures: Iterator[Figure]) -> float:
    """How often the interval holds the truth; an open end holds everything."""
    held = []
    for figure in figures:
        assert figure["low"] is not None
        held.append(figure["low"] <= truth <= (math.inf if figure["high"] is None else figure["high"]))
    assert len(held) == DRAWS
    return sum(held) / DRAWS


def draws(draw: Callable[[random.Random], Figure]) -> Iterator[Figure]:
    chance = random.Random(20_261_124)
    return (draw(chance) for _ in range(DRAWS))


@pytest.mark.parametrize("rows", range(FEWEST_ROWS))
def test_below_twenty_rows_there_is_no_figure(rows) -> None:
    loads = tally([(0.5, 1)] * rows, [100] * rows)
    few = {"value": None, "low": None, "high": None, "rows": rows, "too_few": True}
    assert [total(loads), ratio(loads, loads), percentile(loads, 0.5)] == [few, few, few]


def test_a_total_of_everybody_is_exact() -> None:
    assert total(tally([(1.0, 3)] * 40)) == {"value": 120, "low": 120, "high": 120, "rows": 40, "too_few": False}


@pytest.mark.parametrize("seed", range(50))
def test_a_totals_ends_are_where_the_deviation_is_z_standard_errors(seed) -> None:
    chance = random.Random(seed)
    rows = [(chance.choice([0.001, 0.01, 0.1, 0.5]), chance.randint(1, 9)) for _ in range(chance.randint(20, 400))]
    figure = total(tally(rows))
    value = sum(count / rate for rate, count in rows)
    variance = sum(count**2 * (1 / rate) * (1 / rate - 1) for rate, count in rows)
    assert figure["value"] == pytest.approx(value)
    for end in (figure["low"], figure["high"]):
        assert abs(end - value) == pytest.approx(Z * math.sqrt(variance * end / value))


@pytest.mark.parametrize(("visits", "rate"), [(600, 0.1), (3000, 0.02), (60, 0.8)])
def test_interval_of_a_total_is_right_as_often_as_it_says(visits, rate) -> None:
    def draw(chance: random.Random) -> Figure:
        return total(tally([(rate, 1) for _ in range(visits) if chance.random() < rate]))

    low, high = RIGHT
    assert low <= share_right(visits, draws(draw)) <= high


def test_interval_of_a_total_of_counts_and_of_two_rates_is_right_as_often_as_it_says() -> None:
    visits = [(0.05, 1 + number % 3) for number in range(800)] + [(0.5, 1) for _ in range(100)]

    def draw(chance: random.Random) -> Figure:
        return total(tally([(rate, count) for rate, count in visits if chance.random() < rate]))

    low, high = RIGHT
    assert low <= share_right(sum(count for _, count in visits), draws(draw)) <= high


@pytest.mark.parametrize(("visits", "rate", "failing"), [(2000, 0.1, 0.05), (400, 0.5, 0.02), (300, 1.0, 0.2)])
def test_interval_of_a_ratio_is_right_as_often_as_it_says(visits, rate, failing) -> None:
    """Each visit is a load, and some of them have an error; the truth is the site's, not that of those visits."""

    def draw(chance: random.Random) -> Figure:
        sampled = [chance.random() < failing for _ in range(visits) if chance.random() < rate]
        return ratio(tally([(rate, 1)] * sum(sampled)), tally([(rate, 1)] * len(sampled)))

    low, _ = RIGHT
    assert (
        low <= share_right(failing, draws(draw)) <= 0.998
    )  # wider than needed: it takes loads and errors for unrelated


@pytest.mark.parametrize("level", [0.5, 0.75, 0.95, 0.99])
@pytest.mark.parametrize("rows", [30, 120, 500])
def test_interval_of_a_percentile_is_right_as_often_as_it_says(level, rows) -> None:
    truth = math.exp(6 + 0.6 * {0.5: 0.0, 0.75: 0.674490, 0.95: 1.644854, 0.99: 2.326348}[level])

    def draw(chance: random.Random) -> Figure:
        rates = [chance.choice([0.05, 0.1]) for _ in range(rows)]
        return percentile(
            tally([(rate, 1) for rate in rates], [round(chance.lognormvariate(6, 0.6)) for _ in rates]), level
        )

    low, _ = RIGHT
    assert low <= share_right(truth, draws(draw)) <= 0.999  # at the top one end is open, or the levels lie apart


def test_no_error_in_many_loads_is_a_rate_of_nothing_up_to_about_three_in_as_many() -> None:
    figure = ratio(Tally(), tally([(0.1, 1)] * 1000))
    assert (figure["value"], figure["low"]) == (0, 0)
    assert figure["high"] == pytest.approx(3.84 / 1000, rel=0.01)


def test_an_end_that_cannot_be_told_is_open() -> None:
    loads = tally([(0.5, 1)] * 100, range(100, 200))
    assert percentile(loads, 0.99)["high"] is None
    assert percentile(loads, 0.5)["high"] == pytest.approx(160, abs=2)
    lopsided = tally([(1.0, 1)] * 30 + [(0.001, 1)])  # one row weighs more than all others
    assert ratio(tally([(1.0, 1)] * 5), lopsided)["high"] is None


def test_percentiles_weigh_their_rows() -> None:
    """A hundred slow visits that all sent, and ten fast rows that stand for a thousand."""
    loads = tally([(1.0, 1)] * 100 + [(0.01, 1)] * 10, [4000] * 100 + [200] * 10)
    assert percentile(loads, 0.5)["value"] == 200
    assert percentile(loads, 0.95)["value"] == 4000


def test_the_median_of_two_values_is_not_their_maximum() -> None:
    assert percentile(tally([(1.0, 1)] * 20, [100, 300] * 10), 0.5)["value"] == 100
