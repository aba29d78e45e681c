"""Marquee: rows of cards that move endlessly, and pause for pointer, focus and the pause button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice

from ...content import Testimonial
from ...design import Design
from ...words import Words, say
from ..card import draw_card
from ..icons import icon
from ..markup import Element, element

_MIN_CARDS = 8  # in a row, wider together than any place
_MIN_FOR_TWO_ROWS = 10  # testimonials
_CARD_SECONDS = 7  # in which a row moves by the width of a card
_PACES = (8, 12, 16, 24, 36, 50)  # cards in a row, rounded up

# A row's track holds its cards and visual copies of them. When it has moved by half, the animation restarts, which is
# invisible. The duration depends on the number of cards. It is in the CSS, since style attributes are not allowed.
_PACE = "".join(f'.track[data-pace="{pace}"]{{animation-duration:{pace * _CARD_SECONDS}s}}' for pace in _PACES)

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
@media print {
  .row { overflow: visible; padding: 0; -webkit-mask-image: none; mask-image: none }
  .track { display: block; width: auto; animation: none!important }
  .track ul {
    display: grid;
    gap: var(--t-gap);
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 15em), 1fr));
    margin-bottom: var(--t-gap);
  }
  .track li { width: auto; max-width: none; margin: 0 }
  .track .again, .tresta .steer { display: none }
}
"""

CSS = _DRIFT + _PACE


def draw(testimonials: Sequence[Testimonial], design: Design, words: Words) -> Element:
    cards = [draw_card(testimonial, design, words, index) for index, testimonial in enumerate(testimonials)]
    half = (len(cards) + 1) // 2 if len(cards) >= _MIN_FOR_TWO_ROWS else len(cards)
    rows = [row for row in (cards[:half], cards[half:]) if row]
    pause = element(
        "button",
        icon("pause"),
        icon("play"),
        type="button",
        class_="pill pause",
        data_action="hold",
        aria_pressed="false",
        aria_label=say(words, "Pause the movement"),
    )
    label = say(words, "Testimonials, a row to scroll")
    return element("div", *(_row(row, label) for row in rows), element("div", pause, class_="steer"), class_="marquee")


def _row(cards: list[Element], label: str) -> Element:
    count = max(len(cards), _MIN_CARDS)
    copies = list(islice(cycle(cards), count))
    fillers = copies[len(cards) :]
    track = element(
        "div",
        element("ul", *(element("li", card) for card in cards), role="list"),
        _visual_copies(fillers) if fillers else None,
        _visual_copies(copies),
        class_="track",
        data_pace=next(pace for pace in _PACES if count <= pace),
    )
    # A focused row pauses, and with reduced motion the arrow keys scroll it.
    return element("div", track, class_="row", tabindex="0", role="group", aria_label=label)


def _visual_copies(cards: list[Element]) -> Element:
    """Copies that screen readers and the Tab key skip.

    Not `inert`, because a click on 'Read more' in a copy must work: half of the visible cards are copies.
    """
    return element("ul", *(element("li", _unfocusable(card)) for card in cards), class_="again", aria_hidden="true")


def _unfocusable(node: Element) -> Element:
    children = tuple(_unfocusable(child) if isinstance(child, Element) else child for child in node.children)
    if node.tag == "button":
        # A click on a button would focus it, but focus must not enter an aria-hidden element.
        attributes = {name: value for name, value in node.attributes.items() if name not in ("type", "aria-expanded")}
        return element("span", *children, **attributes)
    if node.tag == "a":
        return replace(node, children=children).with_attributes(tabindex="-1")
    return replace(node, children=children)
