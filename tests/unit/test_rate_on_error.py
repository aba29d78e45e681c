"""A second, higher sampling rate for page views with an error, decided by the page's one draw."""

import random

import pytest

from widget.telemetry import TelemetryTracker
from widget.telemetry.parser import parse
from widget.telemetry.schema import WidgetReport
from widget.telemetry.transport import sample
from widget.testing import FakeBridge

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


def test_a_batch_with_an_error_has_the_second_rate_for_all_widgets():
    page = Page(0.4)
    other = page.widget("w2")
    page.load()
    other.track_error("RENDER_ERROR")
    assert [(each.widget, each.rate, len(each.loads)) for each in page.reports()] == [
        ("w1", RATE_ON_ERROR, 1),
        ("w2", RATE_ON_ERROR, 0),
    ]


def test_between_the_rates_nothing_is_sent_without_an_error():
    page = Page(0.4)
    page.load()
    page.tracker.track_interaction("grid")
    assert page.tracker.get_telemetry_data()["widgets"] == []
    assert page.reports() == []


def test_what_was_due_before_the_error_is_not_sent_after_it():
    """Such page views send it at the first rate, if they are in its sample. Otherwise it would count twice."""
    page = Page(0.4)
    page.load()
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


def test_a_lower_second_rate_changes_nothing():
    page = Page(0.15, 0.2, 0.1)
    page.tracker.track_error("RENDER_ERROR")
    (report,) = page.reports()
    assert report.rate == 0.2


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
