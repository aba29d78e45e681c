"""What only Chromium can measure: bytes on the wire, memory, throttling, and Core Web Vitals while a visitor clicks."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

from . import pages, visit
from .visit import Kind, Sample

_CLICK_INTERVAL_MS = 200
_PAUSE_BEFORE_CLICKS_MS = 1000  # lets the page paint first where the paint is measured: a click ends LCP
_TRACKER = (pages.SITE / "tracker.js").read_text(encoding="utf-8")


class Wire:
    """The requests of one page, without its own document, which is the same size for all pages."""

    def __init__(self, session: CDPSession) -> None:
        self._start_s: dict[str, float] = {}
        self._bytes: dict[str, float] = {}
        self._pending: set[str] = set()
        self._document_s = 0.0
        session.on("Network.requestWillBeSent", self._on_request)
        session.on("Network.loadingFinished", self._on_finished)
        session.on("Network.loadingFailed", lambda event: self._pending.discard(event["requestId"]))
        session.send("Network.enable")

    def is_quiet(self) -> bool:
        """True if no request is pending."""
        return not self._pending

    def count(self, ready_ms: float) -> Sample:
        """Bytes received, headers included, by the start of their request: until `ready_ms` of page time, and later.

        And the number of all requests.
        """
        ready_s = self._document_s + ready_ms / 1000
        early = sum(size for request, size in self._bytes.items() if self._start_s[request] <= ready_s)
        later = sum(self._bytes.values()) - early
        return {"ready_bytes": early, "later_bytes": later, "requests": float(len(self._bytes))}

    def _on_request(self, event: dict[str, Any]) -> None:
        if event["type"] == "Document":
            self._document_s = event["timestamp"]
        elif not event["request"]["url"].startswith("data:"):
            self._start_s[event["requestId"]] = event["timestamp"]
            self._pending.add(event["requestId"])

    def _on_finished(self, event: dict[str, Any]) -> None:
        self._pending.discard(event["requestId"])
        if event["requestId"] in self._start_s:
            self._bytes[event["requestId"]] = event["encodedDataLength"]


def first_visit(context: BrowserContext, url: str, kind: Kind) -> Sample:
    """Make a first visit in a fresh context."""
    if kind.vitals:
        # A CDP session costs the page time, so these visits have one only where the network is emulated.
        return _measure_vitals(_open(context, kind)[0] if kind.line else context.new_page(), url, kind)
    page, session = _open(context, kind)
    if kind.wire:
        return _count_bytes(page, session, url, kind)
    session.send("Performance.enable")
    sample = visit.to_sample(visit.watch(page, url, kind)) | _measure_processor(session) | _measure_heap(session)
    if kind.counts:
        sample |= page.evaluate(_TRACKER)
    if kind.again:
        page.close()  # the second visit gets a new process and the filled cache, as a returning visitor does
        again = visit.to_sample(visit.watch(_open(context, kind)[0], url, kind))
        sample |= {f"again_{name}": again[name] for name in ("python_ms", "cards_ms")}
    return sample


def _open(context: BrowserContext, kind: Kind) -> tuple[Page, CDPSession]:
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": kind.slowed})
    if kind.line:
        bytes_s = kind.line.mbit_s * 1e6 / 8
        line = {
            "latency": kind.line.round_trip_ms,
            "downloadThroughput": bytes_s,
            "uploadThroughput": bytes_s,
            "offline": False,
        }
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", line)
    return page, session


def _count_bytes(page: Page, session: CDPSession, url: str, kind: Kind) -> Sample:
    wire = Wire(session)
    sample = visit.to_sample(visit.watch(page, url, kind, wire.is_quiet))
    return wire.count(max(sample["cards_ms"], sample.get("python_ms", 0)))


def _measure_processor(session: CDPSession) -> Sample:
    """The processor time of the page's process, all threads included: what the visit takes from a battery."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return {"cpu_ms": 1000 * next(each["value"] for each in metrics if each["name"] == "ProcessTime")}


def _measure_heap(session: CDPSession) -> Sample:
    session.send("HeapProfiler.collectGarbage")
    return {"heap_bytes": session.send("Runtime.getHeapUsage")["usedSize"]}


def _measure_vitals(page: Page, url: str, kind: Kind) -> Sample:
    """Core Web Vitals of a visit with clicks: from the start for a sampled page, else after a pause."""
    visit.open_page(page, url)
    box = page.locator("#basket").bounding_box()
    assert box is not None  # every host page has it
    if "sampled" not in kind.page:
        page.wait_for_timeout(_PAUSE_BEFORE_CLICKS_MS)
    for _ in range(kind.clicks):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(_CLICK_INTERVAL_MS)
    sample: Sample = page.evaluate("vitals")
    assert page.evaluate("document.querySelector('output').textContent") == str(kind.clicks)
    return sample
