"""The drawing of a widget: pure functions from content and design to HTML and CSS.

The HTML is the content of a shadow root. web/loader/controls.js adds the behaviour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..content import Content, Testimonial
from ..design import Design
from ..words import Words, say, say_count
from . import states
from .layouts import LAYOUTS
from .markup import Element, Node, element, pieces, render
from .receipt import draw_mark
from .score import draw_summary, score_of
from .theme import stylesheet

__all__ = [
    "FEW",
    "STACKED",
    "draw",
    "draw_empty",
    "draw_error",
    "draw_first",
    "draw_loading",
    "drawing",
    "state_of",
    "stylesheet",
]

STACKED = ("grid", "masonry", "list", "wall")  # layouts that are one card below the other on a phone
FEW = 3  # cards of them that a phone shows at first: theme.py


def draw(content: Content, design: Design) -> str:
    """The HTML of at most `design.max` testimonials, or of the empty state if there are none."""
    return "".join(drawing(content, design))


def drawing(content: Content, design: Design) -> Iterator[str]:
    """The HTML of `draw`, in pieces of at most one card."""
    words, place = content.words, content.telemetry.receipt
    if not content.testimonials:
        return iter((draw_empty(design, words, place),))
    return pieces(_testimonials(content.testimonials, design, words, place))


def draw_first(content: Content, design: Design) -> str:
    """The HTML of the first testimonial alone; empty if there are none."""
    first = content.testimonials[:1]
    return render(_testimonials(first, design, content.words)) if first else ""


def state_of(content: Content, design: Design) -> dict[str, object]:
    """The state of the drawn widget; see widget.Widget.state."""
    count = min(len(content.testimonials), design.max)
    status = "ready" if count else "empty"
    return {"status": status, "widget": content.id, "layout": design.layout, "count": count, "code": ""}


def draw_loading(design: Design, words: Words) -> str:
    """The HTML of the loading state."""
    return render(_root(design, words, states.loading(design, words), status="loading"))


def draw_empty(design: Design, words: Words, receipt: str = "none") -> str:
    """The HTML of the empty state: there are no testimonials yet. `receipt` is its place."""
    return render(_root(design, words, states.empty(words), status="empty", receipt=receipt))


def draw_error(design: Design, words: Words, retry: bool) -> str:
    """The HTML of the error state; `retry` adds a button with data-action="retry"."""
    return render(_root(design, words, states.error(words, retry), status="error"))


def _testimonials(testimonials: Sequence[Testimonial], design: Design, words: Words, receipt: str = "none") -> Element:
    layout = LAYOUTS[design.layout].draw
    if design.layout == "badge":
        body = element("div", layout(testimonials, design, words), class_="body")
        return _root(design, words, body, receipt=receipt)
    shown = testimonials[: design.max]
    body = element("div", _summary(testimonials, design, words), layout(shown, design, words), class_="body")
    more = len(shown) - FEW if design.layout in STACKED else 0
    is_long = more > 1  # a click for one card is not worth it
    expand = element(
        "button",
        element("span", say(words, "Show all"), class_="all"),
        element("span", say_count(words, "Show {count} more", "Show {count} more", more)) if is_long else None,
        type="button",
        class_="pill worded expand",
        data_action="expand",
    )
    return _root(design, words, body, expand, is_long=is_long, receipt=receipt)


def _summary(testimonials: Sequence[Testimonial], design: Design, words: Words) -> Node:
    """The score of all testimonials, also of those that are not shown."""
    is_wanted = design.layout == "wall" and design.show_rating if design.show_summary is None else design.show_summary
    score = score_of(testimonials) if is_wanted else None
    return draw_summary(score, words) if score and score[1] > 1 else None


def _root(
    design: Design,
    words: Words,
    *children: Element,
    status: str | None = None,
    is_long: bool = False,
    receipt: str = "none",
) -> Element:
    mark = draw_mark(words) if receipt != "none" else None
    return element(
        "section",
        mark if receipt == "top" else None,
        *children,
        mark if receipt == "bottom" else None,
        class_="tresta",
        lang=words.get("language", "en"),
        dir=words.get("direction"),
        data_layout=design.layout,
        data_clamped="few" if is_long else None,
        aria_label=say(words, "Customer testimonials"),
        aria_busy="true" if status == "loading" else None,
        data_status=status,
    )
