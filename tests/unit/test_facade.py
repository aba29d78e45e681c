import json

import pytest

from widget.facade import Facade
from widget.page.bridge import Response
from widget.telemetry.parser import parse
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
    """Makes calls like the loader. `states` are the results of the calls that take time."""

    def __init__(self, **page):
        self.bridge = FakeBridge(**page)
        self.facade = Facade(self.bridge)
        self.states = []

    def __call__(self, number, method, *args, elements=(), at_ms=0.0):
        answer = self.facade.call(number, method, json.dumps(args), at_ms, list(elements), self.states.append)
        return json.loads(answer)


def test_the_usage_example_of_the_tracker():
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


def test_disable_and_enable_a_tracker():
    js = JavaScript()
    js(1, "new TelemetryTracker", "w1", "1.0.0", {"samplingRate": 1})
    js(1, "disable")
    assert js(1, "isEnabled") is False
    js(1, "enable")
    assert js(1, "isEnabled") is True


def test_a_widget_is_mounted_refreshed_and_unmounted():
    place = FakePlace()
    js = JavaScript(answers=[CONTENT])
    assert js(1, "mount", {"widgetId": "w1", "apiUrl": "https://api.example"}, elements=[place])["status"] == "loading"
    js.bridge.settle()
    assert json.loads(js.states[0])["status"] == js(1, "getState")["status"] == "ready"
    js(1, "refresh")
    js.bridge.settle()
    assert json.loads(js.states[1])["status"] == "ready"
    js(1, "unmount")
    assert place.is_removed
    assert js(1, "getState") == {"status": "unmounted"}


def test_a_second_mount_in_the_same_place_is_rejected():
    js = JavaScript(answers=[CONTENT])
    place = FakePlace()
    js(1, "mount", {"widgetId": "w1"}, elements=[place])
    js.bridge.settle()
    js(1, "mount", {"widgetId": "w1"}, elements=[place])
    assert any("unmount" in line for line in js.bridge.debug_lines)
    assert place.drawings[-1].count("Good.") == 1


def test_trackers_report_to_the_api_of_the_pages_widgets():
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
        ("mount", ({"widgetId": "a b"},)),
        ("mount", ()),
        ("explode", ()),
    ],
)
def test_no_mistake_of_a_caller_raises(method, args):
    js = JavaScript()
    assert js(1, method, *args, elements=[FakePlace()]) is None
    assert js(1, "trackError", "E") is None
    assert js.bridge.debug_lines or method == "explode"


def test_a_freed_tracker_is_removed_and_its_counts_are_sent():
    js = JavaScript()
    js(1, "new TelemetryTracker", "w1", "1.0.0", {"samplingRate": 1})
    js(1, "trackError", "E")
    js(1, "free")
    assert js(1, "isEnabled") is None
    js.bridge.hide()
    assert len(js.bridge.beacons) == 1
