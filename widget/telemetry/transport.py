"""How what was recorded leaves the page: one batch for all its widgets, in few and small requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from ..page.bridge import Bridge
from .schema import MAX_BYTES, MAX_CODES, MAX_WIDGETS, OTHER_CODE, WidgetReport, enclose, encode_report


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
        self._draw: float | None = bridge.shared.get("draw")  # the loader's, which has decided by it to start Python
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
        if senders:
            self._bridge.look_around()
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
    batch = _Batch()
    for report in reports:
        if not batch.add(report):
            bodies.append(batch.body())
            batch = _Batch()
            batch.add(report)
    return [*bodies, batch.body()] if reports else []


class _Batch:
    """One body in the making. Each report is encoded once, since a page that is being left waits for us."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._size = len(enclose([]))
        self._codes: set[str] = {OTHER_CODE}

    def add(self, report: WidgetReport) -> bool:
        """False where it does not fit. The first one always does: a tracker's bounds are below the schema's."""
        text = encode_report(self._folded(report))
        size = self._size + len(text) + 1  # ASCII, and a comma
        if self._texts and (len(self._texts) == MAX_WIDGETS or size > MAX_BYTES):
            return False
        self._texts.append(text)
        self._size = size
        return True

    def body(self) -> str:
        return enclose(self._texts)

    def _folded(self, report: WidgetReport) -> WidgetReport:
        """The same counts under at most MAX_CODES codes for the whole batch, the rest under OTHER."""
        if len(self._codes.union(report.errors)) <= MAX_CODES + 1:  # OTHER itself is beside them
            self._codes.update(report.errors)
            return report
        errors: dict[str, int] = {}
        for code, count in report.errors.items():
            if len(self._codes) <= MAX_CODES:
                self._codes.add(code)
            name = code if code in self._codes else OTHER_CODE
            errors[name] = errors.get(name, 0) + count
        return replace(report, errors=errors)
