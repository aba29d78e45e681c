"""The console's looks and accessibility: themes, widths, keyboard, screen reader, reduced motion, print, policy."""

from __future__ import annotations

import pytest

from bundler.browsers.launch import launch_options
from bundler.machine.node import MODULES
from tests.console.running import Visit, until

AXE = (MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
PLACES = {
    "#/dashboard?range=30d": ".groups td",
    "#/dashboard?range=30d&view=table": ".points td",
    "#/dashboard?account=quiet": ".empty:not([hidden])",
    "#/alerts?account=acme": "#history .card",
    "#/experiments?account=acme": "#new-experiment .preview",
    "#/settings?account=acme": "#audit td",
    "#/health": ".state h2",
    "#/dashboard?account=many&range=7d": ".groups td",
}
WIDTHS = (360, 768, 1280, 1920)
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SCREENS = (390, 820, 1024, 1280, 1360, 1440, 1920)
# What scrolls sideways, and whether its edge shows that.
SCROLLS = """() => [...document.querySelectorAll("#page *, .bar *")]
  .filter(each => ["auto", "scroll"].includes(getComputedStyle(each).overflowX))
  .filter(each => each.scrollWidth > each.clientWidth)
  .map(each => [each.ariaLabel || each.className, getComputedStyle(each).backgroundImage.includes("gradient")])"""
SETTLED = "#page:not([aria-busy=true])"  # while it waits for others, it shows the last figures, pale
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"  # charts take their new width


def violations(page):
    page.evaluate(AXE)
    rules = page.evaluate("axe.run().then(result => result.violations)")
    return [(rule["id"], node["html"]) for rule in rules for node in rule["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_reports_no_violations_and_every_width_fits(visit, theme):
    user = visit(bypass_csp=True).open()  # the page's policy would block axe
    page = user.page
    assert violations(page) == []
    user.sign_in("operator")
    page.select_option(".theme", theme)
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == theme
    for place, ready in PLACES.items():
        user.go(place)
        page.wait_for_selector(f"{SETTLED} {ready}")
        assert violations(page) == [], place
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate(DRAWN)
            assert not page.evaluate(TOO_WIDE), (place, width)
            if width == min(WIDTHS):
                tables = page.locator("table").evaluate_all(
                    "all => all.map(each => each.getBoundingClientRect().width)"
                )
                assert max(tables, default=0) <= width, place


def test_nothing_needs_to_be_scrolled_sideways_but_a_long_table_of_times(visit):
    user = visit().sign_in("operator")
    for place, ready in PLACES.items():
        user.go(place)
        user.page.wait_for_selector(f"{SETTLED} {ready}")
        for width in SCREENS:
            user.page.set_viewport_size({"width": width, "height": 800})
            user.page.evaluate(DRAWN)
            scrolls = user.page.evaluate(SCROLLS)
            if "view=table" in place and 720 < width < 1280:  # eight figures with their intervals do not fit
                scrolls = [each for each in scrolls if each != ["Over time", True]]
            assert scrolls == [], (place, width)


def test_the_theme_follows_the_system_until_one_is_chosen(visit, browser):
    page = visit(color_scheme="dark").sign_in("owner").page
    paper = "getComputedStyle(document.body).backgroundColor"
    if browser.browser_type.name == "chromium":  # Firefox, over WebDriver BiDi, does not take `color_scheme`
        assert page.evaluate(paper) == "rgb(15, 17, 22)"
    page.select_option(".theme", "light")
    assert page.evaluate(paper) == "rgb(246, 247, 249)"
    page.select_option(".theme", "dark")
    assert page.evaluate(paper) == "rgb(15, 17, 22)"


def test_the_keyboard_reaches_every_control_and_shows_the_focus(visit):
    page = visit().sign_in("owner", "#/dashboard?range=30d").page
    page.wait_for_selector(".groups td")
    assert page.evaluate("document.activeElement.id") == "page"
    page.bring_to_front()  # in a window behind another, nothing has the focus
    page.evaluate("document.activeElement.blur()")
    keys, focused = set(), 0
    for _ in range(80):
        page.keyboard.press("Tab")
        key, outline, has_focus = page.evaluate("""() => {
          const element = document.activeElement, style = getComputedStyle(element);
          const key = element.dataset.key || element.dataset.do || element.className || element.tagName;
          return [key, style.outlineStyle, element.matches(':focus') && key != 'BODY'];
        }""")
        keys.add(key)
        if has_focus:  # Firefox does not draw the focus yet at the first step after blur()
            focused += 1
            assert outline != "none", key
    assert focused > 25
    for key in ("skip", "page-settings", "theme", "sign-out", "range 7d", "choose widget", "zone",
                "export csv", "print ", "chart-key", "widget w1", "sort widget p75", "code API_ERROR"):  # fmt: skip
        assert key in keys, keys


def test_a_redrawn_element_keeps_the_focus(visit):
    page = visit().sign_in("many").page
    menu = page.locator("[data-key^='choose widget']").first
    menu.focus()
    page.evaluate("before = document.activeElement")
    page.evaluate("dispatchEvent(new HashChangeEvent('hashchange'))")  # the dashboard loads and is drawn anew
    page.wait_for_function("!before.isConnected")
    page.wait_for_function("document.activeElement.dataset.key === before.dataset.key")
    assert page.evaluate("before.dataset.key") == "choose widget"


def test_nothing_moves_with_reduced_motion(browser, server, visit):
    duration = "getComputedStyle(document.querySelector('.live'), '::before').animationDuration"
    if browser.browser_type.name == "chromium":
        user = visit(reduced_motion="reduce").sign_in("owner")
        until(lambda: user.page.locator(".live").inner_text() == "Live", "the stream")
        assert user.page.evaluate(duration) == "0s"
        return
    # Over WebDriver BiDi, Playwright's `reduced_motion` changes nothing; Firefox's own preference does.
    options = launch_options(browser.browser_type) or {}
    reduced_motion_browser = browser.browser_type.launch(**options, firefox_user_prefs={"ui.prefersReducedMotion": 1})
    user = Visit(reduced_motion_browser.new_page(), server).sign_in("owner")
    until(lambda: user.page.locator(".live").inner_text() == "Live", "the stream")
    assert user.page.evaluate(duration) == "0s"
    reduced_motion_browser.close()


def test_a_print_is_light_and_without_controls(visit, browser):
    if browser.browser_type.name == "firefox":
        return  # Playwright cannot show a page as printed there
    page = visit(color_scheme="dark").sign_in("owner", "#/dashboard?range=30d").page
    page.wait_for_selector(".groups td")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator(".controls").is_hidden()
    assert page.locator("[data-figure=loads]").is_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_every_file_comes_from_the_server_under_a_strict_policy(visit, server, record):
    user = visit()
    answers = []
    user.page.on("response", lambda response: answers.append(response))
    user.sign_in("operator", "#/health")
    user.page.wait_for_selector(".state h2")
    user.go("#/dashboard")
    user.page.wait_for_selector(".groups td")
    assert {url.split("/")[2] for url in record.urls if url.startswith("http")} == {server.url.split("/")[2]}
    assert [answer.url for answer in answers if answer.status >= 400] == []
    policy = answers[0].headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy and "'unsafe-eval'" not in policy
    assert [line for line in record.console if not line.startswith("debug: [pyscript")] == []
