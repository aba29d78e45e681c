"""The layouts by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...content import Testimonial
from ...design import Design
from ...words import Words
from ..markup import Element
from . import badge, carousel, grid, marquee, masonry, wall
from . import list as list_layout


@dataclass(frozen=True)
class Layout:
    """A layout's drawing function, and its CSS in addition to that of the cards."""

    draw: Callable[[Sequence[Testimonial], Design, Words], Element]
    css: str


LAYOUTS = {
    "grid": Layout(grid.draw, grid.CSS),
    "carousel": Layout(carousel.draw, carousel.CSS),
    "masonry": Layout(masonry.draw, masonry.CSS),
    "list": Layout(list_layout.draw, list_layout.CSS),
    "wall": Layout(wall.draw, wall.CSS),
    "marquee": Layout(marquee.draw, marquee.CSS),
    "badge": Layout(badge.draw, badge.CSS),
}
