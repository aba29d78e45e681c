"""A page for tests: the bridge and the place without a browser, with everything that happens written down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .bridge import Cancel, FetchFailed, PrivacySignals, Response
from .errors import ConfigError

SETTLE_STEPS = 50


class _Listeners:
    """Callbacks in the order they came, each with its cancel."""

    def __init__(self) -> None:
        self._callbacks: dict[object, Callable[..., object]] = {}

    def add(self, callback: Callable[..., object]) -> Cancel:
        key = object()
        self._callbacks[key] = callback
        return lambda: self._callbacks.pop(key, None) and None

    def fire(self, *args: object) -> None:
        for key in list(self._callbacks):
            callback = self._callbacks.get(key)
            if callback is not None:
                callback(*args)

    def fire_once(self) -> None:
        callbacks, self._callbacks = self._callbacks, {}
        for callback in callbacks.values():
            callback()

    def __len__(self) -> int:
        return len(self._callbacks)


class _Work:
    """A coroutine in the background of a page that has no event loop: `FakeBridge.settle` moves it on."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], debug: Callable[[str], None]) -> None:
        self.done = False
        self._coroutine = coroutine
        self._debug = debug

    def step(self) -> None:
        try:
            self._coroutine.send(None)
        except StopIteration:
            self.done = True
        except Exception as error:  # noqa: BLE001 - as the real page does
            self.done = True
            self._debug(f"{type(error).__name__}: {error}")

    def __await__(self) -> Generator[None, None, None]:
        while not self.done:
            yield


@dataclass
class Later:
    """An answer that lets the page wait until the test gives it."""

    answer: Response | Exception | None = None

    def __await__(self) -> Generator[None, None, Response | Exception]:
        while self.answer is None:
            yield
        return self.answer


@dataclass
class FakePlace:
    """What was shown, and ways to act as the visitor."""

    html: str = ""
    css: str = ""
    shown: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str | None]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    scrolled: list[int] = field(default_factory=list)
    fitting: int = 1
    removed: bool = False
    fails_to_show: Exception | None = None

    def __post_init__(self) -> None:
        self.actions, self.keys, self.scrolls = _Listeners(), _Listeners(), _Listeners()
        self.attention, self.resizes = _Listeners(), _Listeners()

    def show(self, html: str, css: str) -> None:
        if self.fails_to_show and "data-status" not in html:
            raise self.fails_to_show
        self.html, self.css = html, css
        self.shown.append(html)

    def set_attribute(self, selector: str, name: str, value: str | None) -> None:
        self.attributes.append((selector, name, value))

    def set_text(self, selector: str, text: str) -> None:
        self.texts.append((selector, text))

    def on_action(self, callback: Callable[[str, int], None]) -> Cancel:
        return self.actions.add(callback)

    def on_key(self, selector: str, keys: Sequence[str], callback: Callable[[str], None]) -> Cancel:
        return self.keys.add(lambda key: callback(key) if key in keys else None)

    def on_scroll(self, selector: str, callback: Callable[[int], None]) -> Cancel:
        return self.scrolls.add(callback)

    def on_attention(self, callback: Callable[[bool], None]) -> Cancel:
        return self.attention.add(callback)

    def scroll_to(self, selector: str, index: int) -> None:
        self.scrolled.append(index)

    def visible_items(self, selector: str) -> int:
        return self.fitting

    def on_resize(self, callback: Callable[[], None]) -> Cancel:
        return self.resizes.add(callback)

    def remove(self) -> None:
        self.removed = True
        self.html = self.css = ""


@dataclass
class FakeBridge:
    """A page whose clock, chance, signals, answers and failures the test decides.

    `answers` are given out one a fetch, the last again and again: a Response, or an exception to raise.
    `beacon` is what sendBeacon answers, or an exception to raise. `draws` are random's numbers, likewise.
    """

    clock_ms: float = 0.0
    draws: list[float] = field(default_factory=lambda: [0.0])
    signals: PrivacySignals = field(default_factory=PrivacySignals)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    answers: list[Response | Exception | Later] = field(default_factory=lambda: [FetchFailed("network")])
    beacon: bool | Exception = True
    keepalive: Exception | None = None
    visible: bool = True
    reduced_motion: bool = False
    containers: dict[str, FakePlace] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)

    beacons: list[tuple[str, str]] = field(default_factory=list)
    keepalives: list[tuple[str, str]] = field(default_factory=list)
    fetches: list[tuple[str, str]] = field(default_factory=list)  # URL and cache mode
    slept_ms: list[float] = field(default_factory=list)
    debugged: list[str] = field(default_factory=list)
    drawn: int = 0  # how often random was asked

    def __post_init__(self) -> None:
        self.idle, self.hidden, self.shows = _Listeners(), _Listeners(), _Listeners()
        self.timers: dict[float, _Listeners] = {}
        self.work: list[_Work] = []

    @property
    def sent(self) -> list[str]:
        """Every body that left the page, whichever way."""
        return [body for _, body in (*self.beacons, *self.keepalives)]

    def hide(self) -> None:
        """The visitor leaves, or looks at another tab."""
        self.visible = False
        self.hidden.fire()

    def show_again(self) -> None:
        self.visible = True
        self.shows.fire()

    def pass_ms(self, ms: float) -> None:
        """Time goes by, and every timer of exactly this period fires once."""
        self.clock_ms += ms
        if ms in self.timers:
            self.timers[ms].fire()

    def place(self, target: object, widget_id: str, owners: Sequence[object] = ()) -> FakePlace:
        if isinstance(target, FakePlace):
            return target
        if not isinstance(target, str) or target not in self.containers:
            raise ConfigError(f"No element of the page matches the container {target!r}.")
        return self.containers[target]

    def now_ms(self) -> float:
        return self.clock_ms

    def random(self) -> float:
        self.drawn += 1
        return self.draws.pop(0) if len(self.draws) > 1 else self.draws[0]

    def privacy_signals(self) -> PrivacySignals:
        return self.signals

    def telemetry_attributes(self, widget_id: str) -> list[str]:
        return self.attributes.get(widget_id, [])

    def send_beacon(self, url: str, body: str) -> bool:
        if isinstance(self.beacon, Exception):
            raise self.beacon
        if self.beacon:
            self.beacons.append((url, body))
        return self.beacon

    def send_keepalive(self, url: str, body: str) -> None:
        if self.keepalive:
            raise self.keepalive
        self.keepalives.append((url, body))

    def on_idle(self, callback: Callable[[], None]) -> Cancel:
        return self.idle.add(callback)

    def on_hidden(self, callback: Callable[[], None]) -> Cancel:
        return self.hidden.add(callback)

    def on_visible(self, callback: Callable[[], None]) -> Cancel:
        return self.shows.add(callback)

    def every(self, ms: float, callback: Callable[[], None]) -> Cancel:
        return self.timers.setdefault(ms, _Listeners()).add(callback)

    def is_visible(self) -> bool:
        return self.visible

    def prefers_reduced_motion(self) -> bool:
        return self.reduced_motion

    async def fetch(self, url: str, *, timeout_ms: float, max_bytes: int, cache: str = "default") -> Response:
        self.fetches.append((url, cache))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Later):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        if len(answer.text.encode()) > max_bytes:
            raise FetchFailed("too_large")
        return answer

    async def painted(self) -> bool:
        return self.visible

    async def sleep(self, ms: float) -> None:
        self.slept_ms.append(ms)
        self.clock_ms += ms

    def spawn(self, work: Coroutine[Any, Any, None]) -> Awaitable[None]:
        self.work.append(_Work(work, self.debug))
        return self.work[-1]

    def settle(self) -> None:
        """Let the background work go on until it is done, or waits for a `Later`."""
        for _ in range(SETTLE_STEPS):
            for work in [work for work in self.work if not work.done]:
                work.step()

    def debug(self, message: str) -> None:
        self.debugged.append(message)
