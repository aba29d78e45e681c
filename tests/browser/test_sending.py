"""The sending of batches, by beacon or by fetch, however the visitor leaves the page."""

from __future__ import annotations

import socket

import pytest

from bundler.browsers.launch import launch_options
from tests.browser import visits
from tests.browser.conftest import WITHOUT_COLD
from tests.browser.servers import Answer
from widget.telemetry.parser import parse
from widget.telemetry.schema import MAX_BYTES

HIDDEN = """state => {
  Object.defineProperty(document, 'visibilityState', {value: state, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""

CLICK = "document.querySelector('#tresta-widget-w1').shadowRoot.querySelector('[data-action=prev]').click()"

# Waits for the end of the scrolling: if the visitor left before, Firefox would continue it later and count it again.
NEXT_AND_REST = """() => new Promise(rested => {
  const { shadowRoot } = document.querySelector('#tresta-widget-w1');
  shadowRoot.querySelector('.slides').addEventListener('scrollend', () => rested(), {once: true});
  shadowRoot.querySelector('[data-action=next]').click();
})"""

MOST_TRIES = 3  # a busy browser may keep a page no longer, such as one that took long to be frozen

# What a page that comes back says of itself: nothing yet, "kept", or why the browser did not keep it.
SHOWN = """addEventListener('pageshow', ({ persisted }) => {
  const [navigation] = performance.getEntriesByType('navigation');
  window.shown = persisted ? 'kept' : JSON.stringify(navigation.notRestoredReasons ?? 'loaded anew');
})"""

# The browsers' own console lines about a failed request.
BROWSER_LINES = ("Failed to load resource", "The Same Origin Policy disallows reading the remote resource")


@pytest.fixture
def url(origins, site, faulty_api):
    """The URL of a page with the widget w1, a carousel."""
    faulty_api.answers("w1", Answer({"id": "w1", **visits.content()}))
    return site.page(origins.tag("w1", api_url=faulty_api.url))


def wait_for_batches(api, count):
    visits.until(lambda: len(visits.batches(api)) >= count, f"{count} batches")
    assert len(visits.batches(api)) == count


def test_a_fetch_replaces_a_beacon_that_fails_in_any_way(url, page, site, faulty_api, record):
    page.context.add_cookies([{"name": "session", "value": "secret", "url": faulty_api.url}])
    page.goto(url)
    visits.wait_until_shown(page, "w1")
    wait_for_batches(faulty_api, 1)
    failures = {
        "FALSE": "navigator.sendBeacon = () => false",
        "UNDEFINED": "navigator.sendBeacon = () => undefined",
        "THROWS": "navigator.sendBeacon = () => { throw new TypeError('no beacons here') }",
        "MISSING": "delete navigator.sendBeacon; delete Navigator.prototype.sendBeacon",
    }
    for count, (name, breaking) in enumerate(failures.items(), 2):
        page.evaluate(f"() => {{ {breaking} }}")
        visits.track(page, "w1", name)
        page.evaluate("new Tresta.TelemetryTracker('w1', '1.0.0').flush()")
        wait_for_batches(faulty_api, count)
    visits.track(page, "w1", "WHILE_LEAVING")
    page.goto(site.page("Elsewhere"))
    wait_for_batches(faulty_api, 2 + len(failures))

    by_beacon, *by_fetch = visits.batches(faulty_api)
    assert [len(report.loads) for report in parse(by_beacon.body)] == [1]
    assert [parse(batch.body)[0].errors for batch in by_fetch] == [{name: 1} for name in (*failures, "WHILE_LEAVING")]
    for batch in (by_beacon, *by_fetch):
        assert batch.headers["Content-Type"] == "text/plain;charset=UTF-8"
    assert site.received[-1].headers["Cookie"] == "session=secret"  # the browser would send it to the API as well
    for batch in by_fetch:
        assert batch.headers["Cookie"] is None
        assert batch.headers["Referer"] is None
    assert faulty_api.preflights == []
    assert record.errors == record.console == []


def test_waiting_reports_are_sent_when_the_page_is_hidden_and_when_it_is_closed(url, site, page, faulty_api):
    opener = page
    opener.goto(site.page("<title>The page before</title>"))
    # The opener closes the page, like a script or a visitor: Playwright's close ends a busy page of Firefox before its
    # pagehide.
    with opener.expect_popup() as opened:
        opener.evaluate("url => { window.opened = window.open(url) }", url)
    page = opened.value
    visits.wait_until_shown(page, "w1")
    wait_for_batches(faulty_api, 1)
    page.locator("[data-action=next]").click()
    page.evaluate(HIDDEN, "visible")  # waiting reports stay
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
    """A page in a browser with a back-forward cache."""
    kind = browser.browser_type
    options = launch_options(kind) or {}
    if kind.name == "chromium":
        options["ignore_default_args"] = ["--disable-back-forward-cache"]
    browser_with_cache = kind.launch(**options)
    # With reduced motion the carousel scrolls at once, and not when the page comes back.
    context = browser_with_cache.new_context(reduced_motion="reduce")
    context.add_init_script(WITHOUT_COLD)  # Firefox keeps no page that is left while a request is on its way
    context.add_init_script(SHOWN)
    context.set_default_timeout(30_000)
    record.watch(context)
    yield context.new_page()
    browser_with_cache.close()


def test_a_page_from_the_back_forward_cache_sends_only_new_events(
    url, page_with_back_forward_cache, site, faulty_api, record
):
    page = page_with_back_forward_cache
    outcomes: list[str] = []
    while "kept" not in outcomes and len(outcomes) < MOST_TRIES:
        faulty_api.received.clear()
        page.goto(url)
        visits.wait_until_shown(page, "w1")
        wait_for_batches(faulty_api, 1)
        page.evaluate(NEXT_AND_REST)
        page.evaluate("() => { window.shown = undefined }")
        page.goto(site.page("Elsewhere"))
        wait_for_batches(faulty_api, 2)
        page.evaluate("history.back()")
        page.wait_for_function("url => location.href === url && window.shown", arg=url)
        outcomes.append(page.evaluate("shown"))
    assert outcomes[-1] == "kept", outcomes
    visits.track(page, "w1", "BACK_AGAIN")
    page.evaluate(CLICK)  # Playwright's own click waits forever for the end of this navigation in Firefox
    page.goto(site.page("Elsewhere again"))
    wait_for_batches(faulty_api, 3)
    _, before, after = (parse(batch.body) for batch in visits.batches(faulty_api))
    assert [(report.errors, report.interactions) for report in before] == [({}, {"carousel": 1})]
    assert sorted((report.version, report.errors, report.interactions, report.loads) for report in after) == [
        (before[0].version, {}, {"carousel": 1}, []),
        ("1.0.0", {"BACK_AGAIN": 1}, {}, []),
    ]
    assert record.errors == []


def test_failed_requests_are_silent(url, page, faulty_api, record):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = f"http://127.0.0.1:{listener.getsockname()[1]}/telemetry"
    faulty_api.telemetry = Answer("Internal Server Error", 500)
    page.goto(url)
    visits.wait_until_shown(page, "w1")
    wait_for_batches(faulty_api, 1)
    for breaking in ("", "navigator.sendBeacon = () => false"):
        page.evaluate(f"() => {{ {breaking} }}")
        visits.track(page, "w1", "TO_500")
        visits.track(page, "w1", "TO_CLOSED_PORT", {"endpoint": closed})
        page.evaluate("new Tresta.TelemetryTracker('w1', '1.0.0').flush()")
    wait_for_batches(faulty_api, 3)
    # The page's own fetch begins later. When it has failed, so has the widget's, and a rejection would be recorded.
    page.evaluate("async url => { await fetch(url, {method: 'POST'}).catch(() => {}) }", closed)
    page.evaluate("new Promise(done => setTimeout(done))")
    page.locator("[data-action=next]").click()
    assert page.locator(".card").count() == len(visits.TESTIMONIALS)
    lines = record.console + record.errors
    assert [line for line in lines if not any(words in line for words in BROWSER_LINES)] == []


def test_more_events_than_fit_into_a_batch_are_sent_in_several(url, page, site, faulty_api):
    widgets = [f"{n:02}".ljust(64, "w") for n in range(60)]
    page.goto(url)
    visits.wait_until_shown(page, "w1")
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
