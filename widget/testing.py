"""A page for tests: a bridge and a place without a browser, which record all calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import ConfigError, describe
from .page.bridge import Cancel, FetchFailed, PrivacySignals, Response
from .page.testing_place import FakePlace as FakePlace
from .page.testing_place import Listeners

SETTLE_STEPS = 1000


class _Work:
    """A coroutine in the background of a page without an event loop: `FakeBridge.settle` runs it."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], debug: Callable[[str], None]) -> None:
        self.done = False
        self._coroutine = coroutine
        self._debug = debug

    def step(self) -> None:
        try:
            self._coroutine.send(None)
        except StopIteration:
            self.done = True
        except Exception as error:  # noqa: BLE001 - as in the browser
            self.done = True
            self._debug(describe(error))

    def __await__(self) -> Generator[None, None, None]:
        while not self.done:
            yield


class _Yield:
    def __await__(self) -> Generator[None, None, None]:
        yield


@dataclass
class Later:
    """An answer that the test sets later; the page waits until then."""

    answer: Response | Exception | None = None

    def __await__(self) -> Generator[None, None, Response | Exception]:
        while self.answer is None:
            yield
        return self.answer


@dataclass
class FakeBridge:
    """A page whose clock, random numbers, signals, answers and failures the test sets.

    `answers` holds one answer for each fetch, a Response or an exception to raise; the last one repeats. `draws` holds
    the random numbers; the last one repeats too. `beacon` is the result of sendBeacon, or an exception to raise.
    """

    clock_ms: float = 0.0
    draws: list[float] = field(default_factory=lambda: [0.0])
    signals: PrivacySignals = field(default_factory=PrivacySignals)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    answers: list[Response | Exception | Later] = field(default_factory=lambda: [FetchFailed("network")])
    beacon: bool | Exception = True
    zone: str = "Europe/Berlin"
    keepalive: Exception | None = None
    visible: bool = True
    containers: dict[str, FakePlace] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)
    timings: dict[str, tuple[float, float]] = field(default_factory=dict)  # of the first request for each address

    beacons: list[tuple[str, str]] = field(default_factory=list)
    keepalives: list[tuple[str, str]] = field(default_factory=list)
    fetches: list[tuple[str, str]] = field(default_factory=list)  # URL and cache mode
    sleeps_ms: list[float] = field(default_factory=list)
    debug_lines: list[str] = field(default_factory=list)
    loader_sent: list[str] = field(default_factory=list)  # bodies that the loader has sent by itself
    loader_stopped: bool = False
    draw_count: int = 0  # calls of `random`

    def __post_init__(self) -> None:
        self.idle, self.hidden = Listeners(self.debug), Listeners(self.debug)
        self.work: list[_Work] = []

    @property
    def sent(self) -> list[str]:
        """All bodies that were sent, by beacon or by fetch."""
        return [body for _, body in (*self.beacons, *self.keepalives)]

    def hide(self) -> None:
        """The visitor leaves the page, or changes to another tab."""
        self.visible = False
        self.hidden.fire()

    def show_again(self) -> None:
        self.visible = True

    def place(self, target: object, widget_id: str, owners: Sequence[object] = ()) -> FakePlace:
        place = self.containers.get(target) if isinstance(target, str) else target
        if not isinstance(place, FakePlace):
            raise ConfigError(f"No element of the page matches the container {target!r}.")
        place.debug_lines = self.debug_lines
        return place

    def now_ms(self) -> float:
        return self.clock_ms

    def timing(self, url: str) -> tuple[float, float] | None:
        return self.timings.get(url)

    def random(self) -> float:
        self.draw_count += 1
        return self.draws.pop(0) if len(self.draws) > 1 else self.draws[0]

    def time_zone(self) -> str:
        return self.zone

    def privacy_signals(self) -> PrivacySignals:
        return self.signals

    def telemetry_attributes(self, widget_id: str) -> list[str]:
        return self.attributes.get(widget_id, [])

    def search_page(self) -> None:
        pass  # `telemetry_attributes` is always up to date

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

    def sent_by_loader(self) -> list[str]:
        return list(self.loader_sent)

    def stop_loader(self) -> None:
        self.loader_stopped = True

    def on_idle(self, callback: Callable[[], None]) -> Cancel:
        return self.idle.add(callback)

    def on_hidden(self, callback: Callable[[], None]) -> Cancel:
        return self.hidden.add(callback)

    def is_visible(self) -> bool:
        return self.visible

    async def fetch(self, url: str, *, timeout_ms: float, max_bytes: int, cache: str = "default") -> Response:
        self.fetches.append((url, cache))
        began_ms = self.clock_ms
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Later):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        self.timings.setdefault(url, (began_ms, self.clock_ms))
        if len(answer.text.encode()) > max_bytes:
            raise FetchFailed("too_large")
        return answer

    async def wait_for_paint(self) -> bool:
        return self.visible

    async def pause(self) -> None:
        await _Yield()

    async def sleep(self, ms: float) -> None:
        self.sleeps_ms.append(ms)
        self.clock_ms += ms

    def spawn(self, work: Coroutine[Any, Any, None]) -> Awaitable[None]:
        self.work.append(_Work(work, self.debug))
        return self.work[-1]

    def settle(self) -> None:
        """Runs the background work until it is done or waits for a `Later`."""
        for _ in range(SETTLE_STEPS):
            for work in [work for work in self.work if not work.done]:
                work.step()

    def debug(self, message: str) -> None:
        self.debug_lines.append(message)
