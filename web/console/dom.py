"""Elements, made of plain Python: their text is always text, never markup.

Handlers are found by name, with one listener on the document for each kind of event, so that what is drawn anew
leaves nothing behind: `h("button", {"data-do": "save"}, "Save")` and `on("save", handler)`.
"""

import js
from pyscript.ffi import to_js

_SVG = "http://www.w3.org/2000/svg"
_SVG_TAGS = ("svg", "path", "line", "circle", "rect", "g")
_EVENTS = ("click", "change", "input", "submit", "keydown")

_handlers = {}


def h(tag: str, attributes: "dict | None" = None, *children: object):
    """An element with attributes (None and False leave one out, True needs no value) and children.

    A child is an element, a text, a list of children, or None.
    """
    made = js.document.createElementNS(_SVG, tag) if tag in _SVG_TAGS else js.document.createElement(tag)
    for name, value in (attributes or {}).items():
        if value is True:
            made.setAttribute(name, "")
        elif value is not None and value is not False:
            made.setAttribute(name, str(value))
    _append(made, children)
    return made


def _append(parent: object, children: object) -> None:
    for child in children:
        if isinstance(child, (list, tuple)):
            _append(parent, child)
        elif child is not None and child is not False:
            parent.append(child)


def find(selector: str):
    """The first element on the page that matches, or None."""
    return js.document.querySelector(selector)


def fill(place: object, *children: object) -> None:
    """Puts these into an element instead of what it has; what had the focus has it again, by its `data-key`."""
    focused = js.document.activeElement
    key = focused.getAttribute("data-key") if focused and place.contains(focused) else None
    place.replaceChildren()
    _append(place, children)
    if key:
        same = place.querySelector(f'[data-key="{js.CSS.escape(key)}"]')
        if same:
            same.focus()


def say(place: object, text: str) -> None:
    """Changes an element's text where it differs, so that a screen reader hears only news."""
    if place.textContent != text:
        place.textContent = text


def show(element: object, is_shown: bool) -> None:
    element.hidden = not is_shown


def style(element: object, name: str, value: str):
    """Sets one property of an element's style, as a strict Content Security Policy allows; returns the element."""
    element.style.setProperty(name, value)
    return element


def on(name: str, handler: object) -> None:
    """Calls `handler(event, element)` when an element with `data-do="name"` is used; the last one given counts."""
    _handlers[name] = handler


def listen() -> None:
    """Starts to listen; called once."""
    for kind in _EVENTS:
        js.document.addEventListener(kind, _dispatch)


def _dispatch(event: object) -> None:
    kind = event.type
    element = event.target
    element = element.closest("[data-do]") if element.nodeType == 1 else None  # not of the document itself
    while element:
        name = element.getAttribute("data-do")
        if (element.getAttribute("data-on") or _usual(element)) == kind and name in _handlers:
            if kind == "submit":
                event.preventDefault()
            _handlers[name](event, element)
            return
        parent = element.parentElement
        element = parent.closest("[data-do]") if parent else None


def _usual(element: object) -> str:
    """What it is to use an element: its click, its change, or its submission."""
    return {"FORM": "submit", "SELECT": "change", "INPUT": "change"}.get(element.tagName, "click")


def copy(text: str) -> object:
    """Puts the text on the clipboard; a promise that is rejected where the browser does not let us."""
    return js.navigator.clipboard.writeText(text)


def download(name: str, text: str, kind: str) -> None:
    """Offers the text as a file of this media type."""
    url = js.URL.createObjectURL(js.Blob.new(to_js([text]), to_js({"type": kind})))
    link = h("a", {"href": url, "download": name})
    js.document.body.append(link)
    link.click()
    link.remove()
    js.setTimeout(lambda: js.URL.revokeObjectURL(url), 10_000)


def color(name: str) -> str:
    """The colour of a custom property of the style sheet, as `rgb(...)` for a canvas, in the theme that is shown."""
    probe = style(h("span", {"hidden": True}), "color", f"var({name})")
    js.document.body.append(probe)
    shown = js.getComputedStyle(probe).color
    probe.remove()
    return shown
