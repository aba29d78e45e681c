"""One row of the store, without its time."""

from __future__ import annotations

from dataclasses import dataclass

# Of an error: whether the same batch holds a load.
NO_LOAD, PAGE_HAS_LOAD, WIDGET_HAS_LOAD = 0, 1, 2
UNTOLD = -1  # a stage of Python's start that the load does not tell


@dataclass(slots=True)  # not frozen, because that takes four times as long to construct
class Row:
    """One row of `telemetry.events`, without its time: all rows of a commit get the same time.

    The fields from `page_count` on are totals over the row's batch, which is of one page. `add_page_totals` computes
    them. Zero stands for a row that is alone: its page has no other row of its kind, or of its kind and widget, or of
    its kind and name.
    """

    account: str
    widget: str
    version: str
    rate: float  # a fraction above 0, at most 1; the row weighs 1/rate
    kind: str  # load, error or interaction
    layout: str = ""  # of a load or an interaction
    code: str = ""  # of an error
    load_ms: int = 0  # of a load
    count: int = 1
    page_count: int = 0  # events of the kind
    page_rows: int = 0  # rows of the kind
    page_widget_count: int = 0  # events of the kind and widget
    page_widget_rows: int = 0
    page_name_count: int = 0  # events of the kind and layout, or of the code
    page_name_rows: int = 0
    page_loads: int = NO_LOAD  # of an error: whether its page has a load in the batch
    variant: str = ""  # of a running experiment, such as e7-b
    region: str = ""  # of the world, from widget/telemetry/schema.py
    truth: float = 0.0  # the probability that `region` is the page's own; 0 without a region
    has_stages: int = 0  # 1: the page follows a table of fields with these four, which are of a load
    content_ms: int = UNTOLD
    wanted_ms: int = UNTOLD
    ready_ms: int = UNTOLD  # 0: no script tag waited for it; UNTOLD: the page view ended before
    report_ms: int = UNTOLD  # told in the page's first batch
