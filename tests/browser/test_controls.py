"""The controls: the same JavaScript, whether the loader, the loader's Python or the page's own Python starts them."""

from __future__ import annotations

import pytest

from tests.browser import visits
from tests.browser.origins import ROOT
from tests.browser.servers import Answer
from tests.browser.test_before_python import PEOPLE, drawn_answer, has_started_python, without_drawing

INSIDE = "document.querySelector('#tresta-widget-w1').shadowRoot"
ROW = f"{INSIDE}.querySelector('.slides')"
CURRENT = f"{INSIDE}.querySelector('.dot[aria-current=true]')?.dataset.index"
PERIOD_MS = 6000
# Autoplay's timer runs when the test calls tick().
TICKS = f"""
  window.timers = new Map();
  const start = window.setInterval, stop = window.clearInterval, clear = window.clearTimeout;
  window.setInterval = (callback, ms) => {{
    if (ms !== {PERIOD_MS}) return start(callback, ms);
    const id = 1e9 + Math.random();
    timers.set(id, callback);
    return id;
  }};
  window.clearInterval = id => timers.delete(id) || stop(id);
  window.clearTimeout = id => timers.delete(id) || clear(id);
  window.tick = () => [...timers.values()].forEach(callback => callback());
"""
PYTHON = """<script type=module nonce=abc>
  import {{ loadPyodide }} from "{cdn}/pyodide/pyodide.mjs";
  const python = await loadPyodide({{ indexURL: "{cdn}/pyodide/" }});
  python.unpackArchive(await (await fetch("{cdn}/{wheel}")).arrayBuffer(), "wheel");
  python.pyimport("widget").mount.callKwargs("#tresta-widget-w1", {{ widget_id: "w1", api_url: "{api}" }});
</script>"""


@pytest.fixture
def open_page(origins, site, page, faulty_api):
    """`open_page(starter, body, style="", head="", headers={})`: a page in which `starter` has started the controls."""

    def open_page(starter, body, *, style="", head="", headers=None):
        html = f"{head}<div id=tresta-widget-w1 class=place></div>"
        if starter == "page":
            (wheel,) = (ROOT / "dist").glob("*.whl")
            html += PYTHON.format(cdn=origins.cdn, wheel=wheel.name, api=faulty_api.url)
        else:
            html += origins.tag("w1", api_url=faulty_api.url, telemetry="false")
        faulty_api.answers("w1", Answer(body if starter == "loader" else without_drawing(body)))
        style = f"<style nonce=abc>.place {{ min-height: 500px; {style} }}</style>"
        page.goto(site.page(html, head=f"<title>A shop</title>{style}", headers=headers))
        # Not wait_for_function, which a policy may forbid.
        visits.until(lambda: page.evaluate(f"!!{INSIDE}?.querySelector('.card:not(.ghost)')"), "the cards", within=120)
        page.evaluate(visits.SETTLED)
        if body["design"]["layout"] == "carousel":
            page.locator("[data-action=next]").click()  # waits for carousel.js
            wait_until_current(page, 1)
            page.locator("[data-action=prev]").click()
            wait_until_current(page, 0)

    return open_page


STARTERS = pytest.mark.parametrize("starter", ["loader", "loader's Python", "page"])


def carousel(count=6, **design):
    return drawn_answer(people=PEOPLE[:count], layout="carousel", **design)


def wait_until_current(page, index):
    """Waits until the row shows this slide, and the row has come to rest there."""
    left = f"{ROW}.children[{index}].offsetLeft - {ROW}.children[0].offsetLeft"
    at_rest = f"Math.abs(Math.abs({ROW}.scrollLeft) - Math.abs({left})) < 2"
    visits.until(lambda: page.evaluate(f"{CURRENT} === '{index}' && {at_rest}"), f"slide {index} at rest")


@STARTERS
def test_arrows_dots_keys_and_swipes_move_a_carousel(page, open_page, starter, record):
    open_page(starter, carousel(), style="width: 400px")
    assert has_started_python(record) is (starter == "loader's Python")
    said, place = page.locator(".said"), page.locator(".steer .place")
    for action, index in (("[data-action=go][data-index='3']", 3), ("[data-action=prev]", 2)):
        page.locator(action).click()
        wait_until_current(page, index)
        assert (said.text_content(), place.text_content()) == (f"Testimonial {index + 1} of 6", f"{index + 1} / 6")
    for key, index in (("End", 5), ("ArrowRight", 0), ("ArrowLeft", 5), ("Home", 0), ("ArrowRight", 1)):
        page.keyboard.press(key)  # the focus is on the arrow
        wait_until_current(page, index)
    page.keyboard.press("Control+End")  # not ours
    page.evaluate(f"{ROW}.scrollLeft += 2 * {ROW}.clientWidth")  # like a swipe
    wait_until_current(page, 3)
    assert said.text_content() == "Testimonial 2 of 6"  # the visitor's finger needs no announcement
    assert page.evaluate("scrollY") == 0
    assert record.errors == record.console == []


@STARTERS
def test_in_a_page_from_right_to_left_the_keys_and_swipes_follow(page, open_page, starter):
    open_page(starter, carousel(), style="width: 400px; direction: rtl")
    page.locator("[data-action=next]").focus()
    for key, index in (("ArrowLeft", 1), ("ArrowLeft", 2), ("ArrowRight", 1), ("End", 5), ("Home", 0)):
        page.keyboard.press(key)
        wait_until_current(page, index)
    page.evaluate(f"{ROW}.scrollLeft -= 2 * {ROW}.clientWidth")
    wait_until_current(page, 2)


@STARTERS
def test_autoplay_moves_a_carousel_unless_the_visitor_reads_is_away_or_has_paused_it(page, open_page, starter):
    page.add_init_script(TICKS)
    open_page(starter, carousel(count=3, autoplay=PERIOD_MS // 1000), style="width: 400px")
    said = page.locator(".said").text_content()
    page.evaluate(f"{INSIDE}.activeElement.blur()")
    page.mouse.move(900, 700)

    def index_after_tick():
        page.evaluate("tick()")
        index = page.evaluate(f"Number({CURRENT})")
        wait_until_current(page, index)
        return index

    assert [index_after_tick() for _ in range(4)] == [1, 2, 0, 1]
    assert page.locator(".said").text_content() == said  # only the visitor's own steps are announced
    page.locator(".slides").hover()
    assert index_after_tick() == 1
    page.mouse.move(900, 700)
    assert index_after_tick() == 2
    page.locator(".slides").focus()
    assert index_after_tick() == 2
    page.evaluate(f"{INSIDE}.activeElement.blur()")
    page.evaluate("Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})")
    assert index_after_tick() == 2
    page.evaluate("delete document.visibilityState")
    media = "window.matchMedia = query => ({matches: %s && String(query).includes('reduce')})"
    page.evaluate(media % "true")
    assert index_after_tick() == 2
    page.evaluate(media % "false")
    assert index_after_tick() == 0
    pause = page.locator("button.pause")
    pause.evaluate("button => button.click()")
    assert pause.get_attribute("aria-pressed") == "true"
    assert index_after_tick() == 0
    pause.evaluate("button => button.click()")
    assert pause.get_attribute("aria-pressed") == "false"
    assert index_after_tick() == 1
    page.evaluate("document.querySelector('#tresta-widget-w1').remove()")
    page.evaluate("tick()")
    assert page.evaluate("timers.size") == 0  # a removed carousel leaves no timer


@STARTERS
def test_a_wider_place_has_fewer_positions(page, open_page, starter, record):
    open_page(starter, carousel(count=3), style="width: 400px")
    dots = ".dot:not([hidden])"
    assert page.locator(dots).count() == 3
    page.locator("[data-action=go][data-index='2']").click()
    wait_until_current(page, 2)
    resize = "width => document.querySelector('.place').style.width = width"
    page.evaluate(resize, "800px")
    page.wait_for_function(f"{INSIDE}.querySelectorAll('{dots}').length === 2")
    wait_until_current(page, 1)
    page.evaluate(resize, "1200px")
    page.wait_for_function(f"{INSIDE}.querySelector('.steer').hidden")
    page.evaluate(resize, "400px")
    page.wait_for_function(
        f"{INSIDE}.querySelectorAll('{dots}').length === 3 && !{INSIDE}.querySelector('.steer').hidden"
    )
    assert record.errors == []  # such as a ResizeObserver loop


@STARTERS
def test_texts_open_low_places_grow_and_a_marquee_pauses(page, open_page, starter, record):
    open_page(starter, drawn_answer(layout="marquee"))
    more = page.locator(".card button.more").first
    for is_open in (True, False, True):
        more.evaluate("button => button.click()")
        assert more.get_attribute("aria-expanded") == str(is_open).lower()
        assert more.text_content() == ("Read less" if is_open else "Read more")
        cards = page.locator(".card[data-index='0']")  # the first card, and the copies of it
        assert cards.count() > 1
        assert page.locator(".card[data-index='0'][data-open]").count() == (cards.count() if is_open else 0)
        texts = page.locator(".card[data-index='0'] .more").all_text_contents()
        assert set(texts) == {more.text_content()}
    pause = page.locator("button.pause")
    for is_paused in (True, False):
        pause.evaluate("button => button.click()")
        assert pause.get_attribute("aria-pressed") == str(is_paused).lower()
        assert page.locator(".tresta[data-paused]").count() == is_paused
    open_page(starter, drawn_answer(layout="list"), style="min-height: 200px; max-height: 200px")
    page.evaluate(f"{INSIDE}.querySelector('.tresta').setAttribute('data-clamped', '')")
    page.locator("[data-action=expand]").evaluate("button => button.click()")
    assert page.locator(".tresta[data-clamped]").count() == 0
    assert record.errors == []


@pytest.mark.parametrize("starter", ["loader", "page"])
def test_the_controls_work_with_nonces_and_trusted_types(origins, page, faulty_api, open_page, starter):
    policy = (
        f"script-src 'nonce-abc' 'wasm-unsafe-eval' {origins.cdn}; connect-src {origins.cdn} {faulty_api.url}; "
        "require-trusted-types-for 'script'; trusted-types tresta"
    )
    open_page(starter, carousel(), style="width: 400px", headers={"Content-Security-Policy": policy})


def test_without_the_carousels_file_the_row_and_the_texts_still_work(origins, site, page, faulty_api, record):
    page.route("**/carousel-*", lambda route: route.abort())
    faulty_api.answers("w1", Answer(carousel()))
    page.goto(site.page(origins.tag("w1", api_url=faulty_api.url, telemetry="false", min_height="500")))
    page.locator("[data-action=next]").click()
    more = page.locator("button.more").first
    more.click()
    assert more.text_content() == "Read less"
    page.evaluate(f"{ROW}.scrollLeft = 500")
    page.wait_for_function(f"{ROW}.scrollLeft > 0")
    assert [
        line for line in record.errors if "carousel-" not in line
    ] == []  # Firefox itself reports the failed request


def test_steps_that_overtake_each_other_count_once_each(origins, site, page, faulty_api):
    faulty_api.answers("w1", Answer(carousel()))
    page.goto(site.page(origins.tag("w1", api_url=faulty_api.url, min_height="500")))
    page.locator("[data-action=next]").wait_for()
    for turn in range(3):  # each begins while the row still scrolls
        page.locator("[data-action=next]").click()
        for _ in range(2):  # as when a browser ends the scroll before, and again because this one has begun
            page.evaluate(f"{ROW}.dispatchEvent(new Event('scrollend'))")
        wait_until_current(page, turn + 1)
    # A swipe would be counted until LONGEST_SCROLL_MS of carousel.js is over, and no event tells that none was.
    page.wait_for_timeout(2500)
    wait_until_current(page, 3)
    page.evaluate("Tresta.ready.then(() => {})")
    visits.leave(page, site, faulty_api)
    assert sum(report.interactions.get("carousel", 0) for report in visits.reports(faulty_api)) == 3


def test_uses_before_and_after_python_is_up_count_once_each(origins, site, page, faulty_api):
    routes = []
    page.route("**/snapshot-*", lambda route: routes.append(route))
    faulty_api.answers("w1", Answer(carousel()))
    with page.expect_request("**/snapshot-*"):
        page.goto(site.page(origins.tag("w1", api_url=faulty_api.url, min_height="500")))
    page.locator("[data-action=next]").click()
    wait_until_current(page, 1)
    page.keyboard.press("ArrowRight")
    wait_until_current(page, 2)
    for route in routes:
        route.continue_()
    page.unroute("**/snapshot-*")
    page.evaluate("Tresta.ready.then(() => {})")
    page.locator("[data-action=prev]").click()
    wait_until_current(page, 1)
    visits.leave(page, site, faulty_api)
    assert sum(report.interactions.get("carousel", 0) for report in visits.reports(faulty_api)) == 3
    assert sum(len(report.loads) for report in visits.reports(faulty_api)) == 1
