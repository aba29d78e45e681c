"""The script tag on a customer's page: the widget's place, failures, and the isolation from the page."""

from __future__ import annotations

import pytest

from tests.browser.servers import Answer
from tests.browser.visits import batches, leave, until

OPEN = {"mode": "opt-in", "rate": 1}
WORDS = [{"id": f"t{n}", "author": "Ada", "text": "A bowl to keep. " * n} for n in range(1, 7)]
READY = "Tresta.getState('w1').status === 'ready'"


def content(**changes):
    return Answer({"id": "w1", "telemetry": OPEN, "testimonials": WORDS, **changes})


@pytest.fixture
def tag(origins, faulty_api):
    faulty_api.answers("w1", content())
    return lambda widget_id="w1", **attributes: origins.tag(widget_id, **{"api_url": faulty_api.url, **attributes})


def test_widgets_are_placed_by_tag_element_or_container_and_share_one_python(site, page, faulty_api, tag, record):
    faulty_api.answers("w2", Answer({"id": "w2", "testimonials": WORDS}))
    faulty_api.answers("w3", Answer({"id": "w3", "testimonials": WORDS}))
    page.goto(
        site.page(
            f"<main id=m>{tag()}<p id=after></p><div id=tresta-widget-w2></div>{tag('w2')}</main>"
            f"<aside class=own></aside>{tag('w3', container='aside.own')}"
        )
    )
    for widget_id in ("w1", "w2", "w3"):
        page.wait_for_function(f"Tresta.getState('{widget_id}').status === 'ready' || '{widget_id}' === 'w3'")
    page.locator("aside.own .tresta .card").first.wait_for()
    order = page.evaluate("[...document.querySelector('#m').children].map(e => e.id || e.localName)")
    assert order == ["script", "tresta-widget-w1", "after", "tresta-widget-w2", "script"]
    runtimes = [request for request in record.requests if "/python-" in request.url]
    assert len(runtimes) == 1
    assert record.errors == record.console == []


@pytest.mark.parametrize("browser", ["chromium"], indirect=True, scope="session")  # only Chromium has this list
def test_devtools_report_no_issue(site, page, tag):
    issues = []
    session = page.context.new_cdp_session(page)
    session.on("Audits.issueAdded", lambda event: issues.append(event["issue"]["code"]))
    session.send("Audits.enable")
    page.goto(site.page(f"<title>A shop</title>{tag(runtime='eager')}"))
    page.wait_for_function(f"window.Tresta && {READY}")
    page.evaluate("Tresta.ready.then(() => {})")
    assert issues == []


def test_a_tag_in_the_head_uses_an_element_that_is_parsed_later(site, page, tag):
    page.goto(site.page("<p>Before<div id=tresta-widget-w1></div>", head=f"<title>A shop</title>{tag()}"))
    page.locator("#tresta-widget-w1 .card").first.wait_for()


def test_a_tag_that_a_script_inserts_works(origins, site, page, faulty_api, tag):
    script = f"""addEventListener('load', () => {{
      const tag = document.createElement('script');
      Object.assign(tag.dataset, {{widgetId: 'w1', apiUrl: '{faulty_api.url}'}});
      tag.src = '{origins.cdn}/embed.js';
      document.querySelector('#here').append(tag);
    }})"""
    page.goto(site.page(f"<div id=here></div><script>{script}</script>"))
    page.locator("#here .card").first.wait_for()


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ({"widget_id": ""}, "data-widget-id"),
        ({"widget_id": "anna@example.com"}, "data-widget-id"),
        ({"container": "#nowhere"}, "#nowhere"),
        ({"container": "]["}, "]["),
        ({"api_url": "javascript:alert(1)"}, "data-api-url"),
        ({"primary_color": "red;}*{display:none"}, "primary_color"),
    ],
)
def test_a_mistake_of_the_owner_is_one_line_with_debug_and_silent_without(
    origins, site, page, faulty_api, tag, record, attributes, says
):
    attributes = {"widget_id": "w1", **attributes}
    url = site.page(f"<p id=host>The host's text</p>{tag(**attributes)}")
    page.goto(url)
    page.wait_for_function("window.Tresta")
    page.evaluate("Tresta.ready.then(() => {})")
    page.wait_for_function("['ready', 'unmounted'].includes(Tresta.getState('w1').status)")
    assert record.console == record.errors == []
    assert page.locator("#host").inner_text() == "The host's text"
    page.goto(site.page(f"<p id=host>The host's text</p>{tag(**attributes, debug='true')}"))
    page.wait_for_function("window.Tresta")
    page.evaluate("Tresta.ready.then(() => {})")
    page.wait_for_function("['ready', 'unmounted'].includes(Tresta.getState('w1').status)")

    def lines():
        page.evaluate("0")  # meanwhile Playwright tells of the console
        return [line for line in record.console if "Tresta" in line]

    until(lines, "the line of Python, which may come after the loader's state")
    (line,) = lines()
    assert line.startswith("warning: Tresta: ")
    assert says in line


def test_a_tag_without_an_id_shows_nothing_and_requests_nothing(origins, site, page, record):
    embed = f"{origins.cdn}/embed.js"
    url = site.page(f"<p id=only>mine</p><script async src='{embed}'></script>")
    page.goto(url)
    page.wait_for_function("window.Tresta")
    page.evaluate(TWO_FRAMES)
    assert page.evaluate("[...document.body.children].map(e => e.localName)") == ["p", "script"]
    assert page.evaluate("Tresta.getState('undefined').status") == "unmounted"
    assert [request.url for request in record.requests if "favicon" not in request.url] == [url, embed]
    assert record.console == record.errors == []


def test_a_tag_without_an_id_gives_the_page_its_javascript_and_says_what_it_lacks(
    origins, site, page, faulty_api, tag, record
):
    page.goto(site.page(f"<div id=here></div><script async data-debug=true src='{origins.cdn}/embed.js'></script>"))
    page.wait_for_function("window.Tresta")
    line = "warning: Tresta: no data-widget-id"
    assert record.console == [line]
    options = {"widgetId": "w1", "apiUrl": faulty_api.url}
    assert page.evaluate("options => Tresta.mount('#here', options)", options)["status"] == "ready"
    page.evaluate("options => Tresta.mount('#nowhere', options)", options)
    page.wait_for_function("Tresta.getState('#here').status === 'ready'")
    assert len(record.console) == 2
    assert "#nowhere" in record.console[1]  # Python's lines come too
    assert record.errors == []


def test_a_mistake_does_not_change_the_page(site, page, tag):
    page.goto(site.page(f"<div id=only>mine</div>{tag('a b')}"))
    page.wait_for_function("window.Tresta")
    assert page.evaluate("[...document.body.children].map(e => e.localName)") == ["div", "script"]
    assert page.evaluate("document.querySelector('#only').getAttribute('style')") is None


@pytest.mark.parametrize(
    ("answer", "code", "retry"),
    [
        (Answer({"error": "x"}, 404), "NOT_FOUND", False),
        (Answer("", 401), "UNAUTHORIZED", False),
        (Answer("", 429), "RATE_LIMITED", True),
        (Answer("", 500), "API_ERROR", True),
        (Answer("<!doctype html><p>Welcome to the captive portal"), "INVALID_CONTENT", True),
        (Answer({"id": "w1", "testimonials": "none"}), "INVALID_CONTENT", True),
        (Answer(b"x" * 10_000_000), "INVALID_CONTENT", True),
    ],
)
def test_each_failure_of_the_api_has_a_code_and_a_retry_button_if_that_can_help(
    site, page, faulty_api, tag, record, answer, code, retry
):
    faulty_api.answers("w1", answer)
    page.goto(site.page(tag()))
    page.wait_for_function("Tresta.getState('w1').status === 'error'")
    assert page.evaluate("Tresta.getState('w1').code") == code
    assert page.locator(".tresta [data-action=retry]").count() == int(retry)
    assert page.locator(".tresta [role=status], .tresta[role=status]").count() >= 1
    assert record.errors == []
    if retry:
        faulty_api.answers("w1", content())
        page.locator(".tresta [data-action=retry]").click()
        page.wait_for_function(READY)
        assert page.locator(".tresta .card").count() == len(WORDS)


def test_an_api_that_does_not_answer_is_a_timeout(site, page, faulty_api, tag):
    faulty_api.answers("w1", Answer("", delay=60))
    page.goto(site.page(tag()))
    page.wait_for_function("Tresta.getState('w1').status === 'error'", timeout=60_000)
    assert page.evaluate("Tresta.getState('w1').code") == "API_TIMEOUT"
    assert faulty_api.request_count("w1") == 3


def test_in_an_outage_the_browsers_copy_is_shown_with_an_api_error(site, page, faulty_api, tag):
    good = content()
    good.headers = {"Cache-Control": "public, max-age=60", "ETag": '"1"', "Timing-Allow-Origin": "*"}
    faulty_api.answers("w1", good)
    url = site.page(tag())
    page.goto(url)
    page.wait_for_function(READY)
    faulty_api.answers("w1", Answer("", 500))
    page.goto(url)
    page.wait_for_function("Tresta.getState('w1').code === 'API_ERROR'")
    assert page.evaluate("Tresta.getState('w1').status") == "ready"
    assert page.locator(".tresta .card").count() == len(WORDS)


MARKUP = "<img src=x onerror=\"window.hacked='TEXT'\"><script>window.hacked='SCRIPT'</script></style></section>"


def test_markup_in_the_content_is_text(site, page, faulty_api, tag, record):
    evil = {"id": MARKUP[:60], "author": MARKUP, "text": MARKUP, "role": MARKUP, "company": MARKUP}
    evil |= {"avatar": "javascript:window.hacked='AVATAR'", "url": "javascript:window.hacked='URL'"}
    faulty_api.answers("w1", content(testimonials=[evil]))
    page.goto(site.page(tag()))
    page.wait_for_function(READY)
    assert "<img src=x" in page.locator(".tresta .card").inner_text()
    assert page.locator(".tresta script, .tresta [onerror], .tresta a[href^=javascript]").count() == 0
    for control in page.locator(".tresta button, .tresta a").all():
        control.evaluate("element => element.click()")
    assert page.evaluate("window.hacked") is None
    assert record.errors == []


BREAKAGES = {
    "a clock that throws": "performance.now = () => { throw Error('clock') }",
    "a clock that lies": "performance.now = () => NaN",
    "no crypto": "crypto.getRandomValues = () => { throw Error('crypto') }",
    "signals that throw": "Object.defineProperty(Navigator.prototype, 'doNotTrack', {get() { throw Error('dnt') }})",
    "no idle callback": "delete window.requestIdleCallback",
    "no beacon and no fetch for it": "navigator.sendBeacon = () => { throw Error('beacon') }",
    "a strange prototype": "Object.prototype.strange = 1; Array.prototype.strange = () => 1",
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_in_a_broken_page_the_content_is_shown_without_errors(site, page, tag, record, breakage):
    page.goto(site.page(tag()))  # broken after Python is up, since Pyodide itself needs a working page
    page.evaluate("Tresta.ready.then(() => {})")
    page.evaluate(f"() => {{ {BREAKAGES[breakage]} }}")
    page.evaluate("Tresta.refresh('w1').then(() => {})")
    page.wait_for_function(READY)
    assert page.locator(".tresta .card").count() == len(WORDS)
    page.goto("about:blank")
    assert record.errors == []
    assert [line for line in record.console if "Failed to load" not in line] == []


@pytest.mark.parametrize("clock", ["a clock that throws", "a clock that lies"])
def test_a_page_that_breaks_its_clock_early_shows_the_content(site, page, tag, record, clock):
    routes = []
    page.route("**/public*", lambda route: routes.append(route))
    page.goto(site.page(tag(runtime="eager")))
    page.evaluate("Tresta.ready.then(() => {})")
    page.evaluate(f"() => {{ {BREAKAGES[clock]} }}")
    while routes:
        routes.pop().continue_()
        page.unroute("**/public*")
    page.locator(".tresta .card").nth(len(WORDS) - 1).wait_for()
    assert page.evaluate("Tresta.getState('w1').code") == ""
    assert record.errors == []


def test_page_and_widget_do_not_affect_each_others_style(site, page, tag):
    hostile = "<style>* {color: rgb(1, 2, 3) !important; display: block} .card {outline: 9px solid red}</style>"
    page.goto(site.page(f"<p class=card id=host>Host</p>{tag()}", head=hostile))
    page.wait_for_function(READY)
    style = "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]"
    card = "document.querySelector('#tresta-widget-w1').shadowRoot.querySelector('.card')"
    inner = f"name => getComputedStyle({card})[name]"
    assert page.evaluate(inner, "outlineStyle") == "none"
    assert page.evaluate(inner, "color") != "rgb(1, 2, 3)"
    assert page.evaluate(style, ["#host", "outlineWidth"]) == "9px"
    assert page.evaluate(style, ["#host", "borderRadius"]) == "0px"


# An expression whose value changes only if something of the page moves. Firefox has no Layout Instability API.
SHIFT = {"firefox": "document.querySelector('#below').getBoundingClientRect().top", "chromium": "shift"}
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"


@pytest.fixture
def shift(page, browser):
    """An expression that tells whether the next page has shifted."""
    if browser.browser_type.name == "chromium":
        page.add_init_script(
            "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(e => shift += e.value))"
            ".observe({type: 'layout-shift', buffered: true})"
        )
    return SHIFT[browser.browser_type.name]


@pytest.mark.parametrize("layout", ["grid", "carousel", "wall"])
def test_the_page_does_not_shift(site, page, tag, shift, layout):
    routes = []
    page.route("**/public*", lambda route: routes.append(route))
    with page.expect_request("**/public*"):
        page.goto(site.page(f"<h1>Shop</h1>{tag(layout=layout)}<p id=below>What the visitor reads</p>"))
    page.evaluate(TWO_FRAMES)  # a tag without an element may reserve its place only after the first frame
    before = page.evaluate(shift)
    routes[0].continue_()
    page.wait_for_function(READY)
    page.evaluate(TWO_FRAMES)
    assert page.evaluate(shift) == before


def test_the_page_does_not_shift_if_the_loader_is_late(site, page, tag, shift):
    place = '<div id="tresta-widget-w1" style="min-height: 360px"></div>'  # as README has it
    routes = []
    page.route("**/embed.js", lambda route: routes.append(route))
    page.goto(site.page(f"<h1>Shop</h1>{place}{tag()}<p id=below>What the visitor reads</p>"), wait_until="commit")
    page.locator("#below").wait_for()
    page.evaluate(TWO_FRAMES)
    before = page.evaluate(shift)
    routes[0].continue_()
    page.wait_for_function(f"window.Tresta && {READY}")
    page.evaluate(TWO_FRAMES)
    assert page.evaluate(shift) == before


def test_a_strict_content_security_policy_is_enough(origins, site, page, faulty_api, tag, record):
    policy = (
        f"default-src 'none'; script-src {origins.cdn} 'wasm-unsafe-eval'; "
        f"connect-src {origins.cdn} {faulty_api.url}; require-trusted-types-for 'script'; trusted-types tresta"
    )
    page.goto(site.page(tag(), headers={"Content-Security-Policy": policy}))
    page.locator(".tresta .card").first.wait_for()
    assert page.locator(".tresta").evaluate("e => getComputedStyle(e).display") != "inline"  # the widget's CSS applies
    assert [line for line in record.console if line.startswith("error")] == []
    leave(page, site, faulty_api)
    assert len(batches(faulty_api)) == 1


def test_a_policy_with_nonces_is_enough(origins, site, page, faulty_api, tag):
    policy = f"script-src 'nonce-abc' 'wasm-unsafe-eval'; connect-src {origins.cdn} {faulty_api.url}"
    page.goto(site.page(tag().replace("<script", "<script nonce=abc"), headers={"Content-Security-Policy": policy}))
    page.locator(".tresta .card").first.wait_for()
