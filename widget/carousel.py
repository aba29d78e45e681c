"""The carousel's behaviour: arrows, dots, keys, swipes and autoplay.

Follows https://www.w3.org/WAI/ARIA/apg/patterns/carousel/.
"""

from __future__ import annotations

from collections.abc import Callable

from .design import Design
from .page.bridge import Bridge, Cancel, Place

_KEYS = ("ArrowLeft", "ArrowRight", "Home", "End")
_SLIDES = ".slides"


class Carousel:
    """Adds behaviour to a drawn carousel of `count` testimonials.

    Calls `on_use` once for each action of the visitor, and never for autoplay.
    """

    def __init__(self, place: Place, bridge: Bridge, design: Design, count: int, on_use: Callable[[], None]) -> None:
        self._place = place
        self._bridge = bridge
        self._period_ms = design.autoplay * 1000
        self._count = count
        self._on_use = on_use
        self._index = 0  # the slide at the start of the row
        self._last = count - 1  # the last index that can be at the start: more slides fit beside it
        self._paused = False
        self._has_attention = False
        self._stop_timer: Cancel | None = None
        self._cancels: list[Cancel] = []

    def start(self) -> None:
        if self._count < 2:
            return
        self._index = self._place.item_at_start(_SLIDES)  # the visitor may have moved it before Python was up
        self._cancels = [
            self._place.on_action(self._act),
            self._place.on_key(".carousel", _KEYS, self._press),
            self._place.on_scroll(_SLIDES, self._follow_scroll),
            self._place.on_attention(self._set_attention),
            self._place.on_resize(self._fit),
            self._bridge.on_hidden(self._rotate),
            self._bridge.on_visible(self._rotate),
        ]
        self._fit()

    def stop(self) -> None:
        cancels, self._cancels = self._cancels, []
        for cancel in cancels:
            cancel()
        self._halt()

    def _act(self, action: str, index: int) -> None:
        if action == "prev":
            self._visit(self._index - 1)
        elif action == "next":
            self._visit(self._index + 1)
        elif action == "go":
            self._visit(min(index, self._last))
        elif action == "pause":
            self._toggle_pause()
        else:
            return
        self._on_use()

    def _press(self, key: str) -> None:
        targets = {"ArrowLeft": self._index - 1, "ArrowRight": self._index + 1, "Home": 0, "End": self._last}
        self._visit(targets[key])
        self._on_use()

    def _follow_scroll(self, index: int) -> None:
        """The row has stopped scrolling. At an index that we did not set, the visitor has swiped."""
        index = min(index, self._last)
        if index == self._index:
            return
        self._index = index
        self._mark()
        self._rotate()
        self._on_use()

    def _set_attention(self, has_attention: bool) -> None:
        self._has_attention = has_attention
        self._rotate()

    def _toggle_pause(self) -> None:
        self._paused = not self._paused
        self._place.set_attribute("button.pause", "aria-pressed", "true" if self._paused else "false")
        self._rotate()

    def _fit(self) -> None:
        """Shows as many dots as there are positions: a wider place shows more slides at once."""
        before, self._last = self._last, max(0, self._count - self._place.visible_items(_SLIDES))
        for index in range(min(before, self._last) + 1, max(before, self._last) + 1):
            hidden = "" if index > self._last else None
            self._place.set_attribute(f'.dot[data-index="{index}"]', "hidden", hidden)
        self._place.set_attribute(".steer", "hidden", "" if self._last == 0 else None)
        self._index = min(self._index, self._last)
        self._mark()
        self._rotate()

    def _visit(self, index: int) -> None:
        """The visitor's own step, which screen readers announce."""
        self._show(index)
        self._place.set_text(".said", f"Testimonial {self._index + 1} of {self._count}")
        self._rotate()

    def _show(self, index: int) -> None:
        self._index = index % (self._last + 1)
        self._place.scroll_to(_SLIDES, self._index)
        self._mark()

    def _mark(self) -> None:
        self._place.set_attribute(f'.dot:not([data-index="{self._index}"])', "aria-current", None)
        self._place.set_attribute(f'.dot[data-index="{self._index}"]', "aria-current", "true")
        self._place.set_text(".place", f"{self._index + 1} / {self._last + 1}")

    def _rotate(self) -> None:
        """Restart the autoplay timer; no timer while the visitor reads, is away or has paused it."""
        self._halt()
        busy = self._paused or self._has_attention or not self._bridge.is_visible()
        if self._period_ms and self._last and not busy:
            self._stop_timer = self._bridge.every(self._period_ms, self._turn)

    def _turn(self) -> None:
        if not self._bridge.prefers_reduced_motion():  # read each time: the setting may change
            self._show(self._index + 1)

    def _halt(self) -> None:
        if self._stop_timer:
            self._stop_timer()
            self._stop_timer = None
