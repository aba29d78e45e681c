"""The icons: one SVG each, in the color of the surrounding text and hidden from screen readers."""

from __future__ import annotations

from functools import cache

from .markup import Element, element

_STAR = "M{x} 1.8l2.9 6 6.6.9-4.8 4.6 1.2 6.6-5.9-3.2-5.9 3.2 1.2-6.6-4.8-4.6 6.6-.9z"
_PATHS = {
    "verified": "M12 1.5l2.6 2 3.3-.2 1 3.1 2.8 1.8-1.1 3.1 1.1 3.1-2.8 1.8-1 3.1-3.3-.2-2.6 2-2.6-2-3.3.2"
    "-1-3.1-2.8-1.8 1.1-3.1-1.1-3.1 2.8-1.8 1-3.1 3.3.2zM7.2 11.6l3.6 3.6 6-6.3-1.5-1.4-4.6 4.8-2.1-2.1z",
    "open": "M7 5h12v12h-2.2V8.8L6.6 19 5 17.4 15.2 7.2H7z",
    "prev": "M15.5 4.4 7.9 12l7.6 7.6 1.6-1.6-6-6 6-6z",
    "next": "M8.5 4.4 16.1 12l-7.6 7.6L6.9 18l6-6-6-6z",
    "pause": "M7 5h3.4v14H7zM13.6 5H17v14h-3.4z",
    "play": "M8 4.6v14.8L19.6 12z",
    "person": "M12 3.6a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4zM3.8 20.4c0-4 3.7-6.6 8.2-6.6s8.2 2.6 8.2 6.6z",
    "info": "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zm0 2a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM11 10.5h2V17h-2zM11 7h2v2h-2z",
    "quote": "M10.2 5.6v2.3c-2.2.6-3.3 2-3.4 4h3.4v6.5H3.4v-6c0-3.9 2.3-6.4 6.8-6.8z"
    "m10.4 0v2.3c-2.2.6-3.3 2-3.4 4h3.4v6.5h-6.8v-6c0-3.9 2.3-6.4 6.8-6.8z",
    "star": _STAR.format(x=12),
}


@cache
def icon(name: str) -> Element:
    """One of the icons, 24 units wide; its class is its name."""
    return element(
        "svg",
        element("path", d=_PATHS[name], fill_rule="evenodd"),
        class_=f"icon {name}",
        viewBox="0 0 24 24",
        aria_hidden="true",
    )


def average_stars(mean: float) -> Element:
    """Five empty stars, with as much of five filled ones on top as the mean is of 5."""
    five = "".join(_STAR.format(x=12 + 24 * index) for index in range(5))
    # The SVG on top is cut off where its view box ends, since a style attribute is not allowed.
    empty = element("svg", element("path", d=five, class_="off"), viewBox="0 0 120 24", aria_hidden="true")
    filled = element("path", d=five, class_="on")
    on_top = element("svg", filled, class_="on-top", viewBox=f"0 0 {round(24 * mean)} 24", aria_hidden="true")
    return element("span", empty, on_top, class_="stars")


@cache
def stars(rating: int, label: str) -> Element:
    """Five stars, `rating` of them filled; the label is for screen readers."""
    # One SVG with two paths: with five SVGs a card, a hundred cards are slow to lay out.
    filled, empty = (
        "".join(_STAR.format(x=12 + 24 * index) for index in indexes) for indexes in (range(rating), range(rating, 5))
    )
    return element(
        "span",
        element(
            "svg",
            element("path", d=filled, class_="on") if filled else None,
            element("path", d=empty, class_="off") if empty else None,
            viewBox="0 0 120 24",
            aria_hidden="true",
        ),
        class_="stars",
        role="img",
        aria_label=label,
    )
