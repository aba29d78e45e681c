"""Wall: a panel of tiles without gaps, the first testimonial large."""

from __future__ import annotations

from collections.abc import Sequence

from ...content import Testimonial
from ...design import Design
from ...words import Words
from ..card import cards
from ..markup import Element, element

_LONG = 170  # characters; a tile with a longer text has double width

CSS = """
.wall {
  border-radius: var(--t-radius);
  overflow: hidden;
  border: 1px solid var(--t-line);
  background: var(--t-surface);
}
.wall ul { display: flex; flex-wrap: wrap; gap: 1px }
.wall li {
  flex: 1 1 18em;
  min-width: 0;
  box-shadow: 0 0 0 1px var(--t-line);
  background: var(--t-surface);
}
.wall .long { flex: 2 1 30em }
.wall .card {
  border: 0;
  border-radius: 0;
  box-shadow: none;
  background: none;
  padding: 1.35em;
  font-size: .9375em;
}
.wall .tinted { background: var(--t-tile) }
.wall .featured { flex-basis: 100% }
.wall .quote { max-width: 44em }
.featured .card { font-size: 1em; padding: 1.75em }
.featured .quote { font-size: 1.25em; line-height: 1.45; letter-spacing: -.01em }
@media screen {
  .wall .featured { background: var(--t-primary); box-shadow: none }
  .featured .card {
    --t-text: var(--t-on-primary);
    --t-muted: var(--t-on-primary);
    --t-link: var(--t-on-primary);
    --t-star: var(--t-on-primary);
    --t-control: var(--t-on-primary);
  }
  .featured .avatar { background: var(--t-on-primary); color: var(--t-primary) }
}
@container (min-width:44em) {
  .featured .card { padding: 2.5em }
  .featured .quote { font-size: 1.6em; line-height: 1.35 }
  .featured .by { flex-direction: row; flex-wrap: wrap; justify-content: space-between; align-items: center }
  .featured .origin { gap: 0 2em }
}
@media (forced-colors:active) {
  .wall li { border: 1px solid CanvasText }
}
"""


def draw(testimonials: Sequence[Testimonial], design: Design, words: Words) -> Element:
    tiles = (
        element("li", card, class_=_kind(testimonial, index))
        for index, (testimonial, card) in enumerate(zip(testimonials, cards(testimonials, design, words), strict=True))
    )
    return element("div", element("ul", *tiles, role="list"), class_="wall")


def _kind(testimonial: Testimonial, index: int) -> str | None:
    if index == 0:
        return "featured"
    if len(testimonial.text) > _LONG:
        return "long"
    return "tinted" if index % 3 == 1 else None
