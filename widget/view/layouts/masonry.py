"""Masonry: columns of cards, each as high as its text."""

from __future__ import annotations

from collections.abc import Sequence

from ...content import Testimonial
from ...design import Design
from ...words import Words
from ..card import cards
from ..markup import Element, element

# CSS columns, read top to bottom: no stable browser has CSS grid's masonry yet.
# An inline-block is never split between columns, and neither is its shadow.
CSS = """
.masonry { columns: 18em; column-gap: var(--t-gap); padding: 4px }
.masonry>li { display: inline-block; width: 100%; margin-bottom: var(--t-gap); vertical-align: top }
.masonry .card { height: auto }
"""


def draw(testimonials: Sequence[Testimonial], design: Design, words: Words) -> Element:
    return element(
        "ul", *(element("li", card) for card in cards(testimonials, design, words)), class_="masonry", role="list"
    )
