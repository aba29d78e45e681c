"""List: one testimonial a row, with the person beside the text if there is room."""

from __future__ import annotations

from collections.abc import Sequence

from ...content import Testimonial
from ...design import Design
from ...words import Words
from ..card import cards
from ..markup import Element, element

CSS = """
.list {
  display: flex;
  flex-direction: column;
  gap: var(--t-gap);
  max-width: 60em;
  margin-inline: auto!important;
}
.list .card { height: auto }
@container (min-width:40em) {
  .list .card {
    display: grid;
    grid-template-columns: 14em 1fr;
    grid-template-rows: auto auto 1fr;
    gap: .5em 2em;
    padding: 1.75em;
  }
  .list .by { grid-column: 1; grid-row: 1/-1; margin: 0; padding: 0; gap: .5em }
  .list .origin { flex-direction: column; align-items: flex-start }
  .list .head, .list .quote, .list .more { grid-column: 2 }
  .list .more { justify-self: start }
}
"""


def draw(testimonials: Sequence[Testimonial], design: Design, words: Words) -> Element:
    return element(
        "ul", *(element("li", card) for card in cards(testimonials, design, words)), class_="list", role="list"
    )
