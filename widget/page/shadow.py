"""A widget's place in the browser's page: an element of the host page with a shadow root.

Uses the DOM but does not import JavaScript: it reaches all objects from the element, and adds listeners through the
page, which owns the proxies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..errors import ConfigError
from .bridge import Cancel, cancel_all

MIN_RESERVED_PX = 160  # a lower element was not reserved for a widget: it is empty but for some padding
ROUNDING_PX = 1  # the DOM's offsets are whole pixels
SCROLL_END_MS = 120  # without scrollend events, a row that has not moved for this long has stopped


class Page(Protocol):
    """The part of the page that a place uses."""

    def listen(self, target: Any, event: str, callback: Callable[[Any], object]) -> Cancel: ...
    def observe_size(self, element: Any, callback: Callable[[], None]) -> Cancel: ...
    def prefers_reduced_motion(self) -> bool: ...
    def every(self, ms: float, callback: Callable[[], None]) -> Cancel: ...
    def trusted(self, html: str) -> Any: ...


class ShadowPlace:
    """See bridge.Place."""

    def __init__(self, page: Page, element: Any) -> None:
        self._page = page
        self._element = element
        self._fixed_height: float | None = None  # pixels, from `show` until `fit` has measured
        self._drawn_clamp: str | None = None  # data-clamped as it was drawn: widget/view
        self._window = element.ownerDocument.defaultView
        try:
            self._root = element.shadowRoot or element.attachShadow(mode="open")
        except Exception as error:
            raise ConfigError(f"The container <{element.localName}> cannot hold a widget: use a <div>.") from error

    def language(self) -> str:
        element = self._element.closest("[lang]")
        return element.lang if element else ""

    def show(self, html: str, css: str) -> None:
        height, below = self._height(), self._is_something_below_in_view()
        # If the place grew, it would push down what the visitor is looking at.
        self._fixed_height = height if below and height >= MIN_RESERVED_PX else None
        padding = self._padding() if self._fixed_height else 0
        self._root.adoptedStyleSheets = self._sheets(css)
        self._root.innerHTML = self._page.trusted(html)
        if self._fixed_height:
            drawn = self._root.querySelector(".tresta").getAttribute("data-clamped")
            self._drawn_clamp = drawn if isinstance(drawn, str) else None
            self._set_height(self._fixed_height - padding)
            self.set_attribute(".tresta", "data-clamped", "unmeasured")

    def prepare(self, html: str, css: str) -> None:
        unseen = self._element.ownerDocument.createElement("div")
        unseen.style.cssText = "position:fixed;width:100%"  # takes no room in the page
        inside = unseen.attachShadow(mode="open")  # a root of its own, so that the style applies to this piece only
        inside.adoptedStyleSheets = self._sheets(css)
        inside.innerHTML = self._page.trusted(html)
        self._root.append(unseen)
        unseen.getBoundingClientRect()  # forces the layout
        unseen.remove()  # before the next frame

    def fit(self) -> None:
        height, self._fixed_height = self._fixed_height, None
        if not height:
            return
        self.set_attribute(".tresta", "data-clamped", self._drawn_clamp)
        if self._height() > height:
            self._set_height(height)
            self.set_attribute(".tresta", "data-clamped", "")
            self._set_height(2 * height - self._height())  # less the host's padding
        else:
            self._element.style.removeProperty("--tresta-height")

    def set_attribute(self, selector: str, name: str, value: str | None) -> None:
        for element in self._root.querySelectorAll(selector):
            if value is None:
                element.removeAttribute(name)
            elif element.getAttribute(name) != value:  # no change, no mutation
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
            with_modifier = event.ctrlKey or event.altKey or event.metaKey  # shortcuts of the browser and the system
            if event.key in keys and not with_modifier and event.target.closest(selector):
                event.preventDefault()
                callback(event.key)

        return self._page.listen(self._root, "keydown", pressed)

    def on_scroll(self, selector: str, callback: Callable[[int], None]) -> Cancel:
        scroller = self._root.querySelector(selector)

        def report(_event: Any = None) -> None:
            callback(self._index_at_start(scroller))

        if hasattr(self._window, "onscrollend"):  # Safari before 26 has none
            return self._page.listen(scroller, "scrollend", report)
        return self._on_scroll_end(scroller, report)

    def _on_scroll_end(self, scroller: Any, callback: Callable[[], None]) -> Cancel:
        stop_timer: Cancel = _do_nothing

        def restart_timer(_event: Any) -> None:
            nonlocal stop_timer
            stop_timer()
            stop_timer = self._page.every(SCROLL_END_MS, end)

        def end() -> None:
            stop_timer()
            callback()

        stop = self._page.listen(scroller, "scroll", restart_timer)
        return cancel_all(stop, lambda: stop_timer())

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
            # If the focus moves to another control of the place, relatedTarget, it has not left.
            self._page.listen(self._root, "focusout", lambda e: change("focus", self._root.contains(e.relatedTarget))),
        )
        return cancel_all(*cancels)

    def scroll_to(self, selector: str, index: int) -> None:
        scroller = self._root.querySelector(selector)
        behavior = "auto" if self._page.prefers_reduced_motion() else "smooth"
        # Not scrollIntoView, which would also scroll the host page.
        left = scroller.children[index].offsetLeft - scroller.children[0].offsetLeft
        scroller.scrollTo(left=left, behavior=behavior)

    def visible_items(self, selector: str) -> int:
        scroller = self._root.querySelector(selector)
        step = self._step(scroller)
        gap = step - float(scroller.children[0].offsetWidth) if scroller.children.length > 1 else 0.0
        return max(1, int((scroller.clientWidth + gap + ROUNDING_PX) / step))

    def on_resize(self, callback: Callable[[], None]) -> Cancel:
        width = self._element.clientWidth

        def resized() -> None:  # also called for the height, and once at the start
            nonlocal width
            before, width = width, self._element.clientWidth
            if width != before:
                callback()

        return self._page.observe_size(self._element, resized)

    def remove(self) -> None:
        self._fixed_height = None
        # A shadow root cannot be removed. With only a slot in it, it shows the host page's own content.
        self._root.adoptedStyleSheets = self._window.Array.of()
        self._root.innerHTML = self._page.trusted("<slot></slot>")
        self._element.style.removeProperty("--tresta-height")

    def _sheets(self, css: str) -> Any:
        # A constructed sheet needs no nonce and no 'unsafe-inline', whatever the page's CSP.
        sheet = self._window.CSSStyleSheet.new()
        sheet.replaceSync(css)
        return self._window.Array.of(sheet)

    def _set_height(self, height: float) -> None:
        pixels = str(height).removesuffix(".0")  # as JavaScript formats numbers
        self._element.style.setProperty("--tresta-height", f"{pixels}px")

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
        """Pixels from the start of one child to the start of the next."""
        children = scroller.children
        width = children[1].offsetLeft - children[0].offsetLeft if children.length > 1 else scroller.clientWidth
        return abs(float(width)) or 1.0

    def _index_at_start(self, scroller: Any) -> int:
        last = int(scroller.children.length) - 1
        return min(last, round(abs(float(scroller.scrollLeft)) / self._step(scroller)))


def _do_nothing() -> None:
    pass
