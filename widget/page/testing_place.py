"""A place for tests: it records what is shown in it, and lets a test act as the visitor."""

from __future__ import annotations

from collections.abc import Callable
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
    """Records all calls. `uses` and `actions` fire the visitor's events: the use of a control, and of other buttons.

    `retries` are those of 'Try again'. `receipts` has the HTML of each `show_receipt`; the test sets `receipt_open`.
    """

    html: str = ""
    css: str = ""
    page_language: str = ""
    preparations: list[str] = field(default_factory=list)  # the HTML of each `prepare`
    drawings: list[str] = field(default_factory=list)  # the HTML of each `show`
    is_removed: bool = False
    is_fitted: bool = False  # since the last `show`
    debug_lines: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    receipt_open: bool = False

    def __post_init__(self) -> None:
        self.uses = self._listeners()
        self.actions = {action: self._listeners() for action in ("retry", "receipt", "stop")}
        self.retries = self.actions["retry"]
        self.closings = self._listeners()

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

    def control(self, on_use: Callable[[], None]) -> Cancel:
        return self.uses.add(on_use)

    def on_action(self, action: str, callback: Callable[[], None]) -> Cancel:
        return self.actions[action].add(callback)

    def show_receipt(self, html: str) -> None:
        self.receipts.append(html)

    def is_receipt_open(self) -> bool:
        return self.receipt_open

    def return_focus(self) -> Cancel:
        return self.closings.add(lambda: None)

    def remove(self) -> None:
        self.is_removed = True
        self.html = self.css = ""

    def _listeners(self) -> Listeners:
        return Listeners(lambda message: self.debug_lines.append(message))
