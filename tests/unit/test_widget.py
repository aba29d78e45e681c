import json

import pytest

from widget import ConfigError, mount
from widget.page.bridge import FetchFailed, Response
from widget.telemetry.parser import parse
from widget.testing import FakeBridge, FakePlace, Later
from widget.version import VERSION

API = "https://api.example"


def answer(*texts, layout="grid", telemetry=None, widget_id="w1"):
    testimonials = [{"id": f"t{n}", "author": "Ada", "text": text} for n, text in enumerate(texts)]
    telemetry = telemetry or {"mode": "opt-in", "rate": 1}
    return Response(
        200,
        json.dumps(
            {"id": widget_id, "design": {"layout": layout}, "telemetry": telemetry, "testimonials": testimonials}
        ),
    )


def mount_widget(*answers, settle=True, **options):
    place = FakePlace()
    bridge = FakeBridge(answers=list(answers), containers={"#here": place})
    widget = mount("#here", bridge=bridge, widget_id="w1", api_url=API, **options)
    if settle:
        bridge.settle()
    return widget, bridge, place


def reports(bridge):
    bridge.hide()
    return [report for body in bridge.sent for report in parse(body)]


def test_a_widget_shows_its_content_and_counts_one_load_from_the_tags_start():
    later = Later()
    widget, bridge, place = mount_widget(later, started_at_ms=100, settle=False)
    bridge.settle()
    assert widget.state()["status"] == "loading"
    bridge.clock_ms = 350
    later.answer = answer("Lovely glaze.")
    bridge.settle()
    assert widget.state() == {"status": "ready", "widget": "w1", "layout": "grid", "count": 1, "code": ""}
    assert "Lovely glaze." in place.html
    (report,) = reports(bridge)
    assert (report.version, report.rate, report.errors) == (VERSION, 1.0, {})
    assert [(load.layout, load.load_ms) for load in report.loads] == [("grid", 250)]


def test_only_before_the_first_drawing_one_testimonial_is_laid_out_invisibly():
    widget, bridge, place = mount_widget(answer("The first.", "Another."), answer("The first.", "New."))
    (preparation,) = place.preparations
    assert "The first." in preparation
    assert "Another." not in preparation
    assert [text in place.html for text in ("The first.", "Another.")] == [True, True]
    widget.refresh()
    bridge.settle()
    assert "New." in place.html
    assert place.preparations == [preparation]


def test_two_widgets_of_a_page_send_one_batch():
    places = {"#one": FakePlace(), "#two": FakePlace()}
    slow = Later()
    bridge = FakeBridge(answers=[answer("a"), slow], containers=places)
    mount("#one", bridge=bridge, widget_id="w1", api_url=API)
    mount("#two", bridge=bridge, widget_id="w2", api_url=API)
    bridge.settle()
    bridge.idle.fire_once()
    assert bridge.sent == []  # the second is still loading
    slow.answer = answer("b", widget_id="w2")
    bridge.settle()
    bridge.idle.fire_once()
    assert len(bridge.sent) == 1
    assert [report.widget for report in parse(bridge.sent[0])] == ["w1", "w2"]


def test_a_widget_without_testimonials_is_empty_and_counts_a_load():
    widget, bridge, _ = mount_widget(answer())
    assert widget.state()["status"] == "empty"
    assert len(reports(bridge)[0].loads) == 1


@pytest.mark.parametrize(
    ("failure", "code", "retry"),
    [
        (Response(404, ""), "NOT_FOUND", False),
        (Response(401, ""), "UNAUTHORIZED", False),
        (Response(500, ""), "API_ERROR", True),
        (Response(429, ""), "RATE_LIMITED", True),
        (FetchFailed("timeout"), "API_TIMEOUT", True),
        (FetchFailed("too_large"), "INVALID_CONTENT", True),
        (Response(200, "<html>"), "INVALID_CONTENT", True),
    ],
)
def test_each_failure_has_a_code_and_a_retry_button_if_that_can_help(failure, code, retry):
    widget, bridge, place = mount_widget(failure)
    assert (widget.state()["status"], widget.state()["code"]) == ("error", code)
    assert ('data-action="retry"' in place.html) is retry
    widget.tracker.set_sampling_rate(1)
    assert bridge.sent == []  # without the account's rate the default of 1% applies, and a draw of 0 is in the sample
    (report,) = reports(bridge)
    assert (report.errors, report.loads, report.rate) == ({code: 1}, [], 0.01)


def test_the_retry_button_loads_again():
    widget, bridge, place = mount_widget(Response(500, ""))
    bridge.answers = [answer("Back again.")]
    place.retries.fire()
    bridge.settle()
    assert (widget.state()["status"], widget.state()["code"]) == ("ready", "")
    assert "Back again." in place.html


def test_an_outage_with_a_copy_counts_an_api_error_and_no_load():
    widget, bridge, place = mount_widget(answer("Still here."))
    reports(bridge)
    bridge.show_again()
    bridge.sent.clear()
    bridge.beacons.clear()
    bridge.answers = [Response(500, "")]
    drawings = len(place.drawings)
    widget.refresh()
    bridge.settle()
    assert (widget.state()["status"], widget.state()["code"]) == ("ready", "API_ERROR")
    assert len(place.drawings) == drawings  # no redraw, no flicker
    (report,) = reports(bridge)
    assert (report.errors, report.loads) == ({"API_ERROR": 1}, [])


def test_a_refresh_has_its_own_start_and_keeps_the_old_content_until_the_new_one_comes():
    widget, bridge, place = mount_widget(answer("Old."), started_at_ms=0)
    bridge.clock_ms = 90_000
    later = Later()
    bridge.answers = [later]
    widget.refresh()
    bridge.settle()
    assert "Old." in place.html
    bridge.clock_ms = 90_030
    later.answer = answer("New.")
    bridge.settle()
    assert "New." in place.html
    assert [load.load_ms for report in reports(bridge) for load in report.loads] == [0, 30]


def test_a_load_that_a_later_one_overtakes_changes_nothing():
    slow = Later()
    widget, bridge, place = mount_widget(slow)
    bridge.answers = [answer("Second.")]
    widget.refresh()
    bridge.settle()
    slow.answer = answer("First.")
    bridge.settle()
    assert "Second." in place.html
    assert "First." not in place.html


def test_after_unmount_a_late_answer_changes_nothing():
    later = Later()
    widget, bridge, place = mount_widget(later)
    widget.unmount()
    later.answer = answer("Late.")
    bridge.settle()
    assert place.is_removed
    assert place.html == ""
    assert widget.state()["status"] == "unmounted"
    assert reports(bridge) == []


def test_a_load_in_a_hidden_page_does_not_count():
    later = Later()
    _, bridge, _ = mount_widget(later)
    bridge.visible = False
    later.answer = answer("Unseen.")
    bridge.settle()
    assert reports(bridge) == []


def test_the_content_shows_also_if_telemetry_fails():
    class Broken(FakeBridge):
        def now_ms(self):
            raise OSError("clock")

        async def wait_for_paint(self):
            raise OSError("frame")

    place = FakePlace()
    bridge = Broken(answers=[answer("Here all the same.")])
    widget = mount(place, bridge=bridge, widget_id="w1", api_url=API)
    bridge.settle()
    assert widget.state()["status"] == "ready"
    assert "Here all the same." in place.html


def test_a_bug_while_drawing_leads_to_the_error_state(monkeypatch):
    place = FakePlace()
    failures = iter([None, RuntimeError("bug"), None])
    show = place.show

    def show_or_fail(html, css):
        failure = next(failures)
        if failure:
            raise failure
        show(html, css)

    monkeypatch.setattr(place, "show", show_or_fail)
    bridge = FakeBridge(answers=[answer("x")])
    widget = mount(place, bridge=bridge, widget_id="w1", api_url=API)
    bridge.settle()
    assert (widget.state()["status"], widget.state()["code"]) == ("error", "RENDER_ERROR")


def test_the_accounts_mode_and_rate_apply():
    _, bridge, _ = mount_widget(answer("x", telemetry={"mode": "off", "rate": 1}))
    assert reports(bridge) == []
    _, bridge, _ = mount_widget(answer("x", telemetry={"mode": "sampled", "rate": 0.05}))
    assert reports(bridge)[0].rate == 0.05


def test_with_the_option_telemetry_false_nothing_is_sent():
    _, bridge, _ = mount_widget(answer("x"), telemetry=False)
    assert reports(bridge) == []


def test_a_use_of_a_control_counts_as_one_interaction_of_its_layout():
    _, bridge, place = mount_widget(answer("a", "b", "c", layout="carousel"))
    place.uses.fire()
    assert reports(bridge)[0].interactions == {"carousel": 1}


@pytest.mark.parametrize(
    ("target", "options", "names"),
    [
        ("#nowhere", {"widget_id": "w1"}, "#nowhere"),
        ("#here", {}, "data-widget-id"),
        ("#here", {"widget_id": "a b"}, "data-widget-id"),
    ],
)
def test_a_mistake_of_the_embedder_is_a_config_error_and_draws_nothing(target, options, names):
    place = FakePlace()
    bridge = FakeBridge(containers={"#here": place})
    with pytest.raises(ConfigError, match=names):
        mount(target, bridge=bridge, **options)
    assert place.drawings == []


def test_without_a_page_mount_raises_a_config_error():
    with pytest.raises(ConfigError, match="page"):
        mount("#here", widget_id="w1")


def test_the_version_is_that_of_pyproject_toml():
    from pathlib import Path

    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    if pyproject.exists():  # not inside Pyodide, which has only the package
        assert f'version = "{VERSION}"' in pyproject.read_text()
