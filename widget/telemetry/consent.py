"""Whether a widget may record and send. One refusal is enough, and nobody can revoke another's refusal."""

from __future__ import annotations

from ..page.bridge import Bridge, PrivacySignals

_YES_WORDS = frozenset({"", "true", "on", "yes", "1"})


class Consent:
    """The consent to one tracker. Reads browser, place and script tag again at each call."""

    def __init__(self, bridge: Bridge | None, widget_id: str, *, enabled: bool) -> None:
        self._bridge = bridge
        self._widget_id = widget_id
        self._enabled = enabled
        self.disabled = False  # the tracker's disable() and enable()
        self._last_values: tuple[list[str], PrivacySignals] | None = None  # of the page's attributes and the browser
        self._last_result = False  # whether these values allow telemetry

    def set_account_off(self, off: bool) -> None:
        """Applies the account's mode, from the content, to all trackers of the widget."""
        if self._bridge is not None:
            accounts_off: set[str] = self._bridge.shared.setdefault("accounts_off", set())
            (accounts_off.add if off else accounts_off.discard)(self._widget_id)

    def refused_by(self, *, search_page: bool = True) -> str | None:
        """The source of a refusal, or None if nobody refuses.

        Sources are config, disable, visitor, account, attribute, do_not_track and global_privacy_control, and also
        no_page and unreadable: without an answer there is no consent. `search_page` searches the page for new elements;
        without it the call takes microseconds.
        """
        if not self._enabled:
            return "config"
        if self.disabled:
            return "disable"
        if self._bridge is None:
            return "no_page"
        if "stopped" in self._bridge.shared:
            return "visitor"
        if self._widget_id in self._bridge.shared.get("accounts_off", ()):
            return "account"
        try:
            if not search_page and self._is_allowed():
                return None
            self._bridge.search_page()  # an attribute may have changed since the last search
            if not all(map(attribute_allows, self._bridge.telemetry_attributes(self._widget_id))):
                return "attribute"
            return refused_by_browser(self._bridge.privacy_signals())
        except Exception:  # noqa: BLE001 - a page that throws here has not agreed
            return "unreadable"

    def answers(self) -> dict[str, str]:
        """What each says about telemetry at present: `yes`, `no`, or an empty string for nothing.

        They are do_not_track, global_privacy_control, page, account and visitor. Needs a page.
        """
        assert self._bridge is not None
        try:
            self._bridge.search_page()
            values, signals = self._bridge.telemetry_attributes(self._widget_id), self._bridge.privacy_signals()
        except Exception:  # noqa: BLE001 - as in refused_by
            values, signals = ["no"], PrivacySignals()
        page_allows = self._enabled and not self.disabled and all(map(attribute_allows, values))
        is_off = self._widget_id in self._bridge.shared.get("accounts_off", ())
        return {
            "do_not_track": "no" if any(_is_on(value) for value in signals.do_not_track) else "",
            "global_privacy_control": "no" if _is_on(signals.global_privacy_control) else "",
            "page": ("yes" if values else "") if page_allows else "no",
            "account": "no" if is_off else "yes",
            "visitor": "no" if "stopped" in self._bridge.shared else "",
        }

    def _is_allowed(self) -> bool:
        """Reads all values again, but evaluates them only if they have changed."""
        assert self._bridge is not None
        values = self._bridge.telemetry_attributes(self._widget_id), self._bridge.privacy_signals()
        if values != self._last_values:
            attributes, signals = values
            self._last_result = all(map(attribute_allows, attributes)) and refused_by_browser(signals) is None
            self._last_values = values
        return self._last_result


def attribute_allows(value: str) -> bool:
    """Whether a `data-telemetry` value leaves telemetry on. Any word but a clear yes refuses."""
    return value.strip().lower() in _YES_WORDS


def refused_by_browser(signals: PrivacySignals) -> str | None:
    """Which signal refuses: Do Not Track in all its spellings, or https://www.w3.org/TR/gpc/; None: neither."""
    if any(_is_on(value) for value in signals.do_not_track):
        return "do_not_track"
    if _is_on(signals.global_privacy_control):
        return "global_privacy_control"
    return None


def _is_on(value: object) -> bool:
    # Firefox before 32 and IE use "yes"; some browsers use a boolean (True is 1) or a number.
    return value == 1 or (isinstance(value, str) and value.strip().lower() in {"1", "yes", "true"})
