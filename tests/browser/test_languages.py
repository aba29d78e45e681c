"""From the script tag to the drawing in the visitor's language: by the server, and to the letter the same by Python."""

from __future__ import annotations

import pytest

from server import languages
from tests.browser.visits import SETTLED
from widget.telemetry.schema import LAYOUTS

LONG = "A bowl to keep, and to fill with soup on a cold day. " * 12
PEOPLE = [
    {"id": f"t{n}", "author": f"Customer {n}", "text": LONG if n % 3 == 0 else "A bowl to keep.", "rating": 5 - n % 2,
     "date": "2026-03-09", "verified": n == 1, "url": "https://shop.example/review"}
    for n in range(7)
]  # fmt: skip
SECTION = "#tresta-widget-{} section"
# Without the attribute that depends on the height of the place.
# Without what depends on the height of the place.
HTML = """place => document.querySelector(place).shadowRoot.innerHTML.replace(/ (data-clamped|style)="[^"]*"/g, '')"""
MOUNT = "([place, options]) => Tresta.mount(place, options).then(({ status }) => status)"


@pytest.fixture
def widget(origins):
    return origins.add_widget("spoken", {"testimonials": PEOPLE, "design": {"autoplay": 0, "language": "fr"}})


def show(site, page, html):
    page.goto(site.page(html))
    page.locator(SECTION.format("spoken")).wait_for()


@pytest.mark.parametrize(
    ("around", "attributes", "language"),
    [
        ("<div>", {"language": "de-AT"}, "de"),
        ("<div lang='ja'>", {}, "ja"),
        ("<div lang='ja'>", {"language": "fi"}, "fi"),
        ("<div lang='ar'>", {}, "ar"),
        ("<div lang='en-US'>", {}, "en"),
        ("<div lang='tlh'>", {}, "fr"),  # the widget's own language
        ("<div>", {"language": "not a language"}, "en"),  # that of the page
    ],
)
def test_the_tags_language_comes_before_the_pages_and_the_widgets_own(
    origins, site, page, widget, record, around, attributes, language
):
    show(site, page, around + origins.tag(widget, telemetry="false", **attributes))
    words = languages.words(language)
    section = page.locator(SECTION.format(widget))
    assert section.get_attribute("lang") == language
    assert section.get_attribute("aria-label") == words.get("Customer testimonials", "Customer testimonials")
    assert section.locator("button.more").first.inner_text() == words.get("Read more", "Read more")
    assert section.locator("button.more").first.get_attribute("data-other") == words.get("Read less", "Read less")
    assert section.evaluate("e => getComputedStyle(e).direction") == ("rtl" if language == "ar" else "ltr")
    assert record.errors == record.console == []


def test_the_language_of_the_whole_page_is_read_too(origins, site, page, widget):
    html = f"<script>document.documentElement.lang = 'pl'</script>{origins.tag(widget, telemetry='false')}"
    show(site, page, html)
    assert page.locator(SECTION.format(widget)).get_attribute("lang") == "pl"


@pytest.mark.parametrize("language", ["ar", "pl"])
def test_python_draws_each_layout_as_the_server_does(origins, site, page, widget, record, language):
    tag = origins.tag(widget, language=language, telemetry="false", min_height="0")
    places = "".join(f"<div id={layout}></div>" for layout in LAYOUTS)
    tags = "".join(
        f"<div id=by-{layout}></div>"
        + tag.replace("data-widget-id", f'data-layout="{layout}" data-container="#by-{layout}" data-widget-id')
        for layout in LAYOUTS
    )
    page.goto(site.page(places + tags))
    for layout in LAYOUTS:
        page.locator(f"#by-{layout} section").wait_for()
        server = page.evaluate(HTML, f"#by-{layout}")
        options = {"widgetId": widget, "apiUrl": origins.api, "layout": layout, "language": language}
        assert page.evaluate(MOUNT, [f"#{layout}", options]) == "ready"
        python = page.evaluate(HTML, f"#{layout}")
        if layout != "carousel":  # Python has adapted its dots to the width
            assert python == server
        assert f'lang="{language}"' in python
    assert record.errors == []


def test_a_mounted_widget_follows_the_language_around_its_place(origins, site, page, widget):
    show(site, page, origins.tag(widget, telemetry="false") + "<p lang=ko><span><i id=here></i></span></p>")
    page.evaluate("here.outerHTML = '<div id=here></div>'")
    options = {"widgetId": widget, "apiUrl": origins.api}
    assert page.evaluate(MOUNT, ["#here", options]) == "ready"
    assert page.locator("#here section").get_attribute("lang") == "ko"


def test_a_refresh_keeps_the_language(origins, site, page, widget):
    show(site, page, f"<div lang=el>{origins.tag(widget, telemetry='false')}</div>")
    origins.add_widget(widget, {"testimonials": PEOPLE[:3], "design": {"autoplay": 0}})
    assert page.evaluate(f"Tresta.refresh('{widget}')")["count"] == 3
    page.evaluate(SETTLED)
    more = page.locator(SECTION.format(widget)).locator("button.more").first
    assert more.inner_text() == languages.words("el")["Read more"]
    origins.add_widget(widget, {"testimonials": PEOPLE, "design": {"autoplay": 0, "language": "fr"}})
