"""How what was recorded leaves the page: one batch for all its widgets, in few and small requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..bridge import Bridge
from .schema import MAX_BYTES, MAX_CODES, MAX_WIDGETS, OTHER_CODE, WidgetReport, encode


class Sender(Protocol):
    """A tracker, as the outbox sees it."""

    endpoint: str

    def take_reports(self) -> list[WidgetReport]:
        """What may be sent now, each report once; nothing when someone says no."""


class Outbox:
    """What all trackers of one page share: the one draw, and the batch that waits to be sent.

    Loads go at the first idle moment, the rest when the page is hidden: errors and interactions are then
    counts rather than many requests. Everything here is synchronous, since a coroutine queued in a hide
    handler may never run.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._draw: float | None = None
        self._senders: dict[Sender, None] = {}  # in the order of their first report
        self._holds = 0
        self._idle_wanted = False
        self._idle_asked = False
        bridge.on_hidden(self.flush)

    @property
    def draw(self) -> float:
        """The page's one number in [0, 1): a page is in a tracker's sample when it is below the tracker's rate."""
        if self._draw is None:
            self._draw = self._bridge.random()
        return self._draw

    def add(self, sender: Sender) -> None:
        """The sender has something waiting."""
        self._senders[sender] = None

    def flush_when_idle(self) -> None:
        """Send at the next idle moment, or at the first one after the last hold."""
        self._idle_wanted = True
        if self._holds == 0 and not self._idle_asked:
            self._idle_asked = True
            self._bridge.on_idle(self._idle)

    def hold(self) -> Callable[[], None]:
        """Let idle moments pass until the returned release: a widget is loading, and its load can ride along."""
        self._holds += 1
        released = False

        def release() -> None:
            nonlocal released
            if not released:
                released = True
                self._holds -= 1
                if self._idle_wanted:
                    self.flush_when_idle()

        return release

    def flush(self) -> None:
        """Send all that waits and may be sent, now."""
        self._idle_wanted = False
        senders, self._senders = self._senders, {}
        by_endpoint: dict[str, list[WidgetReport]] = {}
        for sender in senders:
            by_endpoint.setdefault(sender.endpoint, []).extend(sender.take_reports())
        for endpoint, reports in by_endpoint.items():
            for body in pack(reports):
                self._send(endpoint, body)

    def _idle(self) -> None:
        self._idle_asked = False
        if self._idle_wanted and self._holds == 0:
            self.flush()

    def _send(self, url: str, body: str) -> None:
        """Beacon first; where it is missing, throws or its quota is full, a fetch that outlives the page."""
        try:
            if self._bridge.send_beacon(url, body):
                return
        except Exception as error:  # noqa: BLE001 - whatever the host has put in its place
            self._bridge.debug(f"sendBeacon failed: {error}")
        try:
            self._bridge.send_keepalive(url, body)
        except Exception as error:  # noqa: BLE001 - no third way: the batch is lost
            self._bridge.debug(f"fetch failed: {error}")


def outbox_of(bridge: Bridge) -> Outbox:
    """The page's one outbox."""
    outbox = bridge.shared.get("outbox")
    if not isinstance(outbox, Outbox):
        outbox = bridge.shared["outbox"] = Outbox(bridge)
    return outbox


def pack(reports: list[WidgetReport]) -> list[str]:
    """The reports as JSON bodies: one if it fits, and none over the schema's bounds."""
    bodies: list[str] = []
    batch: list[WidgetReport] = []
    for report in reports:
        if len(batch) == MAX_WIDGETS or len(encode(fold_codes([*batch, report]))) > MAX_BYTES:
            bodies.append(encode(fold_codes(batch)))
            batch = []
        batch.append(report)
    if batch:
        bodies.append(encode(fold_codes(batch)))
    return bodies


def fold_codes(reports: list[WidgetReport]) -> list[WidgetReport]:
    """The same counts under at most MAX_CODES codes for the whole batch, the rest under OTHER."""
    known: set[str] = {OTHER_CODE}
    folded = []
    for report in reports:
        errors: dict[str, int] = {}
        for code, count in report.errors.items():
            if len(known) <= MAX_CODES:
                known.add(code)
            name = code if code in known else OTHER_CODE
            errors[name] = errors.get(name, 0) + count
        folded.append(
            WidgetReport(report.widget, report.version, report.rate, report.loads, errors, report.interactions)
        )
    return folded
