"""The same wheel in a PyScript page, from the shop's own server."""

from __future__ import annotations


def test_the_demo_page_shows_the_widget_and_its_load_is_stored(origins, page, record):
    page.goto(f"{origins.shop}/pyscript.html")
    page.locator(".tresta[data-layout]").first.wait_for()
    page.locator(".tresta .card").first.wait_for()
    hosts = {request.url.split("/")[2] for request in record.requests if request.url.startswith("http")}
    assert hosts == {address.split("/")[2] for address in (origins.shop, origins.api)}  # no CDN
    assert record.errors == []
    before = len(origins.rows(widget="demo-grid", kind="load"))
    page.goto("about:blank")
    origins.wait_for_rows(lambda rows: len(rows) >= max(1, before), widget="demo-grid", kind="load")


def test_the_pages_python_uses_tracker_and_widget(origins, page, record):
    python = """
from widget import ConfigError, TelemetrySampler, TelemetryTracker, mount
from pyscript import document

answers = []
tracker = TelemetryTracker("w1", "1.0.0", {"samplingRate": 1, "endpoint": "API/telemetry"})
tracker.track_error("FROM_PYSCRIPT")
answers.append(str(tracker.is_enabled()))
tracker.flush()
try:
    mount("#nowhere", widget_id="w1")
except ConfigError as error:
    answers.append(str(error))
widget = mount("#own", widget_id="w1", api_url="API", layout="list")
answers.append(str(await widget.ready()))
widget.unmount()
answers.append(widget.state()["status"])
document.querySelector("#out").textContent = " | ".join(answers)
"""
    page.goto(f"{origins.shop}/pyscript.html")
    add = """python => {
      document.body.insertAdjacentHTML('beforeend', '<div id=own></div><p id=out></p>');
      document.body.append(Object.assign(document.createElement('script'), {type: 'py', textContent: python}));
    }"""
    page.evaluate(add, python.replace("API", origins.api))
    page.wait_for_function("document.querySelector('#out').textContent")
    enabled, mistake, ready, unmounted = page.locator("#out").inner_text().split(" | ")
    assert (enabled, unmounted) == ("True", "unmounted")
    assert "'status': 'ready'" in ready
    assert "#nowhere" in mistake
    assert origins.wait_for_rows(widget="w1", code="FROM_PYSCRIPT")[0]["count"] == 1
    assert record.errors == []
