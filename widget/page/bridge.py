"""The interface to the page: two Protocols of plain Python types.

`widget.page.browser` implements it for a browser, `widget.testing` for tests. No JavaScript object crosses it. Each
`on_*` method returns a function that cancels it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Cancel = Callable[[], None]


@dataclass  # not frozen: a frozen one takes three times as long to create
class PrivacySignals:
    """The browser's settings about tracking, with the browser's own values: a string, a boolean or None."""

    do_not_track: tuple[object, ...] = ()  # navigator.doNotTrack, window.doNotTrack, navigator.msDoNotTrack
    global_privacy_control: object = None  # navigator.globalPrivacyControl


@dataclass(frozen=True)
class Response:
    """An HTTP response: its status and its text."""

    status: int
    text: str
    from_cache: bool = False  # no byte came over the network; True also if the browser cannot tell


class FetchFailed(Exception):
    """A request without a usable response. `reason` is `timeout`, `network` or `too_large`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Place(Protocol):
    """One widget's place on the page: an element of the host page with a shadow root of the widget's.

    A `selector` is a CSS selector within that shadow root.
    """

    def language(self) -> str:
        """The `lang` of the place or of the nearest element around it that has one; empty if none has."""

    def show(self, html: str, css: str) -> None:
        """Replaces the content of the shadow root. The HTML is escaped already (view.markup).

        The place keeps its height if a change would move what the visitor sees. `fit` then measures whether the HTML
        is higher than the place. That is a separate call, because the browser's layout is long work.
        """

    def prepare(self, html: str, css: str) -> None:
        """Before the first `show`: lays out a piece of the HTML invisibly, without changing the place.

        The first text in each font blocks the layout until the font is loaded: Chromium on Linux asks another process,
        which takes 5 ms and more. This moves that wait into a task of its own.
        """

    def fit(self) -> None:
        """After `show`, best in a frame of its own: cuts HTML that is higher than the place, else frees the height.

        Does nothing if `show` did not keep the height.
        """

    def control(self, on_use: Callable[[], None]) -> Cancel:
        """Starts the controls of what is shown, such as a carousel's arrows; see web/loader/controls.js.

        Calls back for each use by the visitor. Where the controls run already, they go on with this callback.
        """

    def on_action(self, action: str, callback: Callable[[], None]) -> Cancel:
        """The visitor has used a button with this `data-action`, such as the error state's `retry`."""

    def show_receipt(self, html: str) -> None:
        """Replaces the content of the receipt's sheet: see view/receipt.py. A focus in it stays in it."""

    def is_receipt_open(self) -> bool:
        """Whether the visitor has opened the receipt's sheet."""

    def return_focus(self) -> Cancel:
        """Each time the receipt's sheet closes with the focus in it, gives the focus to the receipt's button."""

    def remove(self) -> None:
        """Gives the element back to the host page, as it was before the first `show`."""


class Bridge(Protocol):
    """One page. Times are milliseconds."""

    shared: dict[str, Any]  # shared by all widgets and trackers of the page

    def place(self, target: object, widget_id: str, owners: Sequence[object] = ()) -> Place:
        """The place of a widget: `target` is a CSS selector or an element of the page.

        `owners` are further elements, such as the script tag, whose `data-telemetry` applies to the widget.
        Raises ConfigError if there is no such element, or if it cannot have a shadow root.
        """

    def now_ms(self) -> float:
        """Milliseconds since the page's time origin (performance.now)."""

    def timing(self, url: str) -> tuple[float, float] | None:
        """When the page's first request for this address began and ended; None if the browser does not say.

        Never raises.
        """

    def random(self) -> float:
        """A new random number in [0, 1) from the browser's cryptographic generator."""

    def time_zone(self) -> str:
        """The browser's time zone, such as Europe/Berlin; empty if the page or the browser does not say."""

    def privacy_signals(self) -> PrivacySignals:
        """The browser's current settings; each call reads them again."""

    def telemetry_attributes(self, widget_id: str) -> list[str]:
        """The `data-telemetry` values of all elements that belong to the widget.

        Each call reads the place and its owners again. The values of other elements are those of the last
        `search_page`. Raises RuntimeError if that search failed.
        """

    def search_page(self) -> None:
        """Searches the whole page for `data-telemetry` of elements that belong to a widget but are not its owners.

        Never raises: if the page throws, `telemetry_attributes` raises from then on.
        """

    def send_beacon(self, url: str, body: str) -> bool:
        """navigator.sendBeacon; False if it is missing or refuses. May raise."""

    def send_keepalive(self, url: str, body: str) -> None:
        """fetch with keepalive, no credentials and no referrer. Ignores a failed request. May raise."""

    def sent_by_loader(self) -> list[str]:
        """The bodies of the batches that the loader has sent by itself; none in a page without the loader."""

    def stop_loader(self) -> None:
        """Lets the loader send nothing any more."""

    def on_idle(self, callback: Callable[[], None]) -> Cancel:
        """Once, when the page is idle next."""

    def on_hidden(self, callback: Callable[[], None]) -> Cancel:
        """Each time the page becomes hidden or the visitor leaves it."""

    def is_visible(self) -> bool:
        """Whether the page is visible now."""

    async def fetch(self, url: str, *, timeout_ms: float, max_bytes: int, cache: str = "default") -> Response:
        """GET without credentials or referrer. Raises FetchFailed, also for a text of more than `max_bytes`.

        `cache` is a mode of https://fetch.spec.whatwg.org/#concept-request-cache-mode: no-cache revalidates a copy
        with the server, force-cache uses a copy of any age.
        """

    async def wait_for_paint(self) -> bool:
        """True once the next frame is on the screen; False if the page is hidden before."""

    async def pause(self) -> None:
        """Yields to the page if the current task has run for long. Call it often, between steps of long work."""

    async def sleep(self, ms: float) -> None:
        """Waits for `ms`."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> Awaitable[None]:
        """Runs work in the background. Its exceptions go to `debug`, never to the host page."""

    def debug(self, message: str) -> None:
        """Writes a line to the browser's console if the owner has set data-debug="true"."""


def cancel_all(*cancels: Callable[[], object]) -> Cancel:
    """One cancel function for several."""

    def cancel() -> None:
        for each in cancels:
            each()

    return cancel


def once(action: Callable[[], object]) -> Cancel:
    """The action as a cancel function. Further calls do nothing."""
    done = False

    def cancel() -> None:
        nonlocal done
        if not done:
            done = True
            action()

    return cancel


_page: Bridge | None = None


def set_page(bridge: Bridge | None) -> None:
    """Makes this the default page of trackers and widgets."""
    global _page
    _page = bridge


def current_page() -> Bridge | None:
    """The default page of trackers and widgets, or None outside a browser."""
    return _page
