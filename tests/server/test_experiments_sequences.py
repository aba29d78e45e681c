"""Confidence sequences, judged by simulation: experiments of 60 days that are looked at every day."""

import math
from collections.abc import Callable
from dataclasses import astuple

import numpy as np
import pytest

from server.experiments.planning import days_needed, days_needed_for_load_time
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


def _boundary(effective: float, alpha: float) -> float:
    """Theorem 2.2 with t page views of variance 1, and the rho that makes it tightest at 2000 (their appendix)."""
    rho_squared = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha)) + 1) / 2000
    t_rho = effective * rho_squared
    return math.sqrt(2 * (t_rho + 1) / (effective**2 * rho_squared) * math.log(math.sqrt(t_rho + 1) / alpha))


def test_a_difference_ends_at_the_boundary_of_its_variance():
    arm, baseline = Arm(500, 60, 600, 900, 72, 130), Arm(400, 30, 800, 2000, 60, 150, is_one_sample=False)
    # One page view of equal weight is 1.5 in the arm and 2.5 in the baseline.
    share, squares, hit_squares = 73.5 / 603, 904.5, 132.25
    of_arm = (share**2 * squares - 2 * share * hit_squares + hit_squares) / squares
    share, squares, hit_squares = 62.5 / 805, 2012.5, 156.25
    of_baseline = (share**2 * squares + hit_squares) / squares
    assert [arm.share, arm.effective, arm.variance] == pytest.approx([0.12, 400, of_arm])
    assert [baseline.share, baseline.effective, baseline.variance] == pytest.approx([0.075, 320, of_baseline])
    effective = 1 / (1 / 400 + 1 / 320)
    for alpha in (0.05, 0.01):
        half = math.sqrt((of_arm / 400 + of_baseline / 320) * effective) * _boundary(effective, alpha)
        interval = difference_of_shares(arm, baseline, alpha)
        assert astuple(interval) == pytest.approx((0.045, 0.045 - half, 0.045 + half))
    assert difference_of_shares(arm, baseline) == difference_of_shares(arm, baseline, 0.05)


def test_a_difference_of_few_page_views_is_any_between_all_and_none():
    interval = difference_of_shares(Arm(2, 1, 2, 2, 1, 1), Arm(2, 1, 2, 2, 1, 1))
    assert interval == Interval(0, -1, 1)
    assert Arm() == Arm(0, 0, 0, 0, 0, 0, True)


def test_a_quantile_ends_where_the_share_below_it_does():
    half = math.sqrt(0.75 * 0.25) * _boundary(900, 0.02)
    interval = quantile(lambda level: 100 * level, 0.75, 900, 0.02)
    assert astuple(interval) == pytest.approx((75, 75 - 100 * half, 75 + 100 * half))
    assert quantile(lambda level: level, 0.5, 900) == quantile(lambda level: level, 0.5, 900, 0.05)
    near_one = quantile(lambda level: level, 0.99, 900)
    assert near_one.low is not None and near_one.high is None
    near_none = quantile(lambda level: level, 0.01, 900)
    assert near_none.low is None and near_none.high is not None


@pytest.mark.parametrize(
    ("low", "high", "excludes"),
    [(1, 2, True), (-2, -1, True), (-1, 1, False), (0, 1, False), (-1, 0, False), (None, -1, True), (1, None, True),
     (None, 1, False), (-1, None, False), (None, None, False)],
)  # fmt: skip
def test_an_interval_excludes_zero_if_it_is_all_on_one_side(low, high, excludes):
    assert Interval(0, low, high).excludes_zero() is excludes


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
    assert difference(Interval(5, 4, None), Interval(3, None, 3.5)) == Interval(2, 0.5, None)
    assert difference(Interval(5, 4, 6), Interval(3, 2, 3.5)) == Interval(2, 0.5, 4)
    assert difference(Interval(5, None, 6), Interval(3, 2, 3.5)) == Interval(2, None, 4)
    assert difference(Interval(5, 4, None), Interval(3, 2, 3.5)) == Interval(2, 0.5, None)
    assert difference(Interval(5, 4, 6), Interval(3, None, None)) == Interval(2, None, None)


def test_answers_in_the_shares_asked_for_are_doubted_in_at_most_one_experiment_of_a_thousand():
    random = np.random.default_rng(4)
    shares = [0.5, 0.3, 0.2]

    doubted = 0
    for _ in range(1000):
        answers = np.cumsum(random.multinomial(200, shares, DAYS), axis=0)
        doubted += any(p_value([int(n) for n in row], shares) < MISMATCH_BELOW for row in answers)

    assert doubted <= 4  # 1 is expected at most; 5 or more would come by chance in 4 of 1,000 such simulations


@pytest.mark.parametrize("answers", [(30, 2, 8), (1, 25, 7), (40, 0, 0)])
def test_the_chance_of_answers_is_one_over_their_bayes_factor(answers):
    """The marginal chance of a sequence under the prior, by Polya's urn, divided by its chance under the shares."""
    shares, factor, drawn = (0.5, 0.3, 0.2), 1.0, 0
    urn = [100 * share for share in shares]
    for variant, number in enumerate(answers):
        for _ in range(number):
            factor *= urn[variant] / (100 + drawn) / shares[variant]
            urn[variant], drawn = urn[variant] + 1, drawn + 1
    assert p_value(answers, shares) == pytest.approx(min(1, 1 / factor))
    assert factor > 1


def test_answers_in_other_shares_are_doubted():
    assert p_value([5500, 4500], [0.5, 0.5]) < MISMATCH_BELOW
    assert p_value([5040, 4960], [0.5, 0.5]) == 1
    assert p_value([0, 0], [0.5, 0.5]) == 1
    assert p_value([500_000, 500_000], [0.5, 0.5]) == 1
    assert p_value([10**6] * 400, [1 / 400] * 400) == 1  # a factor that no float is small enough for
    assert MISMATCH_BELOW == 0.001
    assert p_value([10**7, 0], [0.5, 0.5]) == 0


def test_the_plan_tells_how_many_days_a_change_takes_to_be_seen():
    even = (0.5, 0.5)

    assert days_needed(0.1, 0.2, 1000, 1, even) == 10
    assert days_needed(0.1, 0.2, 1000, 0.01, even) is None  # longer than anything is kept
    assert days_needed(0.1, 0.2, 100_000, 0.01, even) == 10
    assert days_needed(0.1, 0.2, 1000, 1, (0.5, 0.25, 0.25)) == 17
    assert days_needed(0.1, 0.2, 0, 1, even) is None


def test_the_smallest_variant_decides_and_more_variants_take_longer():
    assert days_needed(0.1, 0.2, 1000, 1, (0.2, 0.8)) == days_needed(0.1, 0.2, 1000, 1, (0.2, 0.8, 1.8), alpha=0.1)
    assert days_needed(0.1, 0.2, 4, 0.5, (0.5, 0.5)) is None
    assert [days_needed(0.1, 0.2, page_views, 1, (0.5, 0.5)) for page_views in (122, 121, 120)] == [75, 75, None]
    assert days_needed(0.1, 0.2, 1000, 1, (1.0, 0.0)) is None  # nobody sees the other
    assert days_needed(0.5, 1.5, 3000, 1, (0.5, 0.5)) == 1  # no share is more than all


def test_a_change_of_load_times_is_seen_sooner_the_larger_it_is():
    def load_time(level: float) -> float:
        return 1000 * math.exp(level)

    def days(change: float, page_views: float = 1000, shares: tuple[float, ...] = (0.5, 0.5)) -> int | None:
        return days_needed_for_load_time(load_time, 0.5, change, page_views, shares)

    found = {change: days(change) for change in (0.1, 0.2, -0.2)}
    for change, number in found.items():
        assert number is not None
        assert [_is_seen(load_time, change, 500 * n, 500 * n, 0.025) for n in (number - 1, number)] == [False, True]
    unequal = days(0.1, 1000, (0.6, 0.3, 0.1))
    assert unequal is not None
    seen = [_is_seen(load_time, 0.1, 600 * n, 100 * n, 0.0125) for n in (unequal - 1, unequal)]
    assert seen == [False, True]
    assert days(0.2, 0) is days(0.0001) is None


def _is_seen(
    load_time: Callable[[float], float], change: float, page_views: float, others: float, alpha: float
) -> bool:
    """Whether the load times differ by more than the intervals of both."""
    if min(page_views, others) < 1:
        return False
    ends = [0.5 * _boundary(number, alpha) for number in (page_views, others)]
    if max(ends) >= 0.5:
        return False
    if change > 0:
        return (1 + change) * load_time(0.5 - ends[1]) > load_time(0.5 + ends[0])
    return (1 + change) * load_time(0.5 + ends[1]) < load_time(0.5 - ends[0])
