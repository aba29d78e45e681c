"""The interface for JavaScript: the API's names in camelCase, behind one function that never throws.

The loader (web/loader/python.js) gives each tracker and place of JavaScript a number. The facade maps these numbers to
Python objects. Values cross as JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from .config import DEFAULT_API_URL, embed_config
from .errors import ConfigError, describe
from .loader_result import LoaderResult
from .page.bridge import Bridge
from .telemetry import TelemetryTracker
from .telemetry.config import telemetry_config
from .telemetry.stages import BOOT, UP_AT
from .widget import Widget, mount

Done = Callable[[str], object]

_decode = json.JSONDecoder().raw_decode  # json.loads would also look for blanks, which JavaScript does not write

_TRACKER: dict[str, Callable[..., object]] = {
    "startLoadTracking": lambda tracker, at_ms: tracker.start_load_tracking(at_ms=at_ms),
    "trackLoad": lambda tracker, at_ms, layout=None: tracker.track_load(layout, at_ms=at_ms),
    "trackError": lambda tracker, _, code=None: tracker.track_error(code),
    "trackInteraction": lambda tracker, _, layout=None: tracker.track_interaction(layout),
    "flush": lambda tracker, _: tracker.flush(),
    "disable": lambda tracker, _: tracker.disable(),
    "enable": lambda tracker, _: tracker.enable(),
    "isEnabled": lambda tracker, _: tracker.is_enabled(),
    "setSamplingRate": lambda tracker, _, rate=None: tracker.set_sampling_rate(rate),
    "getTelemetryData": lambda tracker, _: tracker.get_telemetry_data(),
}


class Facade:
    """JavaScript's trackers and widgets, by the loader's numbers."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._trackers: dict[int, TelemetryTracker] = {}
        self._widgets: dict[int, Widget] = {}
        self._api_urls: dict[str, str] = {}  # by widget id; JavaScript's trackers report there too

    def call(
        self,
        number: int,
        method: str,
        args: str,
        at_ms: float,
        elements: Sequence[object] | None = None,
        done: Done | None = None,
    ) -> str:
        """Runs the method that JavaScript called at `at_ms`, and returns its result as JSON. Never raises.

        A method that takes time calls `done` once, with the widget's final state as JSON. A call that needs no
        `elements` or no `done` omits them, which saves creating proxies.
        """
        try:
            answer = self._dispatch(number, method, _decode(args)[0], elements or (), done or _ignore, at_ms)
            return "null" if answer is None else json.dumps(answer)
        except ConfigError as error:
            self._bridge.debug(str(error))
        except Exception as error:  # noqa: BLE001 - JavaScript's caller is the host page
            self._bridge.debug(f"{method} failed: {describe(error)}")
        return "null"

    def _dispatch(
        self, number: int, method: str, args: list[Any], elements: Sequence[object], done: Done, at_ms: float
    ) -> object:
        if number in self._trackers and method != "free":  # first, since these calls are the most frequent
            return _TRACKER[method](self._trackers[number], at_ms, *args)
        match method:
            case "mount":
                return self._mount(number, *args, elements=elements, done=done, at_ms=at_ms)
            case "register":
                self._register(*args)
            case "refresh":
                return self._refresh(number, done, at_ms)
            case "unmount":
                self._unmount(number)
            case "countUse":
                self._widgets[number].count_use()
            case "getState":
                return self._state(number)
            case "new TelemetryTracker":
                self._trackers[number] = self._tracker(*args)
            case "free":
                self._trackers.pop(number, None)
        return None

    def _mount(
        self,
        number: int,
        options: Mapping[str, Any] | None = None,
        loader_result: Mapping[str, Any] | None = None,
        *,
        elements: Sequence[object],
        done: Done,
        at_ms: float,
    ) -> object:
        place, *owners = elements
        options = options or {}
        try:
            if number in self._widgets:
                raise ConfigError("This container already holds a widget: unmount it first, or give each its own.")
            result = LoaderResult(**loader_result) if loader_result else None
            widget = mount(
                place, bridge=self._bridge, started_at_ms=at_ms, owners=owners, loader_result=result, **options
            )
        except Exception:
            done(json.dumps(self._state(number)))
            raise
        self._widgets[number] = widget
        self._register(options)
        self._bridge.spawn(self._send_state(widget, done))
        return widget.state()

    def _register(self, options: Mapping[str, Any]) -> None:
        """Stores a widget's API URL, as soon as its tag has run. `mount` reports mistakes in the options."""
        with suppress(ConfigError):
            config = embed_config(options)
            self._api_urls[config.widget_id] = config.api_url

    def _refresh(self, number: int, done: Done, at_ms: float) -> object:
        widget = self._widgets.get(number)
        if widget is None:
            done(json.dumps(self._state(number)))
            return None
        widget.refresh(started_at_ms=at_ms)
        self._bridge.spawn(self._send_state(widget, done))
        return widget.state()

    def _unmount(self, number: int) -> None:
        widget = self._widgets.pop(number, None)
        if widget is not None:
            widget.unmount()

    def _state(self, number: int) -> dict[str, object]:
        widget = self._widgets.get(number)
        return widget.state() if widget else {"status": "unmounted"}

    async def _send_state(self, widget: Widget, done: Done) -> None:
        done(json.dumps(await widget.ready()))

    def _tracker(self, widget_id: str, version: str, config: Any = None) -> TelemetryTracker:
        """A tracker without an endpoint reports to the API of the page's widgets, so self-hosters keep their data."""
        first = next(iter(self._api_urls.values()), DEFAULT_API_URL)
        endpoint = f"{self._api_urls.get(widget_id, first)}/telemetry"
        settings = {"endpoint": endpoint, **(config or {})} if isinstance(config, dict | None) else config
        return TelemetryTracker(widget_id, version, telemetry_config(settings), bridge=self._bridge)


def _ignore(_state: str) -> None:
    """Default callback: discards the state."""


def start(draw: float, policy: Any, control: Any, sent: Any, boot: Any) -> object:
    """Returns the function that JavaScript calls. The loader calls `start` once.

    `draw` is the page's random number for sampling, in [0, 1), or NaN if the loader got none. `policy` is the page's
    Trusted Types policy `tresta`, which can be created only once. `control` is the function of web/loader/controls.js,
    `sent` the array of the loader's own batches, `boot` the address of web/boot.js. Raises ConfigError outside a page.
    """
    from .page.browser import expose, open_page  # here, since the rest of this module also runs outside a page

    page = open_page()
    if page is None:
        raise ConfigError("The facade needs a page.")
    page.use_loader(policy, control, sent)
    page.shared[BOOT] = str(boot)
    with suppress(Exception):  # the page may have replaced its clock
        page.shared[UP_AT] = page.now_ms()
    if 0 <= draw < 1:
        page.shared["draw"] = draw
    return expose(Facade(page).call)
