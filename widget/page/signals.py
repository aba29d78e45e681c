"""Signals about telemetry: the browser's privacy settings and the page's `data-telemetry` attributes.

Uses the page's objects but does not import JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .bridge import PrivacySignals

ID_PREFIX = "tresta-widget-"
_PLAIN = (str, int)  # a bool is an int
WIDGET_ELEMENTS = f':is([data-widget-id],[id^="{ID_PREFIX}"])'  # selects the elements that belong to any widget


class Signals:
    """See bridge.Bridge. Read at every event, so each call is only a few property reads."""

    def __init__(self, window: Any, debug: Callable[[str], None]) -> None:
        # Stored, because each `window.navigator` would create a new proxy.
        self._window, self._navigator, self._document = window, window.navigator, window.document
        self._debug = debug
        self._values: object = None  # the browser's last settings
        self._signals = PrivacySignals()  # the same, reduced to plain values
        self._owners: dict[str, list[Any]] = {}  # elements whose data-telemetry applies to a widget
        self._other_attributes: dict[str, list[str]] | None = {}  # of other elements; None if the page threw

    def add_owners(self, widget_id: str, elements: Iterable[Any]) -> None:
        """Their `data-telemetry` applies to the widget from now on, even after a tag manager has removed them."""
        owners = self._owners.setdefault(widget_id, [])
        owners.extend(element for element in elements if element not in owners)

    def remove_owner(self, element: Any) -> None:
        """The element belongs to no widget any more. If it has a `data-telemetry`, that still applies.

        Of the elements that the page has removed, one for each value is kept: a page may render a place anew for ever.
        """
        value = element.getAttribute("data-telemetry")
        gone = [element]  # a list compares with code that runs at every visit
        for widget_id, owners in self._owners.items():
            others = [each for each in owners if each not in gone]
            if not isinstance(value, str) or value in _values([each for each in others if not each.isConnected]):
                self._owners[widget_id] = others

    def privacy_signals(self) -> PrivacySignals:
        navigator = self._navigator
        values = (
            getattr(navigator, "doNotTrack", None),
            getattr(self._window, "doNotTrack", None),  # Safari before 17, IE 11
            getattr(navigator, "msDoNotTrack", None),
            getattr(navigator, "globalPrivacyControl", None),
        )
        if values != self._values:
            # One by one: tuple(...) of a list is in the cold code, which would then load at every visit.
            dnt, window_dnt, ms_dnt, gpc = [_plain(value) for value in values]
            self._values, self._signals = values, PrivacySignals((dnt, window_dnt, ms_dnt), gpc)
        return self._signals

    def telemetry_attributes(self, widget_id: str) -> list[str]:
        if self._other_attributes is None:
            raise RuntimeError("The page could not be searched.")
        return [*_values(self._owners.get(widget_id, ())), *self._other_attributes.get(widget_id, ())]

    def search_page(self) -> None:
        self._other_attributes = None
        attributes: dict[str, list[str]] = {}
        try:
            for element in self._document.querySelectorAll(f"[data-telemetry]{WIDGET_ELEMENTS}"):
                by_id = element.id.removeprefix(ID_PREFIX) if element.id.startswith(ID_PREFIX) else None
                for widget_id in {by_id, element.getAttribute("data-widget-id")}:
                    if isinstance(widget_id, str) and element not in self._owners.get(widget_id, ()):
                        attributes.setdefault(widget_id, []).append(element.getAttribute("data-telemetry"))
            self._other_attributes = attributes
        except Exception as error:  # noqa: BLE001 - the page may have replaced querySelectorAll
            self._debug(f"The page could not be searched: {error}")


def _values(elements: Iterable[Any]) -> list[str]:
    """The `data-telemetry` of those elements that have one."""
    values = [element.getAttribute("data-telemetry") for element in elements]
    return [value for value in values if isinstance(value, str)]


def _plain(value: object) -> object:
    """The value if it is a string, a boolean or an integer, else None: the page may have set any object."""
    return value if isinstance(value, _PLAIN) else None  # null arrives as jsnull, which is not None
