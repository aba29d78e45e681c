"""The figures of every line: of the whole range, a point in time, a widget, a layout or a version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from .disclosure import is_enough
from .statistics import Estimate, Tally, percentile, quantiles, ratio, share, total

PERCENTILES = {"p50": 0.5, "p75": 0.75, "p95": 0.95, "p99": 0.99}
SUMS = ("total", "squares", "fourths", "counted", "views")
_OTHER_SUMS = ("page_views", "new_page_views", "new_views", "new_view_squares", "new_view_fourths")


class Figure(TypedDict):
    """An estimate, the ends of its 95 % interval, and the page views that it rests on.

    Of too few page views nothing is told: `too_few` is true, and everything else is None. If the page views are too
    uneven for an interval, `too_uneven` is true, and `low` and `high` are None. If only `high` is None, the interval
    has no upper end. If value is None and neither is true, the figure does not exist.
    """

    value: float | None
    low: float | None
    high: float | None
    page_views: int | None
    too_few: bool
    too_uneven: bool


@dataclass(frozen=True)
class Kind:
    """The sums of one kind of row."""

    page_views: float = 0
    tally: Tally = field(default_factory=Tally)
    new_page_views: float = 0  # those that no load of the same batch counts already
    new: Tally = field(default_factory=Tally)  # of these


NOTHING = Kind()
UNKNOWN = Figure(value=None, low=None, high=None, page_views=None, too_few=False, too_uneven=False)
TOO_FEW = Figure(value=None, low=None, high=None, page_views=None, too_few=True, too_uneven=False)


def kind_of(rows: Sequence[Mapping[str, Any]]) -> Kind:
    """The sums of rows of `sql/dashboard.sql` or `sql/summary.sql`, which are about the parts of one time range."""
    sums = {name: sum(row[name] for row in rows) for name in (*SUMS, *_OTHER_SUMS)}
    bins = {name: [int(each) for row in rows for each in row[name]] for name in ("load_times", "weights")}
    tally = Tally(**{name: sums[name] for name in SUMS}, quantiles=quantiles(**bins))
    new = Tally(views=sums["new_views"], view_squares=sums["new_view_squares"], view_fourths=sums["new_view_fourths"])
    return Kind(sums["page_views"], tally, sums["new_page_views"], new)


def kinds_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, Kind]:
    """The sums by kind."""
    by_kind: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_kind[row["kind"]].append(row)
    return {kind: kind_of(rows) for kind, rows in by_kind.items()}


def figures(kinds: Mapping[str, Kind], *, with_errors: bool = True) -> dict[str, Figure]:
    """The figures of the kinds `load`, `error` and `interaction`; `kinds` may lack any of them.

    Without `with_errors` the figures of errors do not exist. Use that for a layout: errors have no layout.
    """
    load, error, interaction = (kinds.get(name, NOTHING) for name in ("load", "error", "interaction"))
    all_views = load.new_page_views + error.new_page_views
    all_new = Tally(
        views=load.new.views + error.new.views,
        view_squares=load.new.view_squares + error.new.view_squares,
        view_fourths=load.new.view_fourths + error.new.view_fourths,
    )
    return {
        "loads": count(load),
        "error_share": figure_of(all_views, lambda: share(error.tally, all_new)) if with_errors else UNKNOWN,
        "error_rate": figure_of(load.page_views, lambda: ratio(error.tally, load.tally)) if with_errors else UNKNOWN,
        "interactions": count(interaction),
        **{
            name: figure_of(load.page_views, lambda level=level: percentile(load.tally, level))  # type: ignore[misc]
            for name, level in PERCENTILES.items()
        },
    }


def count(kind: Kind) -> Figure:
    """The number of events of a kind."""
    return figure_of(kind.page_views, lambda: total(kind.tally))


def figure_of(page_views: float, estimate: Callable[[], Estimate]) -> Figure:
    """The estimate, if it rests on enough page views."""
    if not is_enough(page_views):
        return TOO_FEW
    value, low, high, is_uneven = estimate()
    number = round(page_views)
    return Figure(value=value, low=low, high=high, page_views=number, too_few=False, too_uneven=is_uneven)
