"""The face for JavaScript: the seed's names in camelCase, behind one function that never throws.

The loader (web/embed.js) keeps a class for each of our two, and a number for each of their objects and for
each place; here the numbers find the Python objects again. Values cross as JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from .config import DEFAULT_API_URL, embed_config
from .errors import ConfigError, described
from .mount import Widget, mount
from .page.bridge import Bridge
from .sight import FirstSight
from .telemetry import TelemetrySampler, TelemetryTracker
from .telemetry.config import telemetry_config

Done = Callable[[str], object]

_decode = json.JSONDecoder().raw_decode  # JavaScript writes no blanks that json.loads would look for

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
_SAMPLER: dict[str, Callable[..., object]] = {
    "shouldSample": lambda sampler, _: sampler.should_sample(),
    "setSamplingRate": lambda sampler, _, rate=None: sampler.set_sampling_rate(rate),
    "getSamplingRate": lambda sampler, _: sampler.get_sampling_rate(),
}


class Facade:
    """What JavaScript has made, by the loader's numbers."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._objects: dict[int, tuple[object, dict[str, Callable[..., object]]]] = {}
        self._widgets: dict[int, Widget] = {}
        self._api_urls: dict[str, str] = {}  # by widget id, so that JavaScript's trackers report there too

    def call(
        self,
        number: int,
        method: str,
        args: str,
        at_ms: float,
        elements: Sequence[object] | None = None,
        done: Done | None = None,
    ) -> str:
        """Do what JavaScript asked for at `at_ms`; the answer is JSON. Never raises.

        `done` is for what takes time, and is called once with JSON: the state of a widget that has settled. What is
        about no element and takes no time comes without them: each would be an object made for one call.
        """
        try:
            answer = self._dispatch(number, method, _decode(args)[0], elements or (), done or _nobody, at_ms)
            return "null" if answer is None else json.dumps(answer)
        except ConfigError as error:
            self._bridge.debug(str(error))
        except Exception as error:  # noqa: BLE001 - JavaScript's caller is the host page
            self._bridge.debug(f"{method} failed: {described(error)}")
        return "null"

    def _dispatch(
        self, number: int, method: str, args: list[Any], elements: Sequence[object], done: Done, at_ms: float
    ) -> object:
        if number in self._objects and method != "free":  # first, since it comes most often
            made, methods = self._objects[number]
            return methods[method](made, at_ms, *args)
        match method:
            case "mount":
                return self._mount(number, *args, elements=elements, done=done, at_ms=at_ms)
            case "know":
                self._know(*args)
            case "refresh":
                return self._refresh(number, done, at_ms)
            case "unmount":
                self._unmount(number)
            case "countUse":
                self._widgets[number].count_use()
            case "getState":
                return self._state(number)
            case "new TelemetryTracker":
                self._objects[number] = (self._tracker(*args), _TRACKER)
            case "new TelemetrySampler":
                self._objects[number] = (TelemetrySampler(*args), _SAMPLER)
            case "free":
                self._objects.pop(number, None)
        return None

    def _mount(
        self,
        number: int,
        given: Mapping[str, Any] | None = None,
        first_sight: Mapping[str, Any] | None = None,
        *,
        elements: Sequence[object],
        done: Done,
        at_ms: float,
    ) -> object:
        place, *owners = elements
        options = given or {}
        if number in self._widgets:
            raise ConfigError("This container already holds a widget: unmount it first, or give each its own.")
        try:
            first = FirstSight(**first_sight) if first_sight else None
            widget = mount(place, bridge=self._bridge, started_at_ms=at_ms, owners=owners, first_sight=first, **options)
        except Exception:
            done(json.dumps(self._state(number)))
            raise
        self._widgets[number] = widget
        self._know(options)
        self._bridge.spawn(self._tell(widget, done))
        return widget.state()

    def _know(self, options: Mapping[str, Any]) -> None:
        """Where a widget has its API, told as soon as its tag is there. A mistake in it is said at `mount`."""
        with suppress(ConfigError):
            config = embed_config(options)
            self._api_urls[config.widget_id] = config.api_url

    def _refresh(self, number: int, done: Done, at_ms: float) -> object:
        widget = self._widgets.get(number)
        if widget is None:
            done(json.dumps(self._state(number)))
            return None
        widget.refresh(started_at_ms=at_ms)
        self._bridge.spawn(self._tell(widget, done))
        return widget.state()

    def _unmount(self, number: int) -> None:
        widget = self._widgets.pop(number, None)
        if widget is not None:
            widget.unmount()

    def _state(self, number: int) -> dict[str, object]:
        widget = self._widgets.get(number)
        return widget.state() if widget else {"status": "unmounted"}

    async def _tell(self, widget: Widget, done: Done) -> None:
        done(json.dumps(await widget.ready()))

    def _tracker(self, widget_id: str, version: str, config: Any = None) -> TelemetryTracker:
        """Without an endpoint of its own a tracker reports where the page's widgets do: self-hosters' data stays."""
        first = next(iter(self._api_urls.values()), DEFAULT_API_URL)
        endpoint = f"{self._api_urls.get(widget_id, first)}/telemetry"
        settings = {"endpoint": endpoint, **(config or {})} if isinstance(config, dict | None) else config
        return TelemetryTracker(widget_id, version, telemetry_config(settings), bridge=self._bridge)


def _nobody(_state: str) -> None:
    """Waits for it."""


def start(draw: float, policy: Any) -> object:
    """For the loader, once: the function that JavaScript calls.

    `draw` is the page's one number for the sampling, or NaN where the loader got none; `policy` is what makes HTML
    trusted in this page, since it can be made once.
    """
    from .page.browser import expose, open_page  # only here: the rest of this module runs without a page too

    page = open_page()
    if page is None:
        raise ConfigError("The facade needs a page.")
    page.use_policy(policy)
    if 0 <= draw < 1:
        page.shared["draw"] = draw
    return expose(Facade(page).call)
