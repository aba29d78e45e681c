"""The receipt in a widget: what it tells, and its off switch."""

import json
import re

import pytest

from widget import TelemetryTracker, mount
from widget.content import parse_content
from widget.design import Design
from widget.loader_result import LoaderResult
from widget.page.bridge import PrivacySignals, Response
from widget.telemetry.schema import LAYOUTS
from widget.testing import FakeBridge, FakePlace
from widget.version import VERSION
from widget.view import draw, stylesheet

API = "https://api.example"


def text_of(receipt="bottom", mode="opt-in", rate=1, rate_on_error=0, count=1, words=None):
    testimonials = [{"id": f"t{n}", "author": "Ada", "text": "Lovely glaze."} for n in range(count)]
    telemetry = {"mode": mode, "rate": rate, "rate_on_error": rate_on_error, "receipt": receipt}
    body = {"id": "w1", "telemetry": telemetry, "testimonials": testimonials, "account": "acme", "words": words or {}}
    return json.dumps(body)


def open_page(draws=0.0, signals=None, attributes=(), **content):
    place = FakePlace()
    bridge = FakeBridge(draws=[draws], answers=[Response(200, text_of(**content))], containers={"#here": place})
    bridge.signals = signals or PrivacySignals()
    bridge.attributes["w1"] = list(attributes)
    widget = mount("#here", bridge=bridge, widget_id="w1", api_url=API, started_at_ms=0)
    bridge.settle()
    bridge.idle.fire_once()
    return widget, bridge, place


def press(place):
    """Opens the receipt, and returns its texts."""
    place.actions["receipt"].fire()
    return texts(place)


def texts(place):
    return [unescape(text) for text in re.findall(r">([^<]+)<", place.receipts[-1])]


def unescape(text):
    return text.replace("&quot;", '"').replace("&#39;", "'").replace("&amp;", "&")


def answers(lines):
    names = {
        "Do Not Track in your browser": "dnt",
        "Global Privacy Control in your browser": "gpc",
        "This page": "page",
        "The owner of the widget": "owner",
        "You, here": "you",
    }
    return {names[name]: lines[lines.index(name) + 1] for name in names}


def test_a_draw_below_the_rate_is_in_the_sample():
    for number, is_in_sample in ((0.49, True), (0.5, False)):
        widget, _, _ = open_page(draws=number, rate=0.5)
        assert widget.tracker.receipt().is_in_sample is is_in_sample


def test_it_shows_the_very_bytes_that_were_sent_by_python_and_by_the_loader_before():
    widget, bridge, place = open_page()
    bridge.loader_sent.append('{"schema":2,"by":"the loader"}')
    (sent,) = bridge.sent
    lines = press(place)
    start = lines.index("Sent from this page, byte by byte:")
    assert lines[start + 1 : start + 3] == ['{"schema":2,"by":"the loader"}', sent]
    widget.count_use()
    widget.tracker.flush()
    assert press(place)[start + 3] == bridge.sent[1]


def test_a_batch_that_did_not_leave_is_not_called_sent():
    _, bridge, place = open_page()
    bridge.beacon, bridge.keepalive = False, OSError("no network")
    tracker = TelemetryTracker("w1", "1.0.0", {"samplingRate": 1}, bridge=bridge)
    tracker.track_error("LOST")
    tracker.flush()
    assert not any("LOST" in line for line in press(place))


def test_only_the_latest_batches_are_kept():
    _, bridge, place = open_page()
    tracker = TelemetryTracker("w1", "1.0.0", {"samplingRate": 1}, bridge=bridge)
    for number in range(40):
        tracker.track_error(f"E{number}")
        tracker.flush()
    assert [line for line in press(place) if line.startswith("{")] == bridge.sent[-20:]


NOBODY = {"dnt": "No answer", "gpc": "No answer", "page": "No answer", "owner": "Yes", "you": "No answer"}


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        ({}, {}),
        ({"signals": PrivacySignals(("1",))}, {"dnt": "No"}),
        ({"signals": PrivacySignals(("unspecified",), True)}, {"gpc": "No"}),
        ({"attributes": ["true"]}, {"page": "Yes"}),
        ({"attributes": ["true", "off"]}, {"page": "No"}),
        ({"mode": "off"}, {"owner": "No"}),
    ],
)
def test_it_tells_who_says_yes_and_who_says_no(options, changes):
    _, bridge, place = open_page(**options)
    lines = press(place)
    assert answers(lines) == {**NOBODY, **changes}
    assert ("Someone says no, so nothing is sent." in lines) is ("No" in changes.values())
    assert ("Nothing has been sent from this page." in lines) is ("No" in changes.values())
    assert bool(bridge.sent) is ("No" not in changes.values())


@pytest.mark.parametrize(("draw", "word"), [(0.009, "is in"), (0.011, "is not in")])
def test_it_tells_whether_the_page_view_is_in_the_sample(draw, word):
    _, bridge, place = open_page(draws=draw, mode="sampled", rate=0.01)
    assert f"This page view {word} the sample that is counted." in press(place)
    assert bool(bridge.sent) is (word == "is in")


def test_it_tells_of_a_page_view_that_is_counted_only_with_an_error():
    _, bridge, place = open_page(draws=0.011, mode="sampled", rate=0.01, rate_on_error=0.1)
    assert "This page view is counted only if an error happens." in press(place)
    assert not bridge.sent


def test_opening_it_counts_nothing():
    _, bridge, place = open_page()
    press(place)
    bridge.hide()
    assert len(bridge.sent) == 1  # the load
    assert '"interactions":{}' in bridge.sent[0]


def test_the_off_switch_holds_at_once_for_all_of_the_page_and_drops_what_waits():
    widget, bridge, place = open_page()
    tracker = TelemetryTracker("other", "1.0.0", {"samplingRate": 1}, bridge=bridge)
    widget.count_use()
    tracker.track_error("WAITING")
    place.actions["stop"].fire()
    assert answers(texts(place))["you"] == "No"
    assert "Stopped. Nothing more is sent from this page until you load it again." in texts(place)
    assert "Stop on this page" not in texts(place)
    assert bridge.loader_stopped
    tracker.track_error("LATER")
    tracker.enable()
    widget.count_use()
    TelemetryTracker("new", "1.0.0", {"samplingRate": 1}, bridge=bridge).track_error("NEW")
    bridge.idle.fire_once()
    bridge.hide()
    assert len(bridge.sent) == 1  # the load, from before
    assert tracker.get_telemetry_data() == {"enabled": False, "refused_by": "visitor", "rate": 1.0, "widgets": []}


def test_a_receipt_that_was_opened_before_python_is_filled_at_once():
    text = text_of()
    place, bridge = FakePlace(html="as drawn by the server", receipt_open=True), FakeBridge()
    result = LoaderResult(url=f"{API}/x", text=text, drawn_by=VERSION, shown_at_ms=1.0)
    mount(place, bridge=bridge, started_at_ms=0, loader_result=result, widget_id="w1", api_url=API)
    assert len(place.receipts) == 1
    assert "Nothing has been sent from this page." in texts(place)


def test_it_links_to_the_documents_of_the_account():
    _, _, place = open_page()
    press(place)
    assert f'href="{API}/privacy/acme"' in place.receipts[-1]


def test_an_empty_widget_has_it_too():
    _, _, place = open_page(count=0)
    assert "tresta-receipt" in place.html
    assert press(place)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_button_stands_where_the_account_wants_it_and_else_costs_nothing(layout):
    design = Design(layout=layout)
    without, top, bottom = (draw(parse_content(text_of(place)), design) for place in ("none", "top", "bottom"))
    start = top.index('<div class="receipt">')
    end = start + len(top) - len(without)
    mark = top[start:end]
    assert top == without.replace('<div class="body">', f'{mark}<div class="body">', 1)
    assert bottom == without.removesuffix("</section>") + mark + "</section>"
    assert 'popovertarget="tresta-receipt"' in mark
    assert "receipt" not in without
    assert stylesheet(design, receipt=True) != stylesheet(design)
    assert "receipt" not in stylesheet(design)


def test_its_texts_are_in_the_language_of_the_widget():
    _, _, place = open_page(words={"language": "de", "forms": "101", "Close": "Schließen"})
    assert "Schließen" in press(place)
