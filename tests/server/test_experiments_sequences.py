"""Confidence sequences, judged by simulation: experiments of 60 days that are looked at every day."""

import numpy as np
import pytest

from server.experiments.planning import days_needed
from server.experiments.sample_ratio import MISMATCH_BELOW, p_value
from server.experiments.sequences import Arm, Interval, difference, difference_of_shares, quantile

DAYS = 60
FEWEST_PAGE_VIEWS, FEWEST_HITS = 100, 10


def _arm(page_views: int, hits: int, weight: float) -> Arm:
    return Arm(page_views, hits, page_views * weight, page_views * weight**2, hits * weight, hits * weight**2)


def _days_until_a_difference(
    random, page_views_a_day: float, shares: tuple[float, float], weight: float
) -> list[int | None]:
    """For each of many experiments the first day with a difference, or None."""
    first_days = []
    for _ in range(400):
        new = random.poisson(page_views_a_day, (DAYS, 2))
        page_views, hits = np.cumsum(new, axis=0), np.cumsum(random.binomial(new, shares), axis=0)
        days = (
            day
            for day in range(DAYS)
            if page_views[day].min() >= FEWEST_PAGE_VIEWS
            and hits[day].sum() >= FEWEST_HITS
            and difference_of_shares(
                _arm(page_views[day, 1], hits[day, 1], weight), _arm(page_views[day, 0], hits[day, 0], weight)
            ).excludes_zero()
        )
        first_days.append(next(days, None))
    return first_days


@pytest.mark.parametrize("page_views_a_day", [10, 100, 2000])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.3])
@pytest.mark.parametrize("weight", [1, 100])
def test_equal_variants_differ_in_at_most_one_experiment_of_twenty_in_all_looks_together(
    page_views_a_day, share, weight
):
    random = np.random.default_rng(1)

    first_days = _days_until_a_difference(random, page_views_a_day, (share, share), weight)

    false_alarms = sum(day is not None for day in first_days) / len(first_days)
    assert false_alarms <= 0.05  # the simulation gives 0 to 0.03, with a standard error of 0.009 at most


def test_a_change_of_a_fifth_is_seen_in_most_experiments_of_enough_page_views():
    random = np.random.default_rng(2)

    at_100 = _days_until_a_difference(random, 100, (0.1, 0.12), 1)
    at_1000 = _days_until_a_difference(random, 1000, (0.1, 0.12), 1)

    assert 0.65 < sum(day is not None for day in at_100) / len(at_100) < 0.88
    assert all(day is not None for day in at_1000)


def test_a_page_view_that_stands_for_many_tells_no_more_than_one():
    one, hundred = (difference_of_shares(_arm(500, 60, w), _arm(500, 40, w)) for w in (1, 100))

    assert hundred.low == pytest.approx(one.low)
    assert hundred.high == pytest.approx(one.high)


def test_two_arms_without_a_hit_show_no_difference():
    interval = difference_of_shares(_arm(1000, 0, 1), _arm(1000, 0, 1))

    assert interval.value == 0
    assert not interval.excludes_zero()


def test_medians_of_equal_load_times_never_differ_in_most_experiments_and_those_of_a_fifth_more_do():
    random = np.random.default_rng(3)

    def first_difference(slower: float) -> int | None:
        arms = [random.lognormal(6.5, 0.6, 50 * DAYS), random.lognormal(6.5, 0.6, 50 * DAYS) * slower]
        for day in range(2, DAYS):
            intervals = [_median(np.sort(arm[: 50 * day])) for arm in arms]
            if difference(intervals[1], intervals[0]).excludes_zero():
                return day
        return None

    assert sum(first_difference(1) is not None for _ in range(60)) <= 3  # the simulation gives 0
    assert all(first_difference(1.2) is not None for _ in range(20))


def _median(load_times) -> Interval:
    last = len(load_times) - 1
    return quantile(lambda level: float(load_times[round(level * last)]), 0.5, len(load_times), alpha=0.025)


def test_a_quantile_of_few_page_views_has_no_ends():
    interval = quantile(lambda level: 100 * level, 0.75, effective=10)

    assert (interval.low, interval.high) == (None, None)
    assert interval.value == 75


def test_a_difference_has_an_end_only_where_both_have_one():
    assert difference(Interval(5, None, 6), Interval(3, 2, None)) == Interval(2, None, 4)


def test_answers_in_the_shares_asked_for_are_doubted_in_at_most_one_experiment_of_a_thousand():
    random = np.random.default_rng(4)
    shares = [0.5, 0.3, 0.2]

    doubted = 0
    for _ in range(1000):
        answers = np.cumsum(random.multinomial(200, shares, DAYS), axis=0)
        doubted += any(p_value([int(n) for n in row], shares) < MISMATCH_BELOW for row in answers)

    assert doubted <= 4  # 1 is expected at most; 5 or more would come by chance in 4 of 1,000 such simulations


def test_answers_in_other_shares_are_doubted():
    assert p_value([5500, 4500], [0.5, 0.5]) < MISMATCH_BELOW
    assert p_value([5040, 4960], [0.5, 0.5]) == 1
    assert p_value([0, 0], [0.5, 0.5]) == 1
    assert p_value([10**7, 0], [0.5, 0.5]) == 0


def test_the_plan_tells_how_many_days_a_change_takes_to_be_seen():
    even = (0.5, 0.5)

    assert days_needed(0.1, 0.2, 1000, 1, even) == 10
    assert days_needed(0.1, 0.2, 1000, 0.01, even) is None  # longer than anything is kept
    assert days_needed(0.1, 0.2, 100_000, 0.01, even) == 10
    assert days_needed(0.1, 0.2, 1000, 1, (0.5, 0.25, 0.25)) == 17
    assert days_needed(0.1, 0.2, 0, 1, even) is None
