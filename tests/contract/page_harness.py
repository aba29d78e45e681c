"""The harness of the browser's page, which runs all checks. Imported only inside a page."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsException, create_proxy

from widget.page import browser
from widget.page.browser import BrowserBridge
from widget.page.shadow import ShadowPlace

from . import bridge_checks, document_checks, network_checks, page_checks, place_checks  # noqa: F401 - they register their checks
from .checks import EVERYWHERE, IN_A_PAGE, Check
from .harness import HERE, WIDGET

_CHECK_WITHIN_S = 20
_UNTIL_S = 8

visitor = js.visitor


def _create_counted_proxy(function: Callable[..., object]) -> Any:
    proxy = create_proxy(function)
    visitor.note(proxy)
    return proxy


browser.create_proxy = _create_counted_proxy  # type: ignore[attr-defined]


class PageHarness:
    """See harness.Harness."""

    def __init__(self) -> None:
        self.bridge = BrowserBridge()
        self.visitor = visitor

    def place(self) -> ShadowPlace:
        return self.bridge.place(HERE, WIDGET)

    async def until(self, condition: Callable[[], object]) -> None:
        deadline = js.performance.now() + _UNTIL_S * 1000
        while not condition():
            assert js.performance.now() < deadline, "The condition never came to hold."
            await asyncio.sleep(0.005)

    def debug_lines(self) -> list[str]:
        visitor.enable_debug()
        return list(visitor.debug_lines)

    def hide(self) -> None:
        visitor.hide()

    def show_again(self) -> None:
        visitor.show_again()

    def leave(self) -> None:
        visitor.leave()

    def signal(self, do_not_track: object, global_privacy_control: object) -> None:
        visitor.signal("doNotTrack", "null" if do_not_track is None else do_not_track)
        setting = "undefined" if global_privacy_control is None else global_privacy_control
        visitor.signal("globalPrivacyControl", setting)

    def write_telemetry(self, value: str | None) -> None:
        if value is None:
            visitor.here().removeAttribute("data-telemetry")
        else:
            visitor.here().setAttribute("data-telemetry", value)

    def speak(self, language: str) -> None:
        visitor.here().parentElement.lang = language

    def url(self, kind: str) -> str:
        # The Fetch standard blocks this port, so the browser itself refuses it on every machine.
        return "http://127.0.0.1:1/" if kind == "refused" else f"{js.location.origin}/{kind}"

    def beacon(self, answer: bool | Exception | None) -> None:
        if isinstance(answer, Exception):
            visitor.beacon("raises", str(answer))
        else:
            visitor.beacon("missing" if answer is None else "refuses")

    async def posts(self) -> list[dict[str, Any]]:
        """The POST requests with their headers, once there is at least one."""
        posts: list[dict[str, Any]] = []
        while not posts:
            await asyncio.sleep(0.01)
            posts = (await (await js.fetch("/received")).json()).to_py()
        return posts

    async def received(self) -> list[str]:
        return [post["body"] for post in await self.posts()]

    def html(self) -> str:
        return str(visitor.root().innerHTML)

    def attribute(self, selector: str, name: str) -> str | None:
        value = visitor.find(selector).getAttribute(name)
        return value if isinstance(value, str) else None

    def use(self, action: str) -> None:
        visitor.click(action)


async def run_all() -> None:
    """Runs every check on a reset page. `visitor.outcomes` gets each check's error, empty if it passed, by name."""
    for name, check in (EVERYWHERE | IN_A_PAGE).items():
        setattr(visitor.outcomes, name, await _outcome(check))


async def _outcome(check: Check) -> str:
    visitor.reset()
    harness = PageHarness()
    harness.bridge.trusted("")  # makes the policy, whose proxy lives as long as the page
    before = visitor.resource_count()
    try:
        await asyncio.wait_for(check(harness), _CHECK_WITHIN_S)
        await harness.until(lambda: visitor.resource_count() <= before)
    except (Exception, JsException) as error:  # noqa: BLE001 - pytest prints it
        lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
        return (
            "".join(lines)
            + f"resources: {before} before, {visitor.resource_count()} after\n"
            + "\n".join(visitor.noise)
        )
    await visitor.calm()
    return "\n".join(["The host page has recorded:", *visitor.noise]) if visitor.noise.length else ""
