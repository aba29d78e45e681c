"""The drawing of a widget: pure functions from content and design to HTML and CSS.

The HTML is the content of a shadow root. web/loader/controls.js adds the behaviour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..content import Content, Testimonial
from ..design import Design
from . import states
from .layouts import LAYOUTS
from .markup import Element, element, pieces, render
from .theme import stylesheet

__all__ = [
    "draw",
    "draw_empty",
    "draw_error",
    "draw_first",
    "draw_loading",
    "drawing",
    "state_of",
    "stylesheet",
]


def draw(content: Content, design: Design) -> str:
    """The HTML of at most `design.max` testimonials, or of the empty state if there are none."""
    return "".join(drawing(content, design))


def drawing(content: Content, design: Design) -> Iterator[str]:
    """The HTML of `draw`, in pieces of at most one card."""
    testimonials = content.testimonials[: design.max]
    if not testimonials:
        return iter((draw_empty(design),))
    return pieces(_testimonials(testimonials, design))


def draw_first(content: Content, design: Design) -> str:
    """The HTML of the first testimonial alone; empty if there are none."""
    first = content.testimonials[:1]
    return render(_testimonials(first, design)) if first else ""


def state_of(content: Content, design: Design) -> dict[str, object]:
    """The state of the drawn widget; see widget.Widget.state."""
    count = min(len(content.testimonials), design.max)
    status = "ready" if count else "empty"
    return {"status": status, "widget": content.id, "layout": design.layout, "count": count, "code": ""}


def draw_loading(design: Design) -> str:
    """The HTML of the loading state."""
    return render(_root(design, states.loading(design), status="loading"))


def draw_empty(design: Design) -> str:
    """The HTML of the empty state: there are no testimonials yet."""
    return render(_root(design, states.empty(), status="empty"))


def draw_error(design: Design, retry: bool) -> str:
    """The HTML of the error state; `retry` adds a button with data-action="retry"."""
    return render(_root(design, states.error(retry), status="error"))


def _testimonials(testimonials: Sequence[Testimonial], design: Design) -> Element:
    body = element("div", LAYOUTS[design.layout].draw(testimonials, design), class_="body")
    expand = element("button", "Show all", type="button", class_="pill worded expand", data_action="expand")
    return _root(design, body, expand)


def _root(design: Design, *children: Element, status: str | None = None) -> Element:
    return element(
        "section",
        *children,
        class_="tresta",
        data_layout=design.layout,
        aria_label="Customer testimonials",
        aria_busy="true" if status == "loading" else None,
        data_status=status,
    )
