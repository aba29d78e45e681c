"""One widget on the page: it loads content, counts loads and errors, and reports its state."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .config import EmbedConfig, embed_config
from .content import Content, Regions
from .display import Display
from .errors import API_ERROR, NOT_FOUND, RENDER_ERROR, UNAUTHORIZED, ConfigError, ContentError, describe
from .loader_result import LoaderResult
from .page.bridge import Bridge, Cancel, Place, current_page
from .source import ContentResult, ContentSource
from .telemetry.config import TelemetryConfig
from .telemetry.regions import page_region
from .telemetry.tracker import TelemetryTracker
from .telemetry.transport import outbox_of
from .version import VERSION


class Widget:
    """A widget in its place. Create one with `mount`."""

    def __init__(self, bridge: Bridge, place: Place, config: EmbedConfig, source: ContentSource) -> None:
        self._bridge = bridge
        self._config = config
        self._source = source
        self._is_unconfirmed = False  # an old copy is drawn, and the API has not answered yet
        # A script of the page has asked for the load, so Python runs whatever the page's random number is. Else it may
        # run only because the page is in the sample, and what fails there would not fail in other pages.
        self._is_asked_for = False
        self._code = ""
        self._load_number = 0  # counts the loads, so that an overtaken one changes nothing
        self._work: Awaitable[None] | None = None
        telemetry = TelemetryConfig(enabled=config.telemetry, endpoint=config.telemetry_url)
        self.tracker = TelemetryTracker(config.widget_id, VERSION, telemetry, bridge=bridge)
        self._display = Display(bridge, place, config, self.tracker)

    def refresh(self, *, started_at_ms: float | None = None) -> None:
        """Loads the content again. The drawn content stays until then, and the load time starts now."""
        self._is_asked_for = True
        self.load(started_at_ms=started_at_ms)

    def load(self, *, started_at_ms: float | None = None) -> None:
        """Loads the content for the script tag."""
        self._load_number += 1
        self._work = self._bridge.spawn(self._load(self._load_number, started_at_ms))

    def adopt(self, result: LoaderResult, *, started_at_ms: float | None) -> None:
        """Takes over the loader's content. If this version drew it, the HTML in the place stays as it is."""
        self._load_number += 1
        self._start_clock(started_at_ms)
        if result.drawn_by != VERSION:
            self._work = self._bridge.spawn(self._draw_adopted(self._load_number, result, started_at_ms))
            return
        with self._error_state(self._load_number):
            content = self._source.accept(result.text)
            if self._accept(content):
                self._display.activate(content, self.count_use)
            self._count_adopted(result, started_at_ms)

    def count_use(self) -> None:
        """Counts one use of a control by the visitor."""
        self.tracker.track_interaction(self._display.design.layout)

    async def ready(self) -> dict[str, object]:
        """The state, once the current load has ended."""
        for work in [work for work in (self._work, self._display.fitting) if work]:
            await work
        return self.state()

    def state(self) -> dict[str, object]:
        """`status` is loading, ready, empty, error or unmounted; `code` names the last error, or is empty."""
        return {
            "status": self._display.status,
            "widget": self._config.widget_id,
            "layout": self._display.design.layout,
            "count": self._display.count,
            "code": self._code,
        }

    def unmount(self) -> None:
        """Gives the place back to the page. The tracker still sends what it has counted."""
        self._load_number += 1
        self._display.remove()

    async def _load(self, number: int, started_at_ms: float | None) -> None:
        release = outbox_of(self._bridge).hold()
        try:
            self._start_clock(started_at_ms)
            result = await self._fetch_and_draw(number)
            if result is not None and number == self._load_number:
                await self._count(result)
        finally:
            release()

    async def _fetch_and_draw(self, number: int) -> ContentResult | None:
        """The content, which is then drawn; None after an error."""
        with self._error_state(number):
            if number != self._load_number:
                return None
            if self._display.content is None:
                self._display.show_loading()
            result = await self._source.get()
            if number == self._load_number:
                await self._draw(number, result.content)
            return result
        return None

    async def _draw_adopted(self, number: int, result: LoaderResult, started_at_ms: float | None) -> None:
        with self._error_state(number):
            await self._bridge.pause()
            await self._draw(number, self._source.accept(result.text))
            if number == self._load_number:
                if not (result.is_copy or result.drawn_by):
                    await self._count_load()
                self._count_adopted(result, started_at_ms)

    async def _draw(self, number: int, content: Content) -> None:
        if self._accept(content):  # else the same content is drawn already: do not redraw, which would flicker
            await self._display.draw(content, self.count_use, lambda: number == self._load_number)

    def _start_clock(self, at_ms: float | None) -> None:
        """NaN: the load is not counted, since someone refused when it began, or since the loader has reported it."""
        if at_ms is None or not math.isnan(at_ms):
            self.tracker.start_load_tracking(at_ms=at_ms)

    def _accept(self, content: Content) -> bool:
        """Applies the account's telemetry setting and the design. Returns whether the content has to be drawn."""
        account = content.telemetry
        self.tracker.apply_account(account.mode, account.rate, account.rate_on_error)
        self._code = ""
        self._is_unconfirmed = False
        is_new = self._display.accept(content)
        if self._display.variant:
            self.tracker.set_variant(self._display.variant.code)
        if content.regions and self.tracker.is_counting():
            release = outbox_of(self._bridge).hold()
            self._bridge.spawn(self._tell_region(content.regions, release))
        elif not content.regions:
            self.tracker.set_region("", 1)
        return is_new

    async def _tell_region(self, regions: Regions, release: Cancel) -> None:
        """Names the page's region in the reports, which wait for it unless the visitor leaves."""
        try:
            region = page_region(self._bridge, self._config.api_url)
            await region.loading
            self.tracker.set_region(region.answer(regions.truth), regions.truth)
        finally:
            release()

    def _count_adopted(self, result: LoaderResult, started_at_ms: float | None) -> None:
        if result.is_copy:
            self._is_unconfirmed = True
            self.load(started_at_ms=started_at_ms)
        elif result.drawn_by and result.shown_at_ms is not None:
            self.tracker.track_load(self._display.design.layout, at_ms=result.shown_at_ms)

    async def _count(self, result: ContentResult) -> None:
        """A stale copy counts as an error, which the visitor did not see, and not as a load."""
        if result.stale:
            self._code = API_ERROR
            self.tracker.track_error(API_ERROR, at_first_rate=not self._is_asked_for)
        else:
            await self._count_load()

    async def _count_load(self) -> None:
        if await self._bridge.wait_for_paint():
            self.tracker.track_load(self._display.design.layout)

    @contextmanager
    def _error_state(self, number: int) -> Iterator[None]:
        """Turns any exception into the error state, unless another load has begun since."""
        try:
            yield
        except ContentError as error:
            if number == self._load_number:
                self._fail(error.code, str(error))
        except Exception as bug:  # noqa: BLE001 - the visitor sees the error state, the host page no exception
            if number == self._load_number:
                self._fail(RENDER_ERROR, describe(bug))

    def _fail(self, code: str, message: str) -> None:
        self._bridge.debug(f"{self._config.widget_id}: {code}: {message}")
        self.tracker.track_error(code, at_first_rate=not self._is_asked_for)
        self._code = code
        if self._display.content is None or self._is_unconfirmed:
            self._display.show_error(None if code in {NOT_FOUND, UNAUTHORIZED} else self.refresh)


def mount(
    target: object,
    *,
    bridge: Bridge | None = None,
    started_at_ms: float | None = None,
    owners: Sequence[object] = (),
    loader_result: LoaderResult | None = None,
    **options: Any,
) -> Widget:
    """Puts a widget into `target`, a CSS selector or an element, and starts loading it.

    With a `loader_result` that has content, the widget adopts that instead. Options are the tag's attributes without
    `data-`, such as `widget_id`, `api_url`, `layout`, `primary_color`, or `telemetry=False`. Raises ConfigError for a
    missing or malformed id, and for an unknown target.
    """
    page = bridge or current_page()
    if page is None:
        raise ConfigError("mount needs a page: run it in a browser, or pass a bridge.")
    config = embed_config(options)
    place = page.place(target, config.widget_id, owners)
    first_attempt_failed = loader_result is not None and (loader_result.is_copy or not loader_result.text)
    url = loader_result.url if loader_result else config.content_url(place.language())
    source = ContentSource(page, config.widget_id, url, first_attempt_failed=first_attempt_failed)
    widget = Widget(page, place, config, source)
    if loader_result:
        has_content = loader_result.text and not loader_result.is_copy
        widget.tracker.note_page_start(loader_result.url if has_content else "")
    if loader_result is None:
        widget.refresh(started_at_ms=started_at_ms)
    elif loader_result.text:
        widget.adopt(loader_result, started_at_ms=started_at_ms)
    else:
        widget.load(started_at_ms=started_at_ms)
    return widget
