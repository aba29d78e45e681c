"""Helpers of the telemetry tests: a visit from its start to its end, and the batches that an API received."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Page

from tests.browser.servers import FENCE, FaultyApi, Received, Site
from widget.telemetry.parser import parse
from widget.telemetry.schema import WidgetReport

TESTIMONIALS = [{"id": f"t{n}", "author": f"Customer {n}", "text": "A bowl to keep."} for n in range(6)]

# Waits for the frame that shows the content, and for the idle time in which its load is sent.
SETTLED = """async () => {
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  await frame();
  await frame();
  await new Promise(done => requestIdleCallback(done));
}"""

# The page's draw is the only call of `crypto.getRandomValues` for 32-bit numbers. Pyodide itself requests bytes.
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


def script_draws(page: Page, *numbers: float) -> None:
    """Sets the page's random numbers, in order; the last one repeats."""
    page.add_init_script(_SCRIPTED_DRAWS % list(numbers))


def wait_until_shown(page: Page, *widgets: str) -> None:
    """Waits until these widgets are shown, Python has adopted them, and their loads can have been sent."""
    are_ready = "widgets => window.Tresta && widgets.every(widget => Tresta.getState(widget).status === 'ready')"
    page.wait_for_function(are_ready, arg=list(widgets))
    page.evaluate("Tresta.ready.then(() => {})")
    page.wait_for_function(are_ready, arg=list(widgets))
    page.evaluate(SETTLED)


def track(page: Page, widget: str, code: str, config: Mapping[str, object] | None = None) -> None:
    """Counts an error by the page's JavaScript. By default the tracker has a rate of 100% and the widget's API."""
    page.evaluate(
        "([widget, code, config]) => new Tresta.TelemetryTracker(widget, '1.0.0', config).trackError(code)",
        [widget, code, {"samplingRate": 1, **(config or {})}],
    )


def leave(page: Page, site: Site, api: FaultyApi) -> None:
    """Goes to another page, and returns when all requests up to then have arrived.

    Two later requests are the fences: a beacon at the end of the same pagehide, and a request of the next page.
    """
    fences = {FENCE + uuid.uuid4().hex, FENCE + uuid.uuid4().hex}
    left, following = sorted(fences)
    beacon = "url => addEventListener('pagehide', () => Navigator.prototype.sendBeacon.call(navigator, url))"
    page.evaluate(beacon, api.url + left)
    page.goto(site.page(f"<script>fetch('{api.url}{following}')</script>"))
    until(lambda: fences <= {request.path for request in list(api.received)}, "the fences to arrive")


def batches(api: FaultyApi) -> list[Received]:
    """The requests to /telemetry."""
    return [request for request in api.batches if request.path == "/telemetry"]


def reports(api: FaultyApi) -> list[WidgetReport]:
    """The reports that the API has received, parsed as by the server."""
    return [report for batch in batches(api) for report in parse(batch.body)]


def errors(api: FaultyApi) -> Counter[str]:
    """The counts of each error code that the API has received."""
    return sum((Counter(report.errors) for report in reports(api)), Counter())


def until(condition: Callable[[], object], what: str, within: float = 15) -> None:
    """Waits for a condition outside the page. `within` is in seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"Waited {within:.0f} s for {what}."
        time.sleep(0.02)
