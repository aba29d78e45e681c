"""The widget in use: by pointer, finger, keyboard and screen reader, in several widths and themes."""

from __future__ import annotations

import pytest

from bundler.browsers.launch import launch_options
from bundler.machine.node import MODULES
from tests.browser.servers import Answer
from tests.browser.visits import content, leave, reports, wait_until_shown

AXE = MODULES / "axe-core" / "axe.min.js"
RULES = "rules: {'landmark-unique': {enabled: false}}"  # only the gallery shows the same reviews 27 times
CURRENT = "document.querySelector('#tresta-widget-w1').shadowRoot.querySelector('.dot[aria-current]').dataset.index"


@pytest.fixture
def carousel(origins, site, faulty_api):
    """The URL of a page with a carousel of six."""
    faulty_api.answers("w1", Answer({"id": "w1", **content()}))
    return site.page(origins.tag("w1", api_url=faulty_api.url, min_height="500"))


def wait_until_current(page, index):
    page.wait_for_function(f"{CURRENT} === '{index}'")


def test_arrows_dots_keys_and_swipes_move_the_carousel_and_count_once_each(carousel, site, page, faulty_api):
    page.goto(carousel)
    wait_until_shown(page, "w1")
    before = page.evaluate(CURRENT)
    page.locator("[data-action=next]").click()
    wait_until_current(page, 1)
    page.locator("[data-action=go][data-index='2']").click()
    wait_until_current(page, 2)
    page.locator("[data-action=prev]").click()
    wait_until_current(page, 1)
    page.keyboard.press("End")  # the focus is on the arrow
    page.wait_for_function(f"{CURRENT} !== '1'")
    page.keyboard.press("Home")
    wait_until_current(page, 0)
    page.keyboard.press("ArrowRight")
    wait_until_current(page, 1)
    assert "2" in page.locator(".said").text_content()  # for a screen reader
    page.locator(".slides").evaluate("row => row.scrollTo({left: 0})")  # like a swipe
    wait_until_current(page, 0)
    leave(page, site, faulty_api)
    assert before == "0"
    assert sum(report.interactions.get("carousel", 0) for report in reports(faulty_api)) == 7


def test_autoplay_moves_the_carousel_until_the_visitor_pauses_it(origins, site, page, faulty_api):
    body = {"id": "w1", **content()}
    body["design"] = {"layout": "carousel", "autoplay": 2}
    faulty_api.answers("w1", Answer(body))
    page.goto(site.page(origins.tag("w1", api_url=faulty_api.url)))
    wait_until_shown(page, "w1")
    page.wait_for_function(f"{CURRENT} !== '0'")
    pause = page.locator("button.pause")
    pause.click()
    assert pause.get_attribute("aria-pressed") == "true"
    leave(page, site, faulty_api)
    assert (
        sum(report.interactions.get("carousel", 0) for report in reports(faulty_api)) == 1
    )  # the pause, but not the autoplay


@pytest.fixture
def reduced_motion_page(browser, new_context):
    """A page of a visitor who prefers reduced motion."""
    if browser.browser_type.name == "chromium":
        yield new_context(reduced_motion="reduce").new_page()
        return
    # With WebDriver BiDi, Playwright's `reduced_motion` has no effect, so this sets Firefox's own preference.
    options = launch_options(browser.browser_type) or {}
    reduced_motion_browser = browser.browser_type.launch(**options, firefox_user_prefs={"ui.prefersReducedMotion": 1})
    yield reduced_motion_browser.new_page()
    reduced_motion_browser.close()


def test_with_reduced_motion_the_marquee_does_not_move(origins, site, page, reduced_motion_page, faulty_api):
    faulty_api.answers("w1", Answer({"id": "w1", **content(layout="marquee")}))
    url = site.page(origins.tag("w1", api_url=faulty_api.url))
    moving = []
    for each in (page, reduced_motion_page):
        each.goto(url)
        wait_until_shown(each, "w1")
        animations = "document.querySelector('#tresta-widget-w1').shadowRoot.getAnimations().length"
        moving.append(each.evaluate(animations) > 0)
    assert moving == [True, False]


def test_the_gallery_fits_a_phone_and_passes_axe(origins, new_context, browser, record):
    for width, scheme in ((320, "light"), (1280, "dark")):
        context = new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{origins.shop}/gallery.html")
        places = page.locator("script[data-container]")
        ready = "[...document.querySelectorAll('script[data-container]')].every("
        ready += "tag => Tresta.getState(tag.dataset.container).status !== 'loading')"
        page.wait_for_function(f"window.Tresta && {ready}", timeout=60_000)
        assert places.count() > 20
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.evaluate(AXE.read_text(encoding="utf-8"))
        violations = page.evaluate("axe.run({rules}).then(result => result.violations)".replace("rules", RULES))
        problems = [
            (rule["id"], node["target"], node["failureSummary"]) for rule in violations for node in rule["nodes"]
        ]
        assert problems == []
    assert record.errors == []
