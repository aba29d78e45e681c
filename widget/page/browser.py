"""The browser's page: the only module that imports JavaScript. It owns all proxies and lets no exception out.

JavaScript calls a Python function through a PyProxy, which lives until it is destroyed. `listen`, `control` and
`_schedule` create proxies, and the cancel functions that they return destroy them.
"""

from __future__ import annotations

import asyncio
import functools
import math
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import js
from pyodide.ffi import JsException, create_proxy

from ..errors import ConfigError, describe
from .bridge import Cancel, FetchFailed, Response, cancel_all, current_page, once, set_page
from .download import download
from .script import load_control
from .shadow import ShadowPlace
from .signals import WIDGET_ELEMENTS, Signals

MAX_TASK_MS = 10  # of a frame's 16
IDLE_TIMEOUT_MS = 2000  # then `on_idle` fires even if the page is never idle


class BrowserBridge:
    """The page that Python runs in. See bridge.Bridge."""

    def __init__(self) -> None:
        self.shared: dict[str, Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()  # asyncio itself keeps only weak references
        self._policy: Any = None
        self._control: Any = None  # the function of web/loader/controls.js
        self._sent: Any = None  # the array of the loader's own batches
        self._paused_at_ms = 0.0  # the last time Python yielded to the page
        self._signals = Signals(js.window, self.debug)
        self.privacy_signals = self._signals.privacy_signals
        self.telemetry_attributes = self._signals.telemetry_attributes
        self.search_page = self._signals.search_page
        self.remove_owner = self._signals.remove_owner

    def place(self, target: object, widget_id: str, owners: Sequence[object] = ()) -> ShadowPlace:
        element = _find(target)
        place = ShadowPlace(self, element, owners)
        self._signals.add_owners(widget_id, (element, *owners))
        return place

    def now_ms(self) -> float:
        return float(js.performance.now())

    def timing(self, url: str) -> tuple[float, float] | None:
        try:
            entry = js.performance.getEntriesByName(url, "resource").shift()
            return None if entry is None else (float(entry.startTime), float(entry.responseEnd))
        except Exception:  # noqa: BLE001 - the page may have replaced `performance`
            return None

    def random(self) -> float:
        return float(js.crypto.getRandomValues(js.Uint32Array.new(1))[0]) / 2**32

    def time_zone(self) -> str:
        try:
            return str(js.Intl.DateTimeFormat.new().resolvedOptions().timeZone)
        except JsException:  # the page has replaced Intl
            return ""

    def send_beacon(self, url: str, body: str) -> bool:
        # A string is sent as text/plain, a "simple" request: a JSON Blob would need a preflight, lost at unload.
        send = getattr(js.navigator, "sendBeacon", None)
        return send is not None and send(url, body) is True

    def send_keepalive(self, url: str, body: str) -> None:
        # fetch too gives a string the type text/plain.
        response = js.fetch(
            url, method="POST", body=body, keepalive=True, credentials="omit", referrerPolicy="no-referrer"
        )
        response.catch(js.Boolean)  # else a failure would be an `unhandledrejection` in the host page

    def sent_by_loader(self) -> list[str]:
        return [str(body) for body in self._sent or ()]

    def stop_loader(self) -> None:
        if self._sent is not None:
            js.Object.freeze(self._sent)  # web/loader/report.js sends only what it can add to this list

    def on_idle(self, callback: Callable[[], None]) -> Cancel:
        if hasattr(js, "requestIdleCallback"):
            request = functools.partial(js.requestIdleCallback, timeout=IDLE_TIMEOUT_MS)
            return self._schedule(callback, request, js.cancelIdleCallback)
        return self._schedule(callback, js.setTimeout, js.clearTimeout)  # Safari

    def on_hidden(self, callback: Callable[[], None]) -> Cancel:
        # pagehide as well: in Safari not every way to leave a page fires visibilitychange
        # (https://bugs.webkit.org/show_bug.cgi?id=151234).
        changed = self.listen(js.document, "visibilitychange", lambda _: None if self.is_visible() else callback())
        left = self.listen(js.window, "pagehide", lambda _: callback())
        return cancel_all(changed, left)

    def is_visible(self) -> bool:
        return bool(js.document.visibilityState == "visible")

    async def fetch(self, url: str, *, timeout_ms: float, max_bytes: int, cache: str = "default") -> Response:
        try:
            return await download(js, url, timeout_ms=timeout_ms, max_bytes=max_bytes, cache=cache)
        except JsException as error:
            raise FetchFailed("timeout" if error.name == "TimeoutError" else "network") from None

    async def wait_for_paint(self) -> bool:
        if not self.is_visible():
            return False
        result: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def settle(value: bool) -> None:
            if not result.done():
                result.set_result(value)

        def after_frame() -> None:  # requestAnimationFrame calls back before the paint; a task after it runs after
            self._schedule(lambda: settle(True), js.setTimeout, js.clearTimeout)

        hidden = self.on_hidden(lambda: settle(False))
        stop = cancel_all(hidden, self._schedule(after_frame, js.requestAnimationFrame, js.cancelAnimationFrame))
        try:
            return await result
        finally:
            stop()

    async def pause(self) -> None:
        if not self._clock_ms() - self._paused_at_ms <= MAX_TASK_MS:  # also with NaN, which is never less
            await asyncio.sleep(0)  # Pyodide's loop continues in a new task
            self._paused_at_ms = self._clock_ms()

    async def sleep(self, ms: float) -> None:
        await asyncio.sleep(ms / 1000)

    def spawn(self, work: Coroutine[Any, Any, None]) -> Awaitable[None]:
        async def guarded() -> None:
            try:
                await work
            except Exception as error:  # noqa: BLE001 - no exception may reach the host's console
                self.debug(describe(error))

        task = asyncio.ensure_future(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def debug(self, message: str) -> None:
        if js.document.querySelector(f'[data-debug="true"]{WIDGET_ELEMENTS}'):
            js.console.warn(f"Tresta: {message}")

    def listen(self, target: Any, event: str, callback: Callable[[Any], object]) -> Cancel:
        """addEventListener. The cancel function removes the listener and frees its proxy."""
        proxy = create_proxy(self._guarded(callback))
        target.addEventListener(event, proxy)
        return once(lambda: (target.removeEventListener(event, proxy), proxy.destroy()))

    def control(self, root: Any, on_use: Callable[[], None]) -> Cancel:
        """Starts the controls of a widget's shadow root."""
        if self._control is None:  # a page without the loader
            self._control = load_control(js.window, self.trusted_script)
        proxy = create_proxy(self._guarded(on_use))
        stop = self._control(root, proxy)
        return once(lambda: (stop(), proxy.destroy()))

    def trusted(self, html: str) -> Any:
        """The HTML as a Trusted Type of the policy `tresta` (https://www.w3.org/TR/trusted-types/)."""
        policy = self._trusted_types()
        return policy.createHTML(html) if policy else html

    def trusted_script(self, text: str) -> Any:
        """The script as a Trusted Type of the policy."""
        policy = self._trusted_types()
        return policy.createScript(text) if policy else text

    def use_loader(self, policy: Any, control: Any, sent: Any) -> None:
        """Uses what the loader has: its Trusted Types policy, since a page allows only one `tresta`, and its controls.

        `sent` are the batches that it has sent by itself.
        """
        self._policy, self._control, self._sent = policy, control, sent

    def _trusted_types(self) -> Any:
        if self._policy is None and hasattr(js, "trustedTypes"):
            create = create_proxy(lambda text, *_: text)  # lives as long as the page
            self._policy = js.trustedTypes.createPolicy("tresta", createHTML=create, createScript=create)
        return self._policy

    def _clock_ms(self) -> float:
        """The page's clock, or NaN if it throws: drawing must not depend on it."""
        try:
            return self.now_ms()
        except JsException:
            return math.nan

    def _schedule(
        self, callback: Callable[[], None], request: Callable[[Any], Any], cancel: Callable[[Any], Any]
    ) -> Cancel:
        """Calls back once, by `request`, such as setTimeout; `cancel` is its counterpart, such as clearTimeout."""

        def run(*_: Any) -> None:
            free()
            callback()

        proxy = create_proxy(self._guarded(run))
        free = once(proxy.destroy)
        handle = request(proxy)
        return cancel_all(lambda: cancel(handle), free)

    def _guarded(self, callback: Callable[..., object]) -> Callable[..., None]:
        """The callback, with exceptions sent to `debug`: else the host page would get an uncaught error."""

        def guarded(*args: Any) -> None:
            try:
                callback(*args)
            except Exception as error:  # noqa: BLE001 - any exception here is a bug in this package
                self.debug(describe(error))

        return guarded


def open_page() -> BrowserBridge | None:
    """Makes the browser's page the default of trackers and widgets, and returns it; None if there is no document."""
    page = current_page()
    if page is None and hasattr(js, "document"):
        page = BrowserBridge()
        set_page(page)
    return page if isinstance(page, BrowserBridge) else None


def expose(function: Callable[..., object]) -> object:
    """A proxy by which JavaScript can call the function as long as the page lives."""
    return create_proxy(function)


def _find(target: object) -> Any:
    try:
        element = js.document.querySelector(target) if isinstance(target, str) else target
    except JsException:
        raise ConfigError(f"The container {target!r} is not a CSS selector.") from None
    if not hasattr(element, "attachShadow"):
        raise ConfigError(f"No element of the page matches the container {target!r}.")
    return element
