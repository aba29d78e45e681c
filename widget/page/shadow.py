"""A widget's place in the browser's page: an element of the host page with a shadow root.

Uses the DOM but does not import JavaScript: it reaches all objects from the element, and adds listeners through the
page, which owns the proxies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ..errors import ConfigError
from .bridge import Cancel

MIN_RESERVED_PX = 160  # a lower element was not reserved for a widget: it is empty but for some padding


class Page(Protocol):
    """The part of the page that a place uses."""

    def listen(self, target: Any, event: str, callback: Callable[[Any], object]) -> Cancel: ...
    def control(self, root: Any, on_use: Callable[[], None]) -> Cancel: ...
    def trusted(self, html: str) -> Any: ...
    def remove_owner(self, element: Any) -> None: ...


class ShadowPlace:
    """See bridge.Place."""

    def __init__(self, page: Page, element: Any, owners: Sequence[Any]) -> None:
        self._page = page
        self._element = element
        self._owners = (element, *owners)
        self._fixed_height: float | None = None  # pixels, from `show` until `fit` has measured
        self._drawn_clamp: str | None = None  # data-clamped as it was drawn: widget/view
        self._window = element.ownerDocument.defaultView
        self._is_html = bool(element.ownerDocument.contentType == "text/html")
        # Some pages hide elements without children, and what is in a shadow root is no child. The root hides this one.
        if not element.firstChild and self._window.getComputedStyle(element).display == "none":
            element.append("\u200b")
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
        self._fill(self._root, html)
        if self._fixed_height:
            drawn = self._section().getAttribute("data-clamped")
            self._drawn_clamp = drawn if isinstance(drawn, str) else None
            self._set_height(self._fixed_height - padding)
            self._clamp("unmeasured")

    def prepare(self, html: str, css: str) -> None:
        unseen = self._element.ownerDocument.createElement("div")
        unseen.style.cssText = "position:fixed;width:100%"  # takes no room in the page
        inside = unseen.attachShadow(mode="open")  # a root of its own, so that the style applies to this piece only
        inside.adoptedStyleSheets = self._sheets(css)
        if self._is_html:
            inside.innerHTML = self._page.trusted(html)
        self._root.append(unseen)
        unseen.getBoundingClientRect()  # forces the layout
        unseen.remove()  # before the next frame

    def fit(self) -> None:
        height, self._fixed_height = self._fixed_height, None
        if not height:
            return
        self._clamp(self._drawn_clamp)
        if self._height() > height:
            self._set_height(height)
            self._clamp("")
            self._set_height(2 * height - self._height())  # less the host's padding
        else:
            self._section().removeAttribute("style")

    def control(self, on_use: Callable[[], None]) -> Cancel:
        return self._page.control(self._root, on_use)

    def on_action(self, action: str, callback: Callable[[], None]) -> Cancel:
        def clicked(event: Any) -> None:
            if event.target.closest(f"[data-action={action}]"):
                callback()

        return self._page.listen(self._root, "click", clicked)

    def show_receipt(self, html: str) -> None:
        sheet = self._root.querySelector(".sheet")
        has_focus = sheet.contains(self._root.activeElement)
        self._fill(sheet, html)
        if has_focus:
            (sheet.querySelector("[tabindex]") or sheet).focus()

    def is_receipt_open(self) -> bool:
        sheet = self._root.querySelector(".sheet")
        if hasattr(sheet, "showPopover"):
            return bool(sheet.matches(":popover-open"))
        return bool(self._root.querySelector(".mark:focus"))  # Safari before 17, Firefox before 125

    def return_focus(self) -> Cancel:
        sheet = self._root.querySelector(".sheet")

        # The browser's own duty, but Chromium asks the document for the focus, which names the place and not the sheet.
        def toggled(event: Any) -> None:
            if event.newState == "closed" and sheet.contains(self._root.activeElement):
                self._root.querySelector(".mark").focus()

        return self._page.listen(sheet, "beforetoggle", toggled)

    def remove(self) -> None:
        self._fixed_height = None
        # A shadow root cannot be removed. With only a slot in it, it shows the host page's own content.
        self._root.adoptedStyleSheets = self._window.Array.of()
        self._root.replaceChildren(self._element.ownerDocument.createElement("slot"))
        for owner in self._owners:
            if not owner.isConnected:
                self._page.remove_owner(owner)

    def _fill(self, target: Any, html: str) -> None:
        if self._is_html:
            target.innerHTML = self._page.trusted(html)
        else:
            target.replaceChildren(self._parsed(html))

    def _parsed(self, html: str) -> Any:
        """The element that this HTML describes, in an XHTML page: there innerHTML is XML."""
        parser = self._window.DOMParser.new()
        return parser.parseFromString(self._page.trusted(html), "text/html").body.firstChild

    def _sheets(self, css: str) -> Any:
        # A constructed sheet needs no nonce and no 'unsafe-inline', whatever the page's CSP.
        sheet = self._window.CSSStyleSheet.new()
        sheet.replaceSync(css)
        return self._window.Array.of(sheet)

    def _section(self) -> Any:
        return self._root.querySelector(".tresta")

    def _set_height(self, height: float) -> None:
        pixels = str(height).removesuffix(".0")  # as JavaScript formats numbers
        # Inside the root: the place's own attributes are the page's, which may compare them or write them anew.
        self._section().style.setProperty("--tresta-height", f"{pixels}px")

    def _height(self) -> float:
        return float(self._element.getBoundingClientRect().height)

    def _padding(self) -> float:
        style = self._window.getComputedStyle(self._element)
        sides = ("paddingTop", "paddingBottom", "borderTopWidth", "borderBottomWidth")
        return sum(float(getattr(style, side).removesuffix("px")) for side in sides)

    def _is_something_below_in_view(self) -> bool:
        box = self._element.getBoundingClientRect()
        return bool(0 < box.bottom < self._window.innerHeight)

    def _clamp(self, value: str | None) -> None:
        if value is None:
            self._section().removeAttribute("data-clamped")
        else:
            self._section().setAttribute("data-clamped", value)
