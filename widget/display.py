"""The display of one widget in its place: loading, testimonials with their controls, empty, or an error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from .config import EmbedConfig
from .content import Content, Variant
from .design import Design, parse_design
from .page.bridge import Bridge, Cancel, Place
from .receipt import serve_receipt
from .telemetry.tracker import TelemetryTracker
from .view import draw_error, draw_first, draw_loading, drawing, stylesheet


class Display:
    """Draws a widget's states into its place. `on_use` is called when the visitor uses a control."""

    def __init__(self, bridge: Bridge, place: Place, config: EmbedConfig, tracker: TelemetryTracker) -> None:
        self.status = "loading"  # loading, ready, empty, error or unmounted
        self.design = config.design(Design())[0]
        self.content: Content | None = None  # the content that is drawn
        self.variant: Variant | None = None  # of an experiment
        self.fitting: Awaitable[None] | None = None  # the last fit of the place's height, once one has begun
        self._bridge = bridge
        self._place = place
        self._config = config
        self._tracker = tracker
        self._cancels: list[Cancel] = []

    @property
    def count(self) -> int:
        """How many testimonials are drawn."""
        return min(len(self.content.testimonials), self.design.max) if self.content else 0

    def accept(self, content: Content) -> bool:
        """Returns False if this content is drawn already, else applies its design and returns True."""
        if content == self.content:
            return False
        self.design, problems = self._config.design(content.design)
        for problem in problems:
            self._bridge.debug(problem)
        self.variant = self.variant or content.variant  # a page view keeps its first one
        if self.variant:
            # Not `dict(...)`: making one of pairs is not in the code that runs at every visit.
            design = {name: value for name, value in self.variant.design}  # noqa: C416
            self.design = parse_design(design, self.design)[0]
        return True

    async def draw(self, content: Content, on_use: Callable[[], None], is_current: Callable[[], bool]) -> None:
        """Draws the content unless `is_current` has become false. Pauses in between, since this is long work."""
        html, css = [""], stylesheet(self.design, receipt=content.telemetry.receipt != "none")
        await self._bridge.pause()
        if self.content is None and is_current():
            self._place.prepare(draw_first(content, self.design), css)
        for piece in drawing(content, self.design):
            await self._bridge.pause()
            html.append(piece)
        await self._bridge.pause()
        if is_current():
            self._stop()
            self._place.show("".join(html), css)
            self.activate(content, on_use)
            self.fitting = self._bridge.spawn(self._fit())

    def activate(self, content: Content, on_use: Callable[[], None]) -> None:
        """Starts the controls of this content, which is in the place already."""
        self.content = content
        self.status = "ready" if content.testimonials else "empty"
        if self.count:
            self._cancels.append(self._place.control(on_use))
        if content.telemetry.receipt != "none":
            self._cancels.append(serve_receipt(self._place, content, self._tracker, self._config.api_url))

    def show_loading(self) -> None:
        """Draws the loading state."""
        self._show("loading", draw_loading(self.design, {}))

    def show_error(self, on_retry: Callable[[], None] | None) -> None:
        """Draws the error state, with a button that calls `on_retry` if there is one."""
        words = self.content.words if self.content else {}
        self._show("error", draw_error(self.design, words, retry=on_retry is not None))
        if on_retry:
            self._cancels.append(self._place.on_action("retry", on_retry))

    def remove(self) -> None:
        """Gives the place back to the page."""
        self.status = "unmounted"
        self._stop()
        self._place.remove()

    async def _fit(self) -> None:
        await self._bridge.wait_for_paint()  # the browser then lays out in its own time
        self._place.fit()  # even if another load has begun, since that one may have nothing new to draw

    def _show(self, status: str, html: str) -> None:
        self._stop()
        self.status = status  # first: the page may forbid to draw
        self._place.show(html, stylesheet(self.design))
        self._place.fit()

    def _stop(self) -> None:
        cancels, self._cancels = self._cancels, []
        for cancel in cancels:
            cancel()
