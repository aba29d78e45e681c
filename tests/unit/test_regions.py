"""Regions of the world: from the time zone, and with randomised response."""

import zoneinfo
from collections import Counter

import numpy as np
import pytest

from bundler.build.regions import regions_by_zone
from server.figures.randomised_response import Answers, total_and_variance
from widget.telemetry.regions import REGIONS, UNKNOWN_REGION, randomise, truth_probability


@pytest.mark.parametrize(
    ("zone", "region"),
    [
        ("Europe/Berlin", "western-europe"),
        ("Europe/Stockholm", "northern-europe"),  # the database links it to Berlin
        ("Asia/Vladivostok", "eastern-europe"),  # M49 has whole countries
        ("Asia/Calcutta", "southern-asia"),  # an old name
        ("Europe/Kiev", "eastern-europe"),
        ("US/Pacific", "northern-america"),
        ("Africa/Asmera", "eastern-africa"),
        ("Pacific/Auckland", "australia-and-new-zealand"),
        ("Antarctica/Troll", UNKNOWN_REGION),
    ],
)
def test_a_time_zone_has_the_region_of_its_country(zone, region):
    assert regions_by_zone()[zone] == region


def test_only_zones_of_no_country_have_no_region():
    places = {name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")}

    assert places - regions_by_zone().keys() <= {"SystemV", "posix", "right"}


def test_each_region_of_the_schema_has_a_zone_and_no_zone_has_another_region():
    assert set(regions_by_zone().values()) == set(REGIONS)


def test_the_page_names_its_own_region_with_the_probability_of_the_privacy_budget():
    random = np.random.default_rng(1).random

    answers = Counter(randomise("caribbean", 2.0, random) for _ in range(20_000))

    assert answers["caribbean"] / 20_000 == pytest.approx(truth_probability(2.0), abs=0.01)
    assert set(answers) == set(REGIONS)


def test_no_answer_makes_a_region_more_likely_by_more_than_the_privacy_budget():
    p = truth_probability(1.5)
    q = (1 - p) / (len(REGIONS) - 1)

    assert p / q == pytest.approx(np.exp(1.5))


def test_the_interval_of_an_estimated_total_holds_in_95_of_100_simulations():
    random = np.random.default_rng(2)
    epsilon, page_views, truth = 2.0, 20_000, 3_000
    rate = np.where(random.random(page_views) < 0.5, 0.05, 0.5)
    regions = np.where(np.arange(page_views) < truth, 0, 1)
    p = truth_probability(epsilon)

    covered = 0
    for _ in range(600):
        in_sample = random.random(page_views) < rate
        weights, true = 1 / rate[in_sample], regions[in_sample]
        others = (true + random.integers(1, len(REGIONS), len(true))) % len(REGIONS)
        answers = np.where(random.random(len(true)) < p, true, others)
        named = weights[answers == 0]
        total, variance = total_and_variance(
            Answers(named.sum(), (named**2).sum()), Answers(weights.sum(), (weights**2).sum()), epsilon
        )
        covered += abs(total - truth) <= 1.96 * variance**0.5

    assert 0.93 <= covered / 600 <= 0.98
