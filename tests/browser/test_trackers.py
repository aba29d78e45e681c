"""The page's own trackers and samplers: Python starts only in a page that a tracker counts."""

from __future__ import annotations

import pytest

from tests.browser import visits
from tests.browser.servers import Answer
from tests.browser.test_before_python import BOOT, drawn_answer, has_started_python

USAGE = """config => {
  const tracker = window.tracker = new Tresta.TelemetryTracker('widget-123', '1.0.0', config);
  tracker.startLoadTracking();
  tracker.trackLoad('grid');
  tracker.trackError('API_ERROR');
  tracker.trackInteraction('carousel');
  return tracker.isEnabled();
}"""


@pytest.fixture
def open_page(origins, site, page, faulty_api):
    """`open_page(draw)`: a page with this random draw, of an account that is not in any sample."""

    def open_page(draw=0.5, **attributes):
        visits.script_draws(page, draw)
        faulty_api.answers("w1", Answer(drawn_answer(rate=0, mode="sampled")))
        page.goto(site.page(origins.tag("w1", **{"api_url": faulty_api.url, **attributes})))
        page.wait_for_function("window.Tresta && Tresta.getState('w1').status === 'ready'")

    return open_page


def reports_after_leaving(page, site, faulty_api):
    visits.leave(page, site, faulty_api)
    return [report for report in visits.reports(faulty_api) if report.widget == "widget-123"]


def test_outside_its_sample_a_tracker_costs_and_sends_nothing(page, site, faulty_api, open_page, record):
    open_page(draw=0.5)
    before = len(record.requests)
    assert page.evaluate(USAGE, {"samplingRate": 0.01}) is True
    page.evaluate("for (let n = 0; n < 10000; n++) tracker.trackError('FLOOD')")
    page.evaluate(visits.SETTLED)
    assert len(record.requests) == before
    assert reports_after_leaving(page, site, faulty_api) == []
    assert record.errors == record.console == []


def test_in_its_sample_a_tracker_starts_python_without_the_cold_code(page, site, faulty_api, open_page, record):
    open_page(draw=0.005)
    with page.expect_request(f"**{BOOT}*"):
        page.evaluate(USAGE, {"samplingRate": 0.01})
    page.wait_for_function("tracker.getTelemetryData()")
    page.evaluate("new Promise(done => requestIdleCallback(done))")
    (report,) = reports_after_leaving(page, site, faulty_api)
    assert (report.version, report.rate, len(report.loads)) == ("1.0.0", 0.01, 1)
    assert (report.errors, report.interactions) == ({"API_ERROR": 1}, {"carousel": 1})
    assert [request.url for request in record.requests if "/cold-" in request.url] == []


def test_an_error_starts_python_at_a_rate_of_its_own_and_leaves_alone(page, site, faulty_api, open_page, record):
    config = {"samplingRate": 0.01, "samplingRateOnError": 0.1}
    open_page(draw=0.05)
    page.evaluate("config => { tracker = new Tresta.TelemetryTracker('widget-123', '1.0.0', config); }", config)
    page.evaluate("tracker.startLoadTracking(); tracker.trackLoad('grid'); tracker.trackInteraction('grid')")
    page.evaluate(visits.SETTLED)
    assert not has_started_python(record)
    page.evaluate("tracker.trackError('MINE')")
    page.wait_for_function("tracker.getTelemetryData()")
    page.evaluate("tracker.trackError('MINE')")
    (report,) = reports_after_leaving(page, site, faulty_api)
    assert (report.rate, report.loads, report.errors, report.interactions) == (0.1, [], {"MINE": 2}, {})
    assert record.errors == record.console == []


def test_in_the_sample_errors_have_a_batch_of_their_own(page, site, faulty_api, open_page):
    open_page(draw=0.005)
    page.evaluate(USAGE, {"samplingRate": 0.01, "samplingRateOnError": 0.1})
    page.wait_for_function("tracker.getTelemetryData()")
    first, second = reports_after_leaving(page, site, faulty_api)
    assert (first.rate, len(first.loads), first.errors, first.interactions) == (0.01, 1, {}, {"carousel": 1})
    assert (second.rate, second.loads, second.errors) == (0.1, [], {"API_ERROR": 1})
    assert len(visits.batches(faulty_api)) == 2


def test_a_raised_rate_starts_python_and_counts_only_what_comes_after(page, site, faulty_api, open_page, record):
    open_page(draw=0.5)
    page.evaluate(USAGE, {"samplingRate": 0.01})
    page.evaluate("tracker.startLoadTracking()")
    assert not has_started_python(record)
    page.evaluate("tracker.setSamplingRate(0.6)")
    page.evaluate("tracker.trackLoad('list'); tracker.trackError('AFTER')")
    page.wait_for_function("tracker.getTelemetryData()")
    (report,) = reports_after_leaving(page, site, faulty_api)
    assert (report.rate, [load.layout for load in report.loads]) == (0.6, ["list"])
    assert (report.errors, report.interactions) == ({"AFTER": 1}, {})


def test_what_happens_during_a_refusal_is_not_counted_after_it(page, site, faulty_api, open_page, record):
    open_page(draw=0.005)
    page.evaluate("window.doNotTrack = 'yes'")
    assert page.evaluate(USAGE, {"samplingRate": 1}) is False
    page.evaluate("tracker.startLoadTracking()")
    assert not has_started_python(record)
    page.evaluate("delete window.doNotTrack")
    assert page.evaluate("tracker.isEnabled()") is True
    page.evaluate("tracker.trackLoad('grid'); tracker.trackError('AFTER')")
    page.wait_for_function("tracker.getTelemetryData()")
    (report,) = reports_after_leaving(page, site, faulty_api)
    assert (report.loads, report.errors, report.interactions) == ([], {"AFTER": 1}, {})


def test_disable_and_enable_hold_before_python_is_up(page, site, faulty_api, open_page, record):
    open_page(draw=0.5)
    page.evaluate("window.tracker = new Tresta.TelemetryTracker('widget-123', '1.0.0', {samplingRate: 1})")
    page.evaluate("tracker.disable(); tracker.trackError('OFF')")
    assert page.evaluate("tracker.isEnabled()") is False
    assert not has_started_python(record)
    assert page.evaluate("tracker.getTelemetryData()") is None  # asks Python
    page.wait_for_function("tracker.getTelemetryData()")
    assert page.evaluate("tracker.getTelemetryData().refused_by") == "disable"
    page.evaluate("tracker.enable(); tracker.trackError('ON')")
    assert page.evaluate("tracker.isEnabled()") is True
    (report,) = reports_after_leaving(page, site, faulty_api)
    assert report.errors == {"ON": 1}


NOES = {
    "its config": ("", {"enabled": False}),
    "Do Not Track": ("Object.defineProperty(navigator, 'doNotTrack', {value: '1'})", {}),
    "Global Privacy Control": ("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})", {}),
    "an element of its widget": (
        "document.body.append(Object.assign(document.createElement('i'), {id: 'tresta-widget-widget-123'}));"
        "document.querySelector('i').dataset.telemetry = 'off'",
        {},
    ),
    "a page that throws": ("document.querySelectorAll = () => { throw Error('on purpose') }", {}),
}


@pytest.mark.parametrize("by", NOES)
def test_is_enabled_is_the_loaders_reading_of_consent(page, open_page, record, by):
    script, config = NOES[by]
    open_page(draw=0.5)
    page.evaluate(f"() => {{ {script} }}")
    assert page.evaluate(USAGE, {"samplingRate": 1, **config}) is False
    page.evaluate(visits.SETTLED)
    assert not has_started_python(record)


def test_with_python_up_an_unknown_id_is_answered_without_the_cold_code(page, open_page):
    open_page()
    page.evaluate("Tresta.ready.then(() => {})")
    assert page.evaluate("new Tresta.TelemetryTracker('unknown', '1.0.0', {samplingRate: 1}).isEnabled()") is True
    assert page.evaluate("new Tresta.TelemetryTracker('a b', '1.0.0').isEnabled()") is False
    assert page.evaluate("new Tresta.TelemetryTracker('unknown', '1.0.0').getTelemetryData().enabled") is True


def test_a_sampler_needs_no_python(page, open_page, record):
    open_page()
    answers = page.evaluate("""() => {
      const sampler = new Tresta.TelemetrySampler(1);
      const answers = [sampler.shouldSample(), sampler.getSamplingRate()];
      for (const rate of [0, 7, -3, NaN, 'all', null, 0.25]) {
        sampler.setSamplingRate(rate);
        answers.push(sampler.getSamplingRate());
      }
      sampler.setSamplingRate(0);
      return [...answers, sampler.shouldSample(), new Tresta.TelemetrySampler().getSamplingRate()];
    }""")
    assert answers == [True, 1, 0, 1, 0, 0, 0, 0, 0.25, False, 0.01]
    invalid = "sampler => [sampler.getSamplingRate(), sampler.shouldSample()]"
    assert page.evaluate(f"({invalid})(new Tresta.TelemetrySampler('all'))") == [None, False]
    assert not has_started_python(record)
    assert record.errors == record.console == []


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("new Tresta.TelemetryTracker('a b', '1.0.0')", "The widget id must be"),
        ("new Tresta.TelemetryTracker('w1', 'latest')", "The version must be"),
        ("new Tresta.TelemetryTracker('w1', '1.0.0', {samplingRate: 'all'})", "samplingRate must be a number"),
        ("new Tresta.TelemetryTracker('w1', '1.0.0', {rate: 1})", "A telemetry config has only the keys"),
        ("new Tresta.TelemetrySampler(NaN)", "samplingRate must be a number"),
        ("const own = {}; own.own = own; new Tresta.TelemetryTracker('w1', '1.0.0', own)", "TelemetryTracker"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_one_line_with_debug(page, open_page, record, script, says):
    open_page(debug="true")
    page.evaluate(f"() => {{ {script} }}")
    page.evaluate("Tresta.ready.then(() => {})")
    (line,) = [line for line in record.console if "Tresta" in line]
    assert says in line
    assert record.errors == []
