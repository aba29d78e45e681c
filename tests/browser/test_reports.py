"""A page view that is hidden before Python is up: the loader reports it, once, as Python would."""

from __future__ import annotations

import pytest

from tests.browser import visits
from tests.browser.servers import Answer
from tests.browser.test_before_python import BOOT, PEOPLE, drawn_answer, has_started_python, without_drawing
from widget.version import VERSION

SHOWN = "window.Tresta && Tresta.getState('w1').status === 'ready'"
# Python's snapshot never comes.
WITHOUT_PYTHON = """{
  const real = window.fetch;
  window.fetch = (url, options) =>
    String(url).includes("/snapshot-") ? new Promise(() => {}) : real.call(window, url, options);
}"""
HIDDEN = """value => {
  Object.defineProperty(document, 'visibilityState', {value, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture
def open_page(origins, site, page, faulty_api):
    """`open_page(*bodies)`: a page with these widgets, in which Python comes when `page.routes` continue."""

    def open_page(*bodies, **attributes):
        page.held = []
        page.route("**/snapshot-*", lambda route: page.held.append(route))
        html = ""
        for body in bodies:
            faulty_api.answers(body["id"], Answer(body))
            html += origins.tag(body["id"], **{"api_url": faulty_api.url, **attributes})
        page.goto(site.page(html))
        for body in bodies:
            page.wait_for_function("id => window.Tresta && Tresta.getState(id).status === 'ready'", arg=body["id"])
        page.evaluate(visits.SETTLED)

    return open_page


def let_python_start(page):
    for route in page.held:
        route.continue_()
    page.unroute("**/snapshot-*")
    page.evaluate("Tresta.ready.then(() => {})")
    page.evaluate(visits.SETTLED)


def test_a_visit_that_ends_before_python_is_up_is_one_batch_in_the_schemas_words(page, site, faulty_api, open_page):
    visits.script_draws(page, 0.49)
    open_page(drawn_answer("w1", rate=0.5), drawn_answer("w2", layout="wall"))
    page.locator("#tresta-widget-w1 button.more").first.click()
    shown_ms = page.evaluate("performance.now()")
    visits.leave(page, site, faulty_api)
    (batch,) = visits.batches(faulty_api)
    first, second = sorted(visits.reports(faulty_api), key=lambda report: report.widget)
    assert (first.widget, first.version, first.rate, first.interactions) == ("w1", VERSION, 0.5, {"grid": 1})
    assert (second.widget, second.version, second.rate, second.interactions) == ("w2", VERSION, 1, {})
    assert [report.loads[0].layout for report in (first, second)] == ["grid", "wall"]
    assert all(0 <= report.loads[0].load_ms <= shown_ms and not report.errors for report in (first, second))
    assert batch.headers["Content-Type"] == "text/plain;charset=UTF-8"


def test_a_visit_of_an_experiment_names_its_variant_also_if_it_ends_early(page, site, faulty_api, open_page):
    body = {**drawn_answer(), "variant": {"code": "e7-b", "design": {"layout": "grid"}}}
    open_page(body, drawn_answer("w2"))
    page.locator("#tresta-widget-w1 button.more").first.click()
    visits.leave(page, site, faulty_api)
    assert {(report.widget, report.variant, len(report.loads)) for report in visits.reports(faulty_api)} == {
        ("w1", "e7-b", 1),
        ("w2", "", 1),
    }


@pytest.mark.parametrize("is_early", [True, False])
def test_a_page_view_that_is_hidden_twice_is_in_the_experiment_once(page, site, origins, faulty_api, is_early):
    body = {**drawn_answer(), "variant": {"code": "e7-b", "design": {"layout": "grid"}}}
    faulty_api.answers("w1", Answer(body))
    if is_early:
        page.held = []
        page.route("**/snapshot-*", lambda route: page.held.append(route))
    page.goto(site.page(origins.tag("w1", api_url=faulty_api.url)))
    page.wait_for_function(SHOWN)
    if not is_early:
        visits.until(lambda: visits.batches(faulty_api), "the load")
    page.locator("button.more").first.click()
    page.evaluate(HIDDEN, "hidden")
    visits.until(lambda: any(report.interactions for report in visits.reports(faulty_api)), "the first use")
    page.evaluate(HIDDEN, "visible")
    if is_early:
        let_python_start(page)
    page.locator("button.more").first.click()
    visits.leave(page, site, faulty_api)
    uses = [(report.variant, report.interactions) for report in visits.reports(faulty_api) if report.interactions]
    assert uses == [("e7-b", {"grid": 1}), ("", {"grid": 1})]
    assert [report.variant for report in visits.reports(faulty_api) if report.loads] == ["e7-b"]


def test_a_visitor_who_comes_back_is_not_counted_twice(page, site, faulty_api, open_page, record):
    open_page(drawn_answer())
    page.locator("button.more").first.click()
    for value in ("hidden", "visible", "hidden", "visible"):
        page.evaluate(HIDDEN, value)
    visits.until(lambda: visits.batches(faulty_api), "the loader's report")
    let_python_start(page)
    page.locator("button.more").first.click()
    visits.leave(page, site, faulty_api)
    assert [(len(report.loads), report.interactions) for report in visits.reports(faulty_api)] == [
        (1, {"grid": 1}),
        (0, {"grid": 1}),
    ]
    assert record.errors == record.console == []


def test_once_python_is_up_the_loader_reports_nothing(page, site, faulty_api, open_page):
    open_page(drawn_answer())
    let_python_start(page)
    visits.leave(page, site, faulty_api)
    assert sum(len(report.loads) for report in visits.reports(faulty_api)) == 1


@pytest.mark.parametrize(
    "no", ["window.doNotTrack = '1'", "document.querySelector('script[data-widget-id]').dataset.telemetry = 'off'"]
)
def test_a_no_that_comes_later_is_heard_when_the_page_is_hidden(page, site, faulty_api, open_page, no):
    open_page(drawn_answer())
    page.evaluate(no)
    page.evaluate(HIDDEN, "hidden")
    page.evaluate("delete window.doNotTrack; document.querySelector('script[data-widget-id]').dataset.telemetry = 'on'")
    page.evaluate(HIDDEN, "hidden")  # a no has deleted what waited
    visits.leave(page, site, faulty_api)
    assert visits.batches(faulty_api) == []


def test_a_page_outside_the_sample_sends_nothing(page, site, faulty_api, open_page, record):
    visits.script_draws(page, 0.51)
    open_page(drawn_answer(rate=0.5, mode="sampled"))
    visits.leave(page, site, faulty_api)
    assert visits.batches(faulty_api) == []
    assert not has_started_python(record)


def test_a_page_that_was_never_visible_has_no_load(page, site, faulty_api, open_page):
    page.add_init_script("Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})")
    open_page(drawn_answer())
    visits.leave(page, site, faulty_api)
    assert visits.batches(faulty_api) == []


@pytest.mark.parametrize("beacon", ["() => false", "() => { throw Error('no beacons here') }", "undefined"])
def test_a_fetch_replaces_a_beacon_that_fails(page, site, faulty_api, open_page, record, beacon):
    open_page(drawn_answer())
    page.evaluate(f"() => {{ navigator.sendBeacon = {beacon} }}")
    page.evaluate(HIDDEN, "hidden")
    visits.until(lambda: visits.batches(faulty_api), "the batch")
    (batch,) = visits.batches(faulty_api)
    assert batch.headers["Referer"] is None
    assert len(visits.reports(faulty_api)[0].loads) == 1
    assert record.errors == record.console == []


def test_many_widgets_fit_into_the_schemas_batches(page, site, faulty_api, open_page):
    ids = [f"{n:02}".ljust(64, "w") for n in range(40)]
    open_page(*(drawn_answer(widget, people=PEOPLE[1:2], layout="carousel") for widget in ids))
    visits.leave(page, site, faulty_api)
    assert sorted(report.widget for report in visits.reports(faulty_api)) == ids


FAILURES = {
    "RUNTIME_NETWORK": ("", lambda page: page.route(f"**{BOOT}*", lambda route: route.abort())),
    "RUNTIME_UNSUPPORTED": ("delete window.WebAssembly", lambda page: None),
}


@pytest.mark.parametrize("drawn", [True, False])
@pytest.mark.parametrize("code", FAILURES)
def test_if_python_cannot_start_the_failure_is_counted_once(origins, page, site, faulty_api, code, drawn):
    script, prepare = FAILURES[code]
    page.add_init_script(script)
    prepare(page)
    body = drawn_answer()
    faulty_api.answers("w1", Answer(body if drawn else without_drawing(body)))
    page.goto(site.page(origins.tag("w1", api_url=faulty_api.url)))
    page.wait_for_function("window.Tresta")
    assert page.evaluate("Tresta.ready.then(() => '', error => 'failed')") == "failed"
    page.wait_for_timeout(2100)  # the loader waits, since leaving a page ends its requests, too
    page.wait_for_function(f"Tresta.getState('w1').status === '{'ready' if drawn else 'error'}'")
    page.evaluate(HIDDEN, "hidden")
    visits.until(lambda: visits.batches(faulty_api), "the batch")
    page.evaluate(HIDDEN, "hidden")
    visits.leave(page, site, faulty_api)
    (report,) = visits.reports(faulty_api)
    assert (report.errors, len(report.loads)) == ({code: 1}, int(drawn))


def test_a_policy_that_forbids_python_is_counted(origins, page, site, faulty_api):
    faulty_api.answers("w1", Answer(drawn_answer()))
    policy = f"script-src {origins.cdn}; connect-src {origins.cdn} {faulty_api.url}"
    page.goto(site.page(origins.tag("w1", api_url=faulty_api.url), headers={"Content-Security-Policy": policy}))
    page.locator(".card").first.wait_for()
    page.evaluate("async () => { await Tresta.ready.catch(() => {}) }")
    visits.leave(page, site, faulty_api)
    (report,) = visits.reports(faulty_api)
    assert (report.errors, len(report.loads)) == ({"RUNTIME_CSP": 1}, 1)


def test_an_old_copy_in_an_outage_is_an_api_error_and_no_load(origins, page, site, faulty_api, open_page):
    cacheable = {"Cache-Control": "public, max-age=60", "ETag": '"1"'}
    faulty_api.answers("w1", Answer(drawn_answer(), headers=cacheable))
    url = site.page(origins.tag("w1", api_url=faulty_api.url))
    page.add_init_script(WITHOUT_PYTHON)  # a route would also switch the browser's cache off
    page.goto(url)
    page.wait_for_function(SHOWN)
    page.evaluate(visits.SETTLED)
    visits.leave(page, site, faulty_api)
    faulty_api.answers("w1", Answer("", 500))
    before = faulty_api.request_count("w1")
    page.goto(url)
    page.wait_for_function(SHOWN)
    visits.until(lambda: faulty_api.request_count("w1") > before, "the question to the API")
    page.evaluate(visits.SETTLED)
    page.evaluate("new Promise(done => setTimeout(done, 300))")
    visits.leave(page, site, faulty_api)
    first, second = visits.reports(faulty_api)
    assert (len(first.loads), first.errors) == (1, {})
    assert (second.loads, second.errors) == ([], {"API_ERROR": 1})
