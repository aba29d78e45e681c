"""The transport of reports to the server: one batch for all widgets of the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from ..page.bridge import Bridge
from .schema import MAX_BYTES, MAX_CODES, MAX_WIDGETS, OTHER_CODE, WidgetReport, enclose, encode_report

MAX_SENT = 20  # batches that are kept for the receipt, of at most MAX_BYTES each


class Sender(Protocol):
    """The part of a tracker that the outbox uses."""

    endpoint: str

    def drain(self) -> list[WidgetReport]:
        """Removes and returns the reports that may be sent; none if anyone refuses."""


class Outbox:
    """Shared by all trackers of a page: the random draw for sampling, and the reports that wait to be sent.

    Loads are sent when the page is idle, errors and interactions when it is hidden, as counts in one request. All
    methods are synchronous, because a coroutine that starts while a page is being hidden may never run.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._draw: float | None = bridge.shared.get("draw")  # from the loader, which decided by it to start Python
        self._senders: dict[Sender, None] = {}  # in the order of their first report
        self._sent: list[str] = []  # the latest bodies
        self._holds = 0
        self._send_when_idle = False
        self._idle_requested = False
        bridge.on_hidden(self.flush)

    @property
    def draw(self) -> float:
        """The page's random number in [0, 1). The page is in a tracker's sample if it is below the tracker's rate."""
        if self._draw is None:
            self._draw = self._bridge.random()
        return self._draw

    def add(self, sender: Sender) -> None:
        """Registers a sender that has reports waiting."""
        self._senders[sender] = None

    def flush_when_idle(self) -> None:
        """Sends when the page is idle next and no hold is left."""
        self._send_when_idle = True
        if self._holds == 0 and not self._idle_requested:
            self._idle_requested = True
            self._bridge.on_idle(self._idle)

    def hold(self) -> Callable[[], None]:
        """Delays sending until the returned function is called: a loading widget's load joins the same batch."""
        self._holds += 1
        is_released = False

        def release() -> None:
            nonlocal is_released
            if not is_released:
                is_released = True
                self._holds -= 1
                if self._send_when_idle:
                    self.flush_when_idle()

        return release

    def flush(self) -> None:
        """Sends all reports that may be sent, now."""
        self._send_when_idle = False
        senders, self._senders = self._senders, {}
        if senders:
            self._bridge.search_page()
        by_endpoint: dict[str, list[WidgetReport]] = {}
        for sender in senders:
            by_endpoint.setdefault(sender.endpoint, []).extend(sender.drain())
        for endpoint, reports in by_endpoint.items():
            for batch in sample(reports, self.draw):
                for body in pack(batch):
                    self._send(endpoint, body)

    def sent(self) -> list[str]:
        """The latest bodies that have left this page, those of the loader first."""
        return [*self._bridge.sent_by_loader(), *self._sent]

    def stop(self) -> None:
        """The visitor's no: from now on nothing of this page is counted or sent, and what waits is dropped."""
        self._bridge.shared["stopped"] = True  # consent.py reads it
        self._bridge.stop_loader()
        self.flush()  # each sender finds the no, and drops its reports

    def _idle(self) -> None:
        self._idle_requested = False
        if self._send_when_idle and self._holds == 0:
            self.flush()

    def _send(self, url: str, body: str) -> None:
        if self._leaves(url, body):
            self._sent = [*self._sent[1 - MAX_SENT :], body]

    def _leaves(self, url: str, body: str) -> bool:
        """Sends a beacon; if that is missing, throws or its quota is full, a fetch that outlives the page."""
        try:
            if self._bridge.send_beacon(url, body):
                return True
        except Exception as error:  # noqa: BLE001 - the host page may have replaced sendBeacon
            self._bridge.debug(f"sendBeacon failed: {error}")
        try:
            self._bridge.send_keepalive(url, body)
        except Exception as error:  # noqa: BLE001 - there is no third way: the batch is lost
            self._bridge.debug(f"fetch failed: {error}")
            return False
        return True


def outbox_of(bridge: Bridge) -> Outbox:
    """The page's outbox."""
    outbox = bridge.shared.get("outbox")
    if not isinstance(outbox, Outbox):
        outbox = bridge.shared["outbox"] = Outbox(bridge)
    return outbox


def sample(reports: list[WidgetReport], draw: float) -> list[list[WidgetReport]]:
    """The batches of reports that leave the page. `draw` is the page's random number.

    Errors with a second rate have a batch of their own. Each event thus leaves with the probability that its report
    names as its rate (Horvitz and Thompson 1952). Loads in that batch would not: whether a load is still waiting when
    an error happens depends on when Python started, and so on the draw.
    """
    first: list[WidgetReport] = []
    second: list[WidgetReport] = []
    for report in reports:
        if report.errors and report.rate_on_error > report.rate:
            second.append(replace(report, rate=report.rate_on_error, loads=[], interactions={}))
            report = replace(report, errors={})
        first.append(report)
    sampled = ([each for each in batch if draw < each.rate and not each.is_empty()] for batch in (first, second))
    return [batch for batch in sampled if batch]


def pack(reports: list[WidgetReport]) -> list[str]:
    """The reports as JSON bodies within the schema's bounds: one body if all fit."""
    bodies: list[str] = []
    batch = _Batch()
    for report in reports:
        if not batch.add(report):
            bodies.append(batch.body())
            batch = _Batch()
            batch.add(report)
    return [*bodies, batch.body()] if reports else []


class _Batch:
    """A body under construction. Encodes each report only once, because a visitor who leaves waits for it."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._size = len(enclose([]))
        self._codes: set[str] = {OTHER_CODE}

    def add(self, report: WidgetReport) -> bool:
        """Adds the report, or returns False if it does not fit. A first report fits, by the tracker's bounds."""
        text = encode_report(self._fold(report))
        size = self._size + len(text) + 1  # ASCII, and a comma
        if self._texts and (len(self._texts) == MAX_WIDGETS or size > MAX_BYTES):
            return False
        self._texts.append(text)
        self._size = size
        return True

    def body(self) -> str:
        return enclose(self._texts)

    def _fold(self, report: WidgetReport) -> WidgetReport:
        """The report with at most MAX_CODES codes in the whole batch; the other codes are counted as OTHER."""
        if len(self._codes.union(report.errors)) <= MAX_CODES + 1:  # plus OTHER itself
            self._codes.update(report.errors)
            return report
        errors: dict[str, int] = {}
        for code, count in report.errors.items():
            if len(self._codes) <= MAX_CODES:
                self._codes.add(code)
            name = code if code in self._codes else OTHER_CODE
            errors[name] = errors.get(name, 0) + count
        return replace(report, errors=errors)
