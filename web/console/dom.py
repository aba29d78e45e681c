"""Elements made in Python. Their text is always text, never markup.

One listener on the document for each kind of event calls handlers by name, so redrawn elements leave nothing to clean
up: `h("button", {"data-do": "save"}, "Save")` and `on("save", handler)`.
"""

import js
from pyscript.ffi import to_js

from .types import Any, Element, Event, Handler, Json

_SVG = "http://www.w3.org/2000/svg"
_SVG_TAGS = ("svg", "path", "line", "circle", "rect", "g", "title")
_EVENTS = ("click", "change", "input", "submit", "keydown")

_handlers: dict[str, Handler] = {}


def h(tag: str, attributes: Json | None = None, *children: object) -> Element:
    """Makes an element with attributes (None and False leave one out, True gives it no value) and children.

    A child is an element, a text, a list of children, or None.
    """
    element = js.document.createElementNS(_SVG, tag) if tag in _SVG_TAGS else js.document.createElement(tag)
    for name, value in (attributes or {}).items():
        if value is True:
            element.setAttribute(name, "")
        elif value is not None and value is not False:
            element.setAttribute(name, str(value))
    _append(element, children)
    return element


def _append(parent: Element, children: Any) -> None:
    for child in children:
        if isinstance(child, (list, tuple)):
            _append(parent, child)
        elif child is not None and child is not False:
            parent.append(child)


def find(selector: str) -> Element:
    """The first element on the page that matches, or None."""
    return js.document.querySelector(selector)


def fill(parent: Element, *children: object) -> None:
    """Replaces an element's children. The focus stays on the child with the same `data-key`."""
    focused = js.document.activeElement
    key = focused.getAttribute("data-key") if focused and parent.contains(focused) else None
    parent.replaceChildren()
    _append(parent, children)
    if key:
        successor = parent.querySelector(f'[data-key="{js.CSS.escape(key)}"]')
        if successor:
            successor.focus()
            if successor.tagName == "INPUT" and successor.type in ("text", "search"):
                successor.setSelectionRange(len(successor.value), len(successor.value))


def set_text(element: Element, text: str) -> None:
    """Changes an element's text if it differs, so that a screen reader says only what is new."""
    if element.textContent != text:
        element.textContent = text


def show(element: Element, is_visible: bool) -> None:
    element.hidden = not is_visible


def style(element: Element, name: str, value: str) -> Element:
    """Sets a style property in the way that a strict Content Security Policy allows, and returns the element."""
    element.style.setProperty(name, value)
    return element


def on(name: str, handler: Handler) -> None:
    """Has `handler(event, element)` called when an element with `data-do="name"` is used. Replaces an earlier one."""
    _handlers[name] = handler


def listen() -> None:
    """Adds the listeners. Call it once."""
    for kind in _EVENTS:
        js.document.addEventListener(kind, _dispatch)


def _dispatch(event: Event) -> None:
    kind = event.type
    element = event.target
    element = element.closest("[data-do]") if element.nodeType == 1 else None  # the document has no closest()
    while element:
        name = element.getAttribute("data-do")
        if (element.getAttribute("data-on") or _usual_event(element)) == kind and name in _handlers:
            if kind == "submit":
                event.preventDefault()
            _handlers[name](event, element)
            return
        parent = element.parentElement
        element = parent.closest("[data-do]") if parent else None


def _usual_event(element: Element) -> str:
    return {"FORM": "submit", "SELECT": "change", "INPUT": "change"}.get(element.tagName, "click")


async def copy(text: str) -> bool:
    """Puts the text on the clipboard; returns False if the browser forbids it."""
    try:
        await js.navigator.clipboard.writeText(text)
    except Exception:  # noqa: BLE001 - an error of JavaScript
        return False
    return True


def download(name: str, text: str, media_type: str) -> None:
    """Offers the text as a file."""
    url = js.URL.createObjectURL(js.Blob.new(to_js([text]), to_js({"type": media_type})))
    link = h("a", {"href": url, "download": name})
    js.document.body.append(link)
    link.click()
    link.remove()
    js.setTimeout(lambda: js.URL.revokeObjectURL(url), 10_000)


def color(name: str) -> str:
    """The colour of a custom property of the style sheet, as `rgb(...)` for a canvas, in the current theme."""
    probe = style(h("span", {"hidden": True}), "color", f"var({name})")
    js.document.body.append(probe)
    rgb: str = js.getComputedStyle(probe).color
    probe.remove()
    return rgb
