"""What Chromium alone can tell of a visit: bytes on the wire, memory, and how the page feels under a visitor's hand."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

from . import pages, visit
from .visit import Kind, Sample

_CLICK_EVERY_MS = 200
LINE_MBIT_S, LINE_MS = 10, 40  # what comes down in a second, and the way there and back
_CALM_MS = 1000  # before the first click, where the page's own paint counts too: a click ends LCP
_TRACKER = (pages.SITE / "tracker.js").read_text(encoding="utf-8")


class Wire:
    """The requests of one page. A page's own document is left out, being the same in all of them."""

    def __init__(self, session: CDPSession) -> None:
        self._began_s: dict[str, float] = {}
        self._bytes: dict[str, float] = {}
        self._under_way: set[str] = set()
        self._document_s = 0.0
        session.on("Network.requestWillBeSent", self._begins)
        session.on("Network.loadingFinished", self._ends)
        session.on("Network.loadingFailed", lambda event: self._under_way.discard(event["requestId"]))
        session.send("Network.enable")

    def is_quiet(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    def measured(self, ready_ms: float) -> Sample:
        """The bytes that came, headers too: of what was asked for until `ready_ms` of the page's clock, and after."""
        ready_s = self._document_s + ready_ms / 1000
        early = sum(size for request, size in self._bytes.items() if self._began_s[request] <= ready_s)
        return {"ready_bytes": early, "later_bytes": sum(self._bytes.values()) - early}

    def _begins(self, event: dict[str, Any]) -> None:
        if event["type"] == "Document":
            self._document_s = event["timestamp"]
        elif not event["request"]["url"].startswith("data:"):
            self._began_s[event["requestId"]] = event["timestamp"]
            self._under_way.add(event["requestId"])

    def _ends(self, event: dict[str, Any]) -> None:
        self._under_way.discard(event["requestId"])
        if event["requestId"] in self._began_s:
            self._bytes[event["requestId"]] = event["encodedDataLength"]


def first(context: BrowserContext, url: str, kind: Kind) -> Sample:
    """A first visit; the context is fresh."""
    if kind.vitals:
        # Without a session of ours where none is needed: it would take the page's time.
        return _felt(_opened(context, kind)[0] if kind.line else context.new_page(), url, kind)
    page, session = _opened(context, kind)
    if kind.wire:
        return _weighed(page, session, url, kind)
    sample = visit.measured(visit.watch(page, url, kind)) | _memory(session)
    if kind.counts:
        sample |= page.evaluate(_TRACKER)
    if kind.again:
        page.close()  # a returning visitor comes to another process, and finds what is in the cache
        again = visit.measured(visit.watch(_opened(context, kind)[0], url, kind))
        sample |= {f"again_{name}": again[name] for name in ("python_ms", "cards_ms")}
    return sample


def _opened(context: BrowserContext, kind: Kind) -> tuple[Page, CDPSession]:
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": kind.slowed})
    if kind.line:
        bytes_s = LINE_MBIT_S * 1e6 / 8
        line = {"latency": LINE_MS, "downloadThroughput": bytes_s, "uploadThroughput": bytes_s, "offline": False}
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", line)
    return page, session


def _weighed(page: Page, session: CDPSession, url: str, kind: Kind) -> Sample:
    wire = Wire(session)
    sample = visit.measured(visit.watch(page, url, kind, wire.is_quiet))
    return wire.measured(max(sample["cards_ms"], sample.get("python_ms", 0)))


def _memory(session: CDPSession) -> Sample:
    session.send("HeapProfiler.collectGarbage")
    return {"heap_bytes": session.send("Runtime.getHeapUsage")["usedSize"]}


def _felt(page: Page, url: str, kind: Kind) -> Sample:
    """Core Web Vitals of a visit, which clicks once the page is calm, or in the sample from the first moment on."""
    visit.arrive(page, url)
    box = page.locator("#basket").bounding_box()
    assert box is not None  # it is in every host page
    if "sampled" not in kind.page:
        page.wait_for_timeout(_CALM_MS)
    for _ in range(kind.clicks):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(_CLICK_EVERY_MS)
    sample: Sample = page.evaluate("vitals")
    assert page.evaluate("document.querySelector('output').textContent") == str(kind.clicks)
    return sample
