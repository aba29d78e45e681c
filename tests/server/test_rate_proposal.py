"""The sampling rate for a wanted precision: what is proposed gives it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from server.control.audit import Audit
from server.control.database import ControlDatabase
from server.figures.disclosure import FEWEST_PAGE_VIEWS
from server.figures.kinds import Kind
from server.figures.overview import Overviews
from server.figures.rate_proposal import (
    FIGURES,
    RANGE,
    page_views_for_percentile,
    page_views_for_share,
    propose,
    rate_for,
)
from server.figures.statistics import LEVELS, Tally
from server.store.row import Row
from server.store.store import Store


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
    assert rate_for(699, 100, 7) == 1
    assert rate_for(701, 100, 7) is None
    assert rate_for(20, 0, 1) is None


@pytest.mark.parametrize("share", [0, 1])
def test_a_share_that_is_none_or_all_has_no_precision(share):
    assert page_views_for_share(share, 0.2) is None


def test_the_page_views_for_a_share_are_those_of_its_variance():
    assert page_views_for_share(0.02, 0.2) == 4706  # 1.959964^2 * 0.98 / 0.02 / 0.2^2, rounded up
    assert page_views_for_share(0.99, 1) == FEWEST_PAGE_VIEWS
    assert page_views_for_share(0.5, 0.00062) == 9_993_390
    assert page_views_for_share(0.5, 0.00061) is None  # more than ten million


@pytest.mark.parametrize("level", [0.5, 0.75, 0.95])
def test_the_page_views_for_a_percentile_are_the_fewest_that_are_enough(level):
    def is_precise(page_views: int) -> bool:
        half = 1.959964 * (level * (1 - level) / page_views) ** 0.5
        return level + half < 1 and of(level + half) - of(max(level - half, 0)) <= 2 * 0.05 * of(level)

    def of(at: float) -> float:
        assert 0 <= at < 1
        return 100 + 900 * at

    page_views = page_views_for_percentile(of, level, 0.05)
    assert page_views is not None
    assert isinstance(page_views, int)
    assert is_precise(page_views)
    assert not is_precise(int(page_views / 1.03))


def kinds(heard: int = 1000, with_error: int = 20, slowest: float = 1000) -> dict[str, Kind]:
    """The sums of `heard` page views with a load and `with_error` others with an error, at a rate of 0.1."""
    times = [slowest * level for level in LEVELS]
    loads, errors = (Tally(views=10 * number) for number in (heard, with_error))
    load = Kind(heard, Tally(views=10 * heard, quantiles=times), heard, loads)
    return {"load": load, "error": Kind(with_error, errors, with_error, errors)}


DAY = timedelta(days=1)
CLIFF = Tally(quantiles=[0.0 if level < 0.99 else 1e9 for level in LEVELS])


def test_a_proposal_for_a_percentile():
    proposal = propose(kinds(), 2 * DAY, "p75", 0.1, 3)
    assert proposal.page_views is not None
    assert abs(proposal.page_views - 128) <= 3  # 0.75 * 0.25 * (1.959964 / 0.75 / 0.1)^2
    assert proposal.page_views_a_day == 5100
    assert proposal.rate == rate_for(proposal.page_views, 5100, 3)
    assert proposal.rate is not None
    percent = f"{100 * proposal.rate:.3g}%"
    assert proposal.sentence == f"p75 of load time to ±10% within 3 days needs a sampling rate of {percent}."


def test_a_proposal_is_about_the_days_and_figures_that_its_sentences_name():
    assert RANGE == "7d"
    assert FIGURES == ("p50", "p75", "p95", "p99", "error_share")


def test_a_proposal_for_a_share():
    proposal = propose(kinds(), 2 * DAY, "error_share", 0.5, 1)
    share = 20 / 1020
    page_views = page_views_for_share(share, 0.5)
    assert (proposal.page_views, proposal.page_views_a_day, proposal.rate) == (page_views, 5100, 0.16)
    wish = "The share of page views with an error to ±50% within a day"
    assert proposal.sentence == f"{wish} needs a sampling rate of 16%."


def test_a_proposal_that_takes_longer():
    proposal = propose(kinds(), 2 * DAY, "error_share", 0.1, 0.5)
    assert (proposal.page_views, proposal.page_views_a_day, proposal.rate) == (19_208, 5100, None)
    wish = "The share of page views with an error to ±10% within 0.5 days needs 19,208 page views"
    assert proposal.sentence == f"{wish}, more than there are. It takes 4 days at a sampling rate of 100%."


@pytest.mark.parametrize(
    ("figure", "sums", "why"),
    [
        ("error_share", kinds(with_error=0), "none or all had an error"),
        ("p99", {"load": replace(kinds()["load"], tally=CLIFF)}, "load times lie too far apart there"),
    ],
)
def test_a_wish_that_no_number_of_page_views_grants(figure, sums, why):
    proposal = propose(sums, DAY, figure, 0.001, 2)
    assert (proposal.page_views, proposal.rate) == (None, None)
    assert proposal.page_views_a_day is not None
    assert proposal.sentence.endswith(f" cannot be told from the page views of the last 7 days: {why}.")


def test_a_proposal_needs_enough_page_views_and_no_errors():
    assert propose(kinds(19), DAY, "p75", 0.5, 1).rate is None
    assert propose({}, DAY, "p75", 0.5, 1).sentence.startswith("The last 7 days have fewer than 20 page views")
    assert propose(kinds(20), DAY, "p75", 0.5, 1).rate is not None
    only_loads = {"load": kinds()["load"]}
    assert propose(only_loads, DAY, "p75", 0.5, 1).page_views_a_day == 10_000


@pytest.fixture(scope="module")
def overviews(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Overviews]:
    """Of `acme` 300 page views a day at a rate of 0.1, one in 20 with an error; of `few` 19."""
    directory = tmp_path_factory.mktemp("proposal")
    random, now = np.random.default_rng(3), datetime.now(UTC)
    with (
        closing(Store(directory / "store")) as store,
        closing(ControlDatabase(directory / "control.sqlite3")) as control,
    ):
        for hours in range(8 * 24, 0, -2):
            times = random.lognormal(6.5, 0.6, 25)
            loads = [Row("acme", "w1", "0.1.0", 0.1, "load", layout="grid", load_ms=int(ms)) for ms in times]
            error = Row("acme", "w1", "0.1.0", 0.1, "error", code="API_ERROR")
            store.insert([*loads, error], now - timedelta(hours=hours))
        store.insert(
            [Row("few", "w1", "0.1.0", 0.1, "load", layout="grid", load_ms=400)] * 19, now - timedelta(hours=9)
        )
        yield Overviews(store, Audit(control), lambda _: ())


def test_a_rate_is_proposed_from_the_accounts_own_traffic(overviews) -> None:
    proposal = overviews.rate_for("acme", None, "p75", 0.05, days=7)

    assert proposal.page_views_a_day == pytest.approx(3100, rel=0.1)
    assert 900 < proposal.page_views < 1200
    assert proposal.rate == pytest.approx(proposal.page_views / proposal.page_views_a_day / 7, rel=0.1)
    percent = f"{100 * proposal.rate:.3g}%"
    assert proposal.sentence == f"p75 of load time to ±5% within 7 days needs a sampling rate of {percent}."


def test_what_even_all_page_views_cannot_give_takes_days(overviews) -> None:
    proposal = overviews.rate_for("acme", "w1", "error_share", 0.1, days=1)

    assert proposal.page_views > proposal.page_views_a_day
    assert proposal.rate is None
    assert "more than there are. It takes " in proposal.sentence


def test_nothing_is_proposed_from_few_page_views(overviews) -> None:
    proposal = overviews.rate_for("few", None, "p75", 0.05, days=1)

    assert (proposal.page_views, proposal.page_views_a_day, proposal.rate) == (None, None, None)
    assert "too few to propose a rate" in proposal.sentence
