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
        raise AssertionError("The condition never came to hold.")

    def resource_count(self) -> int:
        """How many callbacks the page still has."""
        page, place = self.bridge, self._place
        return sum(map(len, [page.idle, page.hidden, place.uses, place.closings, *place.actions.values()]))

    def debug_lines(self) -> list[str]:
        return self.bridge.debug_lines

    def hide(self) -> None:
        self.bridge.hide()

    def show_again(self) -> None:
        self.bridge.show_again()

    def leave(self) -> None:
        self.bridge.hide()

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

    def use(self, action: str) -> None:
        self._place.actions.get(action, self._place.uses).fire()
