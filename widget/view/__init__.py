"""The drawing of a widget: pure functions from content and design to HTML and CSS, the same on every machine.

What they return is the inside of a shadow root. Whatever moves or answers a click is attached afterwards, by
`widget.carousel` and `widget.controls`.
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
    "is_still",
    "state_of",
    "stylesheet",
]


def draw(content: Content, design: Design) -> str:
    """The testimonials, `design.max` of them at most; without any, the empty state."""
    return "".join(drawing(content, design))


def drawing(content: Content, design: Design) -> Iterator[str]:
    """What `draw` returns, in pieces of at most one card."""
    shown = content.testimonials[: design.max]
    if not shown:
        return iter((draw_empty(design),))
    return pieces(_testimonials(shown, design))


def draw_first(content: Content, design: Design) -> str:
    """The first testimonial alone, as if there were no others; nothing without any."""
    first = content.testimonials[:1]
    return render(_testimonials(first, design)) if first else ""


def state_of(content: Content, design: Design) -> dict[str, object]:
    """What can be told of a widget once it is drawn; see mount.Widget.state."""
    count = min(len(content.testimonials), design.max)
    status = "ready" if count else "empty"
    return {"status": status, "widget": content.id, "layout": design.layout, "count": count, "code": ""}


def is_still(content: Content, design: Design) -> bool:
    """Whether the drawn widget does all it can do without `widget.carousel`."""
    return design.layout != "carousel" or min(len(content.testimonials), design.max) < 2


def draw_loading(design: Design) -> str:
    """The widget while it waits for its content."""
    return render(_root(design, states.loading(design), status="loading"))


def draw_empty(design: Design) -> str:
    """The widget of an owner who has no testimonials yet."""
    return render(_root(design, states.empty(), status="empty"))


def draw_error(design: Design, retry: bool) -> str:
    """The widget whose content could not be had; `retry` adds the button with data-action="retry"."""
    return render(_root(design, states.trouble(retry), status="error"))


def _testimonials(shown: Sequence[Testimonial], design: Design) -> Element:
    body = element("div", LAYOUTS[design.layout].draw(shown, design), class_="body")
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
