"""The fixtures themselves: they record what the tests rely on."""

from __future__ import annotations

import json
import re

from bundler.browsers.launch import WITHOUT
from tests.browser.servers import Answer


def batch_of(widget: str) -> str:
    loads = [{"layout": "grid", "load_ms": 412}]
    report = {"widget": widget, "version": "0.1.0", "rate": 0.01, "loads": loads, "errors": {}, "interactions": {}}
    return json.dumps({"schema": 1, "widgets": [report]})


def test_a_beacon_of_a_page_that_is_left_becomes_a_row(origins, site, page, browser):
    widget = origins.add_widget(f"beacon-{browser.browser_type.name}", {"testimonials": []})
    beacon = f"navigator.sendBeacon({json.dumps(f'{origins.api}/telemetry')}, {json.dumps(batch_of(widget))})"
    page.goto(site.page(f"<script>onpagehide = () => {beacon}</script>"))
    assert origins.rows(widget=widget) == []
    page.goto("about:blank")
    (row,) = origins.wait_for_rows(widget=widget)
    assert (row["kind"], row["layout"], row["load_ms"]) == ("load", "grid", 412)


def test_added_content_is_served_to_a_page_of_another_origin(origins, site, page):
    widget = origins.add_widget("added", {"testimonials": []})
    page.goto(site.page(""))
    url = f"{origins.api}/api/widgets/{widget}/public"
    assert page.evaluate("url => fetch(url).then(answer => answer.json())", url)["id"] == widget


def test_the_shop_contains_the_other_origins_urls_and_serves_python(origins, page):
    page.goto(f"{origins.shop}/pyscript.html")
    assert origins.api in page.content()
    assert "{{" not in page.content()
    for path in ("/pyodide/pyodide.mjs", "/pyscript/core.js"):
        assert page.request.get(origins.shop + path).ok


def test_console_errors_rejections_and_requests_of_a_page_are_recorded(site, page, record):
    script = "console.warn('careful'); Promise.reject(Error('nobody cares')); throw Error('thrown')"
    url = site.page(f"<script>{script}</script>")
    page.goto(url)
    page.wait_for_function("document.readyState === 'complete'")
    assert "warning: careful" in record.console
    assert any("thrown" in error for error in record.errors)
    assert any("nobody cares" in error for error in record.errors)
    assert url in [request.url for request in record.requests]


def test_a_site_can_forbid_scripts_by_its_headers(site, page):
    script = "<title>before</title><script>document.title = 'after'</script>"
    page.goto(site.page("", head=script))
    assert page.title() == "after"
    page.goto(site.page("", head=script, headers={"Content-Security-Policy": "script-src 'none'"}))
    assert page.title() == "before"


def test_the_faulty_api_answers_in_order_and_records_batches(faulty_api, site, page):
    faulty_api.answers("w1", Answer("<p>no JSON", 500), Answer({"id": "w1"}))
    page.goto(site.page(""))
    url = f"{faulty_api.url}/api/widgets/w1/public"
    answers = [
        page.evaluate("url => fetch(url).then(async answer => [answer.status, await answer.text()])", url)
        for _ in range(3)
    ]
    assert answers == [[500, "<p>no JSON"], [200, '{"id": "w1"}'], [200, '{"id": "w1"}']]
    assert faulty_api.request_count("w1") == 3
    page.evaluate("url => fetch(url, {method: 'POST', body: '{}'})", f"{faulty_api.url}/telemetry")
    (batch,) = faulty_api.batches
    assert batch.json == {}
    assert batch.headers["Content-Type"] == "text/plain;charset=UTF-8"
    assert faulty_api.preflights == []


def test_chromium_does_without_what_playwright_does_without_too(launched):
    with launched("chromium").new_context() as context:
        page = context.new_page()
        page.goto("chrome://version")
        *others, last = re.findall(r"--disable-features=(\S+)", page.locator("#command_line").inner_text())
    assert last == ",".join(WITHOUT)
    assert {name for features in others for name in features.split(",")} <= set(WITHOUT)
