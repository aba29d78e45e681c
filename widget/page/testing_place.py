"""A place for tests: it records what is shown in it, and lets a test act as the visitor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..errors import describe
from .bridge import Cancel


class Listeners:
    """Callbacks in order, each with a cancel function. Their exceptions go to `debug`."""

    def __init__(self, debug: Callable[[str], None]) -> None:
        self._debug = debug
        self._callbacks: dict[object, Callable[..., object]] = {}

    def add(self, callback: Callable[..., object]) -> Cancel:
        key = object()
        self._callbacks[key] = callback
        return lambda: self._callbacks.pop(key, None) and None

    def fire(self, *args: object) -> None:
        for key in list(self._callbacks):
            self._call(self._callbacks.get(key), *args)

    def fire_once(self) -> None:
        callbacks, self._callbacks = self._callbacks, {}
        for callback in callbacks.values():
            self._call(callback)

    def _call(self, callback: Callable[..., object] | None, *args: object) -> None:
        try:
            if callback is not None:  # else an earlier callback has cancelled it
                callback(*args)
        except Exception as error:  # noqa: BLE001 - as in the browser
            self._debug(describe(error))

    def __len__(self) -> int:
        return len(self._callbacks)


@dataclass
class FakePlace:
    """Records all calls. `actions`, `keys`, `scrolls`, `attention` and `resizes` fire the visitor's events."""

    html: str = ""
    css: str = ""
    page_language: str = ""
    preparations: list[str] = field(default_factory=list)  # the HTML of each `prepare`
    drawings: list[str] = field(default_factory=list)  # the HTML of each `show`
    attributes: list[tuple[str, str, str | None]] = field(default_factory=list)  # selector, name, value
    toggles: set[tuple[str, str]] = field(default_factory=set)  # selector and name of attributes that are set
    texts: list[tuple[str, str]] = field(default_factory=list)  # selector, text
    scroll_targets: list[int] = field(default_factory=list)
    start_index: int = 0  # the answer of `item_at_start`
    visible_count: int = 1  # the answer of `visible_items`
    is_removed: bool = False
    is_fitted: bool = False  # since the last `show`
    debug_lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.actions, self.keys, self.scrolls, self.attention, self.resizes = (
            Listeners(lambda message: self.debug_lines.append(message)) for _ in range(5)
        )

    def language(self) -> str:
        return self.page_language

    def show(self, html: str, css: str) -> None:
        self.html, self.css, self.is_fitted = html, css, False
        self.drawings.append(html)

    def prepare(self, html: str, css: str) -> None:
        self.preparations.append(html)
        self.css = css

    def fit(self) -> None:
        self.is_fitted = True

    def set_attribute(self, selector: str, name: str, value: str | None) -> None:
        self.attributes.append((selector, name, value))

    def set_text(self, selector: str, text: str) -> None:
        self.texts.append((selector, text))

    def toggle(self, selector: str, name: str) -> bool:
        self.toggles ^= {(selector, name)}
        is_on = (selector, name) in self.toggles
        self.set_attribute(selector, name, "" if is_on else None)
        return is_on

    def item_at_start(self, selector: str) -> int:
        return self.start_index

    def on_action(self, callback: Callable[[str, int], None]) -> Cancel:
        return self.actions.add(callback)

    def on_key(self, selector: str, keys: Sequence[str], callback: Callable[[str], None]) -> Cancel:
        return self.keys.add(lambda key: callback(key) if key in keys else None)

    def on_scroll(self, selector: str, callback: Callable[[int], None]) -> Cancel:
        return self.scrolls.add(callback)

    def on_attention(self, callback: Callable[[bool], None]) -> Cancel:
        return self.attention.add(callback)

    def scroll_to(self, selector: str, index: int) -> None:
        self.scroll_targets.append(index)

    def visible_items(self, selector: str) -> int:
        return self.visible_count

    def on_resize(self, callback: Callable[[], None]) -> Cancel:
        return self.resizes.add(callback)

    def remove(self) -> None:
        self.is_removed = True
        self.html = self.css = ""
