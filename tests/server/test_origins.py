"""The origins of a widget: which pages may show it and report to it, and which were seen."""

from __future__ import annotations

import json
import sys
from contextlib import closing

import pytest

from server.control.accounts import Accounts
from server.control.database import ControlDatabase
from server.control.origins import Origins, normal, origin_of_url
from server.control.widgets import Widgets
from server.errors import SettingError, UnknownWidgetError
from server.ingest.origins_seen import FEWEST, HALF_S, KEPT, MAX_WIDGETS, OriginsSeen

SHOP = "https://shop.example"
PUBLIC = "/api/widgets/w1/public"


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        (" HTTPS://Shop.example/ ", SHOP),
        ("https://shop.example:443", SHOP),
        ("http://shop.example:80", "http://shop.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(text, origin) -> None:
    assert normal(text) == origin


@pytest.mark.parametrize("text", ["", "null", "shop.example", f"{SHOP}/page", "*", "https://*.example", "ftp://a", "'"])
def test_what_is_no_origin_is_refused(text) -> None:
    with pytest.raises(SettingError, match=r"https://shop\.example"):
        normal(text)


def test_the_origin_of_an_address() -> None:
    assert origin_of_url("https://Tresta.example:443/some/path") == "https://tresta.example"
    for odd in ("https://bücher.example", "https://user:password@tresta.example", "https://a?b"):
        assert origin_of_url(odd) in ("", "https://a")


def test_origins_belong_to_a_widget_of_the_account_and_go_with_it(place) -> None:
    with closing(ControlDatabase(place)) as database:
        Accounts(database).add("acme", "Acme Ltd", actor="me")
        Widgets(database).add("w1", "acme", actor="me")
        origins = Origins(database)
        assert origins.set("w1", [SHOP, f"{SHOP}/"], account="acme", actor="me") == [SHOP]
        assert origins.by_widget() == {"w1": {SHOP}}
        for widget, account in (("w2", None), ("w1", "other")):
            with pytest.raises(UnknownWidgetError):
                origins.set(widget, [], account=account, actor="me")
        with pytest.raises(SettingError):
            origins.set("w1", [f"https://{n}.example" for n in range(51)], actor="me")
        Widgets(database).remove("w1", actor="me")
        assert origins.by_widget() == {}


def test_other_origins_get_no_content_and_their_batches_are_refused(server, tools) -> None:
    def set_origins(*options: str) -> str:
        return str(tools.cli("widget", "origins", "w1", *options, "--data", server.data).stdout)

    assert set_origins("--set", SHOP, "https://www.shop.example/") == f"w1: {SHOP}, https://www.shop.example\n"
    thief = "https://thief.example"
    tools.wait_for(lambda: server.get(PUBLIC, Origin=thief).status == 403)
    answer = server.get(PUBLIC, Origin=thief)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"  # so that the page can read the refusal
    assert "origin" in answer.json()["error"]
    assert server.get(PUBLIC).status == 403  # of the server's own origin, or no browser
    for origin in (thief, "null", ""):
        answer = server.post(tools.batch(), Origin=origin)
        assert (answer.status, answer.body) == (400, b"wrong_origin")
    refused = server.health()["refused"]
    assert (refused["wrong_origin"], refused["content_wrong_origin"] >= 3) == (3, True)

    content = server.get(PUBLIC, Origin=SHOP)
    assert content.status == 200
    assert "Origin" in content.headers["Vary"]  # a shared cache must not give it to the thief
    assert server.post(tools.batch(), Origin=SHOP).status == 204
    mixed = json.loads(tools.batch())
    mixed["widgets"] += json.loads(tools.batch("w2"))["widgets"]  # w2 has no list
    assert server.post(json.dumps(mixed), Origin=thief).status == 204

    assert set_origins("--all") == "w1: all origins\n"
    tools.wait_for(lambda: server.get(PUBLIC, Origin=thief).status == 200)
    assert "Origin" not in (server.get(PUBLIC, Origin=thief).headers["Vary"] or "")


def test_the_owner_sets_origins_and_sees_those_of_the_last_hour(server, tools) -> None:
    def ask(method: str, path: str, body: object = None, scope: str = "owner"):
        headers = {"Authorization": f"Bearer {tokens[scope]}", "Content-Type": "application/json"}
        return server.ask(method, f"/api/v1/accounts/acme{path}", body and json.dumps(body), headers)

    tokens = {}
    for scope in ("owner", "viewer"):
        options = ("--scope", scope, "--account", "acme", "--label", "Maria")
        tokens[scope] = tools.cli("token", "make", *options, "--data", server.data).stdout.strip()
    for _ in range(FEWEST):
        assert server.get(PUBLIC, Origin="https://often.example").status == 200
    server.get(PUBLIC, Origin="https://once.example")
    (w1,) = ask("GET", "/origins").json()["widgets"]
    assert (w1["widget"], w1["origins"]) == ("w1", [])
    assert {"origin": "https://often.example", "requests": FEWEST} in w1["seen"]
    assert "https://once.example" not in [each["origin"] for each in w1["seen"]]

    assert ask("PUT", "/widgets/w1/origins", {"origins": [SHOP]}, "viewer").status == 403
    assert ask("PUT", "/widgets/w2/origins", {"origins": [SHOP]}).status == 404  # another account's
    assert ask("PUT", "/widgets/w1/origins", {"origins": ["shop"]}).status == 400
    assert ask("PUT", "/widgets/w1/origins", {"origins": [SHOP]}).json() == {"widget": "w1", "origins": [SHOP]}
    entry = ask("GET", "/audit?limit=1").json()["entries"][0]
    assert (entry["action"], entry["detail"]) == ("origins.set", f"w1: all origins -> {SHOP}")
    assert ask("PUT", "/widgets/w1/origins", {"origins": []}).status == 200


def test_a_flood_of_origins_neither_grows_memory_nor_hides_the_shop() -> None:
    seen = OriginsSeen(lambda: 0.0)
    for number in range(100_000):
        seen.count("w1", f"https://{number}.example")
        if number % 5 == 0:
            seen.count("w1", SHOP)
    assert [origin for origin, _ in seen.of("w1")] == [SHOP]
    assert len(seen._current["w1"]) <= KEPT
    for number in range(3 * MAX_WIDGETS):
        seen.count(f"w{number}", SHOP)
    assert len(seen._current) == MAX_WIDGETS
    for text in ("null", "x" * 10_000, "https://a b", f"{SHOP}/page?mail=a@b.example"):
        seen.count("odd", text)
    assert "odd" not in seen._current
    assert sum(sys.getsizeof(counts) for counts in seen._current.values()) < 2_000_000


def test_only_origins_of_enough_requests_are_shown_the_most_frequent_first() -> None:
    seen = OriginsSeen(lambda: 0.0)
    for origin, count in (("https://rare.example", FEWEST - 1), (SHOP, FEWEST), ("https://often.example", FEWEST + 1)):
        for _ in range(count):
            seen.count("w1", origin)
    assert seen.of("w1") == [("https://often.example", FEWEST + 1), (SHOP, FEWEST)]
    for text in ("null", "https://a b", f"{SHOP}/page"):
        seen.count("odd", text)
    assert "odd" not in seen._current


def test_a_new_origin_counts_down_those_of_a_full_table() -> None:
    seen = OriginsSeen(lambda: 0.0)
    for _ in range(FEWEST + 2):
        seen.count("w1", SHOP)
    for number in range(1, KEPT):
        for _ in range(1 + number % 2):
            seen.count("w1", f"https://{number}.example")
    assert len(seen._current["w1"]) == KEPT
    seen.count("w1", "https://new.example")
    assert seen.of("w1") == [(SHOP, FEWEST + 1)]
    assert set(seen._current["w1"].values()) == {FEWEST + 1, 1}
    assert len(seen._current["w1"]) == 1 + KEPT // 2
    seen.count("w1", SHOP)
    assert seen.of("w1") == [(SHOP, FEWEST + 2)]


def test_the_widget_that_was_asked_for_the_longest_ago_is_forgotten(monkeypatch) -> None:
    monkeypatch.setattr("server.ingest.origins_seen.MAX_WIDGETS", 2)
    seen = OriginsSeen(lambda: 0.0)
    for widget in ("w1", "w2", "w1", "w3"):
        seen.count(widget, SHOP)
    assert list(seen._current) == ["w1", "w3"]


def test_the_half_hours_turn_with_each_request() -> None:
    now = [0.0]
    seen = OriginsSeen(lambda: now[0])
    for _ in range(FEWEST):
        seen.count("w1", SHOP)
    now[0] = HALF_S
    for _ in range(FEWEST):
        seen.count("w1", SHOP)
    assert seen.of("w1") == [(SHOP, 2 * FEWEST)]
    now[0] = 2 * HALF_S
    assert seen.of("w1") == [(SHOP, FEWEST)]
    for _ in range(FEWEST):
        seen.count("w1", SHOP)
    now[0] = 9 * HALF_S  # after a night without requests
    assert seen.of("w1") == []


def test_origins_are_forgotten_after_an_hour() -> None:
    now = [0.0]
    seen = OriginsSeen(lambda: now[0])
    for _ in range(FEWEST):
        seen.count("w1", SHOP)
    now[0] = HALF_S + 1
    assert seen.of("w1") == [(SHOP, FEWEST)]
    now[0] = 2 * HALF_S + 1
    assert seen.of("w1") == []
