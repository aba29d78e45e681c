"""Whether a widget may record and send: a no from anyone wins, and nobody can take back another's no."""

from __future__ import annotations

from ..page.bridge import Bridge, PrivacySignals

_YES_WORDS = frozenset({"", "true", "on", "yes", "1"})


class Consent:
    """Who has a say over one tracker; browser, place and script tag are asked anew at each question."""

    def __init__(self, bridge: Bridge | None, widget_id: str, *, enabled: bool) -> None:
        self._bridge = bridge
        self._widget_id = widget_id
        self._enabled = enabled
        self.disabled = False  # disable() and enable()
        self._said: tuple[list[str], PrivacySignals] | None = None  # by elements and browser, when asked last
        self._allowed = False  # what that came to

    def set_account_off(self, off: bool) -> None:
        """The account's mode, once the content has brought it: it holds for all trackers of the widget."""
        if self._bridge is not None:
            accounts_off: set[str] = self._bridge.shared.setdefault("accounts_off", set())
            (accounts_off.add if off else accounts_off.discard)(self._widget_id)

    def refused_by(self, *, look_around: bool = True) -> str | None:
        """Who says no: config, disable, account, attribute, do_not_track, global_privacy_control; None: nobody.

        `no_page` and `unreadable` are a no as well: whoever cannot be asked has not agreed. `look_around` searches the
        page for elements that came since; without it the answer costs microseconds.
        """
        if not self._enabled:
            return "config"
        if self.disabled:
            return "disable"
        if self._bridge is None:
            return "no_page"
        if self._widget_id in self._bridge.shared.get("accounts_off", ()):
            return "account"
        try:
            if not look_around and self._is_allowed():
                return None
            self._bridge.look_around()  # a no that was found may have been taken back since
            if not all(map(attribute_allows, self._bridge.telemetry_attributes(self._widget_id))):
                return "attribute"
            return refused_by_browser(self._bridge.privacy_signals())
        except Exception:  # noqa: BLE001 - a page that throws here is no reason to send
            return "unreadable"

    def _is_allowed(self) -> bool:
        """Asked anew, but thought over only when somebody says something else than the last time."""
        assert self._bridge is not None
        said = self._bridge.telemetry_attributes(self._widget_id), self._bridge.privacy_signals()
        if said != self._said:
            attributes, signals = said
            self._allowed = all(map(attribute_allows, attributes)) and refused_by_browser(signals) is None
            self._said = said
        return self._allowed


def attribute_allows(value: str) -> bool:
    """Whether a `data-telemetry` leaves telemetry on; any word but a clear yes is a no."""
    return value.strip().lower() in _YES_WORDS


def refused_by_browser(signals: PrivacySignals) -> str | None:
    """Do Not Track in the words browsers have used for it, and https://www.w3.org/TR/gpc/."""
    if any(_is_on(value) for value in signals.do_not_track):
        return "do_not_track"
    if _is_on(signals.global_privacy_control):
        return "global_privacy_control"
    return None


def _is_on(value: object) -> bool:
    # "yes" is what Firefox before 32 and IE said; some browsers answer with a real boolean or a number.
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in {"1", "yes", "true"})
