"""How Python starts: from the script tag of a real page to the funnel, which everybody can read at every width."""

from __future__ import annotations

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from server.control.settings import CONFIRMATION
from tests.console import running
from tests.console.running import Server, site_of, until
from widget.telemetry.schema import DIGEST
from widget.version import VERSION

CARD = ".starts .card"
UP = {"content_ms": 200, "wanted_ms": 320, "ready_ms": 800, "report_ms": 850}
SLOW = {**UP, "ready_ms": 1900, "report_ms": 1950}
WIDTHS = (390, 820, 1440)
OVERFLOW = """selector => [...document.querySelectorAll(selector + ' *')]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML)"""


@pytest.fixture
def server(tmp_path):
    with running.server(tmp_path) as process:
        yield process


def _send(shop: Server, page_views: int, load: dict[str, int] | None, version: str = VERSION, **errors: int) -> None:
    """Batches as pages send them, without a browser."""
    report = {"widget": "w1", "version": version, "rate": 1, "errors": errors, "interactions": {}}
    report["loads"] = [] if load is None else [{"layout": "grid", "load_ms": 300, **load}]
    body = json.dumps({"schema": 2, "digest": DIGEST, "widgets": [report]}).encode()

    def post(_: int) -> None:
        request = urllib.request.Request(f"{shop.url}/telemetry", body, {"Content-Type": "text/plain"})
        urllib.request.urlopen(request).close()

    with ThreadPoolExecutor(8) as pool:  # a commit takes its time, and many share one
        list(pool.map(post, range(page_views)))


def _stored(shop: Server) -> list[dict[str, Any]]:
    """The loads at the rate of the visits."""
    events = shop.api("/events?limit=1000", shop.tokens["operator"])["events"]
    return [event for event in events if event["kind"] == "load" and event["rate"] == 1]


def _are_told(shop: Server) -> bool:
    """Whether both versions are told. Their newest page views wait for others, which this sends."""
    _send(shop, 12, UP)
    _send(shop, 8, {})
    _send(shop, 20, SLOW, "0.2.0")
    answer = shop.api("/accounts/acme/stages?range=5m", shop.tokens["owner"])
    return {VERSION, "0.2.0"} <= {each["name"] for each in answer["by_version"] if each["stages"][0]["share"]["value"]}


def test_a_page_views_stages_go_from_the_script_tag_to_the_funnel(browser, visit, server):
    server._cli("account", "set", "acme", "--mode", "opt-in", "--rate", "1", "--confirm", CONFIRMATION)
    with site_of(server) as site:
        context = browser.new_context()
        page = context.new_page()
        with page.expect_request(f"{server.url}/telemetry"):
            page.goto(site)
        until(lambda: _stored(server), "the page view is stored")
        context.close()
    (load,) = _stored(server)
    assert 0 < load["content_ms"] <= load["wanted_ms"] <= load["ready_ms"] <= load["report_ms"]

    _send(server, 40, UP)
    _send(server, 30, {})
    _send(server, 25, {}, RUNTIME_CSP=1)
    _send(server, 22, None, API_ERROR=1)
    until(lambda: _are_told(server), "page views that came later, so that both versions are told")

    page = visit().sign_in("owner", "#/dashboard?range=5m").page
    page.wait_for_selector(f"{CARD} tr[data-stage=report]")
    card = page.locator(CARD)
    text = card.inner_text()
    for words in ("Tag ran", "Content there", "Cards seen", "Python wanted", "Python up", "First report"):
        assert words in text
    assert "ended here: the content never came" in text
    assert "RUNTIME_CSP" in text
    widths = card.locator(".bar-of i").evaluate_all("all => all.map(each => each.getBoundingClientRect().width)")
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.9 * widths[0]
    # A screen reader reads a table: every row has a head and every figure a column.
    assert card.locator("table.funnel thead th[scope=col]").count() == 4
    assert card.locator("table.funnel tbody th[scope=row]").count() == 6

    card.locator("select").focus()
    card.locator("select").select_option("0.2.0")
    until(lambda: "1.90 s" in card.locator("tr[data-stage=ready]").inner_text(), "that of the version")
    assert page.evaluate("document.activeElement.dataset.key") == "start version"
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(OVERFLOW, CARD) == [], width


def test_filters_that_early_ends_do_not_have_hide_it_and_few_page_views_are_said(visit, server):
    page = visit().sign_in("owner", "#/dashboard?range=7d").page
    page.wait_for_selector(CARD)
    assert "Fewer than 20 page views" in page.locator(CARD).inner_text()  # the seeded rows are of before stages
    page.click(".groups [data-filter=layout]")
    until(lambda: page.locator(CARD).count() == 0, "no funnel of a layout")
