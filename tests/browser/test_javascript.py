"""`window.Tresta`, the API for the page's JavaScript, before and after Python is up."""

from __future__ import annotations

from tests.browser.servers import Answer
from tests.browser.visits import leave, reports

OPEN = {"mode": "opt-in", "rate": 1}
WORDS = [{"id": "t1", "author": "Ada", "text": "A bowl to keep."}]


def content(widget_id, **changes):
    return Answer({"id": widget_id, "telemetry": OPEN, "testimonials": WORDS, **changes})


def tag(origins, api, widget_id="w1", **attributes):
    return origins.tag(widget_id, api_url=api.url, **attributes)


def test_the_usage_example_works_before_python_is_up(origins, site, page, faulty_api, record):
    faulty_api.answers("w1", content("w1"))
    script = """
      addEventListener('load', async () => {
        const tracker = new Tresta.TelemetryTracker('widget-123', '1.0.0', {enabled: true, samplingRate: 1});
        const sampler = new Tresta.TelemetrySampler(1);
        window.before = [tracker.isEnabled(), sampler.shouldSample(), sampler.getSamplingRate()];
        tracker.startLoadTracking();
        await new Promise(done => setTimeout(done, 250));
        tracker.trackLoad('grid');
        tracker.trackError('API_ERROR');
        tracker.trackInteraction('carousel');
        window.tracker = tracker;
        await Tresta.ready;
        tracker.disable();
        window.disabled = tracker.isEnabled();
        tracker.enable();
        tracker.trackError('AFTER');
        window.after = [tracker.isEnabled(), tracker.getTelemetryData().widgets[0].errors];
        tracker.flush();
      });
    """
    page.goto(site.page(tag(origins, faulty_api).replace("async", "") + f"<script>{script}</script>"))
    page.wait_for_function("window.after")
    assert page.evaluate("before") == [True, True, 1]
    assert page.evaluate("disabled") is False
    assert page.evaluate("after") == [True, {"AFTER": 1}]
    page.wait_for_function("Tresta.getState('w1').status === 'ready'")
    assert page.evaluate("new Tresta.TelemetrySampler(1).shouldSample()") is True
    leave(page, site, faulty_api)
    errors = {(report.widget, code) for report in reports(faulty_api) for code in report.errors}
    assert ("widget-123", "AFTER") in errors
    assert record.errors == []


def test_calls_before_python_is_up_count_with_their_own_times(origins, site, page, faulty_api):
    faulty_api.answers("w1", content("w1"))
    script = """
      addEventListener('load', async () => {
        window.tracker = new Tresta.TelemetryTracker('widget-123', '1.0.0', {samplingRate: 1});
        const start = performance.now();
        tracker.startLoadTracking();
        const started = performance.now();
        while (performance.now() - started < 80);
        tracker.trackLoad('list');
        window.duration = performance.now() - start;
        await Tresta.ready;
        window.data = tracker.getTelemetryData();
      });
    """
    page.goto(site.page(tag(origins, faulty_api).replace("async", "") + f"<script>{script}</script>"))
    page.wait_for_function("window.data")
    ((load,),) = [report["loads"] for report in page.evaluate("data.widgets")]
    assert load["layout"] == "list"
    assert 80 <= load["load_ms"] <= page.evaluate("duration") + 2


def test_mount_refresh_and_unmount_change_the_state(origins, site, page, faulty_api, record):
    faulty_api.answers("w1", content("w1"))
    faulty_api.answers("w2", content("w2"), content("w2", testimonials=[]), Answer("", 404))
    page.goto(site.page(tag(origins, faulty_api) + "<div id=more style='color: red'>the host's own</div>"))
    options = {"widgetId": "w2", "apiUrl": faulty_api.url, "layout": "list"}
    state = page.evaluate("options => Tresta.mount('#more', options)", options)
    assert state == {"status": "ready", "widget": "w2", "layout": "list", "count": 1, "code": ""}
    assert page.locator("#more .tresta").get_attribute("data-layout") == "list"
    assert page.evaluate("Tresta.getState(document.querySelector('#more'))") == state
    assert page.evaluate("Tresta.refresh('#more')")["status"] == "empty"
    state = page.evaluate("Tresta.refresh('#more')")
    assert (state["status"], state["code"]) == ("empty", "NOT_FOUND")  # the old content stays
    page.evaluate("Tresta.unmount('#more')")
    assert page.evaluate("Tresta.getState('#more')") == {"status": "unmounted"}
    assert page.locator("#more").inner_text() == "the host's own"
    state = page.evaluate("api => Tresta.mount('#more', {widgetId: 'w2', apiUrl: api})", faulty_api.url)
    assert (state["status"], state["code"]) == ("error", "NOT_FOUND")
    assert record.errors == []


def test_mistakes_of_a_caller_neither_throw_nor_write_to_the_console(origins, site, page, faulty_api, record):
    faulty_api.answers("w1", content("w1"))
    page.goto(site.page(tag(origins, faulty_api)))
    page.evaluate("Tresta.ready.then(() => {})")
    answers = page.evaluate("""async () => {
      const invalid = new Tresta.TelemetryTracker('anna@example.com', 'latest', {samplingRate: NaN});
      invalid.startLoadTracking(); invalid.trackLoad({}); invalid.trackError(null); invalid.flush();
      const tracker = new Tresta.TelemetryTracker('w1', '1.0.0', {samplingRate: 0.5});
      tracker.setSamplingRate(NaN); tracker.setSamplingRate('all'); tracker.setSamplingRate(Infinity);
      const cyclic = {}; cyclic.self = cyclic; tracker.trackError(cyclic);
      return [invalid.isEnabled(), tracker.getTelemetryData().rate,
              await Tresta.mount('#nowhere', {widgetId: 'w1'}), await Tresta.mount('][', {widgetId: 'w1'}),
              await Tresta.mount(null, {}), await Tresta.refresh('#nowhere'), Tresta.unmount('#nowhere'),
              Tresta.getState(undefined), await Tresta.mount(document.body, {widgetId: 'a b'})];
    }""")
    unmounted = {"status": "unmounted"}
    assert answers == [False, 0.5, *[unmounted] * 4, None, unmounted, unmounted]
    assert record.errors == []
    assert record.console == []


def test_calls_beyond_the_queues_limit_are_dropped(origins, site, page, faulty_api, record):
    faulty_api.answers("w1", content("w1"))
    script = """
      addEventListener('load', () => {
        window.tracker = new Tresta.TelemetryTracker('w1', '1.0.0', {samplingRate: 1});
        for (let i = 0; i < 10000; i++) tracker.trackError('FLOOD');
      });
    """
    page.goto(site.page(tag(origins, faulty_api).replace("async", "") + f"<script>{script}</script>"))
    page.wait_for_function("Tresta.getState('w1').status === 'ready'")
    leave(page, site, faulty_api)
    flood = sum(report.errors.get("FLOOD", 0) for report in reports(faulty_api))
    assert 100 < flood <= 200
    assert record.errors == []


def test_javascripts_trackers_report_to_the_api_of_the_pages_widgets(origins, site, page, faulty_api):
    faulty_api.answers("w1", content("w1"))
    page.goto(site.page(tag(origins, faulty_api)))
    page.evaluate("""async () => {
      await Tresta.ready;
      const tracker = new Tresta.TelemetryTracker('another', '2.3.4', {samplingRate: 1});
      tracker.trackError('HERE');
      tracker.flush();
    }""")
    leave(page, site, faulty_api)
    assert ("another", {"HERE": 1}) in [(report.widget, report.errors) for report in reports(faulty_api)]
