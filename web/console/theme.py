"""Light, dark, or as the system has it: a choice that is kept in memory only."""

import js

from . import dom

CHOICES = (("auto", "Auto"), ("light", "Light"), ("dark", "Dark"))

_watchers = []


def choice() -> str:
    return js.document.documentElement.getAttribute("data-theme") or "auto"


def choose(name: str) -> None:
    """Shows the theme; `auto` follows the system."""
    root = js.document.documentElement
    if name == "auto":
        root.removeAttribute("data-theme")
    else:
        root.setAttribute("data-theme", name)
    _tell()


def watch(changed: object) -> None:
    """Calls `changed()` whenever colours are others: by choice, by the system, and for a print."""
    if not _watchers:
        js.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", lambda _: _tell())
        js.window.addEventListener("beforeprint", lambda _: _print(True))
        js.window.addEventListener("afterprint", lambda _: _print(False))
    _watchers[:] = [changed]


def select():
    """The control that chooses."""
    options = [dom.h("option", {"value": name, "selected": name == choice()}, text) for name, text in CHOICES]
    return dom.h("select", {"data-do": "theme", "aria-label": "Theme", "class": "theme"}, options)


def _print(starts: bool) -> None:
    """Paper is light."""
    js.document.documentElement.classList.toggle("printing", starts)
    _tell()


def _tell() -> None:
    for changed in _watchers:
        changed()
