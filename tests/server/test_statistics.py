"""The formulas of the figures, and how often a 95 % interval contains the true value.

Each draw makes page views and takes a sample of them. Of the intervals that are told, 93 to 98 of 100 must contain the
truth, give or take three standard errors of the number of draws. Where whole numbers of errors leave no such choice,
more may. Of all draws together, no more than 7 of 100 may tell a wrong interval: else "too uneven" comes too late.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from server.figures import statistics
from server.figures.disclosure import FEWEST_PAGE_VIEWS
from server.figures.kinds import TOO_FEW, Kind, count, figures, kinds_of
from server.figures.statistics import LEVELS, Estimate, Tally, Z, percentile, quantile, ratio, share, total

DRAWS = 240
LEAST, MOST = 0.93, 0.98

PageView = tuple[float, Sequence[int]]  # its weight, and the counts of its rows
Rates = Callable[[random.Random], float]
ONE_RATE: Rates = lambda chance: 0.01  # noqa: E731
MIXED: Rates = lambda chance: chance.choice([0.01, 1])  # noqa: E731


def tally(page_views: Sequence[PageView], load_ms: Sequence[Sequence[float]] = ()) -> Tally:
    """The sums by definition; page views without a row are not in them."""
    weighted = [(w, sum(counts)) for w, counts in page_views if counts]
    return Tally(
        total=sum(w * y for w, y in weighted),
        squares=sum((w * y) ** 2 for w, y in weighted),
        fourths=sum((w * y) ** 4 for w, y in weighted),
        counted=sum(w * y * y for w, y in weighted),
        views=sum(w for w, _ in weighted),
        view_squares=sum(w * w for w, _ in weighted),
        view_fourths=sum(w**4 for w, _ in weighted),
        quantiles=quantiles(
            [(ms, w) for (w, _), times in zip(page_views, load_ms, strict=True) for ms in times] if load_ms else []
        ),
    )


def quantiles(pairs: list[tuple[float, float]]) -> list[float]:
    """For each of LEVELS, the smallest value that this fraction of the weight does not exceed."""
    pairs.sort()
    total_weight, below, at = sum(w for _, w in pairs), 0.0, 0
    values: list[float] = []
    for level in LEVELS if pairs else ():
        while at < len(pairs) - 1 and below + pairs[at][1] < level * total_weight:
            below += pairs[at][1]
            at += 1
        values.append(pairs[at][0])
    return values


class Coverage:
    """How many draws tell an interval, and how many of these contain the truth."""

    def __init__(self, truth: float, draw: Callable[[random.Random], Estimate], draws: int = DRAWS) -> None:
        chance = random.Random(20_261_124)
        self.draws, self.told, self.right, self.open = draws, 0, 0, 0
        for _ in range(draws):
            _, low, high, is_uneven = draw(chance)
            assert is_uneven == (low is None)
            if low is not None:
                self.told += 1
                self.open += high is None
                self.right += low * (1 - 1e-12) <= truth <= (math.inf if high is None else high)

    def check(self, most: float = MOST) -> None:
        share_right = self.right / self.told if self.told else math.nan
        assert self.told >= self.draws / 4, "too uneven nearly always"
        assert share_right >= LEAST - 3 * math.sqrt(0.05 * 0.95 / self.told), (share_right, self.told)
        assert share_right <= most + 3 * math.sqrt(0.02 * 0.98 / self.told), (share_right, self.told)
        self.check_silence()

    def check_silence(self) -> None:
        assert self.told - self.right <= 0.07 * self.draws + 3 * math.sqrt(0.07 * 0.93 * self.draws)


def site(
    number: int, draw: Callable[[random.Random], Sequence[int]], rates: Rates = ONE_RATE
) -> Callable[[random.Random], list[PageView]]:
    """Draws the page views that were sampled."""
    return lambda chance: [(1 / rates(chance), draw(chance)) for _ in range(number)]


# The formulas


@pytest.mark.parametrize("page_views", [0, 1, FEWEST_PAGE_VIEWS - 1])
def test_below_twenty_page_views_there_is_no_figure(page_views) -> None:
    kind = Kind(page_views, tally([(2, [1])] * page_views), page_views)
    assert count(kind) == TOO_FEW
    error = Kind(page_views, kind.tally)  # in the same batches
    assert all(figure == TOO_FEW for figure in figures({"load": kind, "error": error, "interaction": kind}).values())


def test_a_total_at_rate_1_is_what_was_counted() -> None:
    assert total(tally([(1.0, [3])] * 40)) == (120, 120, 120, False)
    assert total(tally([(1.0, [3])] * 4)) == (12, 12, 12, False)
    assert Tally() == Tally(0, 0, 0, 0, 0, 0, 0, ())


def row(of_kind: str, number: int, **changes: Any) -> dict[str, Any]:
    """A row of sql/summary.sql, in which each sum is another number."""
    names = ("total", "squares", "fourths", "counted", "views", "page_views")
    new = ("new_page_views", "new_views", "new_view_squares", "new_view_fourths")
    sums = {name: number + n for n, name in enumerate((*names, *new))}
    return {"kind": of_kind, **sums, "load_times": ["300", "200"], "weights": ["1", "3"], **changes}


def test_a_kind_is_the_sum_of_its_rows() -> None:
    rows = [row("load", 10), row("error", 500, load_times=[], weights=[]), row("load", 1000, load_times=["100"] * 2)]
    found = kinds_of(rows)
    assert kinds_of([]) == {} and Kind() == Kind(0, Tally(), 0, Tally())
    assert list(found) == ["load", "error"]
    assert found["error"] == Kind(
        505, Tally(500, 501, 502, 503, 504, quantiles=[]), 506, Tally(0, 0, 0, 0, 507, 508, 509)
    )
    load = found["load"]
    assert load.tally == Tally(1010, 1012, 1014, 1016, 1018, quantiles=load.tally.quantiles)
    assert (load.page_views, load.new_page_views) == (1020, 1022)
    assert load.new == Tally(views=1024, view_squares=1026, view_fourths=1028)
    assert (load.tally.quantiles[0], load.tally.quantiles[50], load.tally.quantiles[-1]) == (100, 100, 300)


def test_the_figures_are_those_of_their_kinds() -> None:
    loads, errors, uses = (
        tally([(weight, [1])] * number, [[time]] * number)
        for weight, number, time in ((3, 100, 9), (5, 30, 8), (2, 40, 7))
    )
    kinds = {
        "load": Kind(100, loads, 90, tally([(3, [1])] * 90)),
        "error": Kind(30, errors, 12, tally([(5, [1])] * 12)),
    }
    answer = figures(kinds | {"interaction": Kind(40, uses)})
    views = tally([(3, [1])] * 90 + [(5, [1])] * 12)
    expected: dict[str, tuple[Estimate, int]] = {
        "loads": (total(loads), 100),
        "interactions": (total(uses), 40),
        "error_share": (share(errors, views), 102),
        "error_rate": (ratio(errors, loads), 100),
        **{f"p{number}": (percentile(loads, number / 100), 100) for number in (50, 75, 95, 99)},
    }
    assert answer.keys() == expected.keys()
    for name, ((value, low, high, is_uneven), page_views) in expected.items():
        assert answer[name] == {
            "value": value, "low": low, "high": high, "page_views": page_views, "too_few": False,
            "too_uneven": is_uneven,
        }  # fmt: skip
    without = figures(kinds, with_errors=False)
    unknown = dict.fromkeys(("value", "low", "high", "page_views")) | {"too_few": False, "too_uneven": False}
    assert without["error_share"] == without["error_rate"] == unknown
    assert without["loads"] == answer["loads"]
    assert without["interactions"] == dict.fromkeys(("value", "low", "high", "page_views")) | {
        "too_few": True, "too_uneven": False,
    }  # fmt: skip


def test_a_share_of_few_page_views_of_large_weight_is_too_uneven() -> None:
    many, large = tally([(1, [1])] * 90, [[9]] * 90), tally([(1000, [1])] * 3)
    for new, is_uneven in ((many, False), (large, True)):
        kinds = {"load": Kind(90, many, 90, many), "error": Kind(90, many, 90, new)}
        assert figures(kinds)["error_share"]["too_uneven"] is is_uneven
        turned = {"load": Kind(90, many, 90, new), "error": Kind(90, many, 90, many)}
        assert figures(turned)["error_share"]["too_uneven"] is is_uneven


def test_parts_of_page_views_are_told_as_a_whole_number() -> None:
    assert count(Kind(20.4, tally([(1.0, [1])] * 20)))["page_views"] == 20
    assert count(Kind(19.9999999, tally([(1.0, [1])] * 20)))["page_views"] == 20


@pytest.mark.parametrize("seed", range(20))
def test_a_totals_interval_ends_at_z_standard_errors_of_page_views(seed) -> None:
    chance = random.Random(seed)
    page_views = [
        (1 / chance.choice([0.01, 0.02]), [chance.randint(1, 9) for _ in range(chance.randint(1, 4))])
        for _ in range(chance.randint(100, 400))
    ]
    value, low, high, _ = total(tally(page_views))
    assert value == pytest.approx(sum(w * sum(counts) for w, counts in page_views))
    variance = sum(w * (w - 1) * sum(counts) ** 2 for w, counts in page_views)
    for end in (low, high):
        assert end is not None
        assert abs(end - value) == pytest.approx(Z * math.sqrt(variance * end / value))


def test_without_errors_the_share_is_bounded_and_errors_per_load_are_not() -> None:
    """How many errors a bad page view has is unknown until one is seen."""
    loads = tally([(10, [1])] * 1000)
    value, low, high, _ = share(Tally(), loads)
    assert (value, low) == (0, 0)
    assert high == pytest.approx(3.84 / 1000, rel=0.01)
    assert ratio(Tally(), loads) == (0, 0, None, False)


def test_high_is_none_if_too_few_page_views_bound_it() -> None:
    loads = tally([(2, [1])] * 100, [[ms] for ms in range(100, 200)])
    assert percentile(loads, 0.99).high is None
    assert percentile(loads, 0.5).high == pytest.approx(160, abs=2)


@pytest.mark.parametrize("heavy", [1, 3])
def test_half_of_the_weight_in_three_page_views_is_too_uneven_to_tell(heavy) -> None:
    page_views = [(100.0, [1])] * 300 + [(30_000 / heavy, [1])] * heavy
    loads = tally(page_views, [[300]] * len(page_views))
    for estimate in (total(loads), share(loads, loads), ratio(loads, loads), percentile(loads, 0.5)):
        assert estimate.is_uneven
        assert (estimate.low, estimate.high) == (None, None)
        assert estimate.value > 0
    told = figures({"load": Kind(300 + heavy, loads, 300 + heavy, loads)})["loads"]
    assert told["too_uneven"]
    assert told["low"] is None
    assert told["value"] == pytest.approx(60_000)


def test_percentiles_are_weighted() -> None:
    """A hundred slow page views at rate 1, and ten fast ones that stand for a thousand."""
    loads = tally([(1.0, [1])] * 100 + [(100, [1])] * 10, [[4000]] * 100 + [[200]] * 10)
    assert percentile(loads, 0.5).value == 200
    assert percentile(loads, 0.95).value == 4000


def test_the_median_of_two_values_is_not_their_maximum() -> None:
    assert percentile(tally([(1.0, [1])] * 20, [[100], [300]] * 10), 0.5).value == 100


# The formulas, to the last digit


def test_a_share_ends_where_wilsons_quadratic_does() -> None:
    errors, loads = tally([(10, [1])] * 3 + [(40, [1])]), tally([(10, [1])] * 60 + [(40, [1])] * 10)
    value, low, high, _ = share(errors, loads)
    effective = 1000**2 / (60 * 10**2 + 10 * 40**2)
    assert value == 0.07
    for end, at in ((low, value - 0.5 / effective), (high, value)):
        assert end is not None
        assert (at - end) ** 2 == pytest.approx(Z**2 * end * (1 - end) / effective)
    assert low is not None and high is not None
    assert low < value - 0.5 / effective < value < high
    assert share(loads, loads)[::2] == (1, 1)
    assert share(tally([(2, [1])] * 20), tally([(1, [1])] * 20)).value == 1  # no share is above one


def test_errors_per_load_end_where_the_linearised_variance_does() -> None:
    errors, loads = tally([(10, [2])] * 30 + [(20, [1])] * 20), tally([(10, [1])] * 100 + [(20, [3])] * 50)
    value, low, high, _ = ratio(errors, loads)
    assert value == 1000 / 4000
    for end in (low, high):
        assert end is not None
        variance = errors.squares / 1000 / 4000 * end + loads.squares / 4000**2 * end**2
        assert (value - end) ** 2 == pytest.approx(Z**2 * variance)
    assert low is not None and high is not None
    assert low < value < high


def test_a_percentile_ends_at_the_quantiles_of_woodruffs_proportions() -> None:
    loads = tally([(10, [1])] * 500, [[ms] for ms in range(1000, 1500)])
    for level in (0.5, 0.75, 0.95):
        half = Z * math.sqrt(level * (1 - level) * 500 * 10**2) / 5000
        low, value, high = (quantile(loads.quantiles, at) for at in (level - half, level, level + half))
        assert percentile(loads, level)[:3] == pytest.approx((value, low, high))
    assert percentile(loads, 0.001).low == quantile(loads.quantiles, 0)


def test_a_quantile_between_two_levels_is_interpolated() -> None:
    squares = [level * level for level in LEVELS]
    for at in (0, 0.01, 0.5, 0.9, 0.995, 1):
        assert quantile(squares, at) == at * at
    assert quantile(squares, 0.0125) == pytest.approx(0.75 * 0.01**2 + 0.25 * 0.02**2)
    assert quantile(squares, 0.9012) == pytest.approx(0.76 * 0.9**2 + 0.24 * 0.905**2)


def test_the_levels_are_denser_at_the_top() -> None:
    thousandths = [*range(0, 900, 10), *range(900, 980, 5), *range(980, 1001)]
    assert [round(1000 * level, 9) for level in LEVELS] == thousandths


def test_quantiles_are_the_smallest_times_that_reach_a_level_of_the_weight() -> None:
    assert statistics.quantiles([], []) == []
    times = statistics.quantiles([300, 100, 200, 100], [1, 2, 6, 1])
    assert [times[LEVELS.index(level)] for level in (0, 0.3, 0.31, 0.9, 0.905, 1)] == [100, 100, 200, 200, 300, 300]


def test_ten_page_views_of_one_weight_are_enough_for_an_interval_and_nine_are_not() -> None:
    for weight in (1.7, 100.0):
        ten, nine = (tally([(weight, [1])] * number, [[300]] * number) for number in (10, 9))
        for estimate in (lambda each: total(each), lambda each: share(each, each), lambda each: percentile(each, 0.5)):
            assert (estimate(ten).is_uneven, estimate(nine).is_uneven) == (False, True)
        uneven = [ratio(errors, loads).is_uneven for errors, loads in ((ten, ten), (nine, ten), (ten, nine))]
        assert uneven == [False, True, True]


# How often intervals contain the truth

WIDGETS = pytest.mark.parametrize("widgets", [1, 2, 4, 10])


@WIDGETS
@pytest.mark.parametrize("page_views", [2_000, 5_000])
def test_loads_of_several_widgets_a_page(widgets, page_views) -> None:
    """Page views of one to `widgets` widgets each, of which a hundredth is sampled."""
    chance = random.Random(1)
    numbers = [chance.randint(1, widgets) for _ in range(page_views)]

    def draw(chance: random.Random) -> Estimate:
        return total(tally([(100, [1] * n) for n in numbers if chance.random() < 0.01]))

    Coverage(sum(numbers), draw).check()


@pytest.mark.parametrize(("first", "second"), [(0.01, 1), (0.1, 0.01)])
def test_totals_after_a_change_of_the_rate_half_way(first, second) -> None:
    numbers = [1 + number % 3 for number in range(6_000)]
    rates = [first] * 3_000 + [second] * 3_000

    def draw(chance: random.Random) -> Estimate:
        return total(tally([(1 / r, [n]) for r, n in zip(rates, numbers, strict=True) if chance.random() < r]))

    Coverage(sum(numbers), draw, 120).check()


def test_totals_of_mixed_rates() -> None:
    chance = random.Random(2)
    rates = [chance.choice([0.01, 0.01, 0.01, 1]) for _ in range(3_000)]

    def draw(chance: random.Random) -> Estimate:
        return total(tally([(1 / r, [1, 1]) for r in rates if chance.random() < r]))

    Coverage(6_000, draw, 100).check()


def pareto(chance: random.Random) -> int:
    """Counts with a heavy tail, clipped as the server clips them."""
    return min(int(chance.paretovariate(1.1)), 1000)


@pytest.mark.parametrize("page_views", [200, 2_000, 10_000])
def test_totals_of_heavy_tails_are_seldom_told_and_seldom_wrong(page_views) -> None:
    chance = random.Random(3)
    counts = [pareto(chance) for _ in range(page_views)]

    def draw(chance: random.Random) -> Estimate:
        return total(tally([(10, [n]) for n in counts if chance.random() < 0.1]))

    Coverage(sum(counts), draw, 120).check_silence()


SHARES = (0.01, 0.05, 0.2)
NUMBERS = (20, 50, 200, 2000)


@pytest.mark.parametrize("rates", [ONE_RATE, MIXED], ids=["one rate", "rates 0.01 and 1"])
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("truth", SHARES)
def test_the_share_of_page_views_with_an_error(truth, number, rates) -> None:
    """Below about ten expected errors whole numbers leave a choice between 91 and 99 of 100; it is the latter."""

    def draw(chance: random.Random) -> Estimate:
        page_views = site(number, lambda chance: [1] if chance.random() < truth else [], rates)(chance)
        return share(tally(page_views), tally([(w, [1]) for w, _ in page_views]))

    Coverage(truth, draw, 100 if number > 999 else DRAWS).check(most=MOST if truth * number > 10 else 1)


ERRORS: dict[str, tuple[float, Callable[[random.Random], Sequence[int]]]] = {
    "single errors": (1, lambda chance: [1]),
    "4 widgets at once": (4, lambda chance: [1] * 4),
    "3 codes at once": (3, lambda chance: [1] * 3),
    "4 widgets with 3 codes": (12, lambda chance: [1] * 12),
    "10 at once": (10, lambda chance: [10]),
    "1 to 9": (5, lambda chance: [chance.randint(1, 9)]),
}


@pytest.mark.parametrize("rates", [ONE_RATE, MIXED], ids=["one rate", "rates 0.01 and 1"])
@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize(("number", "bad"), [(20, 0.02), (50, 0.02), (200, 0.02), (200, 0.15), (2000, 0.03)])
def test_errors_per_load(kind, number, bad, rates) -> None:
    """Errors that come together are told if enough page views have some, and are else too uneven to tell."""
    mean, errors = ERRORS[kind]

    def draw(chance: random.Random) -> Estimate:
        page_views = site(number, lambda chance: errors(chance) if chance.random() < bad else [], rates)(chance)
        return ratio(tally(page_views), tally([(w, [1]) for w, _ in page_views]))

    coverage = Coverage(mean * bad, draw, 100 if number > 999 else DRAWS)
    if number * bad > 29 and (rates is ONE_RATE or number > 999):
        coverage.check(most=0.99)  # the covariance of loads and errors is taken as zero, which widens it
    else:
        coverage.check_silence()


@pytest.mark.parametrize("number", [50, 200, 2000])
def test_heavy_tailed_errors_are_seldom_told_and_seldom_wrong(number) -> None:
    chance = random.Random(4)
    mean = sum(pareto(chance) for _ in range(400_000)) / 400_000

    def draw(chance: random.Random) -> Estimate:
        page_views = site(number, lambda chance: [pareto(chance)] if chance.random() < 0.05 else [])(chance)
        return ratio(tally(page_views), tally([(w, [1]) for w, _ in page_views]))

    Coverage(mean * 0.05, draw, 100).check_silence()


QUANTILES = {0.5: 0.0, 0.75: 0.674490, 0.95: 1.644854, 0.99: 2.326348}


@WIDGETS
@pytest.mark.parametrize("number", [30, 120, 500])
@pytest.mark.parametrize("level", QUANTILES)
def test_percentiles_of_load_times(level, number, widgets) -> None:
    """The widgets of a page are about equally slow. At the top an end is open, or the levels are far apart."""
    truth = math.exp(6 + math.hypot(0.6, 0.1) * QUANTILES[level])

    def draw(chance: random.Random) -> Estimate:
        pages = [(1 / chance.choice([0.05, 0.1]), chance.gauss(6, 0.6)) for _ in range(number)]
        times = [[math.exp(log_ms + chance.gauss(0, 0.1)) for _ in range(widgets)] for _, log_ms in pages]
        return percentile(tally([(w, [1] * widgets) for w, _ in pages], times), level)

    is_top = level * number > number - 20
    Coverage(truth, draw, 60 if widgets * number > 400 else DRAWS).check(most=1 if is_top else 0.99)
