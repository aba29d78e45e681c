from widget.telemetry import TelemetryTracker
from widget.telemetry.parser import parse
from widget.telemetry.transport import outbox_of
from widget.testing import FakeBridge


def track_one_load(bridge, widget_id):
    one = TelemetryTracker(widget_id, "1.0.0", {"samplingRate": 1}, bridge=bridge)
    one.start_load_tracking()
    one.track_load("grid")


def test_a_load_waits_for_widgets_that_are_still_loading():
    bridge = FakeBridge()
    release_first, release_second = outbox_of(bridge).hold(), outbox_of(bridge).hold()
    track_one_load(bridge, "w1")
    release_first()
    release_first()  # a second call does nothing
    bridge.idle.fire_once()
    assert bridge.sent == []
    track_one_load(bridge, "w2")
    release_second()
    bridge.idle.fire_once()
    assert [report.widget for report in parse(bridge.sent[0])] == ["w1", "w2"]
    assert len(bridge.sent) == 1


def test_a_hidden_page_sends_at_once():
    bridge = FakeBridge()
    outbox_of(bridge).hold()
    track_one_load(bridge, "w1")
    bridge.hide()
    assert len(bridge.sent) == 1


def test_an_idle_callback_during_a_hold_sends_nothing():
    bridge = FakeBridge()
    track_one_load(bridge, "w1")
    release = outbox_of(bridge).hold()
    bridge.idle.fire_once()
    assert bridge.sent == []
    release()
    bridge.idle.fire_once()
    assert len(bridge.sent) == 1


def test_an_error_waits_for_the_end_of_the_visit_whatever_else_loads():
    bridge = FakeBridge()
    release = outbox_of(bridge).hold()
    TelemetryTracker("w1", "1.0.0", {"samplingRate": 1}, bridge=bridge).track_error("E")
    release()
    bridge.idle.fire_once()
    assert bridge.sent == []


def test_the_page_is_asked_only_once_for_a_moment_without_work():
    class Asked(FakeBridge):
        requests = 0

        def on_idle(self, callback):
            self.requests += 1
            return super().on_idle(callback)

    bridge = Asked()
    release = outbox_of(bridge).hold()
    track_one_load(bridge, "w1")
    assert bridge.requests == 0
    release()
    track_one_load(bridge, "w2")
    assert bridge.requests == 1
    bridge.idle.fire_once()
    track_one_load(bridge, "w1")
    assert bridge.requests == 2


def test_pages_do_not_share_an_outbox():
    here, there = FakeBridge(), FakeBridge()
    track_one_load(here, "w1")
    there.hide()
    assert there.sent == []
    assert outbox_of(here) is outbox_of(here) is not outbox_of(there)
