"""One widget on the page: mounted, refreshed, unmounted, and always in a state that can be told."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any

from .bridge import Bridge, Cancel, Place, the_page
from .carousel import Carousel
from .config import EmbedConfig, embed_config
from .content import Content
from .controls import Controls
from .design import Design
from .errors import API_ERROR, NOT_FOUND, RENDER_ERROR, UNAUTHORIZED, ConfigError, ContentError
from .source import ContentSource, Found
from .telemetry.config import TelemetryConfig
from .telemetry.tracker import TelemetryTracker
from .telemetry.transport import outbox_of
from .version import VERSION
from .view import draw, draw_empty, draw_error, draw_loading, stylesheet


class Widget:
    """A widget in its place. `mount` makes them."""

    def __init__(self, bridge: Bridge, place: Place, config: EmbedConfig) -> None:
        self._bridge = bridge
        self._place = place
        self._config = config
        self._source = ContentSource(bridge, config.widget_id, config.content_url)
        self._design = config.design(Design())[0]
        self._content: Content | None = None  # what is drawn
        self._status, self._code = "loading", ""
        self._cancels: list[Cancel] = []
        self._turn = 0  # counts the loads, so that an overtaken one changes nothing
        self._work: Awaitable[None] | None = None
        self.tracker = TelemetryTracker(
            config.widget_id,
            VERSION,
            TelemetryConfig(enabled=config.telemetry, endpoint=config.telemetry_url),
            bridge=bridge,
        )

    def refresh(self, *, started_at_ms: float | None = None) -> None:
        """Ask the API again and draw what it says; what stands stays until then. Its load time starts now."""
        self._turn += 1
        self._work = self._bridge.spawn(self._load(self._turn, started_at_ms))

    async def ready(self) -> dict[str, object]:
        """The state, once the load under way has come to its end."""
        if self._work is not None:
            await self._work
        return self.state()

    def state(self) -> dict[str, object]:
        """`status` is loading, ready, empty, error or unmounted; `code` names the last error, or is empty."""
        return {
            "status": self._status,
            "widget": self._config.widget_id,
            "layout": self._design.layout,
            "count": min(len(self._content.testimonials), self._design.max) if self._content else 0,
            "code": self._code,
        }

    def unmount(self) -> None:
        """Give the place back to the page. What the tracker has counted is still sent."""
        self._turn += 1
        self._status = "unmounted"
        self._stop()
        self._place.remove()

    async def _load(self, turn: int, started_at_ms: float | None) -> None:
        release = outbox_of(self._bridge).hold()
        try:
            self.tracker.start_load_tracking(at_ms=started_at_ms)
            found = await self._found(turn)
            if found is not None and turn == self._turn:
                await self._count(found)
        finally:
            release()

    async def _found(self, turn: int) -> Found | None:
        """Content fetched and drawn, or the error state."""
        try:
            if self._content is None:
                self._show("loading", draw_loading(self._design))
            found = await self._source.get()
            if turn == self._turn:
                self._take(found.content)
            return found
        except ContentError as error:
            if turn == self._turn:
                self._fail(error.code, str(error))
        except Exception as bug:  # noqa: BLE001 - the visitor sees the error state, the host page nothing
            if turn == self._turn:
                self._fail(RENDER_ERROR, f"{type(bug).__name__}: {bug}")
        return None

    def _take(self, content: Content) -> None:
        self.tracker.apply_account(content.telemetry.mode, content.telemetry.rate)
        self._code = ""
        if content == self._content:
            return  # what stands is right: no redraw, no flicker
        self._design, problems = self._config.design(content.design)
        for problem in problems:
            self._bridge.debug(problem)
        if content.testimonials:
            self._show("ready", draw(content, self._design))
            self._bring_to_life(content)
        else:
            self._show("empty", draw_empty(self._design))
        self._content = content

    async def _count(self, found: Found) -> None:
        """A stale copy is an error that the visitor did not see, and no clean load."""
        if found.stale:
            self._code = API_ERROR
            self.tracker.track_error(API_ERROR)
        elif await self._bridge.painted():
            self.tracker.track_load(self._design.layout)

    def _fail(self, code: str, message: str) -> None:
        self._bridge.debug(f"{self._config.widget_id}: {code}: {message}")
        self.tracker.track_error(code)
        self._code = code
        if self._content is None:
            self._show("error", draw_error(self._design, retry=code not in {NOT_FOUND, UNAUTHORIZED}))
            self._cancels.append(self._place.on_action(self._retry))

    def _show(self, status: str, html: str) -> None:
        self._stop()
        self._place.show(html, stylesheet(self._design))
        self._status = status

    def _bring_to_life(self, content: Content) -> None:
        count = min(len(content.testimonials), self._design.max)
        controls = Controls(self._place, self._used)
        controls.start()
        self._cancels.append(controls.stop)
        if self._design.layout == "carousel":
            carousel = Carousel(self._place, self._bridge, self._design, count, self._used)
            carousel.start()
            self._cancels.append(carousel.stop)

    def _used(self) -> None:
        self.tracker.track_interaction(self._design.layout)

    def _retry(self, action: str, _index: int) -> None:
        if action == "retry":
            self.refresh()

    def _stop(self) -> None:
        cancels, self._cancels = self._cancels, []
        for cancel in cancels:
            cancel()


def mount(
    target: object,
    *,
    bridge: Bridge | None = None,
    started_at_ms: float | None = None,
    owners: Sequence[object] = (),
    **options: Any,
) -> Widget:
    """Put a widget into `target`, a CSS selector or an element, and start loading it.

    Options are the tag's attributes without `data-`: `widget_id`, `api_url`, `layout`, `primary_color` and so
    on, or `telemetry=False`. Raises ConfigError for a missing or malformed id, and an unknown target.
    """
    page = bridge or the_page()
    if page is None:
        raise ConfigError("mount needs a page: run it in a browser, or pass a bridge.")
    config = embed_config(options)
    widget = Widget(page, page.place(target, config.widget_id, owners), config)
    widget.refresh(started_at_ms=started_at_ms)
    return widget
