"""How Python starts in the page views of the sample: how many reach each stage, when, and where the others ended.

The page views are those of script tags that the account has heard from. A page view passes the stages in order: the tag
runs, the content is there, the cards are seen, Python is wanted, Python is up, the page reports. The tag wants Python
as soon as the cards are seen, and a page view whose Python is up is heard from only if it reports. So these two pairs
differ in their times, and not in their shares.

A share is one of page views, with the interval of `statistics.share`. A time is known of the page views that tell it:
`seen` of all whose cards were seen, the others of those whose Python was up. Percentiles are those of
`statistics.percentile`, with page views in the place of loads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from widget import errors

from .disclosure import shown_names
from .kinds import UNKNOWN, Figure, figure_of
from .names import OTHER
from .statistics import Tally, percentile, share

TAG, CONTENT, SEEN, WANTED, READY, REPORT = STAGES = ("tag", "content", "seen", "wanted", "ready", "report")
ENDS = (TAG, CONTENT, WANTED, REPORT)  # the stage that a page view reached last, as its rows tell it
LEFT = ""  # instead of an error code: the page view just ended
CONTENT_CODES = (
    errors.API_ERROR, errors.API_TIMEOUT, errors.NOT_FOUND, errors.UNAUTHORIZED, errors.RATE_LIMITED,
    errors.INVALID_CONTENT,
)  # fmt: skip
_SUMS = ("number", "views", "view_squares", "view_fourths")


@dataclass(frozen=True)
class PageViews:
    """The sums over some page views, where w is the weight. Each counts once, be it in parts."""

    number: float = 0
    views: float = 0  # sum w
    view_squares: float = 0  # sum w^2
    view_fourths: float = 0  # sum w^4
    quantiles: Collection[float] = ()  # of a stage's time in ms, at statistics.LEVELS

    def without(self, others: PageViews) -> PageViews:
        """The rest, if `others` are among them. Rounded, since parts that add up to nothing leave a trace."""
        return PageViews(*(max(round(getattr(self, name) - getattr(others, name), 6), 0) for name in _SUMS))


@dataclass(frozen=True)
class Starts:
    """The page views of one line: by the stage that they reached last and an error code, and those that tell a time."""

    ends: Mapping[tuple[str, str], PageViews] = field(default_factory=dict)
    times: Mapping[str, PageViews] = field(default_factory=dict)

    def after(self, stages: Collection[str]) -> PageViews:
        """Those that reached one of these stages last."""
        return _sum(page_views for (stage, _), page_views in self.ends.items() if stage in stages)


class Stage(TypedDict):
    """A stage, the share of page views that reached it, and the time by which 50% and 75% of these did."""

    stage: str
    share: Figure
    p50: Figure
    p75: Figure


class EndOf(TypedDict):
    code: str
    share: Figure


class End(TypedDict):
    """The page views that went no further than a stage, by error code where the codes can be told apart."""

    after: str
    share: Figure
    codes: list[EndOf]


class Answer(TypedDict):
    stages: list[Stage]
    ended: list[End]


def figures(starts: Starts) -> Answer:
    """The stages and the ends."""
    all_ = starts.after(ENDS)
    return Answer(
        stages=[
            Stage(
                stage=stage,
                share=_share(starts.after(_beyond(stage)), all_),
                p50=_percentile(starts.times.get(stage), 0.5),
                p75=_percentile(starts.times.get(stage), 0.75),
            )
            for stage in STAGES
        ],
        ended=[
            End(after=stage, share=_share(starts.after((stage,)), all_), codes=_codes(starts, stage, all_))
            for stage in ENDS
        ],
    )


def _beyond(stage: str) -> list[str]:
    """The last stages of the page views that reached this one."""
    return [last for last in ENDS if STAGES.index(last) >= STAGES.index(stage)]


def _codes(starts: Starts, stage: str, all_: PageViews) -> list[EndOf]:
    """The ends at a stage by code; those that may not be told are OTHER. Empty if that says no more than their sum."""
    of_code = {code: page_views for (after, code), page_views in starts.ends.items() if after == stage}
    shown = shown_names({code: page_views.number for code, page_views in of_code.items()}, 0)
    ends = {code: of_code[code] for code in sorted(shown)}
    others = _sum(page_views for code, page_views in of_code.items() if code not in shown)
    if others.number:
        ends[OTHER] = others
    if ends.keys() <= {LEFT} or ends.keys() <= {OTHER}:
        return []
    return [EndOf(code=code, share=_share(page_views, all_)) for code, page_views in ends.items()]


def _share(some: PageViews, all_: PageViews) -> Figure:
    return figure_of(all_.number, lambda: share(_tally(some), _tally(all_)))


def _percentile(of: PageViews | None, level: float) -> Figure:
    return figure_of(of.number, lambda: percentile(_tally(of), level)) if of else UNKNOWN


def _tally(of: PageViews) -> Tally:
    """Page views, each as one event."""
    sums = {"total": of.views, "squares": of.view_squares, "fourths": of.view_fourths}
    views = {"views": of.views, "view_squares": of.view_squares, "view_fourths": of.view_fourths}
    return Tally(**sums, **views, quantiles=list(of.quantiles))


def _sum(all_: Iterable[PageViews]) -> PageViews:
    parts = list(all_)
    return PageViews(*(sum(getattr(part, name) for part in parts) for name in _SUMS))
