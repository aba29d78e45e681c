"""What the server has drawn is shown before Python is up, and Python starts only where it has work."""

from __future__ import annotations

import json
from itertools import product

import pytest

from server.public_content import answer
from tests.browser import visits
from tests.browser.servers import Answer
from widget.content import parse_content
from widget.design import CARDS, THEMES
from widget.telemetry.schema import LAYOUTS

LONG = "A bowl to keep, and to fill with soup on a cold day. " * 12
PEOPLE = [
    {"id": f"t{n}", "author": f"Customer {n}", "text": LONG if n % 3 == 0 else "A bowl to keep.", "rating": 5 - n % 2,
     "date": "2026-01-02", "verified": n == 1, "url": "https://shop.example/review"}
    for n in range(7)
]  # fmt: skip
BOOT = "/boot-"
# A page that writes down what happens to each shadow tree, and how far its own content moves.
WATCHED = """
  window.changes = [];
  window.shift = 0;
  const note = new MutationObserver(records => changes.push(...records));
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    note.observe(root, {subtree: true, childList: true, attributes: true, characterData: true});
    return root;
  };
  try {
    new PerformanceObserver(list => list.getEntries().forEach(entry => { shift += entry.value }))
      .observe({type: 'layout-shift', buffered: true});
  } catch {}
"""
ALL_PLACES = "[...document.querySelectorAll('.place')]"
TREES = """() => [...document.querySelectorAll('.place')].map(({shadowRoot, style}) => [
  shadowRoot.innerHTML,
  [...shadowRoot.adoptedStyleSheets[0].cssRules].map(rule => rule.cssText).join(''),
  style.cssText,
])"""


def drawn(widget="w1", *, people=PEOPLE, layout="grid", mode="opt-in", rate=1.0, **design):
    """The API's answer, as the server makes it."""
    design = {"layout": layout, "autoplay": 0, **design}
    body = {"id": widget, "design": design, "telemetry": {"mode": mode, "rate": rate}, "testimonials": people}
    content = parse_content(json.dumps(body))
    return json.loads(answer(content, content.design).body)


def undrawn(body):
    """The same answer of an API that draws nothing."""
    return {name: value for name, value in body.items() if name != "drawn"}


@pytest.fixture
def tag(origins, faulty_api):
    """`tag(drawn(...), telemetry="false")`: a tag whose API gives this answer."""

    def make(body, **attributes):
        faulty_api.answers(body["id"], Answer(body))
        return origins.tag(body["id"], **{"api_url": faulty_api.url, **attributes})

    return make


def seen(page, widget="w1"):
    """Wait until the loader has shown the widget and decided whether Python has work."""
    page.wait_for_function("widget => window.Tresta && Tresta.getState(widget).status === 'ready'", arg=widget)
    page.evaluate(visits.SETTLED)


def started(record):
    return any(BOOT in request.url for request in record.requests)


def taken_over(page):
    page.evaluate("Tresta.ready.then(() => {})")
    page.evaluate(visits.SETTLED)


# The two ways to the same sight


PREPARED = """
  window.prepared = [];
  const {append} = DocumentFragment.prototype;
  DocumentFragment.prototype.append = function (node) {
    const height = document.documentElement.scrollHeight;
    append.call(this, node);
    const cards = [...node.shadowRoot.querySelectorAll('.card')];
    prepared.push([
      this.querySelectorAll('.card:not(.ghost)').length,
      cards.map(card => card.offsetHeight > 0),
      document.documentElement.scrollHeight - height,
    ]);
  };
"""


def test_python_has_one_testimonial_laid_out_unseen_before_it_shows_all(site, page, tag):
    page.add_init_script(PREPARED)
    low = '<p style="height: 95vh">What fills the window</p>'
    page.goto(site.page(low + tag(undrawn(drawn()), telemetry="false", min_height="0")))
    seen(page)
    (before, cards, longer), *more = page.evaluate("prepared")
    assert (before, cards, more) == (0, [True], [])
    assert longer == 0  # the page, which ends where the widget begins
    assert page.evaluate("[...document.querySelector('[id^=tresta]').shadowRoot.children].map(e => e.localName)") == [
        "section"
    ]


def test_nothing_is_laid_out_unseen_where_the_widget_stands(site, page, tag):
    page.add_init_script(PREPARED)
    page.goto(site.page(tag(drawn())))
    seen(page)
    taken_over(page)
    assert page.evaluate("prepared") == []


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
            "[...document.querySelectorAll('.place')].every(p => p.shadowRoot?.querySelector('.card'))"
        )
        if api != origins.api or layout == "carousel":
            page.wait_for_function("name => document.querySelector(`script[src*='${name}']`)", arg=BOOT)
        taken_over(page)
        trees.append(page.evaluate(TREES))
    assert len(trees[0]) == len(CARDS) * len(THEMES)
    assert trees[0] == trees[1]
    assert record.errors == []


@pytest.mark.parametrize(
    "design",
    [{}, {"layout": "wall"}, {"layout": "marquee"}, {"layout": "carousel"}, {"people": []}, {"people": PEOPLE[:1]}],
)
def test_a_place_too_low_is_cut_the_same_way(site, page, tag, design):
    trees = []
    for body in (drawn("w1", **design), undrawn(drawn("w2", **design))):  # two, since the browser keeps copies
        place = f"<div class=place id=tresta-widget-{body['id']} style='padding: 7px 0 12px; min-height: 230px'></div>"
        page.goto(site.page(f"{place}{tag(body, telemetry='false')}<p>Below, and in view"))
        is_shown = "widget => window.Tresta && ['ready', 'empty'].includes(Tresta.getState(widget).status)"
        page.wait_for_function(is_shown, arg=body["id"])
        taken_over(page)
        trees.append([*page.evaluate(TREES), page.evaluate("document.querySelector('.place').offsetHeight")])
    assert trees[0] == trees[1]
    assert ("data-clamped" in trees[0][0][0]) is bool(body["testimonials"])


# Python takes it over


@pytest.mark.parametrize("layout", LAYOUTS)
def test_python_takes_over_what_stands(site, page, faulty_api, tag, browser, layout, record):
    page.add_init_script(WATCHED)
    place = "<div id=tresta-widget-w1 style='min-height: 400px'></div>"  # room that the owner keeps
    page.goto(site.page(f"{place}{tag(drawn(layout=layout))}<p>Below</p>"))
    seen(page)
    page.evaluate("window.before = [...document.querySelector('#tresta-widget-w1').shadowRoot.querySelectorAll('*')]")
    count = page.evaluate("changes.length") if layout != "carousel" else 0
    taken_over(page)
    assert page.evaluate(
        "before.every((e, n) => e === document.querySelector('#tresta-widget-w1').shadowRoot.querySelectorAll('*')[n])"
    )
    if layout != "carousel":  # whose dots say how many slides fit
        assert page.evaluate("changes.length") == count
    assert faulty_api.asked("w1") == 1
    if browser.browser_type.name == "chromium":  # Firefox has no Layout Instability API
        assert page.evaluate("shift") == 0
    shown_at = page.evaluate("performance.now()")
    visits.leave(page, site, faulty_api)
    (report,) = visits.reports(faulty_api)
    assert [load.layout for load in report.loads] == [layout]
    assert report.loads[0].load_ms < shown_at / 2  # what the visitor waited, without Python's own start
    assert record.errors == record.console == []


def test_python_is_told_the_content_and_not_how_it_is_drawn(site, page, tag):
    page.add_init_script("""
      const said = (window.said = []);
      const { stringify } = JSON;
      JSON.stringify = (...args) => (said.push(stringify(...args)), said.at(-1));
    """)
    page.goto(site.page(tag(drawn(), telemetry="false")))
    taken_over(page)
    said = "".join(text or "" for text in page.evaluate("said"))
    assert PEOPLE[0]["author"] in said
    assert "</figure>" not in said


def test_what_another_version_has_drawn_python_draws_again(site, page, tag):
    body = drawn()
    body["drawn"].update(version="0.0.1", html='<section class="tresta"><p class="card">Old</p></section>')
    page.goto(site.page(tag(body, telemetry="false")))
    page.locator("p.card").wait_for()
    taken_over(page)
    assert page.locator("figure.card").count() == len(PEOPLE)


def test_a_returning_visitor_sees_the_copy_which_the_api_confirms_or_replaces(site, page, faulty_api, tag, record):
    kept = {"Cache-Control": "public, max-age=60", "ETag": '"1"'}
    url = site.page(tag(drawn(people=PEOPLE[:2]), telemetry="false"))
    faulty_api.answers("w1", Answer(drawn(people=PEOPLE[:2]), headers=kept))
    for visit in (1, 2):
        page.goto(url)
        seen(page)
        visits.until(lambda count=visit: faulty_api.asked("w1") == count, "the API to be asked once a visit")
        assert page.locator(".card").count() == 2
    faulty_api.answers("w1", Answer(drawn(people=PEOPLE[:3]), headers=kept))
    page.goto(url)
    page.wait_for_function("Tresta.getState('w1').count === 3")
    assert page.locator(".card").count() == 3
    assert not started(record)
    faulty_api.answers("w1", Answer({}, 404))
    page.goto(url)
    page.wait_for_function("Tresta.getState('w1').code === 'NOT_FOUND'")
    assert page.locator(".card").count() == 0
    assert record.errors == []


# Python starts only where it has work

STILL = [layout for layout in LAYOUTS if layout != "carousel"]
REFUSED = {
    "the tag": {"telemetry": "Off"},
    "the account": {"mode": "off"},
    "the rate": {"rate": 0},
    "Do Not Track": {"script": "Object.defineProperty(navigator, 'doNotTrack', {value: '1'})"},
    "Global Privacy Control": {"script": "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})"},
    "an older signal": {"script": "window.doNotTrack = 'yes'"},
}


@pytest.mark.parametrize("by", REFUSED)
def test_refused_and_still_only_loader_and_content_are_fetched(site, page, faulty_api, tag, record, by):
    no = dict(REFUSED[by])
    if "script" in no:
        page.add_init_script(no.pop("script"))
    telemetry = {"telemetry": no.pop("telemetry")} if "telemetry" in no else {}
    page.goto(site.page("".join(tag(drawn(f"w-{layout}", layout=layout, **no), **telemetry) for layout in STILL)))
    for layout in STILL:
        seen(page, f"w-{layout}")
        state = page.evaluate("widget => Tresta.getState(widget)", f"w-{layout}")
        assert state == {"status": "ready", "widget": f"w-{layout}", "layout": layout, "count": 7, "code": ""}
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator(".card .more").first.click()
    page.evaluate(visits.SETTLED)
    asked = [request.url.partition("?")[0].rsplit("/", 1)[1] for request in record.requests]
    assert sorted(set(asked) - {"favicon.ico"} - {url for url in asked if url.endswith(".html")}) == [
        "embed.js",
        "public",
    ]
    assert len([name for name in asked if name == "public"]) == len(STILL)
    visits.leave(page, site, faulty_api)
    assert visits.batches(faulty_api) == []
    assert record.errors == record.console == []


@pytest.mark.parametrize(
    ("number", "rate"), [(0.0, 0.01), (0.0099, 0.01), (0.0101, 0.01), (0.7, 0.01), (0.7, 0.8), (0.81, 0.8)]
)
def test_python_starts_for_the_pages_in_the_sample(site, page, faulty_api, tag, record, number, rate):
    visits.draw(page, number)
    page.goto(site.page(tag(drawn(rate=rate, mode="sampled"))))
    seen(page)
    assert started(record) is (number < rate)
    if number < rate:
        taken_over(page)
        visits.leave(page, site, faulty_api)
        (report,) = visits.reports(faulty_api)
        assert (report.rate, len(report.loads)) == (rate, 1)


def test_a_carousel_gets_its_python_when_it_comes_near(site, page, tag, record):
    far = tag(drawn("far", layout="carousel"), telemetry="false")
    page.goto(site.page(f"<div style='height: 6000px'></div>{far}"))
    seen(page, "far")
    page.evaluate("scrollTo(0, 100)")
    page.evaluate(visits.SETTLED)
    assert not started(record)
    with page.expect_request(f"**{BOOT}*"):
        page.evaluate("scrollTo(0, 6000 - 1.8 * innerHeight)")  # not yet in view
    page.locator("[data-action=next]").scroll_into_view_if_needed()
    taken_over(page)
    page.locator("[data-action=next]").click()
    page.locator("#tresta-widget-far .dot[aria-current][data-index='1']").wait_for()


USES = {
    "ready": "void Tresta.ready",
    "mount": "void Tresta.mount('#more', {widgetId: 'w1'})",
    "refresh": "void Tresta.refresh('w1')",
    "a tracker": "void new Tresta.TelemetryTracker('w1', '1.0.0')",
    "a sampler": "void new Tresta.TelemetrySampler()",
}


@pytest.mark.parametrize("use", USES)
def test_who_uses_the_api_starts_python_and_who_asks_for_the_state_does_not(site, page, tag, record, use):
    page.goto(site.page(f"<div id=more></div>{tag(drawn(), telemetry='false')}"))
    seen(page)
    assert page.evaluate("[Tresta.getState('w1').status, Tresta.getState('#more').status]") == ["ready", "unmounted"]
    assert not started(record)
    with page.expect_request(f"**{BOOT}*"):
        page.evaluate(USES[use])


def test_the_api_is_asked_once_the_page_was_seen(site, page, tag):
    # Nothing is painted, as far as the page knows, and no frame comes until we say so.
    page.add_init_script("""(() => {
      const entries = performance.getEntriesByName.bind(performance), real = window.requestAnimationFrame;
      performance.getEntriesByName = name => name === "first-contentful-paint" ? [] : entries(name);
      window.held = [];
      window.requestAnimationFrame = callback => held.push(callback);
      window.draw = () => { window.requestAnimationFrame = real; held.forEach(callback => real(callback)) };
    })()""")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/public" in request.url else None)
    page.goto(site.page(tag(drawn(), telemetry="false")))
    page.wait_for_function("held.length > 0", polling=50)
    assert asked == []
    page.evaluate("draw()")
    page.wait_for_function("Tresta.getState('w1').status === 'ready'", polling=50)  # without frames of its own
    assert len(asked) == 1


def test_a_refresh_before_python_knows_the_widget_waits_for_it(site, page, tag):
    # No second frame comes until we say so, and without one the loader does not tell Python of the widget.
    page.add_init_script("""
      const real = window.requestAnimationFrame;
      let frames = 0;
      window.requestAnimationFrame = callback => {
        if (!frames++) return real(callback);
        window.draw = () => { window.requestAnimationFrame = real; callback() };
      };
    """)
    page.goto(site.page(tag(drawn(), telemetry="false")))
    page.wait_for_function("window.draw && Tresta.getState('w1').status === 'ready'", polling=50)
    page.evaluate("void Tresta.refresh('w1').then(({status}) => { window.refreshed = status })")
    page.evaluate("Tresta.ready.then(() => {})")
    page.evaluate("draw()")
    page.wait_for_function("window.refreshed", polling=50)
    assert page.evaluate("refreshed") == "ready"


def test_an_eager_owner_gets_python_before_the_page_has_loaded(site, page, tag, record):
    slow = site.url + "/never.png"
    page.route(slow, lambda route: None)
    page.goto(site.page(f"{tag(drawn(), telemetry='false', runtime='eager')}<img src={slow}>"), wait_until="commit")
    page.wait_for_function("window.Tresta")
    page.evaluate("Tresta.ready.then(() => {})")
    assert page.evaluate("document.readyState") != "complete"


def test_unmounted_before_python_the_place_is_the_hosts_again(site, page, tag, record):
    page.goto(site.page(f"<div id=tresta-widget-w1>the host's own</div>{tag(drawn(), telemetry='false')}"))
    seen(page)
    page.evaluate("Tresta.unmount('w1')")
    assert page.evaluate("Tresta.getState('w1')") == {"status": "unmounted"}
    assert page.locator("#tresta-widget-w1").inner_text() == "the host's own"
    assert page.locator("#tresta-widget-w1").get_attribute("style") in (None, "")
    assert not started(record)
    page.evaluate("Tresta.ready.then(() => {})")
    assert page.locator("#tresta-widget-w1").inner_text() == "the host's own"
    assert record.errors == []


# The rest of Python's code


COLD = "/cold-"


def test_who_is_only_counted_gets_no_more_than_that_takes(site, new_context, faulty_api, tag, record):
    page = new_context(cold=True).new_page()
    with page.expect_request("**/snapshot-*"):
        page.goto(site.page(tag(drawn())))
    page.wait_for_function("performance.getEntriesByType('resource').some(({name}) => name.includes('/runtime-'))")
    page.evaluate("new Promise(done => setTimeout(() => requestIdleCallback(done), 2000))")
    visits.leave(page, site, faulty_api)
    assert len(visits.reports(faulty_api)) == 1  # Python was up
    assert [request.url for request in record.requests if COLD in request.url] == []


@pytest.mark.parametrize("use", ["1", "Tresta.refresh('w1')"])
def test_the_rest_comes_when_the_page_is_idle_to_who_may_need_it(site, new_context, tag, record, use):
    page = new_context(cold=True).new_page()
    with page.expect_response(f"**{COLD}*"):
        page.goto(site.page(tag(drawn(layout="carousel" if use == "1" else "grid"))))
        page.evaluate(f"void {use}")
    assert [request.resource_type for request in record.requests if COLD in request.url] == ["fetch"]


# The visitor need not wait for Python


def test_the_controls_of_still_layouts_work_without_python(site, page, tag, record):
    body = "".join(
        tag(drawn(f"w-{layout}", layout=layout), telemetry="false")
        + f"<div id=tresta-widget-w-{layout} style='min-height: 200px'></div>"
        for layout in ("grid", "marquee")
    )
    page.goto(site.page(body + "<p>Below"))
    seen(page, "w-grid")
    seen(page, "w-marquee")
    expand = page.locator("#tresta-widget-w-grid [data-action=expand]")
    expand.click()
    assert not expand.is_visible()
    more = page.locator("#tresta-widget-w-grid .card button.more").first
    for is_open in (True, False):
        more.click()
        assert page.locator("#tresta-widget-w-grid .card .rest").first.is_visible() is is_open
        assert more.get_attribute("aria-expanded") == str(is_open).lower()
        assert more.inner_text() == ("Read less" if is_open else "Read more")
    more.focus()
    page.keyboard.press("Enter")
    assert more.get_attribute("aria-expanded") == "true"
    pause = page.locator("#tresta-widget-w-marquee .pause").first
    page.evaluate("document.querySelector('#tresta-widget-w-marquee').shadowRoot.querySelector('button.more').click()")
    assert (
        page.locator("#tresta-widget-w-marquee .card[data-index='0'][data-open]").count() > 1
    )  # the copies do as the first
    page.evaluate("document.querySelector('#tresta-widget-w-marquee').shadowRoot.querySelector('button.pause').click()")
    assert pause.get_attribute("aria-pressed") == "true"
    assert page.locator("#tresta-widget-w-marquee .tresta[data-paused]").count() == 1
    assert not started(record)
    taken_over(page)  # and with Python they go on from there
    more.click()
    assert (more.get_attribute("aria-expanded"), more.inner_text()) == ("false", "Read more")
    page.evaluate("document.querySelector('#tresta-widget-w-marquee').shadowRoot.querySelector('button.pause').click()")
    assert pause.get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("agrees", [True, False])
def test_clicks_before_python_are_done_and_counted(site, page, faulty_api, tag, agrees):
    held = []
    page.route("**/snapshot-*", lambda route: held.append(route))
    body = tag(drawn("w1")) + tag(drawn("w2", layout="carousel"), min_height="700")
    with page.expect_request("**/snapshot-*"):
        page.goto(site.page(body))
    seen(page)
    seen(page, "w2")
    assert held
    if not agrees:
        page.evaluate("window.doNotTrack = 'yes'")
    page.locator("#tresta-widget-w1 button.more").first.click()
    assert page.locator("#tresta-widget-w1 .rest").first.is_visible()
    page.locator("#tresta-widget-w2 [data-action=next]").click()
    page.evaluate("delete window.doNotTrack")
    for route in held:
        route.continue_()
    taken_over(page)
    page.locator("#tresta-widget-w2 .dot[aria-current][data-index='1']").wait_for()
    assert page.locator("#tresta-widget-w1 .rest").first.is_visible()
    visits.leave(page, site, faulty_api)
    used = {}
    for report in visits.reports(faulty_api):
        used.update(report.interactions)
    assert used == (
        {"grid": 1, "carousel": 1} if agrees else {"carousel": 1}
    )  # which was done, and counted, after the yes


def test_what_is_shown_stays_where_python_cannot_start(site, page, tag, record):
    page.route(f"**{BOOT}*", lambda route: route.abort())
    page.goto(site.page(tag(drawn())))
    seen(page)
    assert page.evaluate("Tresta.ready.then(() => 'up', error => 'down')") == "down"
    assert page.evaluate("Tresta.getState('w1').status") == "ready"
    assert page.evaluate("Tresta.mount(document.body, {widgetId: 'w2'})")["code"] == "RUNTIME_NETWORK"
    assert page.locator(".card").count() == len(PEOPLE)
    assert page.evaluate("document.querySelector('#tresta-widget-w1').style.minHeight") != ""
    assert [line for line in record.errors if BOOT not in line] == []  # Firefox tells of the failed request itself


@pytest.mark.parametrize("nonce", ["", "abc"])
def test_the_strictest_policy_lets_it_show_and_start(origins, site, page, faulty_api, tag, record, nonce):
    scripts = f"'nonce-{nonce}'" if nonce else origins.cdn
    policy = (
        f"default-src 'none'; script-src {scripts} 'wasm-unsafe-eval'; connect-src {origins.cdn} {faulty_api.url}; "
        "require-trusted-types-for 'script'; trusted-types tresta"
    )
    html = tag(drawn(layout="list")).replace("<script", f"<script nonce='{nonce}'" if nonce else "<script")
    page.goto(site.page(html, headers={"Content-Security-Policy": policy}))
    page.locator(".tresta .card").first.wait_for()
    assert page.locator(".tresta").evaluate("e => getComputedStyle(e).display") == "block"
    page.evaluate("Tresta.ready.then(() => {})")
    assert page.evaluate("Tresta.refresh('w1')")["status"] == "ready"
    assert [line for line in record.console if line.startswith("error")] == []
