"""On paper every testimonial is whole, in any layout and theme; on a phone the first few are, and others on request."""

from __future__ import annotations

import pytest

from tests.browser.test_languages import PEOPLE
from widget.telemetry.schema import LAYOUTS
from widget.view import FEW, STACKED

CARD_LAYOUTS = [layout for layout in LAYOUTS if layout != "badge"]  # which has no cards
CARDS = "#tresta-widget-printed figure.card"
# Of each testimonial: how many of its cards can be seen, and whether one shows the whole text within the page's width.
PRINTED = """() => {
  const cards = [...document.querySelector('#tresta-widget-printed').shadowRoot.querySelectorAll('figure.card')];
  const result = {};
  for (const card of cards) {
    const { left, right, height, bottom } = card.getBoundingClientRect();
    const text = card.querySelector('p');
    const rest = text.querySelector('.rest');
    let isWhole = height > 0 && left >= 0 && right <= innerWidth && (!rest || rest.offsetHeight > 0);
    for (let e = card; e; e = e.parentElement)
      if (getComputedStyle(e).overflowY !== 'visible' && e.getBoundingClientRect().bottom < bottom - 1) isWhole = false;
    const [count, wasWhole] = result[card.dataset.index] ?? [0, false];
    result[card.dataset.index] = [count + (height > 0), isWhole || wasWhole];
  }
  return result;
}"""


def show(origins, site, page, width, **attributes):
    widget = origins.add_widget("printed", {"testimonials": PEOPLE, "design": {"autoplay": 0}})
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.page(origins.tag(widget, telemetry="false", **attributes)))
    page.locator(CARDS).first.wait_for()


def print_out(page):
    """Lays the page out as for paper."""
    if page.context.browser.browser_type.name == "firefox":
        pytest.skip("Playwright cannot show a page as printed in Firefox over WebDriver BiDi.")
    page.emulate_media(media="print")


def visible(page):
    return page.locator(CARDS).evaluate_all("cards => cards.filter(({ offsetHeight }) => offsetHeight > 0).length")


@pytest.mark.parametrize("width", [390, 760])
@pytest.mark.parametrize("layout", CARD_LAYOUTS)
def test_paper_has_every_testimonial_once_and_whole(origins, site, page, layout, width):
    show(origins, site, page, width, layout=layout, theme="dark")
    print_out(page)
    assert page.evaluate(PRINTED) == {str(index): [1, True] for index in range(len(PEOPLE))}
    buttons = page.locator("#tresta-widget-printed button")
    assert buttons.evaluate_all("buttons => buttons.filter(({ offsetHeight }) => offsetHeight > 0).length") == 0


def test_paper_is_not_cut_where_the_place_was_too_low(origins, site, page):
    widget = origins.add_widget("printed", {"testimonials": PEOPLE, "design": {"autoplay": 0}})
    page.goto(site.page(f"<div id=tresta-widget-printed style='min-height: 230px'></div>{origins.tag(widget)}<p>Below"))
    page.locator("#tresta-widget-printed [data-clamped='']").wait_for()
    print_out(page)
    assert page.evaluate(PRINTED) == {str(index): [1, True] for index in range(len(PEOPLE))}


def test_dark_cards_are_dark_ink_on_paper(origins, site, page):
    show(origins, site, page, 760, theme="dark")
    color = "card => getComputedStyle(card).color"
    assert page.locator(CARDS).first.evaluate(color) == "rgb(243, 243, 243)"
    print_out(page)
    assert page.locator(CARDS).first.evaluate(color) == "rgb(31, 35, 40)"


@pytest.mark.parametrize("layout", STACKED)
def test_a_phone_shows_the_first_few_and_the_rest_after_a_click(origins, site, page, layout):
    show(origins, site, page, 390, layout=layout, min_height="0")
    expand = page.locator("#tresta-widget-printed [data-action=expand]")
    assert visible(page) == FEW
    assert expand.inner_text() == f"Show {len(PEOPLE) - FEW} more"
    expand.click()
    assert visible(page) == len(PEOPLE)
    assert not expand.is_visible()


@pytest.mark.parametrize("layout", STACKED)
def test_a_wide_place_shows_all(origins, site, page, layout):
    show(origins, site, page, 1000, layout=layout, min_height="0")
    assert visible(page) == len(PEOPLE)
    assert not page.locator("#tresta-widget-printed [data-action=expand]").is_visible()


def test_a_badge_is_as_small_as_its_text_and_stands_beside_a_price(origins, site, page):
    widget = origins.add_widget("printed", {"testimonials": PEOPLE})
    price = f"<p style='font: 20px serif; color: #123456'>48 € <span id=tresta-widget-{widget}></span></p>"
    page.goto(site.page(price + origins.tag(widget, layout="badge", telemetry="false", min_height="24")))
    score = page.locator(f"#tresta-widget-{widget} .score")
    score.wait_for()
    place = page.locator(f"#tresta-widget-{widget}").bounding_box()
    assert place["height"] < 45 and 80 < place["width"] < 260
    assert place["y"] < page.locator("p").first.bounding_box()["y"] + 30
    assert score.evaluate("e => [getComputedStyle(e).color, getComputedStyle(e).fontSize]") == [
        "rgb(18, 52, 86)",
        "20px",
    ]
    assert score.inner_text().split() == ["4.6", "7", "ratings"]
