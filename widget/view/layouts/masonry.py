"""Masonry: columns of cards, each as tall as its words."""

from __future__ import annotations

from collections.abc import Sequence

from ...content import Testimonial
from ...design import Design
from ..card import cards
from ..markup import Element, element

# Multi-column layout, read down each column: CSS grid's own masonry is not in any browser's stable release.
# An inline-block is never split between columns, nor is its shadow.
CSS = """
.masonry { columns: 18em; column-gap: var(--t-gap); padding: 4px }
.masonry>li { display: inline-block; width: 100%; margin-bottom: var(--t-gap); vertical-align: top }
.masonry .card { height: auto }
"""


def draw(testimonials: Sequence[Testimonial], design: Design) -> Element:
    return element("ul", *(element("li", card) for card in cards(testimonials, design)), class_="masonry", role="list")
