"""The widget in WebKit, the engine of Safari and of every browser on iPhones.

WebKit has neither JSPI nor `scheduler` nor idle callbacks, so other code runs in it than in other browsers. As in
tests/browser, the cold part is withheld: code that needs it would block and fail here.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.browser.servers import Answer
from tests.browser.test_scripts import WRITTEN, body
from tests.browser.visits import TESTIMONIALS, errors, reports, until
from widget.telemetry.schema import LAYOUTS

OPEN = {"mode": "opt-in", "rate": 1.0}
CARD_LAYOUTS = [layout for layout in LAYOUTS if layout != "badge"]  # which has no text and no controls
LONG = "A bowl to keep, and to fill with soup on a cold day. " * 12


def content(widget, **changes):
    design = {"layout": "grid", "autoplay": 0}
    people = [{**TESTIMONIALS[0], "text": LONG}, *TESTIMONIALS[1:]]
    return Answer({"id": widget, "design": design, "telemetry": OPEN, "testimonials": people, **changes})


@pytest.mark.parametrize("layout", CARD_LAYOUTS)
def test_a_visit_with_interactions_is_counted(origins, visit, faulty_api, layout):
    faulty_api.answers("w1", content("w1", design={"layout": layout, "autoplay": 0}))
    visit.open(origins.tag("w1", api_url=faulty_api.url))
    visit.until("window.Tresta && Tresta.getState('w1').status === 'ready'")
    visit.run(
        """
        const root = document.querySelector('#tresta-widget-w1').shadowRoot;
        for (const name of ['.card .more', 'button.pause', 'button.next', 'button.prev', '.dot:last-child'])
          root.querySelector(name)?.click();
        """
    )
    visit.until("document.querySelector('#tresta-widget-w1').shadowRoot.querySelector('.card[data-open]') !== null")
    visit.leave()
    until(lambda: any(report.interactions for report in reports(faulty_api)), "the interactions")
    assert [load.layout for report in reports(faulty_api) for load in report.loads] == [layout]
    assert sum(report.interactions.get(layout, 0) for report in reports(faulty_api)) >= 1


def test_a_widget_drawn_by_the_server_needs_no_python_until_a_call(origins, visit):
    widget = origins.add_widget("drawn", {"design": {"layout": "grid"}, "testimonials": TESTIMONIALS})
    visit.open(origins.tag(widget, telemetry="false"))
    visit.until(f"window.Tresta && Tresta.getState('{widget}').status === 'ready'")
    assert visit.get("[...document.scripts].filter(({ src }) => src.includes('/boot-')).length") == 0
    assert visit.get(f"Tresta.refresh('{widget}').then(({{ status }}) => status)") == "ready"
    visit.leave()


@pytest.mark.parametrize("needs_python", [False, True])
def test_a_carousel_moves_with_and_without_python(origins, visit, faulty_api, needs_python):
    if needs_python:  # which draws what the server has not drawn
        faulty_api.answers("w1", content("w1", design={"layout": "carousel", "autoplay": 0}, telemetry={"mode": "off"}))
        widget, tag = "w1", origins.tag("w1", api_url=faulty_api.url)
    else:
        design = {"layout": "carousel", "autoplay": 0}
        widget = origins.add_widget("moving", {"design": design, "testimonials": TESTIMONIALS})
        tag = origins.tag(widget, telemetry="false")
    visit.open(f"<div id=tresta-widget-{widget} style='width: 400px'></div>{tag}")
    visit.until(f"window.Tresta && Tresta.getState('{widget}').status === 'ready'")
    visit.run(f"window.root = document.querySelector('#tresta-widget-{widget}').shadowRoot")
    current = "root.querySelector('.dot[aria-current=true]').dataset.index"
    press = "root.querySelector('.slides').dispatchEvent(new KeyboardEvent('keydown', {key: 'KEY', bubbles: true}))"
    for step, index in (
        ("root.querySelector('[data-action=next]').click()", 1),
        ("root.querySelector('.dot:last-child').click()", 5),
        ("root.querySelector('[data-action=prev]').click()", 4),
        (press.replace("KEY", "Home"), 0),
        (press.replace("KEY", "ArrowRight"), 1),
    ):
        visit.run(step)
        visit.until(f"{current} === '{index}'")
    # Once the row has come to rest there, a swipe.
    visit.run("window.row = root.querySelector('.slides')")
    offset = "(row.children[INDEX].offsetLeft - row.children[0].offsetLeft)"
    visit.until(f"Math.abs(row.scrollLeft - {offset.replace('INDEX', '1')}) < 2")
    visit.get("new Promise(done => setTimeout(done, 300))")
    visit.run(f"row.scrollLeft = {offset.replace('INDEX', '3')}")
    visit.until(f"{current} === '3'")
    assert (visit.get("[...document.scripts].filter(({ src }) => src.includes('/boot-')).length") > 0) is needs_python
    visit.leave()


def test_escape_closes_the_receipt_and_gives_the_focus_back_to_its_button(origins, visit):
    setting = {"mode": "opt-in", "rate": 1.0, "receipt": "bottom"}
    widget = origins.add_widget("receipt", {"testimonials": TESTIMONIALS, "telemetry": setting}, account="of-receipt")
    visit.open(origins.tag(widget))
    visit.until(f"window.Tresta && Tresta.getState('{widget}').status === 'ready'")
    visit.run(f"window.root = document.querySelector('#tresta-widget-{widget}').shadowRoot")
    visit.run("root.querySelector('.mark').focus()")
    visit.press("ENTER")
    visit.until("root.querySelector('.sheet .lines') !== null")
    visit.run("root.querySelector('.sheet .close').focus()")
    visit.press("ESCAPE")
    visit.until("root.querySelector('.sheet').offsetHeight === 0")
    visit.until("root.activeElement === root.querySelector('.mark')")
    visit.leave()


@pytest.mark.parametrize("script", WRITTEN)
def test_texts_in_every_script_are_drawn(origins, visit, faulty_api, script):
    for layout in CARD_LAYOUTS:
        faulty_api.answers(layout, Answer(body(layout, script, layout)))
    visit.open("".join(origins.tag(layout, api_url=faulty_api.url, telemetry="true") for layout in CARD_LAYOUTS))
    for layout in CARD_LAYOUTS:
        visit.until(f"window.Tresta && Tresta.getState('{layout}').count === 36")
    visit.leave()


def test_every_call_from_javascript_works(origins, visit, faulty_api):
    faulty_api.answers("w1", content("w1"))
    visit.open(origins.tag("w1", api_url=faulty_api.url, debug="true") + "<div id=more></div>")
    visit.until("window.Tresta")
    visit.get("Tresta.ready.then(() => 1)")
    visit.run(
        """
        const tracker = window.tracker = new Tresta.TelemetryTracker('widget-123', '1.0.0', {samplingRate: 1});
        tracker.startLoadTracking();
        tracker.trackLoad('grid');
        tracker.trackError('API_ERROR');
        tracker.trackError({});
        tracker.trackInteraction('carousel');
        tracker.setSamplingRate(NaN);
        tracker.disable();
        tracker.enable();
        tracker.trackError('AFTER');
        new Tresta.TelemetrySampler(0.5).shouldSample();
        new Tresta.TelemetryTracker('a b', 'latest', {samplingRate: 'all'}).trackError(null);
        """
    )
    assert visit.get("tracker.isEnabled()") is True
    options = json.dumps({"widgetId": "unknown", "apiUrl": faulty_api.url})
    assert visit.get(f"Tresta.mount('#more', {options}).then(({{ code }}) => code)") == "NOT_FOUND"
    visit.run("Tresta.unmount('#more')")
    after = {"empty ": content("w1", testimonials=[]), "empty API_ERROR": Answer("no JSON", 500)}
    for state, answer in after.items():
        faulty_api.answers("w1", answer)
        assert visit.get("Tresta.refresh('w1').then(({ status, code }) => `${status} ${code}`)") == state
    visit.run("tracker.flush()")
    visit.leave()
    until(lambda: errors(faulty_api)["AFTER"], "the last batch")
    assert errors(faulty_api) == Counter(AFTER=1, API_ERROR=1)  # `disable` discarded the earlier ones


def test_the_message_about_a_bug_names_its_place_and_the_page_goes_on(origins, visit, faulty_api):
    faulty_api.answers("w1", content("w1"))
    visit.open("")
    visit.run(
        """
        window.warnings = [];
        console.warn = (text) => window.warnings.push(text);
        CSSStyleSheet.prototype.replaceSync = () => { throw new Error('on purpose'); };
        document.querySelector('main').append(document.createRange().createContextualFragment(html));
        """,
        origins.tag("w1", api_url=faulty_api.url, debug="true"),
    )
    assert "widget/page/shadow.py" in visit.until("window.warnings.find((text) => text.includes('on purpose'))")
    visit.leave()
