from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from widget.content import AccountTelemetry, Content
from widget.content import Testimonial as Review  # pytest would collect a name that begins with Test
from widget.design import CARDS, THEMES, Design
from widget.telemetry.schema import LAYOUTS
from widget.view import FEW, STACKED, draw, draw_empty, draw_error, draw_loading

CARD_LAYOUTS = [layout for layout in LAYOUTS if layout != "badge"]  # which shows the score alone
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1) style="x">'
URLS = {"href", "src"}


def content(*testimonials: Review) -> Content:
    return Content("w1", Design(), AccountTelemetry(), testimonials)


def people(count: int, **fields: Any) -> Content:
    return content(
        *(Review(**{"id": f"t{i}", "author": f"Person {i}", "text": f"Words {i}.", **fields}) for i in range(count))
    )


class Parsed(HTMLParser):
    """The elements of well-formed HTML. Fails if an element is not closed, or closed twice."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len({name for name, _ in attrs}), f"an attribute twice in <{tag}>"
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag != "img":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def having(self, name: str, value: str | None = None) -> list[dict[str, str]]:
        return [a for _, a in self.elements if name in a and value in (None, a[name])]

    def classed(self, name: str) -> list[dict[str, str]]:
        return [a for _, a in self.elements if name in a.get("class", "").split()]


@pytest.mark.parametrize("layout", CARD_LAYOUTS)
@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("theme", THEMES)
def test_every_layout_is_one_labelled_region_of_well_formed_html(layout, card, theme):
    design = Design(layout=layout, card=card, theme=theme)
    html = draw(people(7, rating=5, url="https://a.test/1", avatar="https://a.test/a"), design)
    page = Parsed(html)

    assert html == draw(people(7, rating=5, url="https://a.test/1", avatar="https://a.test/a"), design)
    attributes = {"class": "tresta", "lang": "en", "data-layout": layout, "aria-label": "Customer testimonials"}
    if layout in STACKED:
        attributes["data-clamped"] = "few"
    assert page.elements[0] == ("section", attributes)
    assert {a["data-index"] for a in page.classed("card")} == set("0123456")
    assert all(f"Words {i}." in page.words for i in range(7))
    assert not page.having("style")


@pytest.mark.parametrize("layout", CARD_LAYOUTS)
def test_markup_in_testimonials_cannot_run(layout):
    evil = Review(
        id="t", author=EVIL, text=EVIL * 9, role=EVIL, company=EVIL, avatar="javascript:alert(1)",
        url="data:text/html,<script>alert(1)</script>", date="2026-01-01", rating=5, verified=True,
    )  # fmt: skip
    page = Parsed(draw(content(evil, replace(evil, id="u")), Design(layout=layout)))

    assert EVIL in page.words
    for tag, attributes in page.elements:
        assert tag not in {"script", "style", "iframe"}
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert not URLS & attributes.keys()


@pytest.mark.parametrize("layout", CARD_LAYOUTS)
def test_at_most_the_maximum_of_testimonials_is_shown(layout):
    page = Parsed(draw(people(30), Design(layout=layout, max=4)))

    assert {a["data-index"] for a in page.classed("card")} == set("0123")
    assert "Person 4" not in page.words


@pytest.mark.parametrize("layout", CARD_LAYOUTS)
@pytest.mark.parametrize("count", [1, 2, 100])
def test_any_number_of_testimonials_draws(layout, count):
    page = Parsed(draw(people(count), Design(layout=layout, max=100)))

    assert len({a["data-index"] for a in page.classed("card")}) == count


@pytest.mark.parametrize("layout", CARD_LAYOUTS)
def test_the_show_all_button_is_always_in_the_html(layout):
    assert len(Parsed(draw(people(3), Design(layout=layout))).having("data-action", "expand")) == 1


def test_a_carousel_has_its_roles_and_controls():
    page = Parsed(draw(people(8), Design(layout="carousel", autoplay=6)))

    assert len(page.having("aria-roledescription", "carousel")) == 1
    slides = page.having("aria-roledescription", "slide")
    assert [a["aria-label"] for a in slides] == [f"{i} of 8" for i in range(1, 9)]
    assert {a["role"] for a in slides} == {"group"}
    assert [a["data-index"] for a in page.having("data-action", "go")] == list("01234567")
    assert [a["data-index"] for a in page.having("aria-current", "true")] == ["0"]
    for action in ("prev", "next", "pause"):
        (button,) = page.having("data-action", action)
        assert button["aria-label"]
    assert len(page.having("aria-live", "polite")) == 1


def test_a_carousel_without_autoplay_has_no_pause_and_a_single_slide_no_controls():
    assert not Parsed(draw(people(8), Design(layout="carousel", autoplay=0))).having("data-action", "pause")
    single = Parsed(draw(people(1), Design(layout="carousel")))
    assert {a["data-action"] for a in single.having("data-action")} == {"expand"}


def test_a_marquees_copies_are_only_visual():
    link = "https://a.test/1"
    page = Parsed(draw(people(3, text="Long words. " * 60, url=link), Design(layout="marquee")))

    assert page.having("aria-hidden", "true")
    reachable = [a for tag, a in page.elements if tag in {"a", "button"} and "tabindex" not in a]
    assert len([a for a in reachable if a.get("data-action") == "link"]) == 3
    assert len([a for a in reachable if a.get("data-action") == "more"]) == 3
    assert len(page.having("data-action", "more")) == len(page.classed("card")) > 8
    assert len(page.having("data-action", "hold")) == 1


def test_both_halves_of_a_marquees_track_are_the_same():
    for count in (1, 3, 8, 9, 25):
        html = draw(people(count), Design(layout="marquee", max=100))
        for track in html.split('class="track"')[1:]:
            order = re.findall(r'class="card" data-index="(\d+)"', track)
            assert len(order) % 2 == 0
            assert order[: len(order) // 2] == order[len(order) // 2 :]


def test_a_wall_shows_the_average_of_its_ratings():
    ratings = content(*people(2, rating=5).testimonials, *people(1, rating=4).testimonials, *people(1).testimonials)
    wall = Design(layout="wall")

    page = Parsed(draw(ratings, wall))
    assert "4.7 out of 5" in page.words
    assert "3 ratings" in page.words
    assert "out of 5" not in Parsed(draw(people(4), wall)).words
    assert "3 ratings" in Parsed(draw(ratings, replace(wall, max=1))).words  # of all, shown or not
    assert "ratings" not in Parsed(draw(ratings, replace(wall, show_rating=False))).words
    assert len(page.classed("featured")) == 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_other_states_have_a_status_and_no_technical_words(layout):
    design = Design(layout=layout)
    loading, empty = Parsed(draw_loading(design, {})), Parsed(draw_empty(design, {}))
    retry, final = Parsed(draw_error(design, {}, True)), Parsed(draw_error(design, {}, False))

    assert [page.elements[0][1]["data-status"] for page in (loading, empty, retry, final)] == [
        "loading", "empty", "error", "error",
    ]  # fmt: skip
    assert loading.elements[0][1]["aria-busy"] == "true"
    assert all(len(page.having("role", "status")) == 1 for page in (loading, empty, retry, final))
    assert len(retry.having("data-action", "retry")) == 1
    assert not final.having("data-action")
    assert not re.search(r"error|API|HTTP|fail|JSON", retry.words + final.words + empty.words, re.IGNORECASE)
    assert draw(content(), design) == draw_empty(design, {})


@pytest.mark.parametrize("layout", CARD_LAYOUTS)
def test_any_layout_shows_the_score_if_the_owner_chooses_so(layout):
    ratings = content(*people(2, rating=5).testimonials, *people(1, rating=4).testimonials)
    by_choice = Parsed(draw(ratings, Design(layout=layout, show_summary=True)))
    assert "4.7 out of 5" in by_choice.words
    assert len(by_choice.classed("summary")) == 1
    assert len(Parsed(draw(ratings, Design(layout=layout))).classed("summary")) == (layout == "wall")
    assert not Parsed(draw(ratings, Design(layout=layout, show_summary=False))).classed("summary")
    assert not Parsed(draw(people(3), Design(layout=layout, show_summary=True))).classed("summary")


def test_a_badge_is_the_score_and_nothing_else():
    page = Parsed(
        draw(
            content(*people(3, rating=5).testimonials, *people(1, rating=4).testimonials), Design(layout="badge", max=1)
        )
    )
    assert page.words == "4.84 ratings"
    assert len(page.having("aria-label", "4.8 out of 5")) == 1
    assert not page.having("data-action")
    assert Parsed(draw(people(2), Design(layout="badge"))).words == ""


def test_the_stars_of_a_score_are_as_full_as_its_average():
    for ratings, width in (((5, 5), 120), ((1, 1), 24), ((5, 4), 108)):
        html = draw(content(*(people(1, rating=rating).testimonials[0] for rating in ratings)), Design(layout="badge"))
        assert f'class="on-top" viewBox="0 0 {width} 24"' in html


@pytest.mark.parametrize("layout", STACKED)
@pytest.mark.parametrize(("count", "more"), [(1, 0), (FEW + 1, 0), (FEW + 2, 2), (9, 6)])
def test_a_phone_shows_a_few_cards_and_how_many_more_there_are(layout, count, more):
    page = Parsed(draw(people(count), Design(layout=layout)))
    assert (f"Show {more} more" in page.words) is (more > 0)
    assert ("data-clamped" in page.elements[0][1]) is (more > 0)
