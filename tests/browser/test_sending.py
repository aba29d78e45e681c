"""How a batch leaves the page: by beacon or by fetch, whichever way the visitor goes, and never in anybody's way."""

from __future__ import annotations

import socket

import pytest

from bundler.browsers.launch import launch_options
from tests.browser import visits
from tests.browser.servers import Answer
from widget.telemetry.schema import MAX_BYTES, parse

HIDDEN = """state => {
  Object.defineProperty(document, 'visibilityState', {value: state, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""

CLICK = "document.querySelector('#tresta-widget-w1').shadowRoot.querySelector('[data-action=prev]').click()"

# The slide is there: one that still moves when the page is left may be counted again where Firefox goes on with it.
NEXT_AND_REST = """() => new Promise(rested => {
  const { shadowRoot } = document.querySelector('#tresta-widget-w1');
  shadowRoot.querySelector('.slides').addEventListener('scrollend', () => rested(), {once: true});
  shadowRoot.querySelector('[data-action=next]').click();
})"""

# What browsers say themselves of a request that fails, whoever made it.
BROWSERS_WORDS = ("Failed to load resource", "The Same Origin Policy disallows reading the remote resource")


@pytest.fixture
def url(origins, site, faulty_api):
    """A page with the widget w1, a carousel."""
    faulty_api.answers("w1", Answer({"id": "w1", **visits.content()}))
    return site.page(origins.tag("w1", api_url=faulty_api.url))


def wait_for_batches(api, count):
    visits.until(lambda: len(visits.batches(api)) >= count, f"{count} batches")
    assert len(visits.batches(api)) == count


def test_a_beacon_that_fails_in_any_way_is_followed_by_a_fetch(url, page, site, faulty_api, record):
    page.context.add_cookies([{"name": "session", "value": "secret", "url": faulty_api.url}])
    page.goto(url)
    visits.shown(page, "w1")
    wait_for_batches(faulty_api, 1)
    ways = {
        "FALSE": "navigator.sendBeacon = () => false",
        "UNDEFINED": "navigator.sendBeacon = () => undefined",
        "THROWS": "navigator.sendBeacon = () => { throw new TypeError('no beacons here') }",
        "MISSING": "delete navigator.sendBeacon; delete Navigator.prototype.sendBeacon",
    }
    for count, (name, breaking) in enumerate(ways.items(), 2):
        page.evaluate(f"() => {{ {breaking} }}")
        visits.track(page, "w1", name)
        page.evaluate("new Tresta.TelemetryTracker('w1', '1.0.0').flush()")
        wait_for_batches(faulty_api, count)
    visits.track(page, "w1", "WHILE_LEAVING")
    page.goto(site.page("Elsewhere"))
    wait_for_batches(faulty_api, 2 + len(ways))

    by_beacon, *by_fetch = visits.batches(faulty_api)
    assert [len(report.loads) for report in parse(by_beacon.body)] == [1]
    assert [parse(batch.body)[0].errors for batch in by_fetch] == [{name: 1} for name in (*ways, "WHILE_LEAVING")]
    for batch in (by_beacon, *by_fetch):
        assert batch.headers["Content-Type"] == "text/plain;charset=UTF-8"
    assert site.received[-1].headers["Cookie"] == "session=secret"  # which the browser would have sent here as well
    for batch in by_fetch:
        assert batch.headers["Cookie"] is None
        assert batch.headers["Referer"] is None
    assert faulty_api.preflights == []
    assert record.errors == record.console == []


def test_what_waits_goes_when_the_page_is_hidden_and_when_it_is_closed(url, site, page, faulty_api):
    opener = page
    opener.goto(site.page("<title>The page before</title>"))
    # Closed as a script or a visitor closes it: Playwright's own close ends a busy page of Firefox before its pagehide.
    with opener.expect_popup() as opened:
        opener.evaluate("url => { window.opened = window.open(url) }", url)
    page = opened.value
    visits.shown(page, "w1")
    wait_for_batches(faulty_api, 1)
    page.locator("[data-action=next]").click()
    page.evaluate(HIDDEN, "visible")  # nothing happens to what waits
    page.evaluate(HIDDEN, "hidden")
    wait_for_batches(faulty_api, 2)
    page.evaluate(HIDDEN, "visible")
    visits.track(page, "w1", "AT_THE_END")
    opener.evaluate("window.opened.close()")
    wait_for_batches(faulty_api, 3)
    loads, hidden, closed = (parse(batch.body) for batch in visits.batches(faulty_api))
    assert [len(report.loads) for report in loads] == [1]
    assert [report.interactions for report in hidden] == [{"carousel": 1}]
    assert [report.errors for report in closed] == [{"AT_THE_END": 1}]


@pytest.fixture
def page_with_back_forward_cache(browser, record):
    """A page that the browser keeps alive while the visitor is elsewhere, as outside of tests."""
    kind = browser.browser_type
    options = launch_options(kind)
    if kind.name == "chromium":
        options["ignore_default_args"] = ["--disable-back-forward-cache"]
    started = kind.launch(**options)
    context = started.new_context(reduced_motion="reduce")  # a carousel that scrolls at once, and not on its return
    context.set_default_timeout(30_000)
    record.watch(context)
    yield context.new_page()
    started.close()


def test_a_page_that_comes_back_sends_what_is_new_and_only_that(
    url, page_with_back_forward_cache, site, faulty_api, record
):
    page = page_with_back_forward_cache
    page.goto(url)
    visits.shown(page, "w1")
    wait_for_batches(faulty_api, 1)
    page.evaluate(NEXT_AND_REST)
    page.evaluate("() => { window.kept = false; onpageshow = event => { kept = event.persisted } }")
    page.goto(site.page("Elsewhere"))
    wait_for_batches(faulty_api, 2)
    page.evaluate("history.back()")
    page.wait_for_function("window.kept")
    visits.track(page, "w1", "BACK_AGAIN")
    page.evaluate(CLICK)  # Playwright's own click waits for ever for Firefox to finish this navigation
    page.goto(site.page("Elsewhere again"))
    wait_for_batches(faulty_api, 3)
    _, before, after = (parse(batch.body) for batch in visits.batches(faulty_api))
    assert [(report.errors, report.interactions) for report in before] == [({}, {"carousel": 1})]
    assert sorted((report.version, report.errors, report.interactions, report.loads) for report in after) == [
        (before[0].version, {}, {"carousel": 1}, []),
        ("1.0.0", {"BACK_AGAIN": 1}, {}, []),
    ]
    assert record.errors == []


def test_an_api_that_refuses_telemetry_is_nobodys_business(url, page, faulty_api, record):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = f"http://127.0.0.1:{taken.getsockname()[1]}/telemetry"
    faulty_api.telemetry = Answer("Internal Server Error", 500)
    page.goto(url)
    visits.shown(page, "w1")
    wait_for_batches(faulty_api, 1)
    for breaking in ("", "navigator.sendBeacon = () => false"):
        page.evaluate(f"() => {{ {breaking} }}")
        visits.track(page, "w1", "TO_500")
        visits.track(page, "w1", "TO_NOBODY", {"endpoint": closed})
        page.evaluate("new Tresta.TelemetryTracker('w1', '1.0.0').flush()")
    wait_for_batches(faulty_api, 3)
    # A fetch of the page's own, begun after ours, has failed: so has ours, and a rejection would have been seen.
    page.evaluate("async url => { await fetch(url, {method: 'POST'}).catch(() => {}) }", closed)
    page.evaluate("new Promise(done => setTimeout(done))")
    page.locator("[data-action=next]").click()
    assert page.locator(".card").count() == len(visits.TESTIMONIALS)
    said = record.console + record.errors
    assert [line for line in said if not any(words in line for words in BROWSERS_WORDS)] == []


def test_more_than_a_batch_can_hold_goes_in_several_and_nothing_is_lost(url, page, site, faulty_api):
    widgets = [f"{n:02}".ljust(64, "w") for n in range(60)]
    page.goto(url)
    visits.shown(page, "w1")
    wait_for_batches(faulty_api, 1)
    page.evaluate(
        """widgets => {
          for (const [n, widget] of widgets.entries()) {
            const tracker = new Tresta.TelemetryTracker(widget, '1.0.0', {samplingRate: 1});
            for (let code = 0; code < 3; code++) tracker.trackError(`CODE_${n}_${code}`.padEnd(48, 'X'));
          }
        }""",
        widgets,
    )
    page.goto(site.page("Elsewhere"))
    visits.until(lambda: visits.errors(faulty_api).total() >= 3 * len(widgets), "every count")
    assert visits.errors(faulty_api).total() == 3 * len(widgets)
    assert sorted(report.widget for report in visits.reports(faulty_api) if report.errors) == widgets
    sizes = [len(batch.body) for batch in visits.batches(faulty_api)[1:]]
    assert max(sizes) <= MAX_BYTES
    assert len(sizes) < 6
