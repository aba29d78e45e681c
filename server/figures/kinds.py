"""The figures of every line: of the whole range, a point in time, a widget, a layout or a version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

from .disclosure import is_enough
from .statistics import Estimate, Tally, percentile, ratio, share, total

PERCENTILES = {"p50": 0.5, "p75": 0.75, "p95": 0.95, "p99": 0.99}
SUMS = ("total", "squares", "fourths", "counted", "views")


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


def kind_of(row: Mapping[str, Any]) -> Kind:
    """The sums of a row of `sql/dashboard.sql`."""
    tally = Tally(**{name: row[name] for name in SUMS}, quantiles=row["quantiles"])
    new = Tally(views=row["new_views"], view_squares=row["new_view_squares"], view_fourths=row["new_view_fourths"])
    return Kind(row["page_views"], tally, row["new_page_views"], new)


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
        "error_share": _figure(all_views, lambda: share(error.tally, all_new)) if with_errors else UNKNOWN,
        "error_rate": _figure(load.page_views, lambda: ratio(error.tally, load.tally)) if with_errors else UNKNOWN,
        "interactions": count(interaction),
        **{
            name: _figure(load.page_views, lambda level=level: percentile(load.tally, level))  # type: ignore[misc]
            for name, level in PERCENTILES.items()
        },
    }


def count(kind: Kind) -> Figure:
    """The number of events of a kind."""
    return _figure(kind.page_views, lambda: total(kind.tally))


def _figure(page_views: float, estimate: Callable[[], Estimate]) -> Figure:
    """The estimate, if it rests on enough page views."""
    if not is_enough(page_views):
        return TOO_FEW
    value, low, high, is_uneven = estimate()
    number = round(page_views)
    return Figure(value=value, low=low, high=high, page_views=number, too_few=False, too_uneven=is_uneven)
