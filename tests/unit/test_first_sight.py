"""A widget that was on the screen before Python was up: taken over as it stands."""

from __future__ import annotations

import json

import pytest

from widget import mount
from widget.page.bridge import FetchFailed, Response
from widget.sight import FirstSight
from widget.telemetry.schema import parse
from widget.testing import FakeBridge, FakePlace
from widget.version import VERSION

URL = "https://api.example/api/widgets/w1/public?layout=list"


def body(*texts, layout="grid", telemetry=None):
    testimonials = [{"id": f"t{n}", "author": "Ada", "text": text} for n, text in enumerate(texts)]
    telemetry = telemetry or {"mode": "opt-in", "rate": 1}
    return json.dumps({"id": "w1", "design": {"layout": layout}, "telemetry": telemetry, "testimonials": testimonials})


def sight(text, **changes):
    return FirstSight(**{"url": URL, "text": text, "drawn_by": VERSION, "shown_at_ms": 180.0, **changes})


def adopted(first, *answers, started_at_ms=100.0):
    place = FakePlace(html="as drawn by the server")
    bridge = FakeBridge(clock_ms=9000, answers=list(answers) or [FetchFailed("network")])
    options = {"widget_id": "w1", "api_url": "https://api.example"}
    widget = mount(place, bridge=bridge, started_at_ms=started_at_ms, first_sight=first, **options)
    return widget, bridge, place


def reports(bridge):
    bridge.hide()
    return [report for sent in bridge.sent for report in parse(sent)]


@pytest.mark.parametrize(("texts", "status"), [(("Good.",), "ready"), ((), "empty")])
def test_it_is_taken_over_at_once_without_a_fetch_or_a_stroke(texts, status):
    widget, bridge, place = adopted(sight(body(*texts)))
    assert (widget.state()["status"], widget.state()["count"]) == (status, len(texts))
    bridge.settle()
    assert (bridge.fetches, place.shown, place.attributes, place.texts) == ([], [], [], [])
    assert [load.load_ms for report in reports(bridge) for load in report.loads] == [80]


def test_a_sight_that_nobody_saw_is_no_load():
    _, bridge, _ = adopted(sight(body("Good."), shown_at_ms=None))
    bridge.settle()
    assert reports(bridge) == []


def test_a_start_before_the_yes_is_no_load():
    _, bridge, _ = adopted(sight(body("Good.")), started_at_ms=float("nan"))
    assert reports(bridge) == []


def test_what_another_version_drew_is_drawn_again_and_counts_as_it_was_seen():
    _, bridge, place = adopted(sight(body("Good."), drawn_by="0.0.9"))
    bridge.settle()
    assert len(place.shown) == 1
    assert "Good." in place.html
    assert reports(bridge)[0].loads[0].load_ms == 80


def test_what_was_fetched_and_not_drawn_is_drawn_without_a_second_fetch():
    _, bridge, place = adopted(sight(body("Good."), drawn_by="", shown_at_ms=7.0))
    bridge.settle()
    assert "Good." in place.html
    assert bridge.fetches == []
    assert reports(bridge)[0].loads[0].load_ms == 8900  # Python's own frame


def test_a_copy_that_the_api_does_not_confirm_stays_and_is_an_api_error():
    widget, bridge, place = adopted(sight(body("Old."), is_copy=True), Response(500, ""))
    assert widget.state()["status"] == "ready"  # it answers the visitor meanwhile
    bridge.settle()
    assert (widget.state()["status"], widget.state()["code"]) == ("ready", "API_ERROR")
    assert place.shown == []
    assert bridge.fetches == [(URL, "no-cache")] * 2  # the loader's was the first of three
    (report,) = reports(bridge)
    assert (report.errors, report.loads) == ({"API_ERROR": 1}, [])


def test_a_copy_that_is_confirmed_late_is_a_load_and_one_that_is_wrong_is_replaced():
    _, bridge, place = adopted(sight(body("Old."), is_copy=True), Response(200, body("Old.")))
    bridge.settle()
    assert place.shown == []
    assert len(reports(bridge)[0].loads) == 1
    _, bridge, place = adopted(sight(body("Old."), is_copy=True), Response(200, body("New.")))
    bridge.settle()
    assert "New." in place.html


def test_what_python_draws_of_a_copy_is_measured_though_the_api_is_asked_meanwhile_and_has_nothing_new():
    _, bridge, place = adopted(sight(body("Good."), drawn_by="0.0.9", is_copy=True), Response(200, body("Good.")))
    bridge.settle()
    assert len(place.shown) == 1
    assert place.fitted


def test_a_copy_of_a_widget_that_is_no_more_gives_way_to_the_error_state():
    widget, bridge, place = adopted(sight(body("Old."), is_copy=True), Response(404, ""))
    bridge.settle()
    assert (widget.state()["status"], widget.state()["code"]) == ("error", "NOT_FOUND")
    assert 'data-status="error"' in place.html


def test_after_an_answer_of_no_use_the_api_is_asked_twice_more():
    widget, bridge, _ = adopted(FirstSight(url=URL), Response(500, ""))
    bridge.settle()
    assert widget.state()["code"] == "API_ERROR"
    assert [url for url, _ in bridge.fetches] == [URL] * 2
    widget.refresh()
    bridge.settle()
    assert len(bridge.fetches) == 5


def test_wrong_content_is_the_error_state_without_a_second_fetch():
    widget, bridge, place = adopted(sight('{"id": "w1", "testimonials": "none"}'))
    assert (widget.state()["status"], widget.state()["code"]) == ("error", "INVALID_CONTENT")
    assert (bridge.fetches, len(place.shown)) == ([], 1)


def test_a_refresh_asks_where_the_loader_asked_and_draws_only_what_is_new():
    widget, bridge, place = adopted(sight(body("Good.")), Response(200, body("Good.")))
    widget.refresh()
    bridge.settle()
    assert bridge.fetches == [(URL, "no-cache")]
    assert place.shown == []
    bridge.answers = [Response(200, body("Better."))]
    widget.refresh()
    bridge.settle()
    assert "Better." in place.html


def test_a_carousel_goes_on_from_where_the_visitor_has_moved_it():
    place = FakePlace(at_start=2)
    bridge = FakeBridge()
    mount(place, bridge=bridge, first_sight=sight(body("a", "b", "c", "d", layout="carousel")), widget_id="w1")
    place.actions.fire("next", -1)
    assert place.scrolled == [3]


def test_uses_before_python_are_counted():
    widget, bridge, _ = adopted(sight(body("Good.")))
    widget.count_use()
    assert reports(bridge)[0].interactions == {"grid": 1}


def test_the_loaders_draw_is_the_pages():
    for draw, is_in in ((0.009, True), (0.011, False)):
        first = sight(body("Good.", telemetry={"mode": "sampled", "rate": 0.01}))
        bridge = FakeBridge(shared={"draw": draw})
        mount(FakePlace(), bridge=bridge, first_sight=first, started_at_ms=0, widget_id="w1")
        assert bool(reports(bridge)) is is_in
        assert bridge.drawn == 0
