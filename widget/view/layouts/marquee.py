"""Marquee: rows of cards that drift by without an end, and stand still for pointer, focus and button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice

from ...content import Testimonial
from ...design import Design
from ..card import draw_card
from ..icons import icon
from ..markup import Element, element

_ROW = 8  # cards that are wider together than any place
_TWO_ROWS = 10  # testimonials from which there are two rows
_SECONDS = 7  # a card's way across its own width
_PACES = (8, 12, 16, 24, 36, 50)  # cards in a row, rounded up

# A row's track holds its cards and, for the eye, the same again: when it has drifted by half, it starts anew
# and nobody sees it. Seconds depend on how many cards there are, and a style attribute is not to be had.
_PACE = "".join(f'.track[data-pace="{pace}"]{{animation-duration:{pace * _SECONDS}s}}' for pace in _PACES)

_DRIFT = """
.marquee { position: relative; display: flex; flex-direction: column; gap: .25em }
.row {
  overflow: hidden;
  padding: 4px 0 20px;
  -webkit-mask-image: linear-gradient(90deg, transparent, #000 4%, #000 96%, transparent);
  mask-image: linear-gradient(90deg, transparent, #000 4%, #000 96%, transparent);
}
.track { display: flex; width: max-content; animation: tresta-drift 60s linear infinite }
.row:nth-child(even) .track { animation-direction: reverse }
.track ul { display: flex }
.track li { width: 21em; max-width: 78cqi; margin-inline-end: var(--t-gap) }
@keyframes tresta-drift {
  to { transform: translateX(-50%) }
}
@keyframes tresta-drift-rtl {
  to { transform: translateX(50%) }
}
.track:dir(rtl) { animation-name: tresta-drift-rtl }
.row:hover .track, .row:focus-within .track, [data-paused] .track { animation-play-state: paused }
.steer { display: flex; justify-content: center }
.pause .play, .pause[aria-pressed=true] .pause { display: none }
.pause[aria-pressed=true] .play { display: block }
@media (prefers-reduced-motion:reduce) {
  .row { overflow-x: auto; scroll-snap-type: x proximity; -webkit-mask-image: none; mask-image: none }
  .track li { scroll-snap-align: start }
  .track .again, .tresta .steer { display: none }
}
"""

CSS = _DRIFT + _PACE


def draw(testimonials: Sequence[Testimonial], design: Design) -> Element:
    cards = [draw_card(testimonial, design, index) for index, testimonial in enumerate(testimonials)]
    half = (len(cards) + 1) // 2 if len(cards) >= _TWO_ROWS else len(cards)
    rows = [row for row in (cards[:half], cards[half:]) if row]
    pause = element(
        "button",
        icon("pause"),
        icon("play"),
        type="button",
        class_="pill pause",
        data_action="hold",
        aria_pressed="false",
        aria_label="Pause the movement",
    )
    return element("div", *map(_row, rows), element("div", pause, class_="steer"), class_="marquee")


def _row(cards: list[Element]) -> Element:
    filled = max(len(cards), _ROW)
    once_more = list(islice(cycle(cards), filled))
    fillers = once_more[len(cards) :]
    track = element(
        "div",
        element("ul", *(element("li", card) for card in cards), role="list"),
        _for_the_eye(fillers) if fillers else None,
        _for_the_eye(once_more),
        class_="track",
        data_pace=next(pace for pace in _PACES if filled <= pace),
    )
    # A focused row stands still, and where motion is unwanted the arrow keys scroll it.
    return element("div", track, class_="row", tabindex="0", role="group", aria_label="Testimonials, a row to scroll")


def _for_the_eye(cards: list[Element]) -> Element:
    """Copies that screen readers and the Tab key pass by.

    Not `inert`: half of what drifts by is a copy, and a click on its 'Read more' must do what it says.
    """
    return element("ul", *(element("li", _unfocusable(card)) for card in cards), class_="again", aria_hidden="true")


def _unfocusable(node: Element) -> Element:
    children = tuple(_unfocusable(child) if isinstance(child, Element) else child for child in node.children)
    if node.tag == "button":
        # Focus must not enter what is aria-hidden, and a click on a button would bring it there.
        attributes = {name: value for name, value in node.attributes.items() if name not in ("type", "aria-expanded")}
        return replace(node, tag="span", attributes=attributes, children=children)
    if node.tag == "a":
        return replace(node, children=children).with_attributes(tabindex="-1")
    return replace(node, children=children)
