"""The sampling rate for a wanted precision: what is proposed gives it."""

import numpy as np
import pytest

from server.figures.rate_proposal import (
    FEWEST_PAGE_VIEWS,
    page_views_for_percentile,
    page_views_for_share,
    rate_for,
)


def test_the_proposed_page_views_give_the_percentile_to_the_wanted_precision():
    random = np.random.default_rng(1)
    load_times = np.sort(random.lognormal(6.5, 0.6, 200_000))

    def of(level: float) -> float:
        return float(load_times[min(int(level * len(load_times)), len(load_times) - 1)])

    page_views = page_views_for_percentile(of, 0.75, 0.05)
    assert page_views is not None
    estimates = np.quantile(random.choice(load_times, (2000, page_views)), 0.75, axis=1)

    within = np.mean(np.abs(estimates / of(0.75) - 1) <= 0.05)
    assert 0.93 <= within <= 0.97  # 95 of 100, as an interval of 95 % says


def test_the_proposed_page_views_give_the_share_to_the_wanted_precision():
    random = np.random.default_rng(2)
    page_views = page_views_for_share(0.02, 0.2)
    assert page_views is not None

    estimates = random.binomial(page_views, 0.02, 5000) / page_views

    assert 0.93 <= np.mean(np.abs(estimates / 0.02 - 1) <= 0.2) <= 0.97


def test_load_times_that_are_all_the_same_need_no_more_than_a_figure_does():
    assert page_views_for_percentile(lambda level: 400, 0.5, 0.05) == FEWEST_PAGE_VIEWS


def test_a_percentile_between_two_modes_can_take_more_page_views_than_there_are():
    assert page_views_for_percentile(lambda level: 100 if level < 0.5 else 9000, 0.5, 0.05) is None


def test_a_rate_is_rounded_up_to_two_digits():
    assert rate_for(1_234, 100_000, 1) == 0.013
    assert rate_for(1_000, 100_000, 7) == pytest.approx(0.0015)
    assert rate_for(100, 100, 1) == 1
    assert rate_for(101, 100, 1) is None
    assert rate_for(20, 0, 1) is None


@pytest.mark.parametrize("share", [0, 1])
def test_a_share_that_is_none_or_all_has_no_precision(share):
    assert page_views_for_share(share, 0.2) is None
