"""One testimonial as a card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ..content import Testimonial
from ..design import Design
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


def cards(testimonials: Sequence[Testimonial], design: Design) -> list[Callable[[], Element]]:
    """The cards as functions, so that each is drawn only when it is rendered."""
    return [partial(draw_card, testimonial, design, index) for index, testimonial in enumerate(testimonials)]


def draw_card(testimonial: Testimonial, design: Design, index: int) -> Element:
    """The card of the testimonial at `index`, from 0."""
    return element(
        "figure",
        _head(testimonial, design),
        _quote(testimonial.text),
        _more(testimonial, index),
        element(
            "figcaption",
            _byline(testimonial, design),
            _origin(testimonial, design),
            class_="by",
        ),
        class_="card",
        data_index=index,
    )


def _head(testimonial: Testimonial, design: Design) -> Node:
    rating = stars(testimonial.rating) if design.show_rating and testimonial.rating else None
    verified = None
    if design.show_verified and testimonial.verified:
        verified = element("span", icon("verified"), "Verified", class_="badge")
    return element("div", rating, verified, class_="head") if rating or verified else None


def _quote(text: str) -> Element:
    start, end = excerpt.split(text)
    rest = (element("span", "…", class_="ellipsis"), element("span", end, class_="rest"))
    paragraph = element("p", start, *(rest if end else ()), dir="auto")
    return element("blockquote", paragraph, class_="quote short" if len(text) <= excerpt.SHORT else "quote")


def _more(testimonial: Testimonial, index: int) -> Node:
    if not excerpt.split(testimonial.text)[1]:
        return None
    return element(
        "button",
        "Read more",
        type="button",
        class_="more",
        data_action="more",
        data_index=index,
        data_other="Read less",  # its text while the card is open
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


def _origin(testimonial: Testimonial, design: Design) -> Node:
    date = link = None
    if testimonial.date and design.show_date:
        date = element("time", _in_words(testimonial.date), datetime=testimonial.date, dir="ltr")
    if testimonial.url:
        link = element(
            "a",
            "See original",
            element("span", f" testimonial by {testimonial.author}, in a new tab", class_="unseen"),
            icon("open"),
            href=testimonial.url,
            target="_blank",
            rel="noopener noreferrer nofollow ugc",
            class_="link",
            data_action="link",
        )
    return element("div", date, link, class_="origin") if date or link else None


def _in_words(date: str) -> str:
    year, month, day = date.split("-")
    return f"{int(day)} {_MONTHS[month]} {year}"
