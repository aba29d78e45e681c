"""What the content API answers: the drawing beside the content, in the design that the tag's attributes ask for."""

from __future__ import annotations

import gzip
import json
from itertools import product
from urllib.parse import quote

import pytest

from server.public_content import MAX_CHOICE, answer, chosen_design
from widget.content import AccountTelemetry, Content
from widget.content import Testimonial as Said  # pytest takes a name with Test for a test
from widget.design import CARDS, THEMES, Design
from widget.telemetry.schema import LAYOUTS
from widget.version import VERSION
from widget.view import draw, draw_empty, stylesheet

PUBLIC = "/api/widgets/{}/public"


def content(count: int, **design: object) -> Content:
    said = (Said(id=f"t{n}", author="Ada", text="Lovely. " * 20 * n + "End.", rating=5) for n in range(count))
    return Content("w1", Design(**design), AccountTelemetry("sampled", 0.05), tuple(said))


@pytest.mark.parametrize(("layout", "card", "theme"), list(product(LAYOUTS, CARDS, THEMES)))
def test_the_drawing_is_what_the_pages_own_code_draws(layout, card, theme):
    shown, design = content(5), Design(layout=layout, card=card, theme=theme)
    drawn = json.loads(answer(shown, design).body)["drawn"]
    assert (drawn["version"], drawn["html"], drawn["css"]) == (VERSION, draw(shown, design), stylesheet(design))
    assert drawn["state"] == {"status": "ready", "widget": "w1", "layout": layout, "count": 5, "code": ""}
    assert drawn["still"] is (layout != "carousel")


def test_nothing_to_show_is_drawn_too_and_a_lone_slide_stands_still():
    drawn = json.loads(answer(content(0), Design()).body)["drawn"]
    assert drawn["html"] == draw_empty(Design())
    assert (drawn["state"]["status"], drawn["state"]["count"], drawn["still"]) == ("empty", 0, True)
    carousel = Design(layout="carousel", max=1)
    drawn = json.loads(answer(content(3), carousel).body)["drawn"]
    assert (drawn["state"]["count"], drawn["still"]) == (1, True)


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
def test_a_tags_attributes_win_and_wrong_ones_change_nothing(query, design):
    assert chosen_design(query, Design(max=9)) == design


def test_each_design_has_its_tag_and_the_published_one_stays_in_the_content(server) -> None:
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


def test_it_travels_compressed_to_who_takes_it(server) -> None:
    plain = server.get(PUBLIC.format("w1"))
    small = server.get(PUBLIC.format("w1"), **{"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert gzip.decompress(small.body) == plain.body
    assert len(small.body) < len(plain.body) / 3
    assert "Content-Encoding" not in plain.headers
