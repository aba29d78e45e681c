"""The content API's answer: the content, and a drawing in the design of the tag's attributes."""

from __future__ import annotations

import gzip
import json
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest

from server.public_content import MAX_CHOICE, answer, chosen_design
from widget.content import AccountTelemetry, Content
from widget.content import Testimonial as Review  # pytest would collect a class named Test...
from widget.design import CARDS, THEMES, Design
from widget.telemetry.schema import LAYOUTS
from widget.version import VERSION
from widget.view import draw, draw_empty, stylesheet

PUBLIC = "/api/widgets/{}/public"


def content(count: int, **design: Any) -> Content:
    reviews = (Review(id=f"t{n}", author="Ada", text="Lovely. " * 20 * n + "End.", rating=5) for n in range(count))
    return Content("w1", Design(**design), AccountTelemetry("sampled", 0.05), tuple(reviews))


@pytest.mark.parametrize(("layout", "card", "theme"), list(product(LAYOUTS, CARDS, THEMES)))
def test_the_drawing_is_the_same_as_in_the_page(layout, card, theme):
    reviews, design = content(5), Design(layout=layout, card=card, theme=theme)
    drawing = json.loads(answer(reviews, design).body)["drawn"]
    assert (drawing["version"], drawing["html"], drawing["css"]) == (VERSION, draw(reviews, design), stylesheet(design))
    assert drawing["state"] == {"status": "ready", "widget": "w1", "layout": layout, "count": 5, "code": ""}
    assert drawing["still"] is True


def test_empty_content_is_drawn():
    drawing = json.loads(answer(content(0), Design()).body)["drawn"]
    assert drawing["html"] == draw_empty(Design(), {})
    assert (drawing["state"]["status"], drawing["state"]["count"], drawing["still"]) == ("empty", 0, True)
    carousel = Design(layout="carousel", max=1)
    drawing = json.loads(answer(content(3), carousel).body)["drawn"]
    assert (drawing["state"]["count"], drawing["still"]) == (1, True)


@pytest.mark.parametrize(
    ("query", "design"),
    [
        ({}, Design(max=9)),
        ({"layout": "list", "primary-color": "#1a73e8", "show-date": "false"},
         Design(layout="list", primary_color="#1a73e8", show_date=False, max=9)),
        ({"max": "3", "font": "Georgia, serif", "theme": "DARK"}, Design(max=3, font="Georgia, serif", theme="dark")),
        ({"layout": "spiral", "primary-color": "red;}", "max": "0", "nobody": "x", "widget_id": "w2"}, Design(max=9)),
        ({"primary_color": "#123456"}, Design(max=9)),
        ({"font": "A" * (MAX_CHOICE + 1), "primary-color": ""}, Design(max=9)),
    ],
)  # fmt: skip
def test_attributes_override_the_design_and_wrong_ones_are_ignored(query, design):
    assert chosen_design(query, content(0, max=9)) == design


def test_each_design_has_its_own_etag_and_the_content_keeps_its_design(server) -> None:
    plain = server.get(PUBLIC.format("w1"))
    listed = server.get(f"{PUBLIC.format('w1')}?layout=list&primary-color={quote('#1a73e8')}")
    assert listed.json()["drawn"]["state"]["layout"] == "list"
    assert "#1a73e8" in listed.json()["drawn"]["css"]
    assert listed.json()["design"] == plain.json()["design"]
    assert listed.headers["ETag"] != plain.headers["ETag"]
    wrong = server.get(f"{PUBLIC.format('w1')}?layout=spiral&other=1&max={'9' * 5000}")
    assert (wrong.body, wrong.headers["ETag"]) == (plain.body, plain.headers["ETag"])
    again = server.get(f"{PUBLIC.format('w1')}?layout=list", **{"If-None-Match": plain.headers["ETag"]})
    assert again.status == 200


def test_the_answer_is_compressed_if_the_client_accepts_it(server) -> None:
    plain = server.get(PUBLIC.format("w1"))
    small = server.get(PUBLIC.format("w1"), **{"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert gzip.decompress(small.body) == plain.body
    assert len(small.body) < len(plain.body) / 3
    assert "Content-Encoding" not in plain.headers
