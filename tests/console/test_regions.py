"""Regions of the world: switched on in the console, named by real pages, and shown by map and table."""

from __future__ import annotations

import json
import urllib.request

import pytest

from server.control.settings import CONFIRMATION
from tests.console import running
from tests.console.running import Server, site_of, until
from widget.telemetry.schema import DIGEST

CROWDS = (("eastern-asia", 300, 45), ("south-america", 1900, 45))


@pytest.fixture
def server(tmp_path):
    with running.server(tmp_path) as process:
        yield process


def regions(server):
    return server.api("/accounts/acme", server.tokens["owner"])["regions"]


def test_an_owner_switches_regions_on_chooses_chance_and_the_trail_says_so(visit, server):
    page = visit().sign_in("owner", "#/settings").page
    page.wait_for_selector("#audit td, #audit p")
    assert page.locator("#regions-epsilon").is_disabled()
    page.check("#regions-on")
    page.click("#save-regions")
    until(lambda: regions(server) == {"is_on": True, "epsilon": None, "truth": 1}, "regions are on")
    until(lambda: "off \u2192 on" in page.locator("#audit tbody tr").first.inner_text(), "the trail")
    page.select_option("#regions-epsilon", "2")
    page.click("#save-regions")
    until(lambda: regions(server)["truth"] == 0.2514, "the chance")
    page.uncheck("#regions-on")
    page.click("#save-regions")
    until(lambda: not regions(server)["is_on"], "regions are off")

    reader = visit().sign_in("viewer", "#/settings").page
    reader.wait_for_selector("#regions .effect")
    assert reader.locator("#regions .effect").inner_text() == "Regions are not collected."
    assert reader.locator("#save-regions").count() == 0


def _put(shop: Server, **setting: object) -> None:
    headers = {"Authorization": f"Bearer {shop.tokens['owner']}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{shop.url}/api/v1/accounts/acme/regions", json.dumps(setting).encode(), headers)
    request.method = "PUT"
    urllib.request.urlopen(request).close()


def _send(shop: Server, region: str, load_ms: int, page_views: int) -> None:
    """The same batches as those of the visits, without a browser."""
    report = {"widget": "w1", "version": "0.1.0", "rate": 1, "errors": {}, "interactions": {}}
    report |= {"region": region} if region else {}
    report["loads"] = [{"layout": "grid", "load_ms": load_ms}]
    body = json.dumps({"schema": 2, "digest": DIGEST, "widgets": [report]}).encode()
    for _ in range(page_views):
        request = urllib.request.Request(f"{shop.url}/telemetry", body, {"Content-Type": "text/plain"})
        urllib.request.urlopen(request).close()


def _told(shop: Server) -> bool:
    """Whether both crowds' figures are told. Those of the newest page views wait for others, which this sends."""
    for region, load_ms, _ in CROWDS:
        _send(shop, region, load_ms, 20)
    answer = shop.api("/accounts/acme/dashboard?range=5m&region=south-america", shop.tokens["owner"])
    table = shop.api("/accounts/acme/dashboard?range=5m", shop.tokens["owner"])["by_region"]
    return answer["summary"]["p50"]["value"] is not None and {each[0] for each in CROWDS} <= {
        each["name"] for each in table if each["p75"]["value"]
    }


def _stored(shop: Server) -> list[str]:
    """The regions of the newest loads at the rate of the visits."""
    events = shop.api("/events?limit=1000", shop.tokens["operator"])["events"]
    return [event["region"] for event in events if event["kind"] == "load" and event["rate"] == 1]


def _visit(browser, shop: Server, site: str, zone: str) -> list[str]:
    """One visitor's page view, until it is stored; returns what the page asked the server for, and what it sent."""
    before = len(_stored(shop))
    urls: list[str] = []
    context = browser.new_context(timezone_id=zone)
    page = context.new_page()
    page.on("request", lambda request: urls.append(request.url + (request.post_data or "")))
    with page.expect_request(f"{shop.url}/telemetry"):
        page.goto(site)
    until(lambda: len(_stored(shop)) > before, "the page view is stored")
    context.close()
    return urls


def test_the_region_of_the_browsers_time_zone_goes_from_the_script_tag_to_the_map(browser, visit, server):
    server._cli("account", "set", "acme", "--mode", "opt-in", "--rate", "1", "--confirm", CONFIRMATION)
    with site_of(server) as site:
        urls = _visit(browser, server, site, "Asia/Tokyo")
        assert _stored(server) == [""]
        assert not any("regions" in url for url in urls)  # the account has not switched them on

        _put(server, is_on=True)
        urls = _visit(browser, server, site, "Asia/Tokyo") + _visit(
            browser, server, site, "America/Argentina/Buenos_Aires"
        )
    assert sorted(_stored(server)) == ["", "eastern-asia", "south-america"]
    assert sum("/regions.json" in url for url in urls) == 2
    assert not any("Tokyo" in url or "Buenos" in url for url in urls)

    for region, load_ms, page_views in (*CROWDS, ("", 500, 25), ("polynesia", 400, 3)):
        _send(server, region, load_ms, page_views)
    until(lambda: _told(server), "page views that came later, so that these are told")
    page = visit().sign_in("owner", "#/dashboard?range=5m").page
    card = page.locator(".groups .card", has=page.locator("h2", has_text="By region"))
    card.locator(".world path[data-region=south-america]").wait_for(state="attached")
    assert card.locator(".world path").count() == 22
    shades = {
        region: float(
            card.locator(f".world path[data-region={region}]").evaluate("path => getComputedStyle(path).fillOpacity")
        )
        for region in ("eastern-asia", "south-america")
    }
    assert shades["eastern-asia"] < shades["south-america"] == 1
    assert card.locator(".world path.few").count() == 20
    table = card.locator("table")
    assert "Eastern Asia" in table.inner_text()
    assert "Polynesia" not in table.inner_text()
    card.locator("[data-do=map-figure][value=loads]").click()
    until(lambda: card.locator("[value=loads][aria-pressed=true][data-do=map-figure]").count() == 1, "the map's loads")

    table.locator("button", has_text="South America").click()
    until(lambda: "region=south-america" in running.address(page), "the filter")
    page.wait_for_selector("select[name=region].chosen")
    until(lambda: page.locator("[data-figure=p50] .value").inner_text().startswith("1.9"), "its load time")
