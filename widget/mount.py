"""One widget on the page: mounted, refreshed, unmounted, and always in a state that can be told."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any

from .bridge import Bridge, Cancel, Place, the_page
from .carousel import Carousel
from .config import EmbedConfig, embed_config
from .content import Content
from .controls import Controls
from .design import Design
from .errors import API_ERROR, NOT_FOUND, RENDER_ERROR, UNAUTHORIZED, ConfigError, ContentError, described
from .source import ContentSource, Found
from .telemetry.config import TelemetryConfig
from .telemetry.tracker import TelemetryTracker
from .telemetry.transport import outbox_of
from .version import VERSION
from .view import draw, draw_error, draw_loading, stylesheet


@dataclass(frozen=True)
class FirstSight:
    """What the loader has done before Python was up: it asked the API, and may have shown what came."""

    url: str  # where it asked: the content's address, with the design that the server was to draw
    text: str = ""  # the content, as JSON; empty: the API gave none of use
    is_copy: bool = False  # it is the browser's, of an earlier visit, and the API did not confirm it
    drawn_by: str = ""  # the version of the view that drew what stands in the place; empty: nothing stands there
    shown_at_ms: float | None = None  # when it was on the screen; None: the page was hidden before


class Widget:
    """A widget in its place. `mount` makes them."""

    def __init__(self, bridge: Bridge, place: Place, config: EmbedConfig, source: ContentSource) -> None:
        self._bridge = bridge
        self._place = place
        self._config = config
        self._source = source
        self._design = config.design(Design())[0]
        self._content: Content | None = None  # what is drawn
        self._vouched = False  # the API of now has spoken for it, or could not be had
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

    def adopt(self, first: FirstSight, *, started_at_ms: float | None) -> None:
        """Take over, at once and as it stands, what the loader has shown, and count its load as the visitor saw it."""
        self.tracker.start_load_tracking(at_ms=started_at_ms)
        try:
            self._take(self._source.take(first.text), stands=first.drawn_by == VERSION)
        except ContentError as error:
            self._fail(error.code, str(error))
            return
        except Exception as bug:  # noqa: BLE001 - as in `_found`
            self._fail(RENDER_ERROR, described(bug))
            return
        if first.is_copy:
            self._vouched = False
            self.refresh(started_at_ms=started_at_ms)
        elif not first.drawn_by:
            self._work = self._bridge.spawn(self._count_load())
        elif first.shown_at_ms is not None:
            self.tracker.track_load(self._design.layout, at_ms=first.shown_at_ms)

    def count_use(self) -> None:
        """The visitor has used a control."""
        self.tracker.track_interaction(self._design.layout)

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
                self._fail(RENDER_ERROR, described(bug))
        return None

    def _take(self, content: Content, *, stands: bool = False) -> None:
        """Show the content, unless it `stands` there already."""
        self.tracker.apply_account(content.telemetry.mode, content.telemetry.rate)
        self._code = ""
        self._vouched = True
        if content == self._content:
            return  # what stands is right: no redraw, no flicker
        self._design, problems = self._config.design(content.design)
        for problem in problems:
            self._bridge.debug(problem)
        status = "ready" if content.testimonials else "empty"
        if stands:
            self._status = status
        else:
            self._show(status, draw(content, self._design))
        self._content = content
        if content.testimonials:
            self._bring_to_life(content)

    async def _count(self, found: Found) -> None:
        """A stale copy is an error that the visitor did not see, and no clean load."""
        if found.stale:
            self._code = API_ERROR
            self.tracker.track_error(API_ERROR)
        else:
            await self._count_load()

    async def _count_load(self) -> None:
        if await self._bridge.painted():
            self.tracker.track_load(self._design.layout)

    def _fail(self, code: str, message: str) -> None:
        self._bridge.debug(f"{self._config.widget_id}: {code}: {message}")
        self.tracker.track_error(code)
        self._code = code
        if self._content is None or not self._vouched:
            self._show("error", draw_error(self._design, retry=code not in {NOT_FOUND, UNAUTHORIZED}))
            self._cancels.append(self._place.on_action(self._retry))

    def _show(self, status: str, html: str) -> None:
        self._stop()
        self._place.show(html, stylesheet(self._design))
        self._status = status

    def _bring_to_life(self, content: Content) -> None:
        count = min(len(content.testimonials), self._design.max)
        controls = Controls(self._place, self.count_use)
        controls.start()
        self._cancels.append(controls.stop)
        if self._design.layout == "carousel":
            carousel = Carousel(self._place, self._bridge, self._design, count, self.count_use)
            carousel.start()
            self._cancels.append(carousel.stop)

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
    first_sight: FirstSight | None = None,
    **options: Any,
) -> Widget:
    """Put a widget into `target`, a CSS selector or an element, and start loading it, or take over a first sight of it.

    Options are the tag's attributes without `data-`: `widget_id`, `api_url`, `layout`, `primary_color` and so
    on, or `telemetry=False`. Raises ConfigError for a missing or malformed id, and an unknown target.
    """
    page = bridge or the_page()
    if page is None:
        raise ConfigError("mount needs a page: run it in a browser, or pass a bridge.")
    config = embed_config(options)
    place = page.place(target, config.widget_id, owners)
    if first_sight is None:
        source = ContentSource(page, config.widget_id, config.content_url)
    else:
        in_vain = first_sight.is_copy or not first_sight.text
        source = ContentSource(page, config.widget_id, first_sight.url, asked=in_vain)
    widget = Widget(page, place, config, source)
    if first_sight and first_sight.text:
        widget.adopt(first_sight, started_at_ms=started_at_ms)
    else:
        widget.refresh(started_at_ms=started_at_ms)
    return widget
