"""The widget adopts the content that the loader has fetched, and the drawing that it has shown."""

from __future__ import annotations

import json
import math

import pytest

from widget import mount
from widget.loader_result import LoaderResult
from widget.page.bridge import FetchFailed, Response
from widget.telemetry.parser import parse
from widget.testing import FakeBridge, FakePlace
from widget.version import VERSION

URL = "https://api.example/api/widgets/w1/public?layout=list"


def body(*texts, layout="grid", telemetry=None):
    testimonials = [{"id": f"t{n}", "author": "Ada", "text": text} for n, text in enumerate(texts)]
    telemetry = telemetry or {"mode": "opt-in", "rate": 1}
    return json.dumps({"id": "w1", "design": {"layout": layout}, "telemetry": telemetry, "testimonials": testimonials})


def result(text, **changes):
    return LoaderResult(**{"url": URL, "text": text, "drawn_by": VERSION, "shown_at_ms": 180.0, **changes})


def adopt(loader_result, *answers, started_at_ms=100.0):
    place = FakePlace(html="as drawn by the server")
    bridge = FakeBridge(clock_ms=9000, answers=list(answers) or [FetchFailed("network")])
    options = {"widget_id": "w1", "api_url": "https://api.example"}
    widget = mount(place, bridge=bridge, started_at_ms=started_at_ms, loader_result=loader_result, **options)
    return widget, bridge, place


def reports(bridge):
    bridge.hide()
    return [report for body in bridge.sent for report in parse(body)]


@pytest.mark.parametrize(("texts", "status"), [(("Good.",), "ready"), ((), "empty")])
def test_a_drawing_of_this_version_is_adopted_without_a_fetch_and_without_a_change(texts, status):
    widget, bridge, place = adopt(result(body(*texts)))
    assert (widget.state()["status"], widget.state()["count"]) == (status, len(texts))
    bridge.settle()
    assert (bridge.fetches, place.drawings) == ([], [])
    assert [load.load_ms for report in reports(bridge) for load in report.loads] == [80]


def test_a_drawing_that_was_not_on_the_screen_is_no_load():
    _, bridge, _ = adopt(result(body("Good."), shown_at_ms=None))
    bridge.settle()
    assert reports(bridge) == []


def test_a_start_before_the_consent_is_no_load():
    _, bridge, _ = adopt(result(body("Good.")), started_at_ms=float("nan"))
    assert reports(bridge) == []


def test_a_drawing_of_another_version_is_redrawn_and_counts_with_its_own_time():
    _, bridge, place = adopt(result(body("Good."), drawn_by="0.0.9"))
    bridge.settle()
    assert len(place.drawings) == 1
    assert "Good." in place.html
    assert reports(bridge)[0].loads[0].load_ms == 80


def test_content_without_a_drawing_is_drawn_without_a_second_fetch():
    _, bridge, place = adopt(result(body("Good."), drawn_by="", shown_at_ms=7.0))
    bridge.settle()
    assert "Good." in place.html
    assert bridge.fetches == []
    assert reports(bridge)[0].loads[0].load_ms == 8900  # the frame of Python's drawing


def test_a_copy_that_the_api_does_not_confirm_stays_and_is_an_api_error():
    widget, bridge, place = adopt(result(body("Old."), is_copy=True), Response(500, ""))
    assert widget.state()["status"] == "ready"  # its controls work meanwhile
    bridge.settle()
    assert (widget.state()["status"], widget.state()["code"]) == ("ready", "API_ERROR")
    assert place.drawings == []
    assert bridge.fetches == [(URL, "no-cache")] * 2  # the loader's request was the first of three
    (report,) = reports(bridge)
    assert (report.errors, report.loads) == ({"API_ERROR": 1}, [])


def test_a_copy_that_is_confirmed_later_is_a_load_and_an_outdated_one_is_replaced():
    _, bridge, place = adopt(result(body("Old."), is_copy=True), Response(200, body("Old.")))
    bridge.settle()
    assert place.drawings == []
    assert len(reports(bridge)[0].loads) == 1
    _, bridge, place = adopt(result(body("Old."), is_copy=True), Response(200, body("New.")))
    bridge.settle()
    assert "New." in place.html


def test_python_fits_its_drawing_of_a_copy_also_if_the_api_confirms_the_copy():
    _, bridge, place = adopt(result(body("Good."), drawn_by="0.0.9", is_copy=True), Response(200, body("Good.")))
    bridge.settle()
    assert len(place.drawings) == 1
    assert place.is_fitted


def test_the_copy_of_a_deleted_widget_is_replaced_by_the_error_state():
    widget, bridge, place = adopt(result(body("Old."), is_copy=True), Response(404, ""))
    bridge.settle()
    assert (widget.state()["status"], widget.state()["code"]) == ("error", "NOT_FOUND")
    assert 'data-status="error"' in place.html


def test_after_a_failed_request_of_the_loader_there_are_two_more_attempts():
    widget, bridge, _ = adopt(LoaderResult(url=URL), Response(500, ""))
    bridge.settle()
    assert widget.state()["code"] == "API_ERROR"
    assert [url for url, _ in bridge.fetches] == [URL] * 2
    widget.refresh()
    bridge.settle()
    assert len(bridge.fetches) == 5


def test_invalid_content_is_the_error_state_without_a_second_fetch():
    widget, bridge, place = adopt(result('{"id": "w1", "testimonials": "none"}'))
    assert (widget.state()["status"], widget.state()["code"]) == ("error", "INVALID_CONTENT")
    assert (bridge.fetches, len(place.drawings)) == ([], 1)


def test_a_refresh_uses_the_loaders_url_and_draws_only_new_content():
    widget, bridge, place = adopt(result(body("Good.")), Response(200, body("Good.")))
    widget.refresh()
    bridge.settle()
    assert bridge.fetches == [(URL, "no-cache")]
    assert place.drawings == []
    bridge.answers = [Response(200, body("Better."))]
    widget.refresh()
    bridge.settle()
    assert "Better." in place.html


@pytest.mark.parametrize("started_at_ms", [math.nan, 0.0])
def test_a_load_that_the_loader_has_reported_is_not_counted_again(started_at_ms):
    bridge = FakeBridge()
    loader_result = result(body("Good."))
    widget = mount(FakePlace(), bridge=bridge, loader_result=loader_result, started_at_ms=started_at_ms, widget_id="w1")
    widget.count_use()
    (report,) = reports(bridge)
    assert (len(report.loads), report.interactions) == (int(started_at_ms == 0), {"grid": 1})
    assert bridge.debug_lines == []


def test_uses_before_python_was_up_are_counted():
    widget, bridge, _ = adopt(result(body("Good.")))
    widget.count_use()
    assert reports(bridge)[0].interactions == {"grid": 1}


def test_the_loaders_random_draw_is_that_of_the_page():
    for draw, is_in_sample in ((0.009, True), (0.011, False)):
        loader_result = result(body("Good.", telemetry={"mode": "sampled", "rate": 0.01}))
        bridge = FakeBridge(shared={"draw": draw})
        mount(FakePlace(), bridge=bridge, loader_result=loader_result, started_at_ms=0, widget_id="w1")
        assert bool(reports(bridge)) is is_in_sample
        assert bridge.draw_count == 0
