"""What the page offers, as two Protocols of plain Python types.

`widget.page.browser` is the real page, `widget.testing` the fake one for tests. No JavaScript object passes this
line, and each `on_*` returns its own cancel.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Cancel = Callable[[], None]


@dataclass  # and not frozen, which takes three times as long to make
class PrivacySignals:
    """What the visitor's browser says about tracking, as it says it: a string, a boolean or None."""

    do_not_track: tuple[object, ...] = ()  # navigator.doNotTrack, window.doNotTrack, navigator.msDoNotTrack
    global_privacy_control: object = None  # navigator.globalPrivacyControl


@dataclass(frozen=True)
class Response:
    """An HTTP answer: its status, and at most the asked-for bytes of its text."""

    status: int
    text: str
    from_cache: bool = False  # no byte came over the network; True also where the browser cannot tell


class FetchFailed(Exception):
    """No usable answer came: `timeout`, `network` or `too_large`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Place(Protocol):
    """One widget's place on the page: an element of the host's, with our shadow root in it.

    A `selector` is a CSS selector within that shadow root.
    """

    def show(self, html: str, css: str) -> None:
        """Replace what the shadow root holds. The HTML is escaped already (view.markup).

        The place keeps its height wherever a change of it would move what the visitor sees. Whether the HTML is higher
        than that takes the browser's layout, which is long work: `fit` asks for it.
        """

    def prepare(self, html: str, css: str) -> None:
        """Before the first `show`: have a piece of it laid out, unseen, which leaves what stands as it is.

        The first text of each font waits for it: Chromium on Linux asks another process, which takes 5 ms and more.
        So it waits in a task of its own, and not in the one in which all is laid out.
        """

    def fit(self) -> None:
        """After `show`, best in a frame of its own: cut what is higher than the place, and let go of what is not.

        Where nothing is left to be measured, nothing happens.
        """

    def set_attribute(self, selector: str, name: str, value: str | None) -> None:
        """Set an attribute on every match; None removes it."""

    def set_text(self, selector: str, text: str) -> None:
        """Replace the text of every match."""

    def on_action(self, callback: Callable[[str, int], None]) -> Cancel:
        """A click (or tap, Enter, Space) on an element with `data-action`: its word, and `data-index` or -1."""

    def on_key(self, selector: str, keys: Sequence[str], callback: Callable[[str], None]) -> Cancel:
        """One of the keys pressed with the focus inside a match; the browser's default is prevented."""

    def on_scroll(self, selector: str, callback: Callable[[int], None]) -> Cancel:
        """A scroller has come to rest: the index of the child nearest to its start."""

    def on_attention(self, callback: Callable[[bool], None]) -> Cancel:
        """True when pointer or focus enters the place, False when neither is left inside."""

    def toggle(self, selector: str, name: str) -> bool:
        """Set an empty attribute on every match, or remove it where the first has it; whether it is there now."""

    def item_at_start(self, selector: str) -> int:
        """The index of the child nearest to a scroller's start."""

    def scroll_to(self, selector: str, index: int) -> None:
        """Bring child `index` of a scroller to its start; smoothly, unless the visitor wants less motion."""

    def visible_items(self, selector: str) -> int:
        """How many children of a scroller fit side by side in it, at least 1."""

    def on_resize(self, callback: Callable[[], None]) -> Cancel:
        """The place has changed its width."""

    def remove(self) -> None:
        """Give the element back to the host, empty, as it was before the first `show`."""


class Bridge(Protocol):
    """One page. Times are milliseconds."""

    shared: dict[str, Any]  # what all widgets and trackers of this page have in common

    def place(self, target: object, widget_id: str, owners: Sequence[object] = ()) -> Place:
        """The place of a widget: `target` is a CSS selector or an element of the page.

        `owners` are further elements, such as the script tag, whose `data-telemetry` speaks for the widget.
        Raises ConfigError where there is no such element, or it cannot hold a widget.
        """

    def now_ms(self) -> float:
        """Milliseconds since the page's time origin (performance.now)."""

    def random(self) -> float:
        """A fresh number in [0, 1) from the browser's cryptographic source."""

    def privacy_signals(self) -> PrivacySignals:
        """What the browser says now; read anew at each call."""

    def telemetry_attributes(self, widget_id: str) -> list[str]:
        """The `data-telemetry` of each element that belongs to the widget and has one.

        That of its place and of the place's owners is read anew, that of others as the last `look_around` found it.
        """

    def look_around(self) -> None:
        """Find, in the whole page, the `data-telemetry` of elements that belong to a widget without being its owners.

        Never raises: where the page throws, `telemetry_attributes` does so from then on.
        """

    def send_beacon(self, url: str, body: str) -> bool:
        """navigator.sendBeacon; False where it is missing or refuses. May raise."""

    def send_keepalive(self, url: str, body: str) -> None:
        """fetch with keepalive, no credentials and no referrer; its failure is nobody's business. May raise."""

    def on_idle(self, callback: Callable[[], None]) -> Cancel:
        """Once, at the next idle moment."""

    def on_hidden(self, callback: Callable[[], None]) -> Cancel:
        """Each time the page becomes hidden or is left."""

    def on_visible(self, callback: Callable[[], None]) -> Cancel:
        """Each time the page becomes visible again, out of the back-forward cache included."""

    def every(self, ms: float, callback: Callable[[], None]) -> Cancel:
        """Again and again, `ms` apart."""

    def is_visible(self) -> bool:
        """Whether the page is visible now."""

    def prefers_reduced_motion(self) -> bool:
        """Whether the visitor asked for less motion; read anew."""

    async def fetch(self, url: str, *, timeout_ms: float, max_bytes: int, cache: str = "default") -> Response:
        """GET without credentials or referrer; raises FetchFailed.

        `cache` is a mode of https://fetch.spec.whatwg.org/#concept-request-cache-mode: no-cache asks the server
        whether a copy still holds, force-cache takes a copy of any age before it asks.
        """

    async def painted(self) -> bool:
        """True once the next frame is on the screen; False when the page is hidden before anyone saw it."""

    async def pause(self) -> None:
        """Let the page have its turn, where ours has been long: called often, between the steps of long work."""

    async def sleep(self, ms: float) -> None:
        """Come back after `ms`."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> Awaitable[None]:
        """Run in the background; what it raises goes to `debug`, never to the host page."""

    def debug(self, message: str) -> None:
        """A line in the browser's console, only where the owner asked for it with data-debug="true"."""


def together(*cancels: Callable[[], object]) -> Cancel:
    """One cancel for several."""

    def cancel() -> None:
        for each in cancels:
            each()

    return cancel


def just_once(action: Callable[[], object]) -> Cancel:
    """The action as a cancel that may be called again, which does nothing."""
    done = False

    def cancel() -> None:
        nonlocal done
        if not done:
            done = True
            action()

    return cancel


_page: Bridge | None = None


def set_page(bridge: Bridge | None) -> None:
    """Make this the page that trackers and widgets without a bridge of their own stand on."""
    global _page
    _page = bridge


def the_page() -> Bridge | None:
    """The page we run in, or None outside a browser."""
    return _page
