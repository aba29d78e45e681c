"""The results of an experiment: what is compared, what is hidden, and the verdict."""

from datetime import UTC, datetime, timedelta

import pytest

from server.experiments.experiment import Experiment, Variant
from server.experiments.results import Observation, results
from server.experiments.sequences import Arm

NOW = datetime.now(UTC)


def experiment(figure: str = "interaction_rate", shares: tuple[float, ...] = (0.5, 0.5)) -> Experiment:
    variants = tuple(Variant(letter, share) for letter, share in zip("abcd", shares, strict=False))
    return Experiment(1, "acme", "w1", "", figure, variants, NOW, NOW + timedelta(days=1))


def arm(page_views: int, hits: int) -> Arm:
    return Arm(page_views, hits, page_views, page_views, hits, hits)


def observed(page_views: int, interactions: int, errors: int = 0, median: float = 400, answers: int = 5000):
    return Observation(
        answers, arm(page_views, interactions), arm(page_views, errors), lambda level: median * (0.5 + level)
    )


def verdict(*observations, figure="interaction_rate", has_ended=False):
    shares = tuple(1 / len(observations) for _ in observations)
    result = results(experiment(figure, shares), observations, has_ended=has_ended)
    return result["verdict"], result["leader"]


def test_a_clear_difference_names_the_better_variant():
    assert verdict(observed(5000, 500), observed(5000, 700)) == ("difference", "b")
    assert verdict(observed(5000, 700), observed(5000, 500)) == ("difference", "a")
    assert verdict(observed(5000, 500), observed(5000, 700), observed(5000, 900)) == ("difference", "c")


@pytest.mark.parametrize("figure", ["error_share", "p50", "p75"])
def test_of_errors_and_load_time_less_is_better(figure):
    worse, better = observed(5000, 500, 900, median=900), observed(5000, 500, 300, median=300)

    assert verdict(worse, better, figure=figure) == ("difference", "b")
    assert verdict(better, worse, figure=figure) == ("difference", "a")


def test_only_the_figure_of_the_experiment_decides():
    assert verdict(observed(5000, 500, 10), observed(5000, 500, 900)) == ("no_difference_yet", None)


def test_equal_variants_end_without_a_difference():
    assert verdict(observed(5000, 500), observed(5000, 510)) == ("no_difference_yet", None)
    assert verdict(observed(5000, 500), observed(5000, 510), has_ended=True) == ("no_difference", None)


@pytest.mark.parametrize("few", [observed(99, 50), observed(0, 0)])
def test_below_a_hundred_page_views_of_a_variant_it_is_too_early(few):
    assert verdict(observed(5000, 500), few, has_ended=True) == ("too_early", None)
    result = results(experiment(), [observed(5000, 500), few], has_ended=False)
    assert result["variants"][1]["page_views"] is None
    assert {figure["value"] for figure in result["variants"][1]["figures"].values()} == {None}


def test_below_ten_hits_in_all_it_is_too_early():
    assert verdict(observed(5000, 0), observed(5000, 9)) == ("too_early", None)


def test_a_mismatch_of_the_sample_ratio_hides_every_figure():
    result = results(
        experiment(), [observed(5000, 500, answers=6000), observed(5000, 900, answers=4000)], has_ended=True
    )

    assert (result["verdict"], result["leader"]) == ("ratio_mismatch", None)
    assert [(variant["page_views"], variant["figures"]) for variant in result["variants"]] == [(None, {}), (None, {})]
    assert result["p_value"] < 0.001


def test_the_first_variant_is_compared_with_nothing():
    first, second = results(experiment(), [observed(5000, 500), observed(5000, 700)], has_ended=False)["variants"]

    assert {figure["difference"] for figure in first["figures"].values()} == {None}
    rate = second["figures"]["interaction_rate"]
    assert rate["value"] == pytest.approx(0.14)
    assert rate["difference"] == pytest.approx(0.04)
    assert rate["low"] is not None
    assert rate["high"] is not None
    assert rate["low"] < 0.04 < rate["high"]


def test_hits_of_another_sample_make_the_interval_wider():
    one, other = (Arm(5000, 500, 5000, 5000, 500, 500, is_one_sample=is_one) for is_one in (True, False))

    assert other.variance > one.variance
