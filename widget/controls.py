"""What every layout answers to: 'Read more', 'Show all', the marquee's pause, and a link followed."""

from __future__ import annotations

from collections.abc import Callable

from .page.bridge import Cancel, Place


class Controls:
    """Answers the visitor's clicks in a drawn widget. `on_use` is called once for each.

    What stands open is read from the place: the loader has answered them before Python was up (web/loader/view.js).
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
        elif action != "link":  # a link the browser follows on its own
            return
        self._on_use()

    def _toggle_text(self, index: int) -> None:
        card = f'.card[data-index="{index}"]'
        is_open = self._place.toggle(card, "data-open")
        self._place.set_attribute(f"{card} button.more", "aria-expanded", "true" if is_open else "false")
        self._place.set_text(f"{card} .more", "Read less" if is_open else "Read more")

    def _toggle_marquee(self) -> None:
        is_held = self._place.toggle(".tresta", "data-paused")
        self._place.set_attribute(".pause", "aria-pressed", "true" if is_held else "false")
