"""The page Experiments: one is made, seen side by side, watched, and its winner becomes what visitors get."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.control.settings import CONFIRMATION
from tests.console.running import ROOT, Server, Visit, site_of, until
from widget.telemetry.schema import DIGEST

CLOCK = ROOT / "tests" / "server" / "clock.c"
MINUTE_S, HOUR_S = 60, 3600


def type_into(page, selector: str, text: str) -> None:
    """Types key by key and leaves the field: Firefox tells of no change that Playwright's `fill` makes."""
    page.fill(selector, "")
    page.locator(selector).press_sequentially(text)
    page.press(selector, "Tab")


def test_an_experiment_is_made_watched_and_its_winner_is_what_visitors_get(visit, server):
    page = visit().sign_in("owner", "#/experiments").page
    page.wait_for_selector(".preview")
    page.select_option("#experiment-widget", "w2")
    page.fill("#experiment-name", "List or wall")
    page.select_option("#experiment-layout-0", "list")
    page.select_option("#experiment-layout-1", "wall")
    type_into(page, "#experiment-more-1", "max=6, colour=red")
    page.click("#new-experiment [type=submit]")
    problem = page.locator("#new-experiment .problem")
    until(lambda: "only these options" in problem.inner_text(), "the server's sentence")
    type_into(page, "#experiment-more-1", "max=6")
    until(lambda: "b: layout wall, max 6" in page.locator(".previews").inner_text(), "both designs")
    drawn = "all => all.map(each => each.firstElementChild.shadowRoot.textContent.includes('Works.'))"
    assert page.locator(".preview").evaluate_all(drawn) == [True, True]
    assert "page views a day in the sample" in page.locator("#new-experiment .effect").inner_text()
    page.click("#new-experiment [type=submit]")

    newest = page.locator("#experiments li").first
    until(lambda: "Too early to tell" in newest.inner_text(), "its results")
    experiment = server.api("/accounts/acme/experiments", server.tokens["owner"])["experiments"][0]  # the newest
    assert [variant["design"] for variant in experiment["variants"]] == [
        {"layout": "list"},
        {"layout": "wall", "max": 6},
    ]
    page.click("[data-do=end-experiment][value$=' b']")
    page.click("[data-do=keep-experiment]")
    page.click("[data-do=end-experiment][value$=' b']")
    assert page.locator("[data-do=end-experiment-now]").inner_text() == "Stop and make b the design"
    page.click("[data-do=end-experiment-now]")
    until(lambda: "b is the design" in newest.inner_text(), "the winner")
    with urllib.request.urlopen(f"{server.url}/api/widgets/w2/public") as answer:
        design = json.load(answer)["design"]
    assert (design["layout"], design["max"]) == ("wall", 6)


def test_a_viewer_reads_only(visit):
    page = visit().sign_in("viewer", "#/experiments").page
    page.wait_for_selector("#experiments .card")
    assert page.locator("#new-experiment, [data-do=end-experiment]").count() == 0


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`clock(seconds)` sets the clock of a server that is started afterwards ahead by that."""
    compiler, library, offset = shutil.which("cc"), tmp_path / "clock.so", tmp_path / "offset"
    if compiler is None:
        pytest.skip("there is no C compiler, which makes the clock that a test can set")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, CLOCK], check=True)
    offset.write_bytes(struct.pack("l", 0))

    def set_clock(seconds: int) -> None:
        with offset.open("r+b") as file:
            file.write(struct.pack("l", seconds))

    monkeypatch.setenv("CLOCK_OFFSET", str(offset))
    return set_clock


def test_what_the_script_tag_shows_is_what_the_panel_counts(browser, clock, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("LD_PRELOAD", str(tmp_path / "clock.so"))
        shop = Server(tmp_path / "server")
        shop._cli("account", "set", "acme", "--mode", "opt-in", "--rate", "1", "--confirm", CONFIRMATION)
        shop.start()
    start = HOUR_S - int(time.time()) % HOUR_S  # the next whole hour, so that all of it is in one
    clock(start)
    try:
        experiment = _make(shop)
        with site_of(shop) as site:
            shown = [_visit(browser, shop, site) for _ in range(6)]
        assert sorted(_stored(shop)) == sorted(f"e{experiment}-{'b' if layout == 'list' else 'a'}" for layout in shown)
        for letter, count in (("a", 130), ("b", 150)):  # the same batches as those of the visits, without a browser
            for _ in range(count):
                _send(shop, f"e{experiment}-{letter}")
        clock(start + HOUR_S + 2 * MINUTE_S)

        context = browser.new_context()
        page = Visit(context.new_page(), shop).sign_in("owner", "#/experiments").page
        page.wait_for_selector(".compared")
        cells = page.locator(".compared td[data-label='Page views']").all_inner_texts()
        assert cells == [f"{(130 + shown.count('grid')) // 20 * 20}", f"{(150 + shown.count('list')) // 20 * 20}"]
        assert "No difference found yet" in page.locator(".results .sentence").inner_text()
        context.close()
    finally:
        shop.stop()


def _make(shop: Server) -> int:
    body = {
        "widget": "w1",
        "name": "Grid or list",
        "figure": "p50",
        "variants": [{"share": 0.5, "design": {"layout": "grid"}}, {"share": 0.5, "design": {"layout": "list"}}],
        "ends_at": f"{datetime.now(UTC) + timedelta(days=10):%Y-%m-%dT%H:%M:%SZ}",
    }
    headers = {"Authorization": f"Bearer {shop.tokens['owner']}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{shop.url}/api/v1/accounts/acme/experiments", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        number: int = json.load(answer)["id"]
    return number


def _visit(browser, shop: Server, site: str) -> str:
    """One visitor's page view, until it is stored; returns the layout that the widget has."""
    before = len(_stored(shop))
    context = browser.new_context()
    page = context.new_page()
    with page.expect_request(f"{shop.url}/telemetry"):  # Python runs, and the load leaves at once
        page.goto(site)
    root = "document.querySelector('#tresta-widget-w1').shadowRoot"
    layout: str = page.evaluate(f"{root}.querySelector('[data-layout]').dataset.layout")
    until(lambda: len(_stored(shop)) > before, "the page view is stored")
    context.close()
    return layout


def _stored(shop: Server) -> list[str]:
    """The variants of the loads that are stored."""
    events = shop.api("/events?limit=1000", shop.tokens["operator"])["events"]
    return [event["variant"] for event in events if event["variant"] and event["kind"] == "load"]


def _send(shop: Server, variant: str) -> None:
    report = {"widget": "w1", "version": "0.1.0", "rate": 1, "errors": {}, "interactions": {}, "variant": variant}
    report["loads"] = [{"layout": "grid", "load_ms": 400}]
    body = json.dumps({"schema": 2, "digest": DIGEST, "widgets": [report]}).encode()
    request = urllib.request.Request(f"{shop.url}/telemetry", body, {"Content-Type": "text/plain"})
    urllib.request.urlopen(request).close()
