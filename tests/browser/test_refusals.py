"""Every kind of refusal: the widget is shown, but nothing is sent."""

from __future__ import annotations

import json
from functools import partial

import pytest

from bundler.browsers.launch import launch_options
from tests.browser import visits
from tests.browser.servers import Answer

ON_TAG = {"tag-false": "false", "tag-off": "OFF", "tag-nope": "nope"}
ON_CONTAINER = {"container-no": "No"}
BY_OPTION = {"option-false": False, "option-off": "off"}
OF_ACCOUNT = {"account-off": {"mode": "off"}, "account-none": {"rate": 0}}
REFUSED = {*ON_TAG, *ON_CONTAINER, *BY_OPTION, *OF_ACCOUNT}

# The page's own trackers obey all refusals but the option of a mount and the account's rate, which are the widget's.
TRACKERS_TOO = {"agreed", *ON_TAG, *ON_CONTAINER, "account-off"}

TRACKER = """([widget, config]) => {
  const tracker = new Tresta.TelemetryTracker(widget, '1.0.0', {samplingRate: 1, ...config});
  tracker.enable();
  tracker.trackError('COUNTED');
  tracker.flush();
  tracker.trackError('COUNTED');
}"""


@pytest.fixture
def tag(origins, faulty_api):
    """`tag("w1", telemetry="false")`: the tag of a widget, whose content the faulty API then serves."""

    def make(widget, account=None, **attributes):
        faulty_api.answers(widget, Answer({"id": widget, **visits.content(**(account or {}))}))
        return origins.tag(widget, api_url=faulty_api.url, **attributes)

    return make


def visit_of_many(refusing, page, site, api, tag):
    """A visit of a page of many widgets. If `refusing`, each but one has a refusal of its own kind."""

    def attribute(refusal):
        return refusal if refusing else "true"

    tags = [tag("agreed")]
    tags += [tag(widget, telemetry=attribute(word)) for widget, word in ON_TAG.items()]
    tags += [tag(widget, account if refusing else None) for widget, account in OF_ACCOUNT.items()]
    for widget, word in ON_CONTAINER.items():
        tags.append(f'<div id="tresta-widget-{widget}" data-telemetry="{attribute(word)}"></div>{tag(widget)}')
    for widget in BY_OPTION:
        tag(widget)  # has content, but a script mounts it
        tags.append(f'<div id="tresta-widget-{widget}"></div>')
    page.goto(site.page("".join(tags)))
    page.wait_for_function("window.Tresta")
    for widget, refusal in BY_OPTION.items():
        options = {"widgetId": widget, "apiUrl": api.url, "telemetry": refusal if refusing else True}
        page.evaluate("options => void Tresta.mount(options.widgetId, options)", options)
    visits.wait_until_shown(page, "agreed", *REFUSED)
    for widget in ("agreed", *REFUSED):
        place = page.locator(f"#tresta-widget-{widget}")
        assert place.locator(".card").count() == len(visits.TESTIMONIALS)
        place.locator("[data-action=next]").click()
    for widget in TRACKERS_TOO:
        page.evaluate(TRACKER, [widget, {}])
    visits.leave(page, site, api)


def test_a_refusal_of_the_page_or_of_the_account_cannot_be_overridden(page, site, faulty_api, tag, record):
    visit_of_many(True, page, site, faulty_api, tag)
    visits.until(lambda: visits.errors(faulty_api) == {"COUNTED": 2}, "the errors of the widget without a refusal")
    assert {report.widget for report in visits.reports(faulty_api)} == {"agreed"}
    assert record.errors == []


def has_counted(faulty_api, what, widgets):
    return widgets == {report.widget for report in visits.reports(faulty_api) if getattr(report, what)}


def test_without_refusals_the_same_page_sends(page, site, faulty_api, tag):
    visit_of_many(False, page, site, faulty_api, tag)
    everyone = {"agreed", *REFUSED}
    for what, of in (("loads", everyone), ("interactions", everyone), ("errors", TRACKERS_TOO)):
        visits.until(partial(has_counted, faulty_api, what, of), f"the {what} of {of}")


def test_a_disabled_tracker_counts_nothing_and_discards_waiting_reports(page, site, faulty_api, tag):
    page.goto(site.page(tag("w1")))
    visits.wait_until_shown(page, "w1")
    visits.track(page, "w1", "NOT_ENABLED", {"enabled": False})
    visits.track(page, "w1", "RATE_OF_ZERO", {"samplingRate": 0})
    page.evaluate("""() => {
      const tracker = new Tresta.TelemetryTracker('w1', '1.0.0', {samplingRate: 1});
      tracker.trackError('BEFORE');
      tracker.disable();
      tracker.trackError('DISABLED');
      tracker.enable();
      tracker.trackError('AFTER');
    }""")
    visits.leave(page, site, faulty_api)
    visits.until(lambda: visits.errors(faulty_api), "the one error")
    assert visits.errors(faulty_api) == {"AFTER": 1}


SWITCHES = {
    "WINDOW_DNT": ("window.doNotTrack = 'yes'", "delete window.doNotTrack"),
    "DNT": ("fake('doNotTrack', '1')", "delete navigator.doNotTrack"),
    "MS_DNT": ("fake('msDoNotTrack', '1')", "delete navigator.msDoNotTrack"),
    "GPC": ("fake('globalPrivacyControl', true)", "delete navigator.globalPrivacyControl"),
    "TAG": ("tag.dataset.telemetry = 'off'", "delete tag.dataset.telemetry"),
    "PLACE": ("place.dataset.telemetry = 'off'", "place.dataset.telemetry = 'on'"),
}
NAMES = """
  const fake = (name, value) => Object.defineProperty(navigator, name, {value, configurable: true});
  const tag = document.querySelector('script[data-widget-id]'), place = document.querySelector('#tresta-widget-w1');
"""


def test_refusals_are_read_again_each_time_and_discard_waiting_reports(page, site, faulty_api, tag):
    def run(script):
        page.evaluate(f"() => {{ {NAMES} {script} }}")

    page.add_init_script("window.doNotTrack = 'yes'")
    page.goto(site.page(tag("w1")))
    visits.wait_until_shown(page, "w1")
    run("delete window.doNotTrack")
    for name, (on, off) in SWITCHES.items():
        visits.track(page, "w1", f"BEFORE_{name}")
        run(on)
        visits.track(page, "w1", f"DURING_{name}")
        run("new Tresta.TelemetryTracker('w1', '1.0.0').flush()")
        run(off)
        visits.track(page, "w1", f"AFTER_{name}")
        run("new Tresta.TelemetryTracker('w1', '1.0.0').flush()")
    visits.leave(page, site, faulty_api)
    visits.until(lambda: len(visits.errors(faulty_api)) >= len(SWITCHES), "an error after each refusal")
    assert visits.errors(faulty_api) == {f"AFTER_{name}": 1 for name in SWITCHES}
    assert [report.loads for report in visits.reports(faulty_api)] == [[]] * len(SWITCHES)


SIGNALS = {"doNotTrack": ("1", "DNT"), "globalPrivacyControl": (True, "Sec-GPC")}
FIREFOX = {
    "doNotTrack": {"privacy.donottrackheader.enabled": True},
    "globalPrivacyControl": {
        "privacy.globalprivacycontrol.enabled": True,
        "privacy.globalprivacycontrol.functionality.enabled": True,
    },
}


@pytest.fixture
def page_that_refuses(browser, record, tmp_path):
    """`page_that_refuses("doNotTrack")`: a page of a browser whose settings have this signal on."""
    kind, profile, contexts = browser.browser_type, tmp_path / "profile", []

    def open_browser(signal):
        options = launch_options(kind) or {}
        if kind.name == "firefox":
            options["firefox_user_prefs"] = FIREFOX[signal]
        elif signal == "doNotTrack":
            (profile / "Default").mkdir(parents=True)
            (profile / "Default" / "Preferences").write_text(json.dumps({"enable_do_not_track": True}))
        else:
            options["args"] = [*options.get("args", ()), "--enable-features=GlobalPrivacyControlForce"]
        contexts.append(kind.launch_persistent_context(profile, **options))
        contexts[0].set_default_timeout(30_000)
        record.watch(contexts[0])
        return contexts[0].new_page()

    yield open_browser
    for context in contexts:
        context.close()


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_browser_whose_settings_refuse_sends_nothing(signal, page_that_refuses, site, faulty_api, tag, record):
    page, (value, header) = page_that_refuses(signal), SIGNALS[signal]
    page.goto(site.page(tag("w1")))
    visits.wait_until_shown(page, "w1")
    assert page.evaluate(f"navigator.{signal}") == value
    assert {request.headers[header] for request in faulty_api.received} == {"1"}
    assert page.locator(".card").count() == len(visits.TESTIMONIALS)
    page.locator("[data-action=next]").click()
    page.evaluate(TRACKER, ["w1", {}])
    visits.leave(page, site, faulty_api)
    assert visits.batches(faulty_api) == []
    assert record.errors == []
