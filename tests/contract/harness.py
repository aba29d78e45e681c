"""The harness of a check: a bridge, and ways to act as its visitor, its host page and its network.

`fake_harness` implements it for the fake page, `page_harness` for a browser's page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from widget.page.bridge import Bridge, Place

WIDGET = "w1"
HERE = "#here"  # a place of each harness
NOWHERE = "#nowhere"

OK_TEXT = "It works ✓"
LARGE_BYTES = 100_000


class Harness(Protocol):
    bridge: Bridge

    def place(self) -> Place:
        """The place HERE of the widget WIDGET."""

    async def until(self, condition: Callable[[], object]) -> None:
        """Lets time pass, with idle callbacks, until the condition holds. Raises AssertionError if it never does."""

    def debug_lines(self) -> list[str]:
        """The debug lines so far. The first call enables them, like an owner's data-debug."""

    # The visitor and the browser
    def hide(self) -> None: ...
    def show_again(self) -> None: ...
    def leave(self) -> None:
        """Puts the page into the back-forward cache."""

    def signal(self, do_not_track: object, global_privacy_control: object) -> None: ...
    def write_telemetry(self, value: str | None) -> None:
        """Sets `data-telemetry` on the place; None removes it."""

    def speak(self, language: str) -> None:
        """Sets the `lang` of the element around the place."""

    # The network
    def url(self, kind: str) -> str:
        """An address that answers `ok` (OK_TEXT), `error` (500), `large` (LARGE_BYTES), `slow` or `refused`."""

    def beacon(self, answer: bool | Exception | None) -> None:
        """Sets the result of sendBeacon; None removes sendBeacon."""

    async def received(self) -> list[str]:
        """The bodies of the requests to url("collect")."""

    # The place
    def html(self) -> str: ...
    def use(self, action: str) -> None:
        """Clicks on the element with this `data-action`."""
