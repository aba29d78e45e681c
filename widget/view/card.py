"""One testimonial as a card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ..content import Testimonial
from ..design import Design
from ..words import Words, say
from . import excerpt
from .icons import icon, stars
from .markup import Element, Node, element
from .name import initials

_MONTHS = {
    "01": "January",
    "02": "February",
    "03": "March",
    "04": "April",
    "05": "May",
    "06": "June",
    "07": "July",
    "08": "August",
    "09": "September",
    "10": "October",
    "11": "November",
    "12": "December",
}
AVATAR_PX = 44
_ROWS = ("grid", "carousel", "marquee")  # layouts in which all cards of a row are equally high


def cards(testimonials: Sequence[Testimonial], design: Design, words: Words) -> list[Callable[[], Element]]:
    """The cards as functions, so that each is drawn only when it is rendered."""
    return [partial(draw_card, testimonial, design, words, index) for index, testimonial in enumerate(testimonials)]


def draw_card(testimonial: Testimonial, design: Design, words: Words, index: int) -> Element:
    """The card of the testimonial at `index`, from 0."""
    visible = excerpt.IN_ROWS if design.layout in _ROWS else excerpt.MAX_VISIBLE
    start, end = excerpt.split(testimonial.text, visible)
    return element(
        "figure",
        _head(testimonial, design, words),
        _quote(start, end),
        _more(words, index) if end else None,
        element(
            "figcaption",
            _byline(testimonial, design),
            _origin(testimonial, design, words),
            class_="by",
        ),
        class_="card",
        data_index=index,
    )


def _head(testimonial: Testimonial, design: Design, words: Words) -> Node:
    rating = verified = None
    if design.show_rating and testimonial.rating:
        rating = stars(testimonial.rating, say(words, "Rated {rating} out of 5", rating=testimonial.rating))
    if design.show_verified and testimonial.verified:
        verified = element("span", icon("verified"), say(words, "Verified"), class_="badge")
    return element("div", rating, verified, class_="head") if rating or verified else None


def _quote(start: str, end: str) -> Element:
    rest = (element("span", "…", class_="ellipsis"), element("span", end, class_="rest"))
    paragraph = element("p", start, *(rest if end else ()), dir="auto")
    return element("blockquote", paragraph, class_="quote short" if len(start) <= excerpt.SHORT else "quote")


def _more(words: Words, index: int) -> Element:
    return element(
        "button",
        say(words, "Read more"),
        type="button",
        class_="more",
        data_action="more",
        data_index=index,
        data_other=say(words, "Read less"),  # its text while the card is open
        aria_expanded="false",
    )


def _byline(testimonial: Testimonial, design: Design) -> Element:
    roles = [
        text
        for text, is_visible in ((testimonial.role, design.show_role), (testimonial.company, design.show_company))
        if text and is_visible
    ]
    return element(
        "div",
        _avatar(testimonial) if design.show_avatar else None,
        element(
            "div",
            element("bdi", testimonial.author, class_="name"),
            element("bdi", ", ".join(roles), class_="role") if roles else None,
            class_="who",
        ),
        class_="person",
    )


def _avatar(testimonial: Testimonial) -> Element:
    # The picture covers the initials, which stay visible if it does not load. The alt is empty, because the name is
    # beside it.
    picture = None
    if testimonial.avatar:
        picture = element(
            "img",
            src=testimonial.avatar,
            alt="",
            width=AVATAR_PX,
            height=AVATAR_PX,
            loading="lazy",
            decoding="async",
            referrerpolicy="no-referrer",
        )
    letters = initials(testimonial.author)
    return element("span", letters or icon("person"), picture, class_="avatar", aria_hidden="true")


def _origin(testimonial: Testimonial, design: Design, words: Words) -> Node:
    date = link = None
    if testimonial.date and design.show_date:
        text = _in_words(testimonial.date, words)
        date = element("time", text, datetime=testimonial.date, dir=words.get("direction", "ltr"))
    if testimonial.url:
        rest = say(words, "testimonial by {author}, in a new tab", author=testimonial.author)
        link = element(
            "a",
            say(words, "See original"),
            element("span", f" {rest}", class_="unseen"),
            icon("open"),
            href=testimonial.url,
            target="_blank",
            rel="noopener noreferrer nofollow ugc",
            class_="link",
            data_action="link",
        )
    return element("div", date, link, class_="origin") if date or link else None


def _in_words(date: str, words: Words) -> str:
    year, month, day = date.split("-")
    return say(words, "{day} {month} {year}", day=int(day), month=say(words, _MONTHS[month]), year=year)
