"""The real page under a check, and the run of all checks on it. Imported inside a page only."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable

import js
from pyodide.ffi import JsException, create_proxy, to_js

from widget.page.browser import BrowserBridge
from widget.page.shadow import ShadowPlace

from . import bridge_checks, document_checks, network_checks, page_checks, place_checks  # noqa: F401 - they register
from .checks import EVERYWHERE, IN_A_PAGE, Check
from .stand import HERE, WIDGET

_CHECK_WITHIN_S = 20
_UNTIL_S = 8

visitor = js.visitor


class PageStand:
    """See stand.Stand."""

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

    def debugged(self) -> list[str]:
        visitor.ask_for_debug()
        return list(visitor.debugged)

    def hide(self) -> None:
        visitor.hide()

    def show_again(self) -> None:
        visitor.show_again()

    def leave(self) -> None:
        visitor.leave()

    def come_back(self) -> None:
        visitor.come_back()

    def prefer_less_motion(self, less: bool) -> None:
        visitor.prefer_less_motion(less)

    def signal(self, do_not_track: object, global_privacy_control: object) -> None:
        visitor.signal("doNotTrack", "null" if do_not_track is None else do_not_track)
        said = "undefined" if global_privacy_control is None else global_privacy_control
        visitor.signal("globalPrivacyControl", said)

    def write_telemetry(self, value: str | None) -> None:
        if value is None:
            visitor.here().removeAttribute("data-telemetry")
        else:
            visitor.here().setAttribute("data-telemetry", value)

    def url(self, kind: str) -> str:
        # A port that the Fetch standard blocks: refused by the browser itself, on every machine.
        return "http://127.0.0.1:1/" if kind == "refused" else f"{js.location.origin}/{kind}"

    def beacon(self, answer: bool | Exception | None) -> None:
        if isinstance(answer, Exception):
            visitor.beacon("raises", str(answer))
        else:
            visitor.beacon("missing" if answer is None else "refuses")

    async def posts(self) -> list[dict[str, object]]:
        """What was posted, with its headers, once at least one is there."""
        while not (posts := (await (await js.fetch("/received")).json()).to_py()):
            await asyncio.sleep(0.01)
        return posts

    async def received(self) -> list[str]:
        return [post["body"] for post in await self.posts()]

    def html(self) -> str:
        return visitor.root().innerHTML

    def attribute(self, selector: str, name: str) -> str | None:
        value = visitor.find(selector).getAttribute(name)
        return value if isinstance(value, str) else None

    def text(self, selector: str) -> str:
        found = visitor.find(selector)
        return found.textContent if found else ""

    def click(self, action: str, index: int) -> None:
        visitor.click(action, index)

    def press(self, key: str, selector: str, **modifiers: bool) -> bool:
        return visitor.press(selector, key, to_js(modifiers, dict_converter=js.Object.fromEntries))

    def scroll(self, selector: str, index: int) -> None:
        visitor.scroll(selector, index)

    def enter(self) -> None:
        visitor.pointer("pointerenter")

    def exit(self) -> None:
        visitor.pointer("pointerleave")

    def resize(self) -> None:
        visitor.resize()

    def at_next_observation(self, callback: Callable[[], None]) -> Callable[[], bool]:
        """Call it right after the browser has told of sizes; the answer says whether it has."""
        done: list[bool] = []
        proxy = create_proxy(lambda *_: (callback(), done.append(True), observer.disconnect(), proxy.destroy()))
        observer = visitor.observer(proxy)
        return lambda: bool(done)

    def scrolled_to(self, selector: str) -> int:
        return visitor.scrolled_to(selector)


async def run_all() -> None:
    """Run every check on a fresh page each; `visitor.outcomes` gets null or what went wrong, by name."""
    for name, check in (EVERYWHERE | IN_A_PAGE).items():
        setattr(visitor.outcomes, name, await _outcome(check))


async def _outcome(check: Check) -> str:
    visitor.reset()
    held = visitor.held()
    stand = PageStand()
    try:
        await asyncio.wait_for(check(stand), _CHECK_WITHIN_S)
        await stand.until(lambda: visitor.held() <= held)
    except (Exception, JsException) as error:  # noqa: BLE001 - pytest shows it
        lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
        return "".join(lines) + f"held: {held} before, {visitor.held()} after\n" + "\n".join(visitor.noise)
    await visitor.calm()
    return "\n".join(["The host page heard:", *visitor.noise]) if visitor.noise.length else ""
