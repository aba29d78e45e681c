"""The colours: light, dark, or the system's. The choice stays in memory only."""

import js

from . import dom
from .types import Callable, Element

CHOICES = (("auto", "Auto"), ("light", "Light"), ("dark", "Dark"))

_watchers: list[Callable[[], None]] = []


def choice() -> str:
    return js.document.documentElement.getAttribute("data-theme") or "auto"


def choose(name: str) -> None:
    """Switches to the theme; `auto` follows the system."""
    root = js.document.documentElement
    if name == "auto":
        root.removeAttribute("data-theme")
    else:
        root.setAttribute("data-theme", name)
    _notify()


def watch(on_change: Callable[[], None]) -> None:
    """Has `on_change()` called when the colours change: by choice, by the system, or for printing."""
    if not _watchers:
        js.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", lambda _: _notify())
        js.window.addEventListener("beforeprint", lambda _: _set_printing(True))
        js.window.addEventListener("afterprint", lambda _: _set_printing(False))
    _watchers[:] = [on_change]


def select() -> Element:
    """The menu of themes."""
    options = [dom.h("option", {"value": name, "selected": name == choice()}, text) for name, text in CHOICES]
    return dom.h("select", {"data-do": "theme", "aria-label": "Theme", "class": "theme"}, options)


def _set_printing(is_printing: bool) -> None:
    js.document.documentElement.classList.toggle("printing", is_printing)  # paper is light
    _notify()


def _notify() -> None:
    for on_change in _watchers:
        on_change()
