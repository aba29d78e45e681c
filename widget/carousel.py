"""The carousel's behaviour: arrows, dots, keys, swipes, and turning on its own while nobody minds.

After https://www.w3.org/WAI/ARIA/apg/patterns/carousel/.
"""

from __future__ import annotations

from collections.abc import Callable

from .design import Design
from .page.bridge import Bridge, Cancel, Place

_KEYS = ("ArrowLeft", "ArrowRight", "Home", "End")
_SLIDES = ".slides"


class Carousel:
    """Brings a drawn carousel of `count` testimonials to life.

    `on_use` is called once for each thing the visitor does, and never for a turn of its own.
    """

    def __init__(self, place: Place, bridge: Bridge, design: Design, count: int, on_use: Callable[[], None]) -> None:
        self._place = place
        self._bridge = bridge
        self._period_ms = design.autoplay * 1000
        self._count = count
        self._on_use = on_use
        self._index = 0  # the slide at the start of the row; before Python was up, the visitor may have moved it
        self._last = count - 1  # the last one that can be there: others fit beside it
        self._paused = False
        self._attended = False
        self._stop_timer: Cancel | None = None
        self._cancels: list[Cancel] = []

    def start(self) -> None:
        if self._count < 2:
            return
        self._index = self._place.item_at_start(_SLIDES)
        self._cancels = [
            self._place.on_action(self._act),
            self._place.on_key(".carousel", _KEYS, self._press),
            self._place.on_scroll(_SLIDES, self._come_to_rest),
            self._place.on_attention(self._attend),
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

    def _come_to_rest(self, index: int) -> None:
        """The row stands still. Elsewhere than where we sent it: the visitor's hand moved it."""
        index = min(index, self._last)
        if index == self._index:
            return
        self._index = index
        self._mark()
        self._rotate()
        self._on_use()

    def _attend(self, attended: bool) -> None:
        self._attended = attended
        self._rotate()

    def _toggle_pause(self) -> None:
        self._paused = not self._paused
        self._place.set_attribute("button.pause", "aria-pressed", "true" if self._paused else "false")
        self._rotate()

    def _fit(self) -> None:
        """Another width shows more or fewer slides at once, so that there are fewer or more places to go."""
        before, self._last = self._last, max(0, self._count - self._place.visible_items(_SLIDES))
        for index in range(min(before, self._last) + 1, max(before, self._last) + 1):
            hidden = "" if index > self._last else None
            self._place.set_attribute(f'.dot[data-index="{index}"]', "hidden", hidden)
        self._place.set_attribute(".steer", "hidden", "" if self._last == 0 else None)
        self._index = min(self._index, self._last)
        self._mark()
        self._rotate()

    def _visit(self, index: int) -> None:
        """The visitor's own step: shown, and said to a screen reader."""
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
        """Wait anew for the next turn; for none while the visitor reads, is away or has paused it."""
        self._halt()
        busy = self._paused or self._attended or not self._bridge.is_visible()
        if self._period_ms and self._last and not busy:
            self._stop_timer = self._bridge.every(self._period_ms, self._turn)

    def _turn(self) -> None:
        if not self._bridge.prefers_reduced_motion():  # asked at each turn: it can be switched on meanwhile
            self._show(self._index + 1)

    def _halt(self) -> None:
        if self._stop_timer:
            self._stop_timer()
            self._stop_timer = None
