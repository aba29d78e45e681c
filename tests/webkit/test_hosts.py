"""The widget in strange host pages in WebKit: the most telling page of each kind in tests/browser/hosts/."""

from __future__ import annotations

import json

import pytest

from tests.browser.hosts.conftest import PLACE
from tests.browser.hosts.test_documents import SINKS, XHTML
from tests.browser.hosts.test_libraries import NAMES, OLD_METHODS, TO_JSON
from tests.browser.hosts.test_places import HIDING, RUN_AGAIN
from tests.browser.servers import FENCE
from tests.browser.visits import batches, errors, reports, until
from tests.webkit.conftest import HEARD

ROOT = "document.querySelector('#tresta-widget-w1')?.shadowRoot"
IS_SHOWN = f"{ROOT}?.querySelector('.card')?.offsetHeight > 0"
PYTHON_IS_UP = "Tresta.ready.then(() => true)"
IS_READY = "window.Tresta && Tresta.getState('w1').status === 'ready'"
NEXT = f"{ROOT}.querySelector('button.next').click()"
HAS_MOVED = f"{ROOT}.querySelector('.slides').scrollLeft > 0"
REQUESTS = 2  # WebKit tells no sizes, so the loader asks once more whether what it got was an old copy
MORE = f"{ROOT}.querySelector('button.more').click()"


@pytest.fixture
def shown(visit):
    """`shown(body, head)`: opens this page, and waits for the widget. It must be silent then."""

    def show(body, **options):
        visit.load(body, **options)
        visit.until(IS_SHOWN)
        return visit

    yield show
    assert heard(visit) == ""  # `leave` has looked before


def heard(visit):
    """What has reached the page's console, as one text: a page may have changed how arrays become JSON."""
    return visit.until("`heard: ${(window.heard ?? []).join('; ')}`").removeprefix("heard: ")


def leave(visit, api):
    """Leaves the page, and waits for all that it has sent. Returns the layouts of the loads."""
    assert heard(visit) == ""
    visit.run(f"addEventListener('pagehide', () => navigator.sendBeacon('{api.url}{FENCE}left'))")
    visit.leave()
    until(lambda: any(request.path == f"{FENCE}left" for request in list(api.received)), "the fence to arrive")
    return [load.layout for report in reports(api) for load in report.loads]


def adopted_and_left(visit, api):
    """The layouts of the loads that are counted once Python has adopted the widget."""
    assert visit.get(PYTHON_IS_UP)
    visit.until(IS_READY)
    return leave(visit, api)


def test_h1_a_tag_that_is_in_the_page_twice_shows_one_widget_and_counts_one_load(shown, faulty_api, tag):
    visit = shown(PLACE + tag() + tag())
    assert adopted_and_left(visit, faulty_api) == ["grid"]
    assert faulty_api.request_count("w1") <= REQUESTS


def test_h2_a_no_of_tags_that_are_removed_after_they_ran_holds(shown, faulty_api, tag):
    one = json.dumps(tag(telemetry="false")).replace("</", "<\\/")
    visit = shown(f"{PLACE}<main></main><script>({RUN_AGAIN})({one}); ({RUN_AGAIN})({one})</script>")
    visit.run("document.querySelector('main').innerHTML = ''")
    assert adopted_and_left(visit, faulty_api) == []
    assert batches(faulty_api) == []


def test_h3_a_page_that_hides_empty_elements_shows_the_widget(shown, tag):
    shown(PLACE + tag(telemetry="false"), head=f"<style>{HIDING[1]}</style>")


def test_h4_a_place_that_is_rendered_anew_has_its_widget_again(shown, faulty_api, tag):
    visit = shown(f"<main>{PLACE}</main>", head=tag())
    for _ in range(3):
        visit.run("document.querySelector('main').innerHTML = html", PLACE)
        visit.until(IS_SHOWN)
    assert adopted_and_left(visit, faulty_api) == ["grid"]
    assert faulty_api.request_count("w1") <= REQUESTS


def test_h5_an_old_librarys_methods_do_not_scroll_the_page(shown, tag):
    body = f'<div style="height: 650px">Read this.</div>{PLACE}{tag(layout="carousel")}<div style="height: 3000px">'
    visit = shown(body, head=f"<script>{OLD_METHODS}</script>")
    visit.run(NEXT)
    visit.until(HAS_MOVED)
    assert visit.get("scrollY") == 0


def test_h6_a_style_element_of_an_extension_changes_nothing(shown, tag):
    visit = shown(PLACE + tag(telemetry="false"))
    visit.run(f"{ROOT}.prepend(document.createElement('style')); {MORE}")
    visit.until(f"{ROOT}.querySelector('.card[data-open]') !== null")


def test_h7_a_tag_without_an_id_asks_for_nothing_and_adds_nothing(visit, faulty_api, tag):
    visit.load("<div id=only>mine</div>" + tag().replace(' data-widget-id="w1"', ""))
    visit.until("window.Tresta")
    visit.get("new Promise(done => setTimeout(done, 300))")
    assert visit.get("[...document.body.children].map(e => e.localName)") == ["div", "script"]
    assert [request.path for request in list(faulty_api.received)] == []
    assert visit.get("heard") == []


def test_h8_trusted_types_without_the_widgets_policy_fail_by_name_and_throw_nothing(visit, faulty_api, tag):
    visit.open("")
    if not visit.get("Boolean(window.trustedTypes)"):
        pytest.skip("This WebKit has no Trusted Types: it got them with Safari 26.")
    headers = {"Content-Security-Policy": "require-trusted-types-for 'script'; trusted-types own"}
    visit.load(PLACE + tag(), head=f"<script>{SINKS}</script>", headers=headers)
    visit.until("window.Tresta && Tresta.getState('w1').status === 'error'")
    assert visit.get("Tresta.ready.then(() => '', ({ code }) => code)") == "RUNTIME_CSP"
    assert visit.get("heard") == []


def test_h9_a_module_finds_its_own_tag(shown, tag):
    html = tag(telemetry="false").replace("<script async", "<script type=module crossorigin")
    assert shown(PLACE + html).get(PYTHON_IS_UP)


def test_h10_a_page_whose_arrays_have_a_to_json_shows_moves_and_counts(shown, faulty_api, tag):
    visit = shown(PLACE + tag(layout="carousel"), head=f"<script>{TO_JSON}</script>")
    assert visit.get(PYTHON_IS_UP)
    visit.run(NEXT)
    visit.until(HAS_MOVED)
    assert leave(visit, faulty_api) == ["carousel"]
    assert sum(report.interactions.get("carousel", 0) for report in reports(faulty_api)) == 1


def test_h11_what_is_removed_without_a_word_is_freed(shown, tag):
    visit = shown(PLACE + tag(layout="carousel", telemetry="false"))
    visit.run("window.place = document.querySelector('#tresta-widget-w1'); place.remove()")
    visit.until("place.shadowRoot.innerHTML === '<slot></slot>'")
    assert visit.get("[Tresta.getState(place).status, place.shadowRoot.adoptedStyleSheets.length]") == ["unmounted", 0]


def test_h12_with_frozen_prototypes_the_content_stands_and_moves(shown, tag):
    visit = shown(
        PLACE + tag(layout="carousel", telemetry="false"), head="<script>Object.freeze(Object.prototype)</script>"
    )
    code = visit.get("Tresta.ready.then(() => '', ({ code }) => code)")
    assert code == "" or code.startswith("RUNTIME_")
    visit.run(NEXT)
    visit.until(HAS_MOVED)


@pytest.mark.parametrize(("layout", "nonce"), [("grid", ""), ("carousel", ""), ("grid", "abc")])
def test_h13_an_xhtml_page_shows_the_widget_and_counts(visit, site, origins, faulty_api, tag, layout, nonce):
    html = tag(layout=layout).replace(" async ", f' async="async" nonce="{nonce}" ')
    body = f'<script nonce="{nonce}">{HEARD}</script>{PLACE}{html}'
    policy = f"script-src 'nonce-{nonce}' 'wasm-unsafe-eval'; connect-src {origins.cdn} {faulty_api.url}"
    headers = {"Content-Security-Policy": policy} if nonce else {}
    path, xhtml = f"/webkit-{layout}{nonce}.xhtml", XHTML.format(body=body)
    visit.goto(site.file(path, xhtml, "application/xhtml+xml", headers))
    visit.until(IS_SHOWN)
    assert visit.get(PYTHON_IS_UP)
    visit.until(IS_READY)
    visit.run(MORE if layout == "grid" else NEXT)
    visit.until(f"{ROOT}.querySelector('.card[data-open]') !== null" if layout == "grid" else HAS_MOVED)
    assert leave(visit, faulty_api) == [layout]
    assert [report.interactions for report in reports(faulty_api) if report.interactions] == [{layout: 1}]


def test_h14_paper_has_every_testimonial():
    pytest.skip("WebKit's driver can neither print a page nor lay it out as for paper.")


def test_h15_elements_with_the_names_of_what_the_browser_has_change_nothing(shown, faulty_api, tag):
    visit = shown("".join(f"<form name={name} id={name}></form>" for name in NAMES) + PLACE + tag())
    assert adopted_and_left(visit, faulty_api) == ["grid"]


def test_h16_a_hundred_widgets_of_two_ids_make_two_requests(shown, faulty_api, tag):
    one, two = tag(telemetry="false"), tag(widget="w2", telemetry="false")
    visit = shown((PLACE + PLACE.replace("w1", "w2")) * 50 + (one + two) * 50)
    visit.until(
        "[...document.querySelectorAll('[id^=tresta-widget-]')].every(e => e.shadowRoot?.querySelector('.card'))"
    )
    assert max(faulty_api.request_count("w1"), faulty_api.request_count("w2")) <= REQUESTS


def test_h17_every_promise_settles(shown, faulty_api, tag):
    tag(widget="w2")
    visit = shown(f"{PLACE}<div id=one></div>{tag(telemetry='false')}")
    options = json.dumps({"widgetId": "w2", "apiUrl": faulty_api.url, "telemetry": False})
    mount = f"Tresta.mount('#one', {options})"
    states = f"[Tresta.mount('#tresta-widget-w1', {options}), {mount}, (Tresta.unmount('#one'), {mount})]"
    assert visit.get(f"Promise.all({states}).then(all => all.map(({{ status }}) => status))") == [
        "ready",
        "unmounted",
        "ready",
    ]


def test_h18_callers_that_run_before_the_tag_wait_in_its_queue(shown, faulty_api, tag):
    early = """<script>
      window.Tresta = window.Tresta || {q: []};
      Tresta.q.push(() => new Tresta.TelemetryTracker('w1', '1.0.0', {samplingRate: 1}).trackError('EARLY'));
    </script>"""
    visit = shown(PLACE + tag(), head=early)
    assert adopted_and_left(visit, faulty_api) == ["grid"]
    assert errors(faulty_api)["EARLY"] == 1
