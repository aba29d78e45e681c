"""A place for tests: what was shown in it, and ways to act as its visitor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..errors import described
from .bridge import Cancel


class Listeners:
    """Callbacks in the order they came, each with its cancel. What one raises goes to `debug`."""

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
            if callback is not None:  # else it was cancelled by one before it
                callback(*args)
        except Exception as error:  # noqa: BLE001 - as the real page does
            self._debug(described(error))

    def __len__(self) -> int:
        return len(self._callbacks)


@dataclass
class FakePlace:
    """What was shown, and ways to act as the visitor."""

    html: str = ""
    css: str = ""
    prepared: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str | None]] = field(default_factory=list)
    toggled: set[tuple[str, str]] = field(default_factory=set)
    texts: list[tuple[str, str]] = field(default_factory=list)
    scrolled: list[int] = field(default_factory=list)
    at_start: int = 0
    fitting: int = 1
    removed: bool = False
    fails_to_show: Exception | None = None
    fitted: bool = False  # since it was last shown
    debugged: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.actions, self.keys, self.scrolls, self.attention, self.resizes = (
            Listeners(lambda message: self.debugged.append(message)) for _ in range(5)
        )

    def show(self, html: str, css: str) -> None:
        if self.fails_to_show and "data-status" not in html:
            raise self.fails_to_show
        self.html, self.css, self.fitted = html, css, False
        self.shown.append(html)

    def prepare(self, html: str, css: str) -> None:
        self.prepared.append(html)
        self.css = css

    def fit(self) -> None:
        self.fitted = True

    def set_attribute(self, selector: str, name: str, value: str | None) -> None:
        self.attributes.append((selector, name, value))

    def set_text(self, selector: str, text: str) -> None:
        self.texts.append((selector, text))

    def toggle(self, selector: str, name: str) -> bool:
        self.toggled ^= {(selector, name)}
        is_on = (selector, name) in self.toggled
        self.set_attribute(selector, name, "" if is_on else None)
        return is_on

    def item_at_start(self, selector: str) -> int:
        return self.at_start

    def on_action(self, callback: Callable[[str, int], None]) -> Cancel:
        return self.actions.add(callback)

    def on_key(self, selector: str, keys: Sequence[str], callback: Callable[[str], None]) -> Cancel:
        return self.keys.add(lambda key: callback(key) if key in keys else None)

    def on_scroll(self, selector: str, callback: Callable[[int], None]) -> Cancel:
        return self.scrolls.add(callback)

    def on_attention(self, callback: Callable[[bool], None]) -> Cancel:
        return self.attention.add(callback)

    def scroll_to(self, selector: str, index: int) -> None:
        self.scrolled.append(index)

    def visible_items(self, selector: str) -> int:
        return self.fitting

    def on_resize(self, callback: Callable[[], None]) -> Cancel:
        return self.resizes.add(callback)

    def remove(self) -> None:
        self.removed = True
        self.html = self.css = ""
