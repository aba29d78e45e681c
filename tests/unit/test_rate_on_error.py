"""A second, higher sampling rate for errors, decided by the page's one draw."""

import json
import random

import pytest

from widget import mount
from widget.errors import ConfigError
from widget.loader_result import LoaderResult
from widget.page.bridge import FetchFailed, Response
from widget.telemetry import TelemetryTracker
from widget.telemetry.parser import parse
from widget.telemetry.schema import WidgetReport
from widget.telemetry.transport import sample
from widget.testing import FakeBridge, FakePlace
from widget.version import VERSION

RATE, RATE_ON_ERROR = 0.1, 0.5


class Page:
    """A page view with one widget of an account that has both rates, and the page's own random number."""

    def __init__(self, draw, rate=RATE, rate_on_error=RATE_ON_ERROR):
        self.bridge = FakeBridge()
        self.bridge.shared["draw"] = draw
        self.tracker = self.widget("w1", rate, rate_on_error)

    def widget(self, name, rate=RATE, rate_on_error=RATE_ON_ERROR):
        tracker = TelemetryTracker(name, "1.0.0", bridge=self.bridge)
        tracker.apply_account("sampled", rate, rate_on_error)
        return tracker

    def load(self):
        self.tracker.start_load_tracking()
        self.tracker.track_load("grid")

    def reports(self):
        self.bridge.hide()
        return [report for body in self.bridge.sent for report in parse(body)]


def test_below_the_first_rate_everything_is_sent_at_the_rate_that_holds_for_it():
    page = Page(0.09)
    page.load()
    page.bridge.idle.fire_once()
    page.tracker.track_error("RENDER_ERROR")
    first, second = page.reports()
    assert (first.rate, len(first.loads), first.errors) == (RATE, 1, {})
    assert (second.rate, second.loads, second.errors) == (RATE_ON_ERROR, [], {"RENDER_ERROR": 1})


def test_errors_have_a_batch_of_their_own():
    """Whether a load still waits when an error happens depends on when Python started, and so on the draw."""
    page = Page(0.09)
    other = page.widget("w2")
    page.load()
    other.track_error("RENDER_ERROR")
    page.bridge.hide()
    loads, errors = (parse(body) for body in page.bridge.sent)
    assert [(each.widget, each.rate, len(each.loads), each.errors) for each in loads] == [("w1", RATE, 1, {})]
    assert [(each.widget, each.rate, each.errors) for each in errors] == [("w2", RATE_ON_ERROR, {"RENDER_ERROR": 1})]


def test_between_the_rates_nothing_is_sent_without_an_error():
    page = Page(0.4)
    page.load()
    page.tracker.track_interaction("grid")
    assert page.tracker.get_telemetry_data()["widgets"] == []
    assert page.reports() == []


@pytest.mark.parametrize("is_idle_before", [True, False])
def test_between_the_rates_only_the_error_is_sent(is_idle_before):
    """Page views in the sample send the load at the first rate. Otherwise it would count twice."""
    page = Page(0.4)
    page.load()
    if is_idle_before:
        page.bridge.idle.fire_once()
    page.tracker.track_error("RENDER_ERROR")
    (report,) = page.reports()
    assert (report.rate, report.loads, report.errors) == (RATE_ON_ERROR, [], {"RENDER_ERROR": 1})


@pytest.mark.parametrize(("draw", "rate", "rate_on_error"), [(0.5, RATE, RATE_ON_ERROR), (0.3, 0, 0.5), (0.3, 0.2, 0)])
def test_at_the_second_rate_and_above_nothing_is_sent(draw, rate, rate_on_error):
    page = Page(draw, rate, rate_on_error)
    page.load()
    page.tracker.track_error("RENDER_ERROR")
    assert page.reports() == []


@pytest.mark.parametrize("rate_on_error", [0.1, 0.2])
def test_a_second_rate_that_is_no_higher_changes_nothing(rate_on_error):
    page = Page(0.15, 0.2, rate_on_error)
    page.load()
    page.tracker.track_error("RENDER_ERROR")
    (report,) = page.reports()
    assert (report.rate, len(report.loads), report.errors) == (0.2, 1, {"RENDER_ERROR": 1})


def test_without_a_second_rate_an_error_changes_nothing():
    page = Page(0.4)
    page.tracker.apply_account("sampled", RATE)
    page.tracker.track_error("RENDER_ERROR")
    assert page.reports() == []
    assert sample([WidgetReport("w1", "1.0.0", RATE, errors={"RENDER_ERROR": 1})], 0.4) == []


def test_weighted_by_their_rates_the_events_are_those_of_all_page_views():
    chance = random.Random(11)
    loads = errors = 0
    sums, squares = {"loads": 0.0, "errors": 0.0}, {"loads": 0.0, "errors": 0.0}
    for _ in range(20_000):
        page = Page(chance.random())
        page.load()
        loads += 1
        if chance.random() < 0.5:
            page.bridge.idle.fire_once()
        if chance.random() < 0.2:
            page.tracker.track_error("RENDER_ERROR")
            errors += 1
        for report in page.reports():
            for name, count in (("loads", len(report.loads)), ("errors", sum(report.errors.values()))):
                sums[name] += count / report.rate
                squares[name] += count * (1 - report.rate) / report.rate**2
    assert abs(sums["loads"] - loads) < 4 * squares["loads"] ** 0.5
    assert abs(sums["errors"] - errors) < 4 * squares["errors"] ** 0.5
    assert squares["errors"] < 1.3 * errors  # at the first rate alone it would be 9 for each


CONTENT = {
    "id": "w1",
    "telemetry": {"mode": "sampled", "rate": RATE, "rate_on_error": RATE_ON_ERROR},
    "testimonials": [{"id": "t1", "author": "Ada", "text": "Good."}],
}


def rates_of_errors(loader_result=None, is_refreshed=False):
    """The rates at which errors leave, if the API answers once."""
    bridge = FakeBridge(answers=[Response(200, json.dumps(CONTENT)), FetchFailed("network")])
    if loader_result:
        bridge.answers = [FetchFailed("network")]
    bridge.shared["draw"] = 0.05
    widget = mount(FakePlace(), bridge=bridge, started_at_ms=0, loader_result=loader_result, widget_id="w1")
    bridge.settle()
    if is_refreshed:
        widget.refresh()
        bridge.settle()
    bridge.hide()
    return [report.rate for body in bridge.sent for report in parse(body) if report.errors]


def result(**changes):
    return LoaderResult(url="https://api.example", text=json.dumps(CONTENT), shown_at_ms=100.0, **changes)


def test_what_fails_in_a_widget_of_the_pages_scripts_has_the_second_rate():
    assert rates_of_errors(is_refreshed=True) == [RATE_ON_ERROR]


def test_what_fails_in_a_script_tags_widget_has_the_first_rate():
    """Python may run only because the page view is in the sample, so no page view beyond that would tell of it."""
    assert rates_of_errors(result(drawn_by=VERSION, is_copy=True)) == [RATE]


def test_once_a_script_refreshes_a_script_tags_widget_its_errors_have_the_second_rate():
    assert rates_of_errors(result(drawn_by=VERSION)) == []
    assert rates_of_errors(result(drawn_by=VERSION), is_refreshed=True) == [RATE_ON_ERROR]


def test_a_tracker_of_the_pages_scripts_has_a_second_rate_of_its_own():
    bridge = FakeBridge()
    bridge.shared["draw"] = 0.4
    config = {"samplingRate": RATE, "samplingRateOnError": RATE_ON_ERROR}
    tracker = TelemetryTracker("w1", "1.0.0", config, bridge=bridge)
    tracker.track_interaction("grid")
    tracker.track_error("MY_CODE")
    bridge.hide()
    ((report,),) = [parse(body) for body in bridge.sent]
    assert (report.rate, report.errors, report.interactions) == (RATE_ON_ERROR, {"MY_CODE": 1}, {})
    with pytest.raises(ConfigError, match="number from 0 to 1"):
        TelemetryTracker("w1", "1.0.0", {"samplingRateOnError": "often"}, bridge=bridge)
