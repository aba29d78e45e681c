"""The real page: the one module that knows JavaScript. It owns every proxy, and lets no exception out.

A Python function that JavaScript may call is a PyProxy, which lives until it is destroyed: each one is made in
`listen`, `observe`, `every` or `_once`, whose cancel destroys it.
"""

from __future__ import annotations

import asyncio
import functools
import math
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import js
from pyodide.ffi import JsException, create_proxy

from ..errors import ConfigError, described
from .bridge import Cancel, FetchFailed, Response, just_once, set_page, the_page, together
from .download import download
from .shadow import ShadowPlace
from .signals import OURS, Signals

TURN_MS = 10  # a frame has 16 in all
IDLE_WITHIN_MS = 2000  # from a page that is never idle we send all the same


class BrowserBridge:
    """The page we run in."""

    def __init__(self) -> None:
        self.shared: dict[str, Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()  # asyncio itself keeps only weak references
        self._policy: Any = None
        self._rested_ms = 0.0  # when we last let the page have its turn
        self._signals = Signals(js.window, self.debug)
        self.privacy_signals = self._signals.privacy_signals
        self.telemetry_attributes = self._signals.telemetry_attributes
        self.look_around = self._signals.look_around

    def place(self, target: object, widget_id: str, owners: Sequence[object] = ()) -> ShadowPlace:
        element = _find(target)
        place = ShadowPlace(self, element)
        self._signals.add_owners(widget_id, (element, *owners))
        return place

    def now_ms(self) -> float:
        return float(js.performance.now())

    def random(self) -> float:
        return float(js.crypto.getRandomValues(js.Uint32Array.new(1))[0]) / 2**32

    def send_beacon(self, url: str, body: str) -> bool:
        # A string is sent as text/plain, a "simple" request: a JSON Blob would need a preflight, lost at unload.
        send = getattr(js.navigator, "sendBeacon", None)
        return send is not None and send(url, body) is True

    def send_keepalive(self, url: str, body: str) -> None:
        # fetch too gives a string the type text/plain.
        answer = js.fetch(
            url, method="POST", body=body, keepalive=True, credentials="omit", referrerPolicy="no-referrer"
        )
        answer.catch(js.Boolean)  # else its failure would be the host's `unhandledrejection`

    def on_idle(self, callback: Callable[[], None]) -> Cancel:
        if hasattr(js, "requestIdleCallback"):
            ask, withdraw = functools.partial(js.requestIdleCallback, timeout=IDLE_WITHIN_MS), js.cancelIdleCallback
        else:  # Safari
            ask, withdraw = js.setTimeout, js.clearTimeout
        return self._once(callback, ask, withdraw)

    def on_hidden(self, callback: Callable[[], None]) -> Cancel:
        # pagehide as well: not every way out of a page fires visibilitychange in Safari
        # (https://bugs.webkit.org/show_bug.cgi?id=151234).
        changed = self.listen(js.document, "visibilitychange", lambda _: None if self.is_visible() else callback())
        left = self.listen(js.window, "pagehide", lambda _: callback())
        return together(changed, left)

    def on_visible(self, callback: Callable[[], None]) -> Cancel:
        changed = self.listen(js.document, "visibilitychange", lambda _: callback() if self.is_visible() else None)
        back = self.listen(js.window, "pageshow", lambda _: callback())
        return together(changed, back)

    def every(self, ms: float, callback: Callable[[], None]) -> Cancel:
        proxy = create_proxy(self._guarded(callback))
        timer = js.setInterval(proxy, ms)
        return just_once(lambda: (js.clearInterval(timer), proxy.destroy()))

    def is_visible(self) -> bool:
        return bool(js.document.visibilityState == "visible")

    def prefers_reduced_motion(self) -> bool:
        return bool(js.matchMedia("(prefers-reduced-motion: reduce)").matches)

    async def fetch(self, url: str, *, timeout_ms: float, max_bytes: int, cache: str = "default") -> Response:
        try:
            return await download(js, url, timeout_ms=timeout_ms, max_bytes=max_bytes, cache=cache)
        except JsException as error:
            raise FetchFailed("timeout" if error.name == "TimeoutError" else "network") from None

    async def painted(self) -> bool:
        if not self.is_visible():
            return False
        shown: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def settle(value: bool) -> None:
            if not shown.done():
                shown.set_result(value)

        def drawn() -> None:  # requestAnimationFrame runs before its frame is drawn, a task behind it after
            self._once(lambda: settle(True), js.setTimeout, js.clearTimeout)

        hidden = self.on_hidden(lambda: settle(False))
        stop = together(hidden, self._once(drawn, js.requestAnimationFrame, js.cancelAnimationFrame))
        try:
            return await shown
        finally:
            stop()

    async def pause(self) -> None:
        if not self._clock_ms() - self._rested_ms <= TURN_MS:  # NaN is never less
            await asyncio.sleep(0)  # a task of its own: Pyodide's loop comes back by a message
            self._rested_ms = self._clock_ms()

    async def sleep(self, ms: float) -> None:
        await asyncio.sleep(ms / 1000)

    def spawn(self, work: Coroutine[Any, Any, None]) -> Awaitable[None]:
        async def guarded() -> None:
            try:
                await work
            except Exception as error:  # noqa: BLE001 - the last guard before the host's console
                self.debug(described(error))

        task = asyncio.ensure_future(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def debug(self, message: str) -> None:
        if js.document.querySelector(f'[data-debug="true"]{OURS}'):
            js.console.warn(f"Tresta: {message}")

    def listen(self, target: Any, event: str, callback: Callable[[Any], object]) -> Cancel:
        """addEventListener; the cancel removes the listener and frees it."""
        proxy = create_proxy(self._guarded(callback))
        target.addEventListener(event, proxy)
        return just_once(lambda: (target.removeEventListener(event, proxy), proxy.destroy()))

    def observe_size(self, element: Any, callback: Callable[[], None]) -> Cancel:
        """A ResizeObserver on one element."""
        # The callback waits a task: one that changed a size at once would be the host's uncaught error
        # "ResizeObserver loop completed" (https://drafts.csswg.org/resize-observer/#deliver-resize-error).
        stop_waiting: Cancel = just_once(lambda: None)

        def changed(*_: Any) -> None:
            nonlocal stop_waiting
            stop_waiting()
            stop_waiting = self._once(callback, js.setTimeout, js.clearTimeout)

        proxy = create_proxy(self._guarded(changed))
        observer = js.ResizeObserver.new(proxy)
        observer.observe(element)
        stop = just_once(lambda: (observer.disconnect(), proxy.destroy()))
        return together(stop, lambda: stop_waiting())

    def trusted(self, html: str) -> Any:
        """The HTML as the page's Trusted Types want it (https://www.w3.org/TR/trusted-types/): policy `tresta`."""
        if self._policy is None and not hasattr(js, "trustedTypes"):
            return html
        if self._policy is None:
            create = create_proxy(lambda text, *_: text)  # for the life of the page
            self._policy = js.trustedTypes.createPolicy("tresta", createHTML=create)
        return self._policy.createHTML(html)

    def use_policy(self, policy: Any) -> None:
        """The loader has made it already, and a page lets it be made once."""
        self._policy = policy

    def _clock_ms(self) -> float:
        """The page's clock, or NaN where the page broke it: what is drawn must not hang on that."""
        try:
            return self.now_ms()
        except JsException:
            return math.nan

    def _once(self, callback: Callable[[], None], ask: Callable[[Any], Any], withdraw: Callable[[Any], Any]) -> Cancel:
        def run(*_: Any) -> None:
            free()
            callback()

        proxy = create_proxy(self._guarded(run))
        free = just_once(proxy.destroy)
        handle = ask(proxy)
        return together(lambda: withdraw(handle), free)

    def _guarded(self, callback: Callable[..., object]) -> Callable[..., None]:
        """A handler that raised would surface as the host page's uncaught error."""

        def guarded(*args: Any) -> None:
            try:
                callback(*args)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is ours
                self.debug(described(error))

        return guarded


def open_page() -> BrowserBridge | None:
    """Make the page we run in the one that trackers and widgets stand on; None where there is no document."""
    page = the_page()
    if page is None and hasattr(js, "document"):
        page = BrowserBridge()
        set_page(page)
    return page if isinstance(page, BrowserBridge) else None


def expose(function: Callable[..., object]) -> object:
    """The function for JavaScript to keep and call, for the life of the page."""
    return create_proxy(function)


def _find(target: object) -> Any:
    try:
        element = js.document.querySelector(target) if isinstance(target, str) else target
    except JsException:
        raise ConfigError(f"The container {target!r} is not a CSS selector.") from None
    if not hasattr(element, "attachShadow"):
        raise ConfigError(f"No element of the page matches the container {target!r}.")
    return element
