"""One widget on the page: mounted, refreshed, unmounted, and always in a state that can be told."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .carousel import Carousel
from .config import EmbedConfig, embed_config
from .content import Content
from .controls import Controls
from .design import Design
from .errors import API_ERROR, NOT_FOUND, RENDER_ERROR, UNAUTHORIZED, ConfigError, ContentError, described
from .page.bridge import Bridge, Cancel, Place, the_page
from .sight import FirstSight
from .source import ContentSource, Found
from .telemetry.config import TelemetryConfig
from .telemetry.tracker import TelemetryTracker
from .telemetry.transport import outbox_of
from .version import VERSION
from .view import draw_error, draw_first, draw_loading, drawing, stylesheet


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
        self._fitting: Awaitable[None] | None = None
        telemetry = TelemetryConfig(enabled=config.telemetry, endpoint=config.telemetry_url)
        self.tracker = TelemetryTracker(config.widget_id, VERSION, telemetry, bridge=bridge)

    def refresh(self, *, started_at_ms: float | None = None) -> None:
        """Ask the API again and draw what it says; what stands stays until then. Its load time starts now."""
        self._turn += 1
        self._work = self._bridge.spawn(self._load(self._turn, started_at_ms))

    def adopt(self, first: FirstSight, *, started_at_ms: float | None) -> None:
        """Take over what the loader asked for: as it stands, where this version drew it. The load counts as seen."""
        self._turn += 1
        self.tracker.start_load_tracking(at_ms=started_at_ms)
        if first.drawn_by != VERSION:
            self._work = self._bridge.spawn(self._adopt(self._turn, first, started_at_ms))
            return
        with self._failing(self._turn):
            content = self._source.take(first.text)
            if self._is_news(content):
                self._come_to_life(content)
            self._count_first(first, started_at_ms)

    async def _adopt(self, turn: int, first: FirstSight, started_at_ms: float | None) -> None:
        with self._failing(turn):
            await self._bridge.pause()
            await self._take(turn, self._source.take(first.text))
            if turn == self._turn:
                if not (first.is_copy or first.drawn_by):
                    await self._count_load()
                self._count_first(first, started_at_ms)

    def _count_first(self, first: FirstSight, started_at_ms: float | None) -> None:
        if first.is_copy:
            self._vouched = False
            self.refresh(started_at_ms=started_at_ms)
        elif first.drawn_by and first.shown_at_ms is not None:
            self.tracker.track_load(self._design.layout, at_ms=first.shown_at_ms)

    def count_use(self) -> None:
        """The visitor has used a control."""
        self.tracker.track_interaction(self._design.layout)

    async def ready(self) -> dict[str, object]:
        """The state, once the load under way has come to its end."""
        for work in [work for work in (self._work, self._fitting) if work]:
            await work
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
        with self._failing(turn):
            if self._content is None:
                self._show("loading", draw_loading(self._design))
            found = await self._source.get()
            if turn == self._turn:
                await self._take(turn, found.content)
            return found
        return None

    @contextmanager
    def _failing(self, turn: int) -> Iterator[None]:
        """Whatever goes wrong inside becomes the error state, unless another load has begun since."""
        try:
            yield
        except ContentError as error:
            if turn == self._turn:
                self._fail(error.code, str(error))
        except Exception as bug:  # noqa: BLE001 - the visitor sees the error state, the host page nothing
            if turn == self._turn:
                self._fail(RENDER_ERROR, described(bug))

    async def _take(self, turn: int, content: Content) -> None:
        """Show the content. It is long work, so that the page has its turns meanwhile."""
        if not self._is_news(content):
            return  # what stands is right: no redraw, no flicker
        html, css = [""], stylesheet(self._design)
        await self._bridge.pause()
        if self._content is None and turn == self._turn:
            self._place.prepare(draw_first(content, self._design), css)
        for piece in drawing(content, self._design):
            await self._bridge.pause()
            html.append(piece)
        await self._bridge.pause()
        if turn == self._turn:
            self._stop()
            self._place.show("".join(html), css)
            self._come_to_life(content)
            self._fitting = self._bridge.spawn(self._fit())

    async def _fit(self) -> None:
        await self._bridge.painted()  # so that the browser lays out in its own time
        self._place.fit()  # also when another load has begun, which may bring nothing new

    def _is_news(self, content: Content) -> bool:
        """Take the account's setting and the design over; whether there is another thing to show than before."""
        self.tracker.apply_account(content.telemetry.mode, content.telemetry.rate)
        self._code = ""
        self._vouched = True
        if content == self._content:
            return False
        self._design, problems = self._config.design(content.design)
        for problem in problems:
            self._bridge.debug(problem)
        return True

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
        self._place.fit()
        self._status = status

    def _come_to_life(self, content: Content) -> None:
        """What stands in the place is this content: let it answer to the visitor."""
        self._content = content
        self._status = "ready" if content.testimonials else "empty"
        count = min(len(content.testimonials), self._design.max)
        if not count:
            return
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
    in_vain = first_sight is not None and (first_sight.is_copy or not first_sight.text)
    url = first_sight.url if first_sight else config.content_url
    source = ContentSource(page, config.widget_id, url, asked=in_vain)
    widget = Widget(page, place, config, source)
    if first_sight and first_sight.text:
        widget.adopt(first_sight, started_at_ms=started_at_ms)
    else:
        widget.refresh(started_at_ms=started_at_ms)
    return widget
