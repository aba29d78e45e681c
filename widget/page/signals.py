"""What the real page and its browser say about telemetry.

Like `shadow`, it knows the page's objects but imports no JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .bridge import PrivacySignals

ID_PREFIX = "tresta-widget-"
_PLAIN = (str, int)  # a bool is an int
OURS = f':is([data-widget-id],[id^="{ID_PREFIX}"])'  # the elements that belong to a widget


class Signals:
    """See bridge.Bridge. Asked at every event, so that each question is a handful of reads from kept objects."""

    def __init__(self, window: Any, debug: Callable[[str], None]) -> None:
        # Kept, because each `window.navigator` would be a proxy anew.
        self._window, self._navigator, self._document = window, window.navigator, window.document
        self._debug = debug
        self._read: object = None  # what the browser said when asked last
        self._signals = PrivacySignals()  # and that without what is no plain value
        self._owners: dict[str, list[Any]] = {}  # elements whose data-telemetry speaks for a widget
        self._found: dict[str, list[str]] | None = {}  # the data-telemetry of others; None where the page threw

    def add_owners(self, widget_id: str, elements: Iterable[Any]) -> None:
        """From now on these speak for the widget, even when a tag manager takes them out of the page again."""
        known = self._owners.setdefault(widget_id, [])
        known.extend(element for element in elements if element not in known)

    def privacy_signals(self) -> PrivacySignals:
        navigator = self._navigator
        read = (
            getattr(navigator, "doNotTrack", None),
            getattr(self._window, "doNotTrack", None),  # Safari before 17, IE 11
            getattr(navigator, "msDoNotTrack", None),
            getattr(navigator, "globalPrivacyControl", None),
        )
        if read != self._read:
            new, old, microsofts, control = [_plain(value) for value in read]
            self._read, self._signals = read, PrivacySignals((new, old, microsofts), control)
        return self._signals

    def telemetry_attributes(self, widget_id: str) -> list[str]:
        if self._found is None:
            raise RuntimeError("The page could not be searched.")
        values = [owner.getAttribute("data-telemetry") for owner in self._owners.get(widget_id, ())]
        return [*(value for value in values if isinstance(value, str)), *self._found.get(widget_id, ())]

    def look_around(self) -> None:
        self._found = None
        found: dict[str, list[str]] = {}
        try:
            for element in self._document.querySelectorAll(f"[data-telemetry]{OURS}"):
                by_id = element.id.removeprefix(ID_PREFIX) if element.id.startswith(ID_PREFIX) else None
                for widget_id in {by_id, element.getAttribute("data-widget-id")}:
                    if isinstance(widget_id, str) and element not in self._owners.get(widget_id, ()):
                        found.setdefault(widget_id, []).append(element.getAttribute("data-telemetry"))
            self._found = found
        except Exception as error:  # noqa: BLE001 - whatever the page has put in its place
            self._debug(f"The page could not be searched: {error}")


def _plain(value: object) -> object:
    """A property that the page may have made anything of; None unless it is a plain value."""
    return value if isinstance(value, _PLAIN) else None  # null arrives as jsnull, which is not None
