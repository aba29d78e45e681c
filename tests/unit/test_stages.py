"""A load tells the stages of Python's start, as far as the browser knows their times."""

from __future__ import annotations

import json
from typing import Any

import pytest

from widget import mount
from widget.loader_result import LoaderResult
from widget.page.bridge import Response
from widget.telemetry import TelemetryTracker
from widget.telemetry.parser import parse
from widget.telemetry.schema import MAX_LOAD_MS, Load
from widget.telemetry.stages import BOOT, UP_AT
from widget.testing import FakeBridge, FakePlace
from widget.version import VERSION

URL = "https://api.example/api/widgets/w1/public?lang="
BOOT_URL = "https://cdn.example/boot-1a2b3c.js"
CONTENT = json.dumps(
    {
        "id": "w1",
        "design": {"layout": "grid"},
        "telemetry": {"mode": "opt-in", "rate": 1},
        "testimonials": [{"id": "t", "author": "Ada", "text": "Good."}],
    }
)
STARTED_MS, UP_MS = 100.0, 1000.0
TIMINGS = {URL: (150.0, 310.4), BOOT_URL: (330.6, 360.0)}


def page(**changes):
    """A page whose clock says that Python is up."""
    usual: dict[str, Any] = {"clock_ms": UP_MS, "answers": [Response(200, CONTENT)], "timings": dict(TIMINGS)}
    page = FakeBridge(**usual | changes)
    page.shared |= {BOOT: BOOT_URL, UP_AT: page.clock_ms}
    return page


def adopt(bridge, started_at_ms=STARTED_MS, **changes):
    """Python takes over a widget, whose drawing was seen at 280 ms."""
    usual: dict[str, Any] = {"url": URL, "text": CONTENT, "drawn_by": VERSION, "shown_at_ms": 380.0}
    result = LoaderResult(**usual | changes)
    options: dict[str, Any] = {"widget_id": "w1", "api_url": "https://api.example", "loader_result": result}
    return mount(FakePlace(), bridge=bridge, started_at_ms=started_at_ms, **options)


def loads(bridge):
    return [load for body in bridge.sent for report in parse(body) for load in report.loads]


def sent(bridge):
    """What is sent 50 ms later, when the page is idle."""
    bridge.settle()
    bridge.clock_ms += 50
    bridge.idle.fire_once()
    return loads(bridge)


def test_an_adopted_drawing_tells_when_each_stage_was_reached():
    bridge = page()
    adopt(bridge)
    assert sent(bridge) == [Load("grid", 280, content_ms=210, wanted_ms=231, ready_ms=900, report_ms=950)]


def test_a_drawing_by_python_tells_them_too():
    bridge = page()
    adopt(bridge, drawn_by="", shown_at_ms=None)
    assert sent(bridge) == [Load("grid", 900, content_ms=210, wanted_ms=231, ready_ms=900, report_ms=950)]


def test_a_hidden_page_reports_at_once():
    bridge = page()
    adopt(bridge)
    bridge.hide()
    assert loads(bridge)[0].report_ms == 900


@pytest.mark.parametrize(
    ("timings", "content_ms", "wanted_ms"),
    [
        ({}, None, None),
        ({URL: TIMINGS[URL]}, 210, None),
        ({BOOT_URL: TIMINGS[BOOT_URL]}, None, 231),
        ({URL: (20.0, 90.0), BOOT_URL: (99.0, 130.0)}, None, None),  # of before this tag
        ({URL: (20.0, float("nan")), BOOT_URL: (float("inf"), 130.0)}, None, None),
        ({URL: (20.0, 700_101.0), BOOT_URL: (100.0, 130.0)}, None, 0),
    ],
    ids=["none", "no start of Python", "no content", "earlier ones", "broken ones", "one too late"],
)
def test_a_time_that_the_browser_does_not_have_is_left_out_and_never_guessed(timings, content_ms, wanted_ms):
    bridge = page(timings=timings)
    adopt(bridge)
    (load,) = sent(bridge)
    assert (load.content_ms, load.wanted_ms, load.ready_ms) == (content_ms, wanted_ms, 900)


def test_content_that_python_itself_asked_for_has_no_time():
    bridge = page()
    adopt(bridge, text="", drawn_by="", shown_at_ms=None)  # the API gave the loader no usable answer
    (load,) = sent(bridge)
    assert (load.content_ms, load.wanted_ms, load.ready_ms) == (None, 231, 900)

    bridge = page()
    adopt(bridge, is_copy=True)
    (load,) = sent(bridge)
    assert (load.content_ms, load.ready_ms) == (None, 900)


def test_only_the_first_batch_of_a_page_has_the_time_of_the_report():
    bridge = page()
    tracker = TelemetryTracker("w1", "1.0.0", {"samplingRate": 1}, bridge=bridge)
    tracker.track_error("EARLY")
    tracker.flush()
    adopt(bridge)
    assert [load.report_ms for load in sent(bridge)] == [None]

    bridge = page(loader_sent=["a batch of a page view that was hidden before"])
    adopt(bridge)
    assert [load.report_ms for load in sent(bridge)] == [None]


def test_all_widgets_of_the_first_batch_have_it():
    bridge = page()
    adopt(bridge)
    bridge.clock_ms += 10
    adopt(bridge, started_at_ms=STARTED_MS + 20)
    assert [(load.ready_ms, load.report_ms) for load in sent(bridge)] == [(900, 960), (880, 940)]


def test_a_load_that_began_when_python_was_up_says_so_and_no_more():
    bridge = page()
    place = FakePlace()
    mount(place, bridge=bridge, started_at_ms=UP_MS - 5, widget_id="w1", api_url="https://api.example")
    tracker = TelemetryTracker("w1", "1.0.0", {"samplingRate": 1}, bridge=bridge)
    tracker.start_load_tracking(at_ms=STARTED_MS)
    tracker.track_load("wall", at_ms=STARTED_MS + 7)
    assert sent(bridge) == [Load("wall", 7, ready_ms=0), Load("grid", 5, ready_ms=0)]


def test_a_tag_that_runs_when_python_is_up_is_no_start():
    bridge = page(clock_ms=UP_MS + 500)
    bridge.shared[UP_AT] = UP_MS
    adopt(bridge, started_at_ms=UP_MS + 100, shown_at_ms=UP_MS + 300)
    assert sent(bridge) == [Load("grid", 200, ready_ms=0)]


def test_a_refresh_is_a_load_of_its_own():
    bridge = page()
    widget = adopt(bridge)
    sent(bridge)
    bridge.clock_ms += 100
    widget.refresh()
    assert sent(bridge)[1:] == [Load("grid", 0, ready_ms=0)]


def test_a_start_of_more_than_ten_minutes_is_within_the_bounds():
    bridge = page(clock_ms=MAX_LOAD_MS + STARTED_MS + 1)
    adopt(bridge)
    assert [(load.ready_ms, load.report_ms) for load in sent(bridge)] == [(MAX_LOAD_MS, None)]


def test_what_waits_has_all_but_the_time_of_the_report():
    bridge = page()
    widget = adopt(bridge)
    (report,) = widget.tracker.get_telemetry_data()["widgets"]
    assert report["loads"] == [{"layout": "grid", "load_ms": 280, "content_ms": 210, "wanted_ms": 231, "ready_ms": 900}]


@pytest.mark.parametrize("broken", ["raises", "gives no number"])
def test_a_broken_clock_costs_a_stage_and_nothing_else(broken):
    class Broken(FakeBridge):
        def now_ms(self):
            if broken == "raises":
                raise RuntimeError("the page has replaced performance.now")
            return float("nan")

    bridge = Broken(timings=dict(TIMINGS), shared={BOOT: BOOT_URL, UP_AT: UP_MS})
    adopt(bridge)
    bridge.idle.fire_once()
    assert loads(bridge) == [Load("grid", 280, content_ms=210, wanted_ms=231, ready_ms=900)]

    bridge = Broken(timings=dict(TIMINGS))  # it was broken when Python came up
    adopt(bridge)
    bridge.idle.fire_once()
    assert loads(bridge) == [Load("grid", 280, ready_ms=0)]
