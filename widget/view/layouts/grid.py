"""Grid: cards of equal height in rows."""

from __future__ import annotations

from collections.abc import Sequence

from ...content import Testimonial
from ...design import Design
from ...words import Words
from ..card import cards
from ..markup import Element, element

CSS = """
.grid {
  display: grid;
  gap: var(--t-gap);
  grid-template-columns: repeat(auto-fit, minmax(min(100%, max(17em, (100% - 2 * var(--t-gap)) / 3)), 1fr));
}
.grid>li { min-width: 0; max-width: 44em }
"""


def draw(testimonials: Sequence[Testimonial], design: Design, words: Words) -> Element:
    # Without this role, Safari does not announce a list without bullets as a list.
    return element(
        "ul", *(element("li", card) for card in cards(testimonials, design, words)), class_="grid", role="list"
    )
