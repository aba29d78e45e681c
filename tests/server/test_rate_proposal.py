"""The sampling rate for a wanted precision: what is proposed gives it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from server.control.audit import Audit
from server.control.database import ControlDatabase
from server.figures.disclosure import FEWEST_PAGE_VIEWS
from server.figures.overview import Overviews
from server.figures.rate_proposal import page_views_for_percentile, page_views_for_share, rate_for
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
    assert rate_for(20, 0, 1) is None


@pytest.mark.parametrize("share", [0, 1])
def test_a_share_that_is_none_or_all_has_no_precision(share):
    assert page_views_for_share(share, 0.2) is None


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
