"""Keeps the dashboard up to date: loads it again after new rows, and says whether it is live."""

import js

from .. import dom, route
from ..dom import h
from ..live import ENDED, LIVE, Live
from ..session import Session
from ..types import Any, Callable, Coroutine

_REDRAW_MS = {"5m": 1000, "1h": 2000, "24h": 5000, "7d": 10_000, "30d": 30_000, "90d": 60_000}
_URGENT_MS = 500  # while there are no figures yet


class Updates:
    """Awaits `load()` for new figures, the later the longer the range is. `is_broken()`: they could not be loaded."""

    def __init__(
        self, session: Session, load: Callable[[], Coroutine[Any, Any, None]], is_broken: Callable[[], bool]
    ) -> None:
        self.element = h("p", {"class": "live", "role": "status"}, "Connecting")
        self.is_urgent = False
        self._session, self._load, self._is_broken = session, load, is_broken
        self._live: Live | None = None
        self._is_off = False
        self._is_due = False
        self._timer: Any = None

    def follow(self) -> None:
        """Starts or ends the live stream, as the route demands: a fixed part of the past does not change."""
        if self._session.route.is_zoomed:
            self._stop_live()
            self._say("past", "Past period")
        elif self._live is None:
            self._live = Live(self._session.api, self._session.account, self._on_commit, self._on_state)
            self._live.start()

    def say_off(self) -> None:
        """Says that the account has switched telemetry off."""
        self._is_off = True
        self._say("off", "Telemetry is off")

    def stop(self) -> None:
        self._stop_live()
        if self._timer is not None:
            js.clearTimeout(self._timer)

    def _stop_live(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _on_state(self, state: str) -> None:
        if state == LIVE:
            if not self._is_off:
                self._say("on", "Live")
            if self._is_broken():
                self._session.run(self._load())
        elif state == ENDED:
            self._say("off", "Not live")
            self._session.run(self._load())
        else:
            self._say("off", "Reconnecting")

    def _say(self, kind: str, text: str) -> None:
        self.element.setAttribute("data-state", kind)
        dom.set_text(self.element, text)

    def _on_commit(self) -> None:
        self._is_due = True
        if self._timer is None:
            delay = _URGENT_MS if self.is_urgent else _REDRAW_MS[self._session.route.get("range", route.RANGE)]
            self._timer = js.setTimeout(self._refresh, delay)

    def _refresh(self) -> None:
        self._timer = None
        if self._is_due and not self._session.route.is_zoomed:
            if js.document.hidden:
                self._timer = js.setTimeout(self._refresh, 1000)
                return
            self._is_due = False
            self._session.run(self._load())
