import math

import pytest

from widget.errors import ConfigError
from widget.telemetry.sampler import TelemetrySampler


def test_the_default_is_one_in_a_hundred():
    assert TelemetrySampler().get_sampling_rate() == 0.01


@pytest.mark.parametrize(("rate", "clamped_rate"), [(-1, 0.0), (0, 0.0), (0.25, 0.25), (1, 1.0), (10, 1.0)])
def test_rates_are_clamped_to_0_and_1(rate, clamped_rate):
    sampler = TelemetrySampler(0.5)
    sampler.set_sampling_rate(rate)
    assert sampler.get_sampling_rate() == TelemetrySampler(rate).get_sampling_rate() == clamped_rate


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, "0.5", None, True, [0.5]])
def test_an_invalid_rate_is_an_error_and_changes_nothing(wrong):
    sampler = TelemetrySampler(0.5)
    with pytest.raises(ConfigError, match="number from 0 to 1"):
        sampler.set_sampling_rate(wrong)
    with pytest.raises(ConfigError):
        TelemetrySampler(wrong)
    assert sampler.get_sampling_rate() == 0.5


def test_each_call_draws_a_number_which_is_in_the_sample_below_the_rate():
    draws = iter([0.0, 0.29, 0.3, 0.99] * 20)  # more than other numbers would meet by chance
    sampler = TelemetrySampler(0.3, random=lambda: next(draws))
    assert [sampler.should_sample() for _ in range(80)] == [True, True, False, False] * 20


def test_rate_0_never_samples_and_rate_1_always_samples():
    assert not any(TelemetrySampler(0).should_sample() for _ in range(100))
    assert all(TelemetrySampler(1).should_sample() for _ in range(100))


def test_the_share_of_samples_is_the_rate():
    sampler = TelemetrySampler(0.2)
    sampled = sum(sampler.should_sample() for _ in range(20_000))
    # Six standard deviations on each side: a correct rate fails once in 500 million runs.
    assert abs(sampled - 4000) < 6 * math.sqrt(20_000 * 0.2 * 0.8)
