"""What a check stands on: a bridge, and ways to be its visitor, its host page and its network.

`fake_stand` puts the fake page under it, `page_stand` a real one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from widget.page.bridge import Bridge, Place

WIDGET = "w1"
HERE = "#here"  # a place that each stand has
NOWHERE = "#nowhere"

OK_TEXT = "It works ✓"
LARGE_BYTES = 100_000


class Stand(Protocol):
    bridge: Bridge

    def place(self) -> Place:
        """The place HERE of the widget WIDGET."""

    async def until(self, condition: Callable[[], object]) -> None:
        """Time goes by, idle moments and all, until the condition holds; AssertionError when it never does."""

    def debugged(self) -> list[str]:
        """The lines of the console so far, on a page whose owner asked for them. First call it to ask."""

    # The visitor and the browser
    def hide(self) -> None: ...
    def show_again(self) -> None: ...
    def leave(self) -> None:
        """The page goes into the back-forward cache."""

    def come_back(self) -> None: ...
    def prefer_less_motion(self, less: bool) -> None: ...
    def signal(self, do_not_track: object, global_privacy_control: object) -> None: ...
    def write_telemetry(self, value: str | None) -> None:
        """The owner sets `data-telemetry` on the place, or takes it away."""

    # The network
    def url(self, kind: str) -> str:
        """An address that answers `ok` (OK_TEXT), `error` (500), `large` (LARGE_BYTES), `slow` or `refused`."""

    def beacon(self, answer: bool | Exception | None) -> None:
        """What sendBeacon does from now on; None: there is none."""

    async def received(self) -> list[str]:
        """The bodies that were posted to url("collect")."""

    # The place
    def html(self) -> str: ...
    def attribute(self, selector: str, name: str) -> str | None: ...
    def text(self, selector: str) -> str: ...
    def click(self, action: str, index: int) -> None: ...
    def press(self, key: str, selector: str) -> None: ...
    def scroll(self, selector: str, index: int) -> None: ...
    def enter(self) -> None: ...
    def exit(self) -> None: ...
    def resize(self) -> None: ...
    def scrolled_to(self, selector: str) -> int:
        """The index of the child at the scroller's start."""
