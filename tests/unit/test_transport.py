from dataclasses import replace

from widget.telemetry import TelemetryTracker
from widget.telemetry.parser import parse
from widget.telemetry.schema import MAX_BYTES, WidgetReport, encode
from widget.telemetry.transport import outbox_of, pack, sample
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


def test_after_the_visit_was_sent_an_error_waits_for_its_end_again():
    bridge = FakeBridge()
    track_one_load(bridge, "w1")
    bridge.hide()
    bridge.show_again()
    TelemetryTracker("w1", "1.0.0", {"samplingRate": 1}, bridge=bridge).track_error("E")
    bridge.idle.fire_once()
    assert len(bridge.sent) == 1


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


def test_a_batch_that_cannot_leave_costs_only_itself():
    class Broken(FakeBridge):
        def send_keepalive(self, url, body):
            if url.startswith("https://a.example"):
                raise OSError("blocked")
            super().send_keepalive(url, body)

    bridge = Broken(beacon=False)
    for name in "ab":
        config = {"samplingRate": 1, "endpoint": f"https://{name}.example/telemetry"}
        TelemetryTracker("w1", "1.0.0", config, bridge=bridge).track_error(name.upper())
    outbox_of(bridge).flush()
    assert [url for url, _ in bridge.keepalives] == ["https://b.example/telemetry"]
    assert outbox_of(bridge).sent() == bridge.sent


def test_a_report_leaves_below_its_rate():
    report = WidgetReport("w1", "1.0.0", 0.5, errors={"A": 1})
    assert sample([report], 0.49) == [[report]]
    assert sample([report], 0.5) == []


def reports_of(size):
    """Reports that are a batch of exactly so many bytes."""
    codes = [f"C{number:02}" + "X" * 45 for number in range(20)]
    full = [WidgetReport("w" * 64, "1.0.0", 1.0, errors=dict.fromkeys(codes, 1))] * 6
    for number in range(1, 21):
        last = WidgetReport("w", "1.0.0", 1.0, errors=dict.fromkeys(codes[:number], 1))
        missing = size - len(encode([*full, last]))
        if 0 <= missing < 64:
            return [*full, replace(last, widget="w" * (1 + missing))]
    raise AssertionError("No report has this size.")


def test_a_batch_is_filled_up_to_its_bounds():
    assert [len(body) for body in pack(reports_of(MAX_BYTES - 1))] == [MAX_BYTES - 1]  # a comma is kept for each report
    assert len(pack(reports_of(MAX_BYTES + 1))) == 2
    small = [WidgetReport(f"w{number}", "1.0.0", 1.0, errors={"A": 1}) for number in range(51)]
    assert [len(parse(body)) for body in pack(small)] == [50, 1]


def test_a_report_keeps_as_many_of_its_codes_as_the_batch_has_room_for():
    first = WidgetReport("w1", "1.0.0", 1.0, errors={f"A{number}": 1 for number in range(18)})
    second = WidgetReport("w2", "1.0.0", 1.0, errors={"A1": 1, "B1": 2, "B2": 3, "B3": 4, "B4": 5, "OTHER": 6})
    (body,) = pack([first, second])
    assert parse(body)[1].errors == {"A1": 1, "B1": 2, "B2": 3, "OTHER": 15}


def test_pages_do_not_share_an_outbox():
    here, there = FakeBridge(), FakeBridge()
    track_one_load(here, "w1")
    there.hide()
    assert there.sent == []
    assert outbox_of(here) is outbox_of(here) is not outbox_of(there)
