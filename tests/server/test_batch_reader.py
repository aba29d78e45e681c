"""From a batch's text to rows: what is stored, what is left out, and what is counted of it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from server.control.accounts import Account
from server.control.widget_owners import Owner
from server.errors import RateLimitedError, UnknownWidgetError
from server.ingest.batch_reader import BatchReader
from server.ingest.counters import Counters
from server.ingest.rate_limits import ACCOUNT, WIDGET, Limit, RateLimits
from server.store.row import Row
from widget.content import AccountTelemetry
from widget.errors import EventRejected
from widget.telemetry.schema import Load, WidgetReport, encode

NOW = 1_795_514_400.0
SHOP = "https://shop.example"


def owner(account: str = "acme", mode: str = "sampled", **changes: Any) -> Owner:
    setting = Account(account, "Acme Ltd", AccountTelemetry(mode), "2026-10-02T08:15:30.250Z")
    return Owner(**{"account": setting, "rates": {0.5: math.inf}, "origins": frozenset(), **changes})


OWNERS = {
    "w1": owner(),
    "w2": owner("other"),
    "off": owner(mode="off"),
    "shops": owner(origins=frozenset({SHOP})),
    "regions": owner(truth=0.25),
    "changed": owner(rates={0.5: math.inf, 0.25: NOW + 60, 0.125: NOW - 60}),
}


class Owners:
    """Owners as a test sets them."""

    def owner_of(self, widget: str) -> Owner:
        if widget not in OWNERS:
            raise UnknownWidgetError
        return OWNERS[widget]


class Reader:
    """A batch reader, and its counters."""

    def __init__(self, account: Limit = ACCOUNT, widget: Limit = WIDGET) -> None:
        self.counters = Counters(lambda: NOW)
        rate_limits = RateLimits(account, widget, lambda: 0.0)
        is_running = lambda widget, variant: (widget, variant) == ("w1", "e7-b")  # noqa: E731
        self._reader = BatchReader(Owners(), rate_limits, self.counters, lambda: NOW, is_running)  # type: ignore[arg-type]

    def rows(self, *reports: WidgetReport, origin: bytes = b"") -> list[Row]:
        return self._reader.rows(encode(list(reports)).encode(), origin)

    def widgets(self, *reports: WidgetReport, origin: bytes = b"") -> list[str]:
        return [row.widget for row in self.rows(*reports, origin=origin)]

    def reason(self, *reports: WidgetReport, origin: bytes = b"") -> str:
        with pytest.raises(EventRejected) as rejection:
            self.rows(*reports, origin=origin)
        return rejection.value.reason


def report(widget: str = "w1", rate: float = 0.5, **changes: Any) -> WidgetReport:
    return WidgetReport(widget, "0.1.0", rate, **({"loads": [Load("grid", 412)]} | changes))


def test_each_load_code_and_layout_is_a_row_with_the_totals_of_its_page() -> None:
    full = report(
        loads=[Load("grid", 412), Load("list", 0)], errors={"A": 2000, "B": 1000}, interactions={"grid": 1001},
        variant="e7-b",
    )  # fmt: skip
    reader = Reader()
    common: dict[str, Any] = {
        "account": "acme",
        "widget": "w1",
        "version": "0.1.0",
        "rate": 0.5,
        "variant": "e7-b",
        "has_stages": 1,
    }
    pair: dict[str, Any] = {"page_rows": 2, "page_widget_rows": 2}
    loads, errors = ({"page_count": count, "page_widget_count": count, **pair} for count in (2, 2000))
    assert reader.rows(full) == [
        Row(**common, kind="load", layout="grid", load_ms=412, **loads),
        Row(**common, kind="load", layout="list", **loads),
        Row(**common, kind="error", code="A", count=1000, page_loads=2, **errors),
        Row(**common, kind="error", code="B", count=1000, page_loads=2, **errors),
        Row(**common, kind="interaction", layout="grid", count=1000),
    ]
    assert reader.counters.clipped == 2  # A, and the interactions


def test_a_report_without_errors_or_without_interactions_is_clipped_too() -> None:
    reader = Reader()
    reader.rows(report(errors={"A": 1001}), report(interactions={"grid": 1001}), report())
    assert reader.counters.clipped == 2


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (report("nobodys"), "unknown_widget"),
        (report("shops"), "wrong_origin"),
        (report(rate=0.3), "unknown_rate"),
        (report("changed", 0.125), "unknown_rate"),
        (report(variant="e7-a"), "unknown_variant"),
        (report("w2", variant="e7-b"), "unknown_variant"),
    ],
)
def test_a_report_that_may_not_be_stored_costs_only_itself(bad, reason) -> None:
    reader = Reader()
    assert reader.widgets(report("w2"), bad, report()) == ["w2", "w1"]
    assert reader.counters.reasons == {reason: 1}
    assert reader.reason(bad) == reason
    assert reader.reason(bad, report("nobodys")) == reason  # of the first
    assert reader.counters.reasons == {reason: 1}  # the caller counts the batch


def test_an_account_that_is_off_is_no_mistake_of_the_page() -> None:
    reader = Reader()
    assert reader.rows(report("off")) == []
    assert reader.widgets(report("off"), report()) == ["w1"]
    assert reader.counters.reasons == {"account_off": 2}


def test_the_pages_of_other_origins_are_not_the_widgets() -> None:
    reader = Reader()
    assert reader.widgets(report("shops"), origin=SHOP.encode()) == ["shops"]
    assert reader.reason(report("shops"), origin=SHOP.encode() + b"\xff") == "wrong_origin"


def test_a_rate_of_before_is_taken_while_pages_hold_it() -> None:
    assert [row.rate for row in Reader().rows(report("changed", 0.25), report("changed", 0.2500000001))] == [0.25] * 2


WITHOUT_CONTENT = (
    "API_ERROR", "API_TIMEOUT", "NOT_FOUND", "UNAUTHORIZED", "RATE_LIMITED", "INVALID_CONTENT",
    "RUNTIME_CSP", "RUNTIME_NETWORK", "RUNTIME_TIMEOUT", "RUNTIME_UNSUPPORTED",
)  # fmt: skip


def test_a_page_that_got_no_content_may_say_so_at_the_default_rate() -> None:
    failed = report(rate=0.01, loads=[], errors=dict.fromkeys(WITHOUT_CONTENT, 1))
    assert [row.rate for row in Reader().rows(failed)] == [0.01] * 10
    for more in ({"loads": [Load("grid", 1)]}, {"interactions": {"grid": 1}}, {"errors": {"MINE": 1, "API_ERROR": 1}}):
        assert (
            Reader().reason(report(rate=0.01, **({"loads": [], "errors": {"API_ERROR": 1}} | more))) == "unknown_rate"
        )
    assert Reader().reason(report(rate=0.02, loads=[], errors={"API_ERROR": 1})) == "unknown_rate"


def test_a_region_is_stored_only_by_the_accounts_present_setting() -> None:
    regions = [
        (row.region, row.truth)
        for row in Reader().rows(
            report("regions", region="caribbean", truth=0.25),
            report("regions", region="caribbean", truth=0.5),
            report("regions", region="caribbean"),
            report(region="caribbean", truth=0.25),
            report("regions"),
        )
    ]
    assert regions == [("caribbean", 0.25), ("", 0.0), ("", 0.0), ("", 0.0), ("", 0.0)]


def test_no_variant_runs_where_there_are_no_experiments() -> None:
    reader = BatchReader(Owners(), RateLimits(), Counters())  # type: ignore[arg-type]
    with pytest.raises(EventRejected, match="unknown_variant"):
        reader.rows(encode([report(variant="e7-b")]).encode(), b"")


def test_a_report_over_the_limit_is_left_out_and_a_batch_of_them_is_told_the_longest_wait() -> None:
    reader = Reader(Limit(rows_per_s=100, burst=300), Limit(rows_per_s=1, burst=2))
    full = report(loads=[Load("grid", 1)] * 2)
    assert reader.widgets(full, report("w2")) == ["w1", "w1", "w2"]
    assert reader.widgets(report(), report("w2")) == ["w2"]
    assert reader.counters.reasons == {"rate_limited": 1}
    with pytest.raises(RateLimitedError) as refusal:
        reader.rows(report(), full, report("w2"), report("nobodys"))
    assert refusal.value.wait_s == 2
