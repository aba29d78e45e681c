"""What the telemetry tests share: a visit from its first moment to its last, and what an API was sent of it."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Page

from tests.browser.servers import FENCE, FaultyApi, Received, Site
from widget.telemetry.schema import WidgetReport, parse

TESTIMONIALS = [{"id": f"t{n}", "author": f"Customer {n}", "text": "A bowl to keep."} for n in range(6)]

# Past the frame that shows the content, and past the idle moment in which its load is sent.
SETTLED = """async () => {
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  await frame();
  await frame();
  await new Promise(done => requestIdleCallback(done));
}"""

# What counts in `crypto.getRandomValues` as the page's draw: one 32-bit number. Pyodide's own are bytes.
_SCRIPTED_DRAWS = """
  const real = crypto.getRandomValues.bind(crypto), draws = %s;
  crypto.getRandomValues = array => {
    if (!(array instanceof Uint32Array)) return real(array);
    return array.fill((draws.length > 1 ? draws.shift() : draws[0]) * 2 ** 32);
  };
"""


def content(*, layout: str = "carousel", mode: str = "opt-in", rate: float = 1.0) -> dict[str, Any]:
    """A widget's content, without its id."""
    design = {"layout": layout, "autoplay": 0}
    return {"design": design, "telemetry": {"mode": mode, "rate": rate}, "testimonials": TESTIMONIALS}


def draw(page: Page, *numbers: float) -> None:
    """Let the page's chance be these numbers, one after the other, the last one again and again."""
    page.add_init_script(_SCRIPTED_DRAWS % list(numbers))


def shown(page: Page, *widgets: str) -> None:
    """Wait until these widgets are seen, Python has taken them over, and their loads could have been sent."""
    is_shown = "widgets => window.Tresta && widgets.every(widget => Tresta.getState(widget).status === 'ready')"
    page.wait_for_function(is_shown, arg=list(widgets))
    page.evaluate("Tresta.ready.then(() => {})")
    page.wait_for_function(is_shown, arg=list(widgets))
    page.evaluate(SETTLED)


def track(page: Page, widget: str, code: str, config: Mapping[str, object] | None = None) -> None:
    """A JavaScript of the page counts an error. By default the tracker is at 100%, and reports to the widget's API."""
    page.evaluate(
        "([widget, code, config]) => new Tresta.TelemetryTracker(widget, '1.0.0', config).trackError(code)",
        [widget, code, {"samplingRate": 1, **(config or {})}],
    )


def leave(page: Page, site: Site, api: FaultyApi) -> None:
    """Go to another page, and return when everything that was sent by then has arrived.

    Two fences stand behind ours: a beacon sent later in the very same pagehide, and a request of the next page.
    """
    fences = {FENCE + uuid.uuid4().hex, FENCE + uuid.uuid4().hex}
    left, following = sorted(fences)
    beacon = "url => addEventListener('pagehide', () => Navigator.prototype.sendBeacon.call(navigator, url))"
    page.evaluate(beacon, api.url + left)
    page.goto(site.page(f"<script>fetch('{api.url}{following}')</script>"))
    until(lambda: fences <= {request.path for request in list(api.received)}, "the fences to arrive")


def batches(api: FaultyApi) -> list[Received]:
    """The requests to the telemetry's own path."""
    return [request for request in api.batches if request.path == "/telemetry"]


def reports(api: FaultyApi) -> list[WidgetReport]:
    """What the API was told, read as the server reads it."""
    return [report for batch in batches(api) for report in parse(batch.body)]


def errors(api: FaultyApi) -> Counter[str]:
    """How often the API was told of each error code."""
    return sum((Counter(report.errors) for report in reports(api)), Counter())


def until(condition: Callable[[], object], what: str, within: float = 15) -> None:
    """Wait for a condition outside the page; `within` is in seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"Waited {within:.0f} s for {what}."
        time.sleep(0.02)
