"""The harness of the fake page."""

from __future__ import annotations

import random
from collections.abc import Callable

from widget.page.bridge import FetchFailed, PrivacySignals, Response
from widget.testing import FakeBridge, FakePlace

from .harness import HERE, LARGE_BYTES, OK_TEXT, WIDGET

_STEPS = 200
_ANSWERS: dict[str, Response | Exception] = {
    "ok": Response(200, OK_TEXT),
    "error": Response(500, "broken"),
    "large": Response(200, "x" * LARGE_BYTES),
    "slow": FetchFailed("timeout"),
    "refused": FetchFailed("network"),
}


class FakeHarness:
    """See harness.Harness."""

    def __init__(self) -> None:
        self._place = FakePlace()
        self.bridge = FakeBridge(containers={HERE: self._place}, draws=[random.random() for _ in range(200)])

    def place(self) -> FakePlace:
        return self.bridge.place(HERE, WIDGET)

    async def until(self, condition: Callable[[], object]) -> None:
        for _ in range(_STEPS):
            if condition():
                return
            self.bridge.settle()
            self.bridge.idle.fire_once()
            for period in list(self.bridge.timers):
                self.bridge.pass_ms(period)
        raise AssertionError("The condition never came to hold.")

    def resource_count(self) -> int:
        """How many callbacks the page still has."""
        page, place = self.bridge, self._place
        listeners = [page.idle, page.hidden, page.shows, *page.timers.values()]
        listeners += [place.actions, place.keys, place.scrolls, place.attention, place.resizes]
        return sum(map(len, listeners))

    def debug_lines(self) -> list[str]:
        return self.bridge.debug_lines

    def hide(self) -> None:
        self.bridge.hide()

    def show_again(self) -> None:
        self.bridge.show_again()

    def leave(self) -> None:
        self.bridge.hide()

    def come_back(self) -> None:
        self.bridge.show_again()

    def prefer_less_motion(self, less: bool) -> None:
        self.bridge.reduced_motion = less

    def signal(self, do_not_track: object, global_privacy_control: object) -> None:
        self.bridge.signals = PrivacySignals((do_not_track,), global_privacy_control)

    def write_telemetry(self, value: str | None) -> None:
        self.bridge.attributes[WIDGET] = [] if value is None else [value]

    def speak(self, language: str) -> None:
        self.place().page_language = language

    def url(self, kind: str) -> str:
        if kind in _ANSWERS:
            self.bridge.answers = [_ANSWERS[kind]]
        return f"https://api.example/{kind}"

    def beacon(self, answer: bool | Exception | None) -> None:
        self.bridge.beacon = answer if isinstance(answer, Exception) else bool(answer)

    async def received(self) -> list[str]:
        return self.bridge.sent

    def html(self) -> str:
        return self._place.html

    def attribute(self, selector: str, name: str) -> str | None:
        return [value for *where, value in self._place.attributes if where == [selector, name]][-1]

    def text(self, selector: str) -> str:
        texts = [text for where, text in self._place.texts if where == selector]
        return texts[-1] if texts else self._place.html

    def click(self, action: str, index: int) -> None:
        self._place.actions.fire(action, index)

    def press(self, key: str, selector: str) -> None:
        self._place.keys.fire(key)

    def scroll(self, selector: str, index: int) -> None:
        self._place.start_index = index
        self._place.scrolls.fire(index)

    def enter(self) -> None:
        self._place.attention.fire(True)

    def exit(self) -> None:
        self._place.attention.fire(False)

    def resize(self) -> None:
        self._place.resizes.fire()

    def scrolled_to(self, selector: str) -> int:
        return self._place.scroll_targets[-1]
