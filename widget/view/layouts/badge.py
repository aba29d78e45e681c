"""Badge: the score alone, in the font and color of the page's own text, to stand beside a price."""

from __future__ import annotations

from collections.abc import Sequence

from ...content import Testimonial
from ...design import Design
from ...words import Words
from ..markup import Element, element
from ..score import draw_badge, score_of

# The host element is as large as its content, even if the loader has made it a block or reserved a height.
# There is no room for a note: the states without testimonials are invisible.
CSS = """
:host {
  display: inline-block!important;
  flex: none;
  align-self: auto;
  min-height: 0!important;
  vertical-align: middle;
  font: inherit;
  color: inherit;
}
.tresta { container-type: normal; font: inherit; color: inherit }
.score { flex-wrap: nowrap; gap: .4em; white-space: nowrap }
.score .stars svg { height: 1.05em; width: auto }
.score .average { font-weight: 600 }
.note, .ghosts { display: none }
"""


def draw(testimonials: Sequence[Testimonial], design: Design, words: Words) -> Element:
    score = score_of(testimonials)
    return draw_badge(score, words) if score else element("p")
