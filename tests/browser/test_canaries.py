"""Canaries, words that must not leave the page, are in all parts of a page but in no request and no stored file."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, urlencode

import pytest

from tests.browser import visits
from tests.browser.servers import Answer
from widget.telemetry.fields import FIELDS
from widget.telemetry.parser import parse

# None of them is a valid widget id: the owner chooses that, and it is sent.
CANARIES = {
    "email": "quillonia.vantreese@canary.example",
    "name": "Quillonia Vantreese",
    "token": "tok.5f3c9a71e2d84b06.e19c",
    "cookie": "crumb:8e1d47b2c6f0",
}

# All columns of the store: the fields of the schema, and the columns that the server adds.
COLUMNS = {field.name for field in FIELDS} - {"schema", "digest", "errors", "interactions"} | {"kind", "code", "count"}
COLUMNS |= {"ts", "account", "weight"}

PLANT = """canaries => {
  for (const [name, value] of Object.entries(canaries)) {
    localStorage.setItem(name, value);
    sessionStorage.setItem(name, value);
  }
}"""

# Calls of a careless owner.
CARELESS = """([widget, canaries]) => {
  const tracker = new Tresta.TelemetryTracker(widget, '1.0.0', {samplingRate: 1});
  for (const value of Object.values(canaries)) {
    tracker.trackError(value);
    tracker.trackError({message: value});
    tracker.trackInteraction(value);
    tracker.startLoadTracking();
    tracker.trackLoad(value);
    new Tresta.TelemetryTracker(value, '1.0.0', {samplingRate: 1}).trackError('CODE');
    new Tresta.TelemetryTracker(widget, value, {samplingRate: 1}).trackError('CODE');
    new Tresta.TelemetryTracker(widget, '1.0.0', {samplingRate: 1, [value]: value}).trackError('CODE');
  }
}"""


def forms(text):
    """The text as it is, encoded as in URLs, and in base64 at any offset in a longer text."""
    yield text.encode()
    yield quote(text, safe="").encode()
    yield urlencode({"": text})[1:].encode()
    for before in range(3):
        encoded = base64.b64encode(b"x" * before + text.encode())
        yield encoded[4 if before else 0 : -4]  # the ends depend on the neighbouring bytes


def canaries_in(data):
    """The names of the canaries in these bytes, in any of the forms and in any case."""
    data = data.lower()
    return [name for name, text in CANARIES.items() if any(form.lower() in data for form in forms(text))]


def test_a_canary_is_detected_in_every_form():
    assert canaries_in(b"no canary") == []
    for name, text in CANARIES.items():
        for form in (text, text.upper(), quote(text), urlencode({"q": text}), json.dumps({"a": [text]})):
            assert canaries_in(form.encode()) == [name]
        for before in range(4):
            assert canaries_in(base64.b64encode(b"-" * before + text.encode() + b"--")) == [name]


@pytest.fixture
def visit(origins, site, page):
    """`visit(api, widget)`: a visit of a page full of canaries, with every kind of event."""

    def make(api, widget):
        page.context.add_cookies([{"name": "session", "value": CANARIES["cookie"], "url": api}])
        words = " ".join(CANARIES.values())
        unsafe = {"Referrer-Policy": "unsafe-url"}  # the worst policy of a site: each Referer is the whole URL
        url = site.page(
            f"<p>{words}</p>{origins.tag(widget, api_url=api)}", head=f"<title>{words}</title>", headers=unsafe
        )
        query = urlencode(CANARIES)
        page.goto(site.page(f'<a href="{url}?{query}#{query}">On</a>', headers=unsafe) + f"?{query}")
        page.evaluate(PLANT, CANARIES)
        page.locator("a").click()
        visits.wait_until_shown(page, widget)
        for place in ("document.cookie", "document.referrer", "location.search", "location.hash", "document.title"):
            assert canaries_in(page.evaluate(place).encode()), f"There is no canary in {place}."
        page.locator("[data-action=next]").click()
        page.evaluate(CARELESS, [widget, CANARIES])

    return make


def test_no_request_contains_a_canary(visit, origins, site, page, faulty_api, record):
    faulty_api.answers("w1", Answer({"id": "w1", **visits.content()}))
    visit(faulty_api.url, "w1")
    visits.leave(page, site, faulty_api)
    visits.until(lambda: len(visits.batches(faulty_api)) >= 2, "the rest of the visit")
    for request in faulty_api.received:
        assert canaries_in(request.path.encode()) == []
        assert canaries_in(request.body) == []
        if request.method == "GET" and request.path.startswith("/api/"):
            assert canaries_in(bytes(request.headers)) == []
    for batch in visits.batches(faulty_api):
        parse(batch.body)  # only fields of the schema
    to_the_cdn = [request for request in record.requests if request.url.startswith(origins.cdn)]
    assert to_the_cdn
    for request in to_the_cdn:
        assert canaries_in(f"{request.url} {request.post_data}".encode()) == []


def test_no_file_and_no_row_of_the_store_contains_a_canary(visit, origins, page, browser):
    widget = origins.add_widget(f"canaries-{browser.browser_type.name}", visits.content())
    visit(origins.api, widget)
    page.goto("about:blank")
    kinds = {"load", "error", "interaction"}
    rows = origins.wait_for_rows(lambda rows: {row["kind"] for row in rows} == kinds, widget=widget)
    assert {row["code"] for row in rows} == {"", "INVALID_CODE"}
    assert {row["layout"] for row in rows} == {"", "carousel", "unknown"}
    for row in rows:
        assert row.keys() == COLUMNS
    assert canaries_in(json.dumps(origins.rows()).encode()) == []
    files = [path for path in origins.data.rglob("*") if path.is_file()]
    assert any(widget.encode() in path.read_bytes() for path in files)  # the text of a row is readable in the files
    for path in files:
        assert canaries_in(path.read_bytes()) == [], path
