import json

import pytest

from widget.facade import Facade
from widget.page.bridge import Response
from widget.telemetry.schema import parse
from widget.testing import FakeBridge, FakePlace

CONTENT = Response(
    200,
    json.dumps(
        {
            "id": "w1",
            "telemetry": {"mode": "opt-in", "rate": 1},
            "testimonials": [{"id": "t", "author": "Ada", "text": "Good."}],
        }
    ),
)


class JavaScript:
    """Calls as the loader makes them."""

    def __init__(self, **page):
        self.bridge = FakeBridge(**page)
        self.facade = Facade(self.bridge)
        self.told = []

    def __call__(self, number, method, *args, elements=(), at_ms=0.0):
        answer = self.facade.call(number, method, json.dumps(args), at_ms, list(elements), self.told.append)
        return json.loads(answer)


def test_the_seeds_usage_line_by_line():
    js = JavaScript()
    js(1, "new TelemetryTracker", "widget-123", "1.0.0", {"samplingRate": 0.5})
    js(1, "startLoadTracking", at_ms=100.0)
    js(1, "trackLoad", "grid", at_ms=180.0)
    js(1, "trackError", "API_ERROR")
    js(1, "trackInteraction", "carousel")
    assert js(1, "isEnabled") is True
    assert js(1, "getTelemetryData")["widgets"][0]["errors"] == {"API_ERROR": 1}
    js(1, "flush")
    ((url, body),) = js.bridge.beacons
    (report,) = parse(body)
    assert url == "https://api.tresta.app/telemetry"
    assert (report.widget, report.version, report.rate) == ("widget-123", "1.0.0", 0.5)
    assert (report.loads[0].load_ms, report.errors, report.interactions) == (80, {"API_ERROR": 1}, {"carousel": 1})


def test_disable_and_enable():
    js = JavaScript()
    js(1, "new TelemetryTracker", "w1", "1.0.0", {"samplingRate": 1})
    js(1, "disable")
    assert js(1, "isEnabled") is False
    js(1, "enable")
    assert js(1, "isEnabled") is True


def test_the_sampler():
    js = JavaScript()
    js(1, "new TelemetrySampler", 1)
    assert js(1, "shouldSample") is True
    js(1, "setSamplingRate", 0)
    assert js(1, "shouldSample") is False
    assert js(1, "getSamplingRate") == 0


def test_mount_state_refresh_unmount():
    place = FakePlace()
    js = JavaScript(answers=[CONTENT])
    assert js(1, "mount", {"widgetId": "w1", "apiUrl": "https://api.example"}, elements=[place])["status"] == "loading"
    js.bridge.settle()
    assert json.loads(js.told[0])["status"] == js(1, "getState")["status"] == "ready"
    js(1, "refresh")
    js.bridge.settle()
    assert json.loads(js.told[1])["status"] == "ready"
    js(1, "unmount")
    assert place.removed
    assert js(1, "getState") == {"status": "unmounted"}


def test_a_second_mount_in_the_same_place_is_refused():
    js = JavaScript(answers=[CONTENT])
    place = FakePlace()
    js(1, "mount", {"widgetId": "w1"}, elements=[place])
    js.bridge.settle()
    js(1, "mount", {"widgetId": "w1"}, elements=[place])
    assert any("unmount" in line for line in js.bridge.debugged)
    assert place.shown[-1].count("Good.") == 1


def test_a_self_hosters_trackers_report_to_the_self_hoster():
    js = JavaScript(answers=[CONTENT])
    js(1, "mount", {"widgetId": "w1", "apiUrl": "https://own.example"}, elements=[FakePlace()])
    js(2, "new TelemetryTracker", "another", "1.0.0", {"samplingRate": 1})
    js(3, "new TelemetryTracker", "third", "1.0.0", {"samplingRate": 1, "endpoint": "https://third.example/t"})
    js(2, "trackError", "E")
    js(3, "trackError", "E")
    js(3, "flush")
    assert [url for url, _ in js.bridge.beacons] == ["https://own.example/telemetry", "https://third.example/t"]


@pytest.mark.parametrize(
    ("method", "args"),
    [
        ("new TelemetryTracker", ("a b", "1.0.0")),
        ("new TelemetryTracker", ()),
        ("new TelemetryTracker", ("w1", "1.0.0", "off")),
        ("new TelemetrySampler", (None,)),
        ("mount", ({"widgetId": "a b"},)),
        ("mount", ()),
        ("explode", ()),
    ],
)
def test_no_mistake_throws_into_the_page(method, args):
    js = JavaScript()
    assert js(1, method, *args, elements=[FakePlace()]) is None
    assert js(1, "trackError", "E") is None
    assert js.bridge.debugged or method == "explode"


def test_what_was_freed_is_gone_but_what_it_counted_is_sent():
    js = JavaScript()
    js(1, "new TelemetryTracker", "w1", "1.0.0", {"samplingRate": 1})
    js(1, "trackError", "E")
    js(1, "free")
    assert js(1, "isEnabled") is None
    js.bridge.hide()
    assert len(js.bridge.beacons) == 1
