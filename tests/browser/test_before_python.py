"""The loader shows the server's drawing before Python is up, and starts Python only if Python has work."""

from __future__ import annotations

import json
import re
from functools import partial
from itertools import product
from typing import Any

import pytest

from server.public_content import answer
from tests.browser import visits
from tests.browser.servers import Answer
from widget.content import parse_content
from widget.design import CARDS, THEMES
from widget.telemetry.schema import LAYOUTS

LONG = "A bowl to keep, and to fill with soup on a cold day. " * 12
PEOPLE: list[dict[str, Any]] = [
    {"id": f"t{n}", "author": f"Customer {n}", "text": LONG if n % 3 == 0 else "A bowl to keep.", "rating": 5 - n % 2,
     "date": "2026-01-02", "verified": n == 1, "url": "https://shop.example/review"}
    for n in range(7)
]  # fmt: skip
BOOT = "/boot-"
# Makes the page record the changes of each shadow tree, and the layout shift of its own content.
WATCHED = """
  window.changes = [];
  window.shift = 0;
  const observer = new MutationObserver(records => changes.push(...records));
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    observer.observe(root, {subtree: true, childList: true, attributes: true, characterData: true});
    return root;
  };
  try {
    new PerformanceObserver(list => list.getEntries().forEach(entry => { shift += entry.value }))
      .observe({type: 'layout-shift', buffered: true});
  } catch {}
"""
ALL_PLACES = "[...document.querySelectorAll('.place')]"
TREES = """() => [...document.querySelectorAll('.place')].map(({shadowRoot, style}) => {
  const own = shadowRoot.querySelector('.tresta').style.cssText;
  return [
    shadowRoot.innerHTML.replace(/ style="[^"]*"/, ''), // the browser chooses where it stands among the attributes
    [...shadowRoot.adoptedStyleSheets[0].cssRules].map(rule => rule.cssText).join(''),
    style.cssText,
    own,
  ];
})"""


def drawn_answer(widget="w1", *, people=PEOPLE, layout="grid", mode="opt-in", rate=1.0, **design):
    """The API's answer with the server's drawing."""
    design = {"layout": layout, "autoplay": 0, **design}
    body = {"id": widget, "design": design, "telemetry": {"mode": mode, "rate": rate}, "testimonials": people}
    content = parse_content(json.dumps(body))
    return json.loads(answer(content, content.design).body)


def without_drawing(body):
    """The same answer without the drawing."""
    return {name: value for name, value in body.items() if name != "drawn"}


@pytest.fixture
def tag(origins, faulty_api):
    """`tag(drawn_answer(...), telemetry="false")`: a tag whose API gives this answer."""

    def make(body, **attributes):
        faulty_api.answers(body["id"], Answer(body))
        return origins.tag(body["id"], **{"api_url": faulty_api.url, **attributes})

    return make


def wait_until_displayed(page, widget="w1"):
    """Waits until the loader has shown the widget and decided whether Python has work."""
    page.wait_for_function("widget => window.Tresta && Tresta.getState(widget).status === 'ready'", arg=widget)
    page.evaluate(visits.SETTLED)


def has_started_python(record):
    return any(BOOT in request.url for request in record.requests)


def wait_until_adopted(page):
    """Waits until Python is up and has adopted the widgets."""
    page.evaluate("Tresta.ready.then(() => {})")
    page.evaluate(visits.SETTLED)


# The drawings of server and Python


PREPARED = """
  window.preparations = [];
  const {append} = DocumentFragment.prototype;
  DocumentFragment.prototype.append = function (node) {
    const height = document.documentElement.scrollHeight;
    append.call(this, node);
    const cards = [...node.shadowRoot.querySelectorAll('.card')];
    preparations.push([
      this.querySelectorAll('.card:not(.ghost)').length,
      cards.map(card => card.offsetHeight > 0),
      document.documentElement.scrollHeight - height,
    ]);
  };
"""


def test_python_lays_out_one_testimonial_invisibly_before_it_shows_all(site, page, tag):
    page.add_init_script(PREPARED)
    filler = '<p style="height: 95vh">This fills the window</p>'
    page.goto(site.page(filler + tag(without_drawing(drawn_answer()), telemetry="false", min_height="0")))
    wait_until_displayed(page)
    (before, cards, growth), *more = page.evaluate("preparations")
    assert (before, cards, more) == (0, [True], [])
    assert growth == 0  # of the page, which ends at the widget
    assert page.evaluate("[...document.querySelector('[id^=tresta]').shadowRoot.children].map(e => e.localName)") == [
        "section"
    ]


def test_python_lays_out_nothing_if_the_server_has_drawn_the_widget(site, page, tag):
    page.add_init_script(PREPARED)
    page.goto(site.page(tag(drawn_answer())))
    wait_until_displayed(page)
    wait_until_adopted(page)
    assert page.evaluate("preparations") == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_server_and_python_draw_the_same_tree(origins, site, page, faulty_api, layout, record):
    widget = origins.add_widget("same", {"testimonials": PEOPLE, "design": {"autoplay": 0}})
    faulty_api.answers(widget, Answer({"id": widget, "testimonials": PEOPLE, "design": {"autoplay": 0}}))
    trees = []
    for api in (origins.api, faulty_api.url):
        places = "".join(
            f'<div class=place id="p{n}"></div>'
            + origins.tag(widget, api_url=api, container=f"#p{n}", layout=layout, card=card, theme=theme,
                          primary_color="#1a73e8", min_height="0", telemetry="false")
            for n, (card, theme) in enumerate(product(CARDS, THEMES))
        )  # fmt: skip
        page.goto(site.page(places))
        page.wait_for_function(
            "[...document.querySelectorAll('.place')].every(p => p.shadowRoot?.querySelector('.card, .score'))"
        )
        if api != origins.api:
            page.wait_for_function("name => document.querySelector(`script[src*='${name}']`)", arg=BOOT)
        if layout == "carousel":
            page.wait_for_function(
                f"{ALL_PLACES}.every(p => p.shadowRoot.querySelector('.dot[hidden], .steer[hidden]'))"
            )
        wait_until_adopted(page)
        trees.append(page.evaluate(TREES))
    assert len(trees[0]) == len(CARDS) * len(THEMES)
    assert trees[0] == trees[1]
    assert record.errors == []


@pytest.mark.parametrize(
    "design",
    [{}, {"layout": "wall"}, {"layout": "marquee"}, {"layout": "carousel"}, {"people": []}, {"people": PEOPLE[:1]}],
)
def test_server_and_python_clamp_a_low_place_in_the_same_way(site, page, tag, design):
    trees = []
    for body in (
        drawn_answer("w1", **design),
        without_drawing(drawn_answer("w2", **design)),
    ):  # two widgets, since the browser caches the content
        place = f"<div class=place id=tresta-widget-{body['id']} style='padding: 7px 0 12px; min-height: 230px'></div>"
        page.goto(site.page(f"{place}{tag(body, telemetry='false')}<p>Below, and in view"))
        is_ready = "widget => window.Tresta && ['ready', 'empty'].includes(Tresta.getState(widget).status)"
        page.wait_for_function(is_ready, arg=body["id"])
        wait_until_adopted(page)
        trees.append([*page.evaluate(TREES), page.evaluate("document.querySelector('.place').offsetHeight")])
    assert trees[0] == trees[1]
    assert ("data-clamped" in trees[0][0][0]) is bool(body["testimonials"])


# Python adopts the server's drawing


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout != "badge"])  # it is lower than its place
def test_python_adopts_the_drawing_without_changes(site, page, faulty_api, tag, browser, layout, record):
    page.add_init_script(WATCHED)
    place = "<div id=tresta-widget-w1 style='min-height: 400px'></div>"  # reserved by the owner
    page.goto(site.page(f"{place}{tag(drawn_answer(layout=layout))}<p>Below</p>"))
    wait_until_displayed(page)
    page.evaluate("window.before = [...document.querySelector('#tresta-widget-w1').shadowRoot.querySelectorAll('*')]")
    count = page.evaluate("changes.length") if layout != "carousel" else 0
    wait_until_adopted(page)
    assert page.evaluate(
        "before.every((e, n) => e === document.querySelector('#tresta-widget-w1').shadowRoot.querySelectorAll('*')[n])"
    )
    if layout != "carousel":  # Python adapts its dots to the width
        assert page.evaluate("changes.length") == count
    assert faulty_api.request_count("w1") == 1
    if browser.browser_type.name == "chromium":  # Firefox has no Layout Instability API
        assert page.evaluate("shift") == 0
    end_ms = page.evaluate("performance.now()")
    visits.leave(page, site, faulty_api)
    (report,) = visits.reports(faulty_api)
    assert [load.layout for load in report.loads] == [layout]
    assert report.loads[0].load_ms < end_ms / 2  # the visitor's waiting time, without Python's start
    assert record.errors == record.console == []


def test_the_loader_passes_the_content_to_python_without_the_drawing(site, page, tag):
    page.add_init_script("""
      const texts = (window.texts = []);
      const { stringify } = JSON;
      JSON.stringify = (...args) => (texts.push(stringify(...args)), texts.at(-1));
    """)
    page.goto(site.page(tag(drawn_answer(), telemetry="false")))
    wait_until_adopted(page)
    texts = "".join(text or "" for text in page.evaluate("texts"))
    assert PEOPLE[0]["author"] in texts
    assert "</figure>" not in texts


def test_python_redraws_the_drawing_of_another_version(site, page, tag):
    body = drawn_answer()
    body["drawn"].update(version="0.0.1", html='<section class="tresta"><p class="card">Old</p></section>')
    page.goto(site.page(tag(body, telemetry="false")))
    page.locator("p.card").wait_for()
    wait_until_adopted(page)
    assert page.locator("figure.card").count() == len(PEOPLE)


def has_requests(faulty_api, number):
    return faulty_api.request_count("w1") == number


def test_a_returning_visitor_sees_the_browsers_copy_until_the_api_confirms_or_replaces_it(
    site, page, faulty_api, tag, record
):
    cacheable = {"Cache-Control": "public, max-age=60", "ETag": '"1"'}
    url = site.page(tag(drawn_answer(people=PEOPLE[:2]), telemetry="false"))
    faulty_api.answers("w1", Answer(drawn_answer(people=PEOPLE[:2]), headers=cacheable))
    for visit in (1, 2):
        page.goto(url)
        wait_until_displayed(page)
        visits.until(partial(has_requests, faulty_api, visit), "one request to the API in each visit")
        assert page.locator(".card").count() == 2
    faulty_api.answers("w1", Answer(drawn_answer(people=PEOPLE[:3]), headers=cacheable))
    page.goto(url)
    page.wait_for_function("Tresta.getState('w1').count === 3")
    assert page.locator(".card").count() == 3
    assert not has_started_python(record)
    faulty_api.answers("w1", Answer({}, 404))
    page.goto(url)
    page.wait_for_function("Tresta.getState('w1').code === 'NOT_FOUND'")
    assert page.locator(".card").count() == 0
    assert record.errors == []


# Python starts only if it has work

REFUSED: dict[str, dict[str, Any]] = {
    "the tag": {"telemetry": "Off"},
    "the account": {"mode": "off"},
    "the rate": {"rate": 0},
    "Do Not Track": {"script": "Object.defineProperty(navigator, 'doNotTrack', {value: '1'})"},
    "Global Privacy Control": {"script": "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})"},
    "an older signal": {"script": "window.doNotTrack = 'yes'"},
}


@pytest.mark.parametrize("by", REFUSED)
def test_a_refused_widget_loads_only_loader_and_content(site, page, faulty_api, tag, record, by):
    refusal = dict(REFUSED[by])
    if "script" in refusal:
        page.add_init_script(refusal.pop("script"))
    telemetry = {"telemetry": refusal.pop("telemetry")} if "telemetry" in refusal else {}
    page.goto(
        site.page(
            "".join(tag(drawn_answer(f"w-{layout}", layout=layout, **refusal), **telemetry) for layout in LAYOUTS)
        )
    )
    for layout in LAYOUTS:
        wait_until_displayed(page, f"w-{layout}")
        state = page.evaluate("widget => Tresta.getState(widget)", f"w-{layout}")
        assert state == {"status": "ready", "widget": f"w-{layout}", "layout": layout, "count": 7, "code": ""}
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator(".card .more").first.click()
    page.evaluate(visits.SETTLED)
    page.locator("#tresta-widget-w-carousel [data-action=next]").click()
    page.locator("#tresta-widget-w-carousel .dot[aria-current][data-index='1']").wait_for()
    names = [request.url.partition("?")[0].rsplit("/", 1)[1] for request in record.requests]
    assert sorted({re.sub("-.*js", "", name) for name in names if name != "favicon.ico" and ".html" not in name}) == [
        "carousel",
        "embed.js",
        "public",
    ]
    assert len([name for name in names if name == "public"]) == len(LAYOUTS)
    visits.leave(page, site, faulty_api)
    assert visits.batches(faulty_api) == []
    assert record.errors == record.console == []


@pytest.mark.parametrize(
    ("number", "rate"), [(0.0, 0.01), (0.0099, 0.01), (0.0101, 0.01), (0.7, 0.01), (0.7, 0.8), (0.81, 0.8)]
)
def test_python_starts_for_pages_in_the_sample(site, page, faulty_api, tag, record, number, rate):
    visits.script_draws(page, number)
    page.goto(site.page(tag(drawn_answer(rate=rate, mode="sampled"))))
    wait_until_displayed(page)
    assert has_started_python(record) is (number < rate)
    if number < rate:
        wait_until_adopted(page)
        visits.leave(page, site, faulty_api)
        (report,) = visits.reports(faulty_api)
        assert (report.rate, len(report.loads)) == (rate, 1)


def test_python_starts_when_a_widget_that_the_server_has_not_drawn_comes_near_the_view(site, page, tag, record):
    far = tag(without_drawing(drawn_answer("far", layout="carousel")), telemetry="false")
    page.goto(site.page(f"<div style='height: 6000px'></div>{far}"))
    page.wait_for_function("window.Tresta && document.querySelector('#tresta-widget-far')")
    page.evaluate("scrollTo(0, 100)")
    page.evaluate(visits.SETTLED)
    assert not has_started_python(record)
    with page.expect_request(f"**{BOOT}*"):
        page.evaluate("scrollTo(0, 6000 - 1.8 * innerHeight)")  # not in view yet
    page.locator("[data-action=next]").scroll_into_view_if_needed()
    page.locator("[data-action=next]").click()
    page.locator("#tresta-widget-far .dot[aria-current][data-index='1']").wait_for()


USES = {
    "ready": "void Tresta.ready",
    "mount": "void Tresta.mount('#more', {widgetId: 'w1'})",
    "refresh": "void Tresta.refresh('w1')",
    "a tracker's data": "new Tresta.TelemetryTracker('w1', '1.0.0').getTelemetryData()",
}


@pytest.mark.parametrize("use", USES)
def test_calls_of_the_api_start_python_except_for_get_state(site, page, tag, record, use):
    page.goto(site.page(f"<div id=more></div>{tag(drawn_answer(), telemetry='false')}"))
    wait_until_displayed(page)
    assert page.evaluate("[Tresta.getState('w1').status, Tresta.getState('#more').status]") == ["ready", "unmounted"]
    assert not has_started_python(record)
    with page.expect_request(f"**{BOOT}*"):
        page.evaluate(USES[use])


def test_the_content_is_requested_after_the_pages_first_paint(site, page, tag):
    # There is no paint entry, and no frame until the test calls draw().
    page.add_init_script("""(() => {
      const entries = performance.getEntriesByName.bind(performance), real = window.requestAnimationFrame;
      performance.getEntriesByName = name => name === "first-contentful-paint" ? [] : entries(name);
      window.waiting = [];
      window.requestAnimationFrame = callback => waiting.push(callback);
      window.draw = () => { window.requestAnimationFrame = real; waiting.forEach(callback => real(callback)) };
    })()""")
    requests = []
    page.on("request", lambda request: requests.append(request.url) if "/public" in request.url else None)
    page.goto(site.page(tag(drawn_answer(), telemetry="false")))
    page.wait_for_function("waiting.length > 0", polling=50)
    assert requests == []
    page.evaluate("draw()")
    page.wait_for_function("Tresta.getState('w1').status === 'ready'", polling=50)  # polling without frames
    assert len(requests) == 1


def test_a_refresh_waits_until_python_has_been_told_of_the_widget(site, page, tag):
    # Once the cards are there, no frame comes until the test calls draw(). Before it, the loader does not tell Python
    # of the widget.
    page.add_init_script("""
      const real = window.requestAnimationFrame;
      const held = window.held = [];
      window.requestAnimationFrame = callback => {
        const isShown = document.querySelector('[id^=tresta-widget]')?.shadowRoot?.querySelector('.card');
        return isShown ? held.push(callback) : real(callback);
      };
      window.draw = () => { window.requestAnimationFrame = real; held.forEach(real) };
    """)
    page.goto(site.page(tag(drawn_answer(), telemetry="false")))
    page.wait_for_function("held.length && Tresta.getState('w1').status === 'ready'", polling=50)
    page.evaluate("void Tresta.refresh('w1').then(({status}) => { window.refreshed = status })")
    page.evaluate("Tresta.ready.then(() => {})")
    page.evaluate("draw()")
    page.wait_for_function("window.refreshed", polling=50)
    assert page.evaluate("refreshed") == "ready"


def test_with_runtime_eager_python_starts_before_the_pages_load_event(site, page, tag, record):
    slow = site.url + "/never.png"
    page.route(slow, lambda route: None)
    page.goto(
        site.page(f"{tag(drawn_answer(), telemetry='false', runtime='eager')}<img src={slow}>"), wait_until="commit"
    )
    page.wait_for_function("window.Tresta")
    page.evaluate("Tresta.ready.then(() => {})")
    assert page.evaluate("document.readyState") != "complete"


def test_unmount_before_python_is_up_shows_the_hosts_own_content_again(site, page, tag, record):
    page.goto(site.page(f"<div id=tresta-widget-w1>the host's own</div>{tag(drawn_answer(), telemetry='false')}"))
    wait_until_displayed(page)
    page.evaluate("Tresta.unmount('w1')")
    assert page.evaluate("Tresta.getState('w1')") == {"status": "unmounted"}
    assert page.locator("#tresta-widget-w1").inner_text() == "the host's own"
    assert page.locator("#tresta-widget-w1").get_attribute("style") in (None, "")
    assert not has_started_python(record)
    page.evaluate("Tresta.ready.then(() => {})")
    assert page.locator("#tresta-widget-w1").inner_text() == "the host's own"
    assert record.errors == []


# The cold code


COLD = "/cold-"


def test_a_visit_that_is_only_counted_does_not_load_the_cold_code(site, new_context, faulty_api, tag, record):
    page = new_context(cold=True).new_page()
    with page.expect_request("**/snapshot-*"):
        page.goto(site.page(tag(drawn_answer())))
    page.wait_for_function("performance.getEntriesByType('resource').some(({name}) => name.includes('/runtime-'))")
    page.evaluate("new Promise(done => setTimeout(() => requestIdleCallback(done), 2000))")
    visits.leave(page, site, faulty_api)
    assert len(visits.reports(faulty_api)) == 1  # Python was up
    assert [request.url for request in record.requests if COLD in request.url] == []


@pytest.mark.parametrize("use", ["Tresta.ready", "Tresta.refresh('w1')"])
def test_the_cold_code_loads_when_the_page_is_idle_if_a_script_uses_python(site, new_context, tag, record, use):
    page = new_context(cold=True).new_page()
    with page.expect_response(f"**{COLD}*"):
        page.goto(site.page(tag(drawn_answer())))
        page.wait_for_function("window.Tresta")
        page.evaluate(f"void {use}")
    assert [request.resource_type for request in record.requests if COLD in request.url] == ["fetch"]


# Controls before Python is up


@pytest.mark.parametrize("agrees", [True, False])
def test_clicks_before_python_is_up_work_and_count(site, page, faulty_api, tag, agrees):
    routes = []
    page.route("**/snapshot-*", lambda route: routes.append(route))
    body = tag(drawn_answer("w1")) + tag(drawn_answer("w2", layout="carousel"), min_height="700")
    with page.expect_request("**/snapshot-*"):
        page.goto(site.page(body))
    wait_until_displayed(page)
    wait_until_displayed(page, "w2")
    assert routes
    if not agrees:
        page.evaluate("window.doNotTrack = 'yes'")
    page.locator("#tresta-widget-w1 button.more").first.click()
    assert page.locator("#tresta-widget-w1 .rest").first.is_visible()
    page.locator("#tresta-widget-w2 [data-action=next]").click()
    page.locator("#tresta-widget-w2 .dot[aria-current][data-index='1']").wait_for()
    page.evaluate("delete window.doNotTrack")
    for route in routes:
        route.continue_()
    wait_until_adopted(page)
    assert page.locator("#tresta-widget-w1 .rest").first.is_visible()
    visits.leave(page, site, faulty_api)
    interactions = {}
    for report in visits.reports(faulty_api):
        interactions.update(report.interactions)
    assert interactions == ({"grid": 1, "carousel": 1} if agrees else {})


def test_the_drawing_stays_if_python_cannot_start(site, page, tag, record):
    page.route(f"**{BOOT}*", lambda route: route.abort())
    page.goto(site.page(tag(drawn_answer())))
    wait_until_displayed(page)
    assert page.evaluate("Tresta.ready.then(() => 'up', error => 'down')") == "down"
    assert page.evaluate("Tresta.getState('w1').status") == "ready"
    assert page.evaluate("Tresta.mount(document.body, {widgetId: 'w2'})")["code"] == "RUNTIME_NETWORK"
    assert page.locator(".card").count() == len(PEOPLE)
    assert page.evaluate("document.querySelector('#tresta-widget-w1').style.minHeight") != ""
    assert [line for line in record.errors if BOOT not in line] == []  # Firefox itself reports the failed request


@pytest.mark.parametrize("nonce", ["", "abc"])
def test_the_widget_works_with_the_strictest_policy(origins, site, page, faulty_api, tag, record, nonce):
    scripts = f"'nonce-{nonce}'" if nonce else origins.cdn
    policy = (
        f"default-src 'none'; script-src {scripts} 'wasm-unsafe-eval'; connect-src {origins.cdn} {faulty_api.url}; "
        "require-trusted-types-for 'script'; trusted-types tresta"
    )
    html = tag(drawn_answer(layout="list")).replace("<script", f"<script nonce='{nonce}'" if nonce else "<script")
    page.goto(site.page(html, headers={"Content-Security-Policy": policy}))
    page.locator(".tresta .card").first.wait_for()
    assert page.locator(".tresta").evaluate("e => getComputedStyle(e).display") == "block"
    page.evaluate("Tresta.ready.then(() => {})")
    assert page.evaluate("Tresta.refresh('w1')")["status"] == "ready"
    assert [line for line in record.console if line.startswith("error")] == []
