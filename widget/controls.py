"""Controls of all layouts: 'Read more', 'Show all', the marquee's pause button, and links."""

from __future__ import annotations

from collections.abc import Callable

from .page.bridge import Cancel, Place


class Controls:
    """Handles the visitor's clicks in a drawn widget, and calls `on_use` once for each.

    Reads from the place what is open: before Python was up, the loader handled the clicks (web/loader/view.js).
    """

    def __init__(self, place: Place, on_use: Callable[[], None]) -> None:
        self._place = place
        self._on_use = on_use
        self._cancels: list[Cancel] = []

    def start(self) -> None:
        self._cancels.append(self._place.on_action(self._act))

    def stop(self) -> None:
        cancels, self._cancels = self._cancels, []
        for cancel in cancels:
            cancel()

    def _act(self, action: str, index: int) -> None:
        if action == "more":
            self._toggle_text(index)
        elif action == "hold":
            self._toggle_marquee()
        elif action == "expand":
            self._place.set_attribute(".tresta", "data-clamped", None)
        elif action != "link":  # the browser follows links itself
            return
        self._on_use()

    def _toggle_text(self, index: int) -> None:
        card = f'.card[data-index="{index}"]'
        is_open = self._place.toggle(card, "data-open")
        self._place.set_attribute(f"{card} button.more", "aria-expanded", "true" if is_open else "false")
        self._place.set_text(f"{card} .more", "Read less" if is_open else "Read more")

    def _toggle_marquee(self) -> None:
        is_paused = self._place.toggle(".tresta", "data-paused")
        self._place.set_attribute(".pause", "aria-pressed", "true" if is_paused else "false")
