"""A widget's place in the real page: the host's element, and our shadow root in it.

Here is DOM, but no import of JavaScript: everything is reached from the element, and every listener goes
through the page, which owns the proxies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..errors import ConfigError
from .bridge import Cancel, together

KEPT_PX = 160  # less is no place kept for a widget, but an empty element with some padding
ROUNDING_PX = 1  # the DOM's offsets are whole pixels
SCROLL_REST_MS = 120  # a row that has not moved for so long rests, where the browser does not say so


class Page(Protocol):
    """What a place needs of its page."""

    def listen(self, target: Any, event: str, callback: Callable[[Any], object]) -> Cancel: ...
    def observe_size(self, element: Any, callback: Callable[[], None]) -> Cancel: ...
    def prefers_reduced_motion(self) -> bool: ...
    def every(self, ms: float, callback: Callable[[], None]) -> Cancel: ...
    def trusted(self, html: str) -> Any: ...


class ShadowPlace:
    """One widget's place. See bridge.Place."""

    def __init__(self, page: Page, element: Any) -> None:
        self._page = page
        self._element = element
        self._kept: float | None = None  # the height to be kept, until `fit` has measured
        self._window = element.ownerDocument.defaultView
        try:
            self._root = element.shadowRoot or element.attachShadow(mode="open")
        except Exception as error:
            raise ConfigError(f"The container <{element.localName}> cannot hold a widget: use a <div>.") from error

    def show(self, html: str, css: str) -> None:
        height, below = self._height(), self._is_something_below_in_view()
        self._kept = height if below and height >= KEPT_PX else None  # growing would push what the visitor looks at
        padding = self._padding() if self._kept else 0  # the host's own, around ours
        self._root.adoptedStyleSheets = self._sheets(css)
        self._root.innerHTML = self._page.trusted(html)
        if self._kept:
            self._keep(self._kept - padding)
            self.set_attribute(".tresta", "data-clamped", "unmeasured")

    def prepare(self, html: str, css: str) -> None:
        unseen = self._element.ownerDocument.createElement("div")
        unseen.style.cssText = "position:fixed;width:100%"  # where it makes nothing of the page's longer
        inside = unseen.attachShadow(mode="open")  # what stands keeps its style
        inside.adoptedStyleSheets = self._sheets(css)
        inside.innerHTML = self._page.trusted(html)
        self._root.append(unseen)
        unseen.getBoundingClientRect()  # has it laid out now
        unseen.remove()  # before any frame has it

    def fit(self) -> None:
        height, self._kept = self._kept, None
        if not height:
            return
        self.set_attribute(".tresta", "data-clamped", None)
        if self._height() > height:
            self._keep(height)
            self.set_attribute(".tresta", "data-clamped", "")
            self._keep(2 * height - self._height())  # less the host's own padding around ours
        else:
            self._element.style.removeProperty("--tresta-height")

    def set_attribute(self, selector: str, name: str, value: str | None) -> None:
        for element in self._root.querySelectorAll(selector):
            if value is None:
                element.removeAttribute(name)
            elif element.getAttribute(name) != value:  # what stands is left alone
                element.setAttribute(name, value)

    def set_text(self, selector: str, text: str) -> None:
        for element in self._root.querySelectorAll(selector):
            if element.textContent != text:
                element.textContent = text

    def toggle(self, selector: str, name: str) -> bool:
        first = self._root.querySelector(selector)
        is_on = bool(first) and not first.hasAttribute(name)
        self.set_attribute(selector, name, "" if is_on else None)
        return is_on

    def item_at_start(self, selector: str) -> int:
        return self._index_at_start(self._root.querySelector(selector))

    def on_action(self, callback: Callable[[str, int], None]) -> Cancel:
        def clicked(event: Any) -> None:
            element = event.target.closest("[data-action]")
            if element:
                index = element.getAttribute("data-index")
                callback(element.getAttribute("data-action"), int(index) if isinstance(index, str) else -1)

        return self._page.listen(self._root, "click", clicked)

    def on_key(self, selector: str, keys: Sequence[str], callback: Callable[[str], None]) -> Cancel:
        def pressed(event: Any) -> None:
            with_modifier = event.ctrlKey or event.altKey or event.metaKey  # those belong to browser and system
            if event.key in keys and not with_modifier and event.target.closest(selector):
                event.preventDefault()
                callback(event.key)

        return self._page.listen(self._root, "keydown", pressed)

    def on_scroll(self, selector: str, callback: Callable[[int], None]) -> Cancel:
        scroller = self._root.querySelector(selector)

        def at_rest(_event: Any = None) -> None:
            callback(self._index_at_start(scroller))

        if hasattr(self._window, "onscrollend"):  # not so in Safari before 26
            return self._page.listen(scroller, "scrollend", at_rest)
        return self._after_a_while(scroller, at_rest)

    def _after_a_while(self, scroller: Any, at_rest: Callable[[], None]) -> Cancel:
        stop_timer: Cancel = _nothing

        def moved(_event: Any) -> None:
            nonlocal stop_timer
            stop_timer()
            stop_timer = self._page.every(SCROLL_REST_MS, rested)

        def rested() -> None:
            stop_timer()
            at_rest()

        stop = self._page.listen(scroller, "scroll", moved)
        return together(stop, lambda: stop_timer())

    def on_attention(self, callback: Callable[[bool], None]) -> Cancel:
        inside: set[str] = set()

        def change(kind: str, entered: bool) -> None:
            before = bool(inside)
            (inside.add if entered else inside.discard)(kind)
            if bool(inside) != before:
                callback(bool(inside))

        cancels = (
            self._page.listen(self._element, "pointerenter", lambda _: change("pointer", True)),
            self._page.listen(self._element, "pointerleave", lambda _: change("pointer", False)),
            self._page.listen(self._root, "focusin", lambda _: change("focus", True)),
            # From one control to the next the focus has not left: relatedTarget is where it goes.
            self._page.listen(self._root, "focusout", lambda e: change("focus", self._root.contains(e.relatedTarget))),
        )
        return together(*cancels)

    def scroll_to(self, selector: str, index: int) -> None:
        scroller = self._root.querySelector(selector)
        behavior = "auto" if self._page.prefers_reduced_motion() else "smooth"
        # Not scrollIntoView: that would scroll the host's page as well.
        left = scroller.children[index].offsetLeft - scroller.children[0].offsetLeft
        scroller.scrollTo(left=left, behavior=behavior)

    def visible_items(self, selector: str) -> int:
        scroller = self._root.querySelector(selector)
        step = self._step(scroller)
        gap = step - float(scroller.children[0].offsetWidth) if scroller.children.length > 1 else 0.0
        return max(1, int((scroller.clientWidth + gap + ROUNDING_PX) / step))

    def on_resize(self, callback: Callable[[], None]) -> Cancel:
        width = self._element.clientWidth

        def resized() -> None:  # in height too, and once at the start
            nonlocal width
            before, width = width, self._element.clientWidth
            if width != before:
                callback()

        return self._page.observe_size(self._element, resized)

    def remove(self) -> None:
        self._kept = None
        # A shadow root cannot be taken off; an empty one with a slot shows the host's own content again.
        self._root.adoptedStyleSheets = self._window.Array.of()
        self._root.innerHTML = self._page.trusted("<slot></slot>")
        self._element.style.removeProperty("--tresta-height")

    def _sheets(self, css: str) -> Any:
        # A constructed sheet needs no nonce and no 'unsafe-inline', whatever the page's CSP.
        sheet = self._window.CSSStyleSheet.new()
        sheet.replaceSync(css)
        return self._window.Array.of(sheet)

    def _keep(self, height: float) -> None:
        self._element.style.setProperty(
            "--tresta-height", f"{str(height).removesuffix('.0')}px"
        )  # as JavaScript says it

    def _height(self) -> float:
        return float(self._element.getBoundingClientRect().height)

    def _padding(self) -> float:
        style = self._window.getComputedStyle(self._element)
        sides = ("paddingTop", "paddingBottom", "borderTopWidth", "borderBottomWidth")
        return sum(float(getattr(style, side).removesuffix("px")) for side in sides)

    def _is_something_below_in_view(self) -> bool:
        box = self._element.getBoundingClientRect()
        return bool(0 < box.bottom < self._window.innerHeight)

    def _step(self, scroller: Any) -> float:
        """Pixels from one child's start to the next one's."""
        children = scroller.children
        width = children[1].offsetLeft - children[0].offsetLeft if children.length > 1 else scroller.clientWidth
        return abs(float(width)) or 1.0

    def _index_at_start(self, scroller: Any) -> int:
        last = int(scroller.children.length) - 1
        return min(last, round(abs(float(scroller.scrollLeft)) / self._step(scroller)))


def _nothing() -> None:
    pass
