"""How a page finds and names its region of the world."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest

from widget import mount
from widget.page.bridge import FetchFailed, PrivacySignals, Response
from widget.telemetry.parser import parse
from widget.telemetry.regions import page_region, randomised, region_of
from widget.telemetry.schema import REGIONS, UNKNOWN_REGION
from widget.testing import FakeBridge, FakePlace, Later

API = "https://api.example"
TABLE = Response(200, json.dumps({"eastern-asia": ["Asia/Tokyo"], "western-europe": ["Europe/Berlin", "Europe/Paris"]}))


@pytest.mark.parametrize(
    ("zone", "region"),
    [("Asia/Tokyo", "eastern-asia"), ("UTC", UNKNOWN_REGION), ("Mars/Base", UNKNOWN_REGION), ("", UNKNOWN_REGION)],
)
def test_a_time_zone_without_a_region_is_unknown(zone, region):
    assert region_of(zone, TABLE.text) == region


def test_a_table_cannot_make_up_a_region():
    assert region_of("Europe/Berlin", '{"DE": ["Europe/Berlin"]}') == UNKNOWN_REGION


def test_without_the_table_no_region_is_named_not_even_by_chance():
    bridge = FakeBridge(draws=[0.9])
    region = page_region(bridge, API)
    assert region.answer(0.5) == ""
    bridge.settle()
    assert region.answer(0.5) == ""


def content(widget: str = "w1", **changes: object) -> Response:
    fields = {"id": widget, "testimonials": [], "telemetry": {"mode": "opt-in", "rate": 1}, "regions": {"truth": 1}}
    return Response(200, json.dumps(fields | changes))


def open_page(*answers, **changes):
    bridge = FakeBridge(answers=list(answers), containers={"#one": FakePlace(), "#two": FakePlace()}, **changes)
    widget = mount("#one", bridge=bridge, widget_id="w1", api_url=API)
    bridge.settle()
    return widget, bridge


def sent(bridge):
    bridge.idle.fire_once()
    bridge.hide()
    return [(report.region, report.truth) for body in bridge.sent for report in parse(body)]


def urls(bridge):
    return [url for url, _ in bridge.fetches]


def test_a_page_in_the_sample_names_the_region_of_its_time_zone_and_nothing_else_of_it():
    _, bridge = open_page(content(), TABLE, zone="Asia/Tokyo")

    assert sent(bridge) == [("eastern-asia", 1.0)]
    assert bridge.fetches[1:] == [(f"{API}/regions.json", "force-cache")]
    assert "Tokyo" not in " ".join(bridge.sent)


def test_the_load_waits_for_the_region_and_leaves_without_it_if_the_visitor_does():
    later = Later()
    _, bridge = open_page(content(), later)
    bridge.idle.fire_once()
    assert bridge.sent == []

    assert sent(bridge) == [("", 1.0)]

    _, bridge = open_page(content(), later := Later())
    later.answer = TABLE
    bridge.settle()
    assert sent(bridge) == [("western-europe", 1.0)]


@pytest.mark.parametrize(
    ("changes", "bridge_changes"),
    [
        ({"regions": None}, {}),
        ({"telemetry": {"mode": "off"}}, {}),
        ({"telemetry": {"mode": "sampled", "rate": 0.1}}, {"draws": [0.5]}),
        ({}, {"signals": PrivacySignals(do_not_track=("1",))}),
        ({}, {"signals": PrivacySignals(global_privacy_control=True)}),
        ({}, {"attributes": {"w1": ["false"]}}),
    ],
    ids=["account without regions", "account off", "not in the sample", "DNT", "GPC", "the page's no"],
)
def test_a_page_that_is_not_to_tell_its_region_asks_for_no_table(changes, bridge_changes):
    _, bridge = open_page(content(**changes), TABLE, **bridge_changes)

    assert len(bridge.fetches) == 1
    assert all(region == "" for region, _ in sent(bridge))


@pytest.mark.parametrize(
    ("table", "debug"),
    [
        (FetchFailed("network"), True),
        (Response(404, TABLE.text), False),
        (Response(200, "[]"), True),
        (Response(200, "{"), True),
    ],
)
def test_without_the_table_the_load_is_reported_without_a_region(table, debug):
    _, bridge = open_page(content(), table)

    assert sent(bridge) == [("", 1.0)]
    assert any("the region is not told" in line for line in bridge.debug_lines) is debug


def test_a_page_asks_for_the_table_once_and_all_its_widgets_name_one_region():
    _, bridge = open_page(content(regions={"truth": 0.1}), TABLE, draws=[0.0, 0.7, 0.3, 0.9, 0.2])
    bridge.answers = [content("w2", regions={"truth": 0.1})]
    mount("#two", bridge=bridge, widget_id="w2", api_url=API)
    bridge.settle()

    (one, other) = sent(bridge)
    assert one == other
    assert urls(bridge).count(f"{API}/regions.json") == 1


def test_with_randomised_response_the_batch_says_how_true_it_is_and_names_another_region_by_chance():
    _, bridge = open_page(content(regions={"truth": 0.25}), TABLE, draws=[0.0, 0.9, 0.999])

    assert sent(bridge) == [("unknown", 0.25)]


def test_an_account_that_switches_regions_off_is_told_none_after_the_next_refresh():
    widget, bridge = open_page(content(), TABLE)
    bridge.idle.fire_once()
    bridge.answers = [content(regions=None)]
    widget.refresh()
    bridge.settle()

    assert sent(bridge) == [("western-europe", 1.0), ("", 1.0)]


def test_the_page_names_its_own_region_with_the_given_probability_and_each_other_one_as_often():
    chance = random.Random(1)
    assert randomised("caribbean", 0.3, (0.3, 0.0)) != "caribbean"
    answers = Counter(randomised("caribbean", 0.3, (chance.random(), chance.random())) for _ in range(40_000))

    assert answers.pop("caribbean") / 40_000 == pytest.approx(0.3, abs=0.01)
    assert set(answers) == set(REGIONS) - {"caribbean"}
    assert all(count / 40_000 == pytest.approx(0.7 / 22, abs=0.005) for count in answers.values())
