import json
import math

import pytest

from widget.errors import ConfigError
from widget.page.bridge import PrivacySignals
from widget.telemetry import TelemetryConfig, TelemetryTracker
from widget.telemetry.config import DEFAULT_ENDPOINT
from widget.telemetry.parser import parse
from widget.telemetry.schema import DIGEST, MAX_BYTES
from widget.testing import FakeBridge

ALL = {"samplingRate": 1.0}


def tracker(bridge, config=None, widget_id="w1"):
    return TelemetryTracker(widget_id, "1.0.0", {**ALL, **(config or {})}, bridge=bridge)


def sent_reports(bridge):
    return [report for body in bridge.sent for report in parse(body)]


def test_a_load_is_sent_with_its_time_when_the_page_is_idle():
    bridge = FakeBridge(clock_ms=100)
    one = tracker(bridge)
    one.start_load_tracking()
    bridge.clock_ms = 512.4
    one.track_load("grid")
    assert bridge.sent == []
    bridge.idle.fire_once()
    assert json.loads(bridge.sent[0]) == {
        "schema": 2,
        "digest": DIGEST,
        "widgets": [
            {
                "widget": "w1",
                "version": "1.0.0",
                "rate": 1.0,
                "loads": [{"layout": "grid", "load_ms": 412, "ready_ms": 0}],
                "errors": {},
                "interactions": {},
            }
        ],
    }


def test_errors_and_interactions_are_sent_as_counts_when_the_page_is_hidden():
    bridge = FakeBridge()
    one = tracker(bridge)
    for _ in range(50):
        one.track_error("API_ERROR")
    one.track_interaction("carousel")
    bridge.idle.fire_once()
    assert bridge.sent == []
    bridge.hide()
    (report,) = sent_reports(bridge)
    assert (report.errors, report.interactions, report.loads) == ({"API_ERROR": 50}, {"carousel": 1}, [])
    bridge.hide()
    assert len(bridge.sent) == 1


def test_the_trackers_of_a_page_share_one_batch():
    bridge = FakeBridge()
    for widget_id in ("w1", "w2", "w3"):
        tracker(bridge, widget_id=widget_id).track_error("E")
    bridge.hide()
    assert len(bridge.sent) == 1
    assert [report.widget for report in sent_reports(bridge)] == ["w1", "w2", "w3"]


def test_a_page_that_is_visible_again_has_a_new_batch():
    bridge = FakeBridge()
    one = tracker(bridge)
    one.track_error("FIRST")
    bridge.hide()
    bridge.show_again()
    one.track_error("SECOND")
    bridge.hide()
    assert [report.errors for report in sent_reports(bridge)] == [{"FIRST": 1}, {"SECOND": 1}]


def test_one_random_draw_decides_for_the_whole_page():
    bridge = FakeBridge(draws=[0.3, 0.0])
    high, low = tracker(bridge, {"samplingRate": 0.5}, "high"), tracker(bridge, {"samplingRate": 0.2}, "low")
    for one in (high, low):
        one.start_load_tracking()
        one.track_load("grid")
        one.track_error("E")
        one.track_interaction("grid")
    bridge.hide()
    (report,) = sent_reports(bridge)
    assert (report.widget, report.rate, bridge.draw_count) == ("high", 0.5, 1)
    assert report.loads and report.errors and report.interactions


def test_one_percent_of_pages_send_and_the_rest_send_nothing():
    senders = 0
    for number in range(1000):
        bridge = FakeBridge(draws=[number / 1000])
        TelemetryTracker("w1", "1.0.0", bridge=bridge).track_error("E")
        bridge.hide()
        senders += bool(bridge.sent)
    assert senders == 10


def test_waiting_reports_keep_the_rate_of_their_time():
    bridge = FakeBridge()
    one = tracker(bridge, {"samplingRate": 0.5})
    one.track_error("E")
    one.set_sampling_rate(0.25)
    one.track_error("E")
    bridge.hide()
    assert [(report.rate, report.errors) for report in sent_reports(bridge)] == [(0.5, {"E": 1}), (0.25, {"E": 1})]


def test_a_sampling_rate_of_zero_never_sends():
    bridge = FakeBridge(draws=[0.0])
    tracker(bridge, {"samplingRate": 0}).track_error("E")
    bridge.hide()
    assert bridge.sent == []


REFUSALS = {
    "attribute": lambda bridge, one: bridge.attributes.update(w1=["false"]),
    "do_not_track": lambda bridge, one: setattr(bridge, "signals", PrivacySignals(("1",))),
    "global_privacy_control": lambda bridge, one: setattr(bridge, "signals", PrivacySignals((), True)),
    "account": lambda bridge, one: one.apply_account("off", 1.0),
    "disable": lambda bridge, one: one.disable(),
}


@pytest.mark.parametrize("by", REFUSALS)
def test_a_refusal_before_any_event_sends_nothing(by):
    bridge = FakeBridge()
    one = tracker(bridge)
    REFUSALS[by](bridge, one)
    one.start_load_tracking()
    one.track_load("grid")
    one.track_error("E")
    assert not one.is_enabled()
    assert one.get_telemetry_data()["refused_by"] == by
    bridge.idle.fire_once()
    bridge.hide()
    assert bridge.sent == []


@pytest.mark.parametrize("by", REFUSALS)
def test_a_refusal_before_the_flush_discards_the_waiting_reports(by):
    bridge = FakeBridge()
    one = tracker(bridge)
    one.track_error("E")
    REFUSALS[by](bridge, one)
    bridge.hide()
    assert bridge.sent == []
    bridge.attributes, bridge.signals = {}, PrivacySignals()  # a later consent does not bring them back
    one.apply_account("sampled", 1.0)
    one.enable()
    one.flush()
    assert bridge.sent == []
    one.track_error("LATER")
    one.flush()
    assert [report.errors for report in sent_reports(bridge)] == [{"LATER": 1}]


@pytest.mark.parametrize("by", REFUSALS)
def test_an_event_during_a_refusal_discards_what_waits(by):
    bridge = FakeBridge()
    one = tracker(bridge)
    one.track_error("BEFORE")
    REFUSALS[by](bridge, one)
    one.track_error("DURING")
    bridge.attributes, bridge.signals = {}, PrivacySignals()
    one.apply_account("sampled", 1.0)
    one.enable()
    one.flush()
    assert bridge.sent == []


def test_an_account_that_is_off_for_a_moment_discards_what_waits():
    bridge = FakeBridge()
    one = tracker(bridge)
    one.track_error("BEFORE")
    one.apply_account("off", 1.0)
    one.apply_account("sampled", 1.0)
    one.flush()
    assert bridge.sent == []


def test_telemetry_data_of_a_page_that_refuses_is_empty_and_stays_so():
    bridge = FakeBridge()
    one = tracker(bridge)
    one.track_error("BEFORE")
    bridge.signals = PrivacySignals(("1",))
    assert one.get_telemetry_data()["widgets"] == []
    bridge.signals = PrivacySignals()
    assert one.get_telemetry_data()["widgets"] == []


def test_a_load_that_began_during_a_refusal_does_not_count():
    bridge = FakeBridge()
    one = tracker(bridge)
    one.start_load_tracking()
    bridge.attributes["w1"] = ["no"]
    one.start_load_tracking()
    bridge.attributes["w1"] = []
    one.track_load("grid")
    one.flush()
    assert bridge.sent == []


def test_a_page_outside_the_sample_counts_nothing_and_says_nothing():
    bridge = FakeBridge(draws=[0.5])
    one = tracker(bridge, {"samplingRate": 0.4})
    one.start_load_tracking()
    one.track_load("grid")
    one.track_error("E")
    one.track_interaction("grid")
    one.flush()
    assert (bridge.sent, bridge.debug_lines) == ([], [])


def test_the_page_is_searched_once_for_each_sending_and_not_for_each_event():
    class Searched(FakeBridge):
        searches = 0

        def search_page(self):
            self.searches += 1

    bridge = Searched()
    one, two = tracker(bridge), tracker(bridge, widget_id="w2")
    for each in (one, two):
        each.track_error("E")
        each.track_interaction("grid")
    assert bridge.searches == 0
    one.flush()
    assert (bridge.searches, len(bridge.sent)) == (1, 1)
    one.flush()
    assert bridge.searches == 1  # nothing waits


def test_a_page_that_uses_many_rates_sends_before_the_ninth():
    bridge = FakeBridge()
    one = tracker(bridge)
    for number in range(8):
        one.set_sampling_rate(1 - number / 100)
        one.track_error("E")
    assert bridge.sent == []
    one.set_sampling_rate(0.5)
    one.track_error("E")
    assert [report.rate for report in sent_reports(bridge)] == [1 - number / 100 for number in range(8)]
    one.flush()
    assert [report.rate for report in sent_reports(bridge)][8:] == [0.5]


@pytest.mark.parametrize("by", [by for by in REFUSALS if by != "disable"])
def test_enable_overrides_no_other_refusal(by):
    bridge = FakeBridge()
    one = tracker(bridge)
    REFUSALS[by](bridge, one)
    one.enable()
    assert not one.is_enabled()


def test_a_config_with_enabled_false_is_final():
    bridge = FakeBridge()
    one = tracker(bridge, {"enabled": False})
    one.enable()
    one.track_error("E")
    one.flush()
    assert not one.is_enabled()
    assert bridge.sent == []


def test_disable_discards_waiting_reports_and_enable_starts_anew():
    bridge = FakeBridge()
    one = tracker(bridge)
    one.start_load_tracking()
    one.track_error("BEFORE")
    one.disable()
    one.enable()
    one.track_load("grid")  # its start was before the consent
    one.track_error("AFTER")
    one.flush()
    assert [(report.errors, report.loads) for report in sent_reports(bridge)] == [({"AFTER": 1}, [])]


@pytest.mark.parametrize("beacon", [False, OSError("quota"), True])
def test_a_fetch_replaces_a_beacon_that_fails(beacon):
    bridge = FakeBridge(beacon=beacon)
    one = tracker(bridge)
    one.track_error("E")
    one.flush()
    assert (len(bridge.beacons), len(bridge.keepalives)) == ((1, 0) if beacon is True else (0, 1))


def test_nothing_raises_if_beacon_and_fetch_fail():
    bridge = FakeBridge(beacon=OSError("beacon"), keepalive=OSError("fetch"))
    one = tracker(bridge)
    one.track_error("E")
    one.flush()
    assert bridge.sent == []


def test_a_broken_clock_affects_only_the_load():
    class Broken(FakeBridge):
        clock: float | Exception = 0.0

        def now_ms(self):
            if isinstance(self.clock, Exception):
                raise self.clock
            return self.clock

    for clock in (OSError("clock"), math.nan, -5.0, 1e12):
        bridge = Broken()
        one = tracker(bridge)
        one.start_load_tracking()
        bridge.clock = clock
        one.track_load("grid")
        one.track_error("E")
        one.flush()
        assert [(report.loads, report.errors) for report in sent_reports(bridge)] == [([], {"E": 1})]


def test_a_load_needs_a_start_and_each_start_counts_once():
    bridge = FakeBridge()
    one = tracker(bridge)
    one.track_load("grid")
    one.start_load_tracking()
    bridge.clock_ms = 60_000
    one.start_load_tracking()  # a refresh has its own start
    bridge.clock_ms = 60_020
    one.track_load("grid")
    one.track_load("grid")
    one.flush()
    assert [load.load_ms for report in sent_reports(bridge) for load in report.loads] == [20]
    assert bridge.debug_lines == []


@pytest.mark.parametrize(("load_ms", "counted"), [(-1, []), (0, [0]), (600_000, [600_000]), (600_001, [])])
def test_a_load_takes_from_no_time_to_ten_minutes(load_ms, counted):
    bridge = FakeBridge()
    one = tracker(bridge)
    one.start_load_tracking(at_ms=1000)
    one.track_load("grid", at_ms=1000 + load_ms)
    one.flush()
    assert [load.load_ms for report in sent_reports(bridge) for load in report.loads] == counted
    assert bool(bridge.debug_lines) is not bool(counted)


def test_the_caller_can_pass_times():
    bridge = FakeBridge(clock_ms=5000)
    one = tracker(bridge)
    one.start_load_tracking(at_ms=1000)
    one.track_load("grid", at_ms=1250)
    one.flush()
    assert sent_reports(bridge)[0].loads[0].load_ms == 250


def test_free_text_is_never_sent():
    bridge = FakeBridge()
    one = tracker(bridge)
    for code in ("anna@example.com", "api_error", "", "A" * 49, "É", None, 5, "A B", "A\n", ["A"]):
        one.track_error(code)
    one.track_interaction("anna@example.com")
    one.start_load_tracking()
    one.track_load("<b>grid</b>")
    one.flush()
    (report,) = sent_reports(bridge)
    assert (report.errors, report.interactions, report.loads[0].layout) == (
        {"INVALID_CODE": 10},
        {"unknown": 1},
        "unknown",
    )


def test_a_batch_has_at_most_twenty_codes_and_counts_the_rest_as_other():
    bridge = FakeBridge()
    one, two = tracker(bridge), tracker(bridge, widget_id="w2")
    for number in range(25):
        one.track_error(f"E{number}")
    two.track_error("E1")
    two.track_error("NEW")
    one.flush()
    first, second = sent_reports(bridge)
    assert len(first.errors) == 21
    assert first.errors["OTHER"] == 5
    assert second.errors == {"E1": 1, "OTHER": 1}


def test_a_page_keeps_no_more_codes_than_a_batch_may_have():
    one = tracker(FakeBridge())
    for code in ("", *(f"E{number}" for number in range(25)), "", "E0"):
        one.track_error(code)
    (report,) = one.get_telemetry_data()["widgets"]
    kept = {f"E{number}": 1 for number in range(1, 19)}
    assert report["errors"] == {"INVALID_CODE": 2, "E0": 2, **kept, "OTHER": 6}


def test_no_body_is_over_the_limit_and_nothing_is_lost():
    bridge = FakeBridge()
    for number in range(120):
        one = tracker(bridge, widget_id=f"widget-{number}" + "x" * 40)
        one.track_error("LONG_CODE_" + "X" * 30)
    one.flush()
    assert max(len(body.encode()) for body in bridge.sent) <= MAX_BYTES
    assert len(sent_reports(bridge)) == 120


def test_a_full_report_is_sent_at_once():
    bridge = FakeBridge()
    one = tracker(bridge)
    for _ in range(120):
        one.start_load_tracking()
        one.track_load("grid")
    assert sum(len(report.loads) for report in sent_reports(bridge)) == 100
    one.flush()
    assert sum(len(report.loads) for report in sent_reports(bridge)) == 120


def test_telemetry_data_shows_the_waiting_reports_as_they_are_sent():
    bridge = FakeBridge()
    one = tracker(bridge)
    one.track_error("E")
    data = one.get_telemetry_data()
    one.flush()
    assert data["widgets"] == json.loads(bridge.sent[0])["widgets"]
    assert (data["enabled"], data["rate"]) == (True, 1.0)
    assert one.get_telemetry_data()["widgets"] == []


def test_to_show_that_nothing_waits_takes_no_draw():
    bridge = FakeBridge()
    assert tracker(bridge).get_telemetry_data()["widgets"] == []
    assert bridge.draw_count == 0


def test_each_endpoint_gets_a_batch_of_its_own():
    bridge = FakeBridge()
    tracker(bridge, {"endpoint": "https://a.example/telemetry"}).track_error("A")
    tracker(bridge, {"endpoint": "https://b.example/telemetry"}).track_error("B")
    bridge.hide()
    assert [url for url, _ in bridge.beacons] == ["https://a.example/telemetry", "https://b.example/telemetry"]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("", "1.0.0"), "widget id"),
        (("anna@example.com", "1.0.0"), "widget id"),
        ((None, "1.0.0"), "widget id"),
        (("w1", "latest"), "version"),
        (("w1", "1.0.0", {"samplingRate": math.nan}), "samplingRate"),
        (("w1", "1.0.0", {"samplingRate": "all"}), "samplingRate"),
        (("w1", "1.0.0", {"enabled": "false"}), "enabled"),
        (("w1", "1.0.0", {"endpoint": "javascript:alert(1)"}), "endpoint"),
        (("w1", "1.0.0", {"sampleRate": 1}), "keys"),
        (("w1", "1.0.0", {"samplingRate": None}), "samplingRate"),
        (("w1", "1.0.0", {"endpoint": 5}), "endpoint"),
        (("w1", "1.0.0", 5), "must be an object"),
    ],
)
def test_a_mistake_of_the_embedder_is_a_config_error(arguments, names):
    with pytest.raises(ConfigError, match=names):
        TelemetryTracker(*arguments, bridge=FakeBridge())


def test_the_config_may_be_an_object():
    bridge = FakeBridge()
    config = TelemetryConfig(sampling_rate=5, endpoint="https://a.example/t")
    assert config.sampling_rate == 1.0
    TelemetryTracker("w1", "1.0.0", config, bridge=bridge).track_error("E")
    bridge.hide()
    assert sent_reports(bridge)[0].rate == 1.0


def test_a_setting_of_the_config_may_be_left_empty():
    assert TelemetryTracker("w1", "1.0.0", {"enabled": None, "endpoint": None}).endpoint == DEFAULT_ENDPOINT


def test_outside_a_page_the_tracker_does_nothing():
    one = TelemetryTracker("w1", "1.0.0", ALL)
    one.start_load_tracking()
    one.track_load("grid")
    one.track_error("E")
    one.flush()
    assert not one.is_enabled()
    assert one.is_counting() is False
    assert one.get_telemetry_data()["refused_by"] == "no_page"


def test_inside_a_page_the_tracker_finds_it(monkeypatch):
    bridge = FakeBridge()
    monkeypatch.setattr("widget.telemetry.tracker.current_page", lambda: bridge)
    TelemetryTracker("w1", "1.0.0", ALL).track_error("E")
    bridge.hide()
    assert len(bridge.sent) == 1


def test_a_bug_in_the_package_is_a_debug_line():
    class Broken(FakeBridge):
        def on_idle(self, callback):
            raise RuntimeError("bug")

    bridge = Broken()
    one = tracker(bridge)
    one.start_load_tracking()
    one.track_load("grid")
    assert any("bug" in line for line in bridge.debug_lines)


def test_a_broken_console_does_not_matter():
    class Broken(FakeBridge):
        def on_idle(self, callback):
            raise RuntimeError("bug")

        def debug(self, message):
            raise RuntimeError("no console")

    one = tracker(Broken())
    one.start_load_tracking()
    one.track_load("grid")


@pytest.mark.parametrize(("rate", "draw", "is_counting"), [(1e-6, 0.0, True), (9e-7, 0.0, False), (0.5, 0.5, False)])
def test_a_page_is_in_the_sample_below_the_rate(rate, draw, is_counting):
    assert tracker(FakeBridge(draws=[draw]), {"samplingRate": rate}).is_counting() is is_counting


def test_reports_that_wait_and_later_ones_name_the_region():
    bridge = FakeBridge()
    one = tracker(bridge)
    one.track_error("API_ERROR")
    one.set_region("western-europe", 0.25)
    one.flush()
    one.track_error("API_ERROR")
    one.flush()

    assert [(report.region, report.truth) for report in sent_reports(bridge)] == [("western-europe", 0.25)] * 2


def test_a_report_names_the_variant_of_its_events():
    bridge = FakeBridge()
    one = tracker(bridge)
    one.track_error("API_ERROR")
    one.set_variant("e7-b")
    one.track_error("API_ERROR")
    one.set_variant("the blue one")
    one.track_error("RENDER_ERROR")
    one.flush()

    reports = [(report.variant, report.errors) for report in sent_reports(bridge)]
    assert reports == [("", {"API_ERROR": 1, "RENDER_ERROR": 1}), ("e7-b", {"API_ERROR": 1})]


def use_everything(one):
    one.start_load_tracking()
    one.track_load("grid")
    one.track_error("API_ERROR")
    one.track_interaction("grid")


def test_a_page_view_that_is_hidden_twice_is_in_an_experiment_once():
    """The experiment counts the batches of a variant with a load, with an error and with a use."""
    bridge = FakeBridge()
    one = tracker(bridge)
    one.set_variant("e7-b")
    one.track_error("API_ERROR")
    bridge.hide()
    use_everything(one)
    bridge.hide()
    use_everything(one)
    bridge.hide()
    reports = sent_reports(bridge)
    named = [report for report in reports if report.variant == "e7-b"]
    for kind, number in (("loads", 2), ("errors", 3), ("interactions", 2)):
        assert sum(bool(getattr(report, kind)) for report in named) == 1
        assert sum(bool(getattr(report, kind)) for report in reports) == number


def test_what_the_loader_has_reported_of_a_variant_is_not_in_the_experiment_again():
    report = {"widget": "w1", "variant": "e7-b", "loads": [{}], "errors": {}, "interactions": {}}
    bridge = FakeBridge()
    bridge.loader_sent = [json.dumps({"widgets": [report, {**report, "widget": "w2", "interactions": {"grid": 1}}]})]
    one = tracker(bridge)
    one.set_variant("e7-b")
    use_everything(one)
    bridge.hide()
    reports = [(r.variant, len(r.loads), len(r.errors), len(r.interactions)) for r in sent_reports(bridge)]
    assert sorted(reports) == [("", 1, 0, 0), ("e7-b", 0, 1, 1)]
