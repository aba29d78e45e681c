"""The API of a running server: scopes, changes, and error answers."""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from html.parser import HTMLParser
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from server.api.app import NOUNS
from server.api.embed import DEFAULT_API, embed
from server.control.settings import CONFIRMATION
from server.loopback import loopback_problem
from widget.config import DEFAULT_API_URL
from widget.telemetry.fields import FIELDS
from widget.telemetry.parser import parse

README = Path(__file__).resolve().parents[2] / "README.md"
OPT_IN = {"mode": "opt-in", "rate": 0.5, "confirmation": CONFIRMATION}
TOKEN = {"scope": "viewer", "account": "acme", "label": "Ada"}


class Api:
    """Requests to the running server, with tokens made by the command line."""

    def __init__(self, server, tools) -> None:
        self.server, self._tools = server, tools
        self.tokens = {
            "operator": server.token(),
            "owner": self.make("owner", "acme"),
            "viewer": self.make("viewer", "acme"),
            "stranger": self.make("owner", "silent"),
        }

    def make(self, scope: str, account: str) -> str:
        options = ("--scope", scope, "--account", account, "--label", f"{scope} of {account}")
        text: str = self._tools.cli("token", "make", "--data", self.server.data, *options).stdout.strip()
        return text

    def ask(self, method: str, path: str, token: str = "operator", body: Any = None) -> Any:
        """`token` is a key of `tokens`, or a token's text."""
        headers = {"Authorization": f"Bearer {self.tokens.get(token, token)}", "Content-Type": "application/json"}
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        return self.server.ask(method, f"/api/v1{path}", text, headers)

    def get(self, path: str, token: str = "operator") -> Any:
        return self.ask("GET", path, token)


@pytest.fixture(scope="module")
def api(server, tools) -> Api:
    return Api(server, tools)


# The status of each answer to an operator, acme's owner, acme's viewer, and another account's owner.
REACH: dict[tuple[str, str], tuple[int, int, int, int]] = {
    ("GET", "/me"): (200, 200, 200, 200),
    ("GET", "/accounts"): (200, 403, 403, 403),
    ("GET", "/accounts/acme"): (200, 200, 200, 404),
    ("GET", "/accounts/acme/dashboard"): (200, 200, 200, 404),
    ("GET", "/accounts/acme/errors/API_ERROR"): (200, 200, 200, 404),
    ("GET", "/accounts/acme/audit"): (200, 200, 200, 404),
    ("GET", "/accounts/acme/preview"): (200, 200, 200, 404),
    ("GET", "/accounts/acme/experiments"): (200, 200, 200, 404),
    ("POST", "/accounts/acme/experiments"): (400, 400, 403, 404),
    ("GET", "/accounts/acme/experiments/999999999"): (404, 404, 404, 404),
    ("GET", "/accounts/acme/experiments/999999999/results"): (404, 404, 404, 404),
    ("GET", "/accounts/acme/experiments/plan"): (400, 400, 400, 404),
    ("POST", "/accounts/acme/experiments/999999999/end"): (400, 400, 403, 404),
    ("GET", "/accounts/nobody/live"): (404, 404, 404, 404),
    ("GET", "/accounts/nobody"): (404, 404, 404, 404),
    ("PUT", "/accounts/acme/telemetry"): (400, 400, 403, 404),
    ("POST", "/accounts/acme/widgets"): (400, 400, 403, 404),
    ("PUT", "/accounts/nobody/telemetry"): (404, 404, 404, 404),
    ("GET", "/accounts/acme/alerts"): (200, 200, 200, 404),
    ("POST", "/accounts/acme/alerts"): (400, 400, 403, 404),
    ("GET", "/accounts/acme/alerts/history"): (200, 200, 200, 404),
    ("PUT", "/accounts/acme/alerts/000000000000"): (400, 400, 403, 404),
    ("DELETE", "/accounts/acme/alerts/000000000000"): (404, 404, 403, 404),
    ("POST", "/accounts/acme/alerts/000000000000/test"): (404, 404, 403, 404),
    ("PUT", "/accounts/acme/name"): (400, 400, 403, 404),
    ("PUT", "/accounts/acme/rates"): (400, 400, 403, 404),
    ("PUT", "/accounts/acme/regions"): (400, 400, 403, 404),
    ("GET", "/accounts/acme/origins"): (200, 200, 200, 404),
    ("PUT", "/accounts/acme/widgets/{widget}/origins"): (400, 400, 403, 404),
    ("DELETE", "/accounts/acme/widgets/{widget}"): (404, 404, 403, 404),
    ("GET", "/accounts/acme/coverage"): (200, 200, 200, 404),
    ("GET", "/accounts/acme/stages"): (200, 200, 200, 404),
    ("GET", "/accounts/acme/rate-proposal"): (200, 200, 200, 404),
    ("GET", "/accounts/acme/seen"): (200, 200, 200, 404),
    ("GET", "/accounts/acme/exclusions"): (200, 200, 200, 404),
    ("POST", "/accounts/acme/exclusions"): (400, 400, 403, 404),
    ("DELETE", "/accounts/acme/exclusions/{id}"): (400, 400, 403, 404),
    ("POST", "/accounts/acme/erase"): (400, 403, 403, 403),
    ("DELETE", "/accounts/nobody"): (404, 403, 403, 403),
    ("GET", "/tokens"): (200, 200, 403, 200),
    ("POST", "/tokens"): (400, 400, 403, 400),
    ("DELETE", "/tokens/000000000000"): (404, 404, 403, 404),
    ("GET", "/health"): (200, 403, 403, 403),
    ("GET", "/events"): (200, 403, 403, 403),
    ("GET", "/audit"): (200, 403, 403, 403),
    ("GET", "/backup"): (200, 403, 403, 403),
}  # fmt: skip
CALLERS = ("operator", "owner", "viewer", "stranger")


@pytest.mark.parametrize(("method", "path"), REACH)
def test_each_scope_has_access_as_in_the_table(api, method, path) -> None:
    body: dict[str, Any] | None = {"from": 7} if method in ("PUT", "POST") else None
    assert tuple(api.ask(method, path, caller, body).status for caller in CALLERS) == REACH[method, path]


def test_the_table_has_every_route(api) -> None:
    document = api.server.get("/api/v1/openapi.json").json()
    routes = Counter(method.upper() for operations in document["paths"].values() for method in operations)
    table = {(method, path.replace("nobody", "acme").replace("000000000000", "{id}")) for method, path in REACH}
    assert Counter(method for method, _ in table) == routes


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic {}", "{}", "Bearer {}x", "Bearer tresta__"])
@pytest.mark.parametrize(("method", "path"), [*REACH, ("GET", "/nothing"), ("PATCH", "/me")])
def test_without_a_token_every_request_is_a_401_before_its_body_is_read(api, method, path, header) -> None:
    headers = {"Authorization": header.format(api.tokens["operator"])}
    answer = api.server.ask(method, f"/api/v1{path}", "{" if method in ("PUT", "POST") else None, headers)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["error"].startswith("Send the header Authorization: Bearer")


@pytest.mark.parametrize("host", ["x/api/v1/openapi.json?", "x/api/v1/openapi.json#", "[", "", "a b", "x:y/"])
def test_a_host_header_does_not_replace_a_token(api, host) -> None:
    for path in ("/api/v1/me", "/api/v1/accounts", "/api/v1/nothing"):
        assert api.server.get(path, Host=host).status in (400, 401)


def test_me_names_the_accounts_of_the_token(api) -> None:
    assert api.get("/me", "viewer").json() == {
        "id": api.tokens["viewer"].split("_")[1], "scope": "viewer", "account": "acme", "label": "viewer of acme",
        "expires_at": None, "accounts": [{"id": "acme", "name": "Acme"}],
    }  # fmt: skip
    operator = api.get("/me").json()
    assert (operator["scope"], operator["account"]) == ("operator", None)
    assert [account["id"] for account in operator["accounts"]] == ["acme", "default", "silent"]
    assert api.get("/accounts").json() == {"accounts": operator["accounts"]}


class Tag(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tag, self.attributes = tag, dict(attrs)


def test_an_account_has_its_setting_and_the_code_that_embeds_each_widget(api) -> None:
    account = api.get("/accounts/acme", "viewer").json()
    (widget,) = account.pop("widgets")
    assert account == {
        "id": "acme", "name": "Acme", "confirmation": CONFIRMATION,
        "telemetry": {"mode": "opt-in", "rate": 1.0, "rate_on_error": 0.0, "receipt": "bottom"},
        "embed_problem": loopback_problem(api.server.url), "rates": {"declared": [0.01, 0.5]},
        "regions": {"is_on": False, "epsilon": None, "truth": 0},
    }  # fmt: skip
    tag = Tag()
    tag.feed(widget["embed"])
    assert (widget["id"], tag.tag) == ("w1", "script")
    assert tag.attributes == {
        "async": None,
        "src": f"{api.server.url}/embed.js",
        "data-widget-id": "w1",
        "data-telemetry": "true",
        "data-api-url": api.server.url,
    }


def test_embed_code_is_as_in_the_readme_for_the_default_api_and_escapes_other_addresses() -> None:
    assert DEFAULT_API == DEFAULT_API_URL
    usual = embed("w1", "https://cdn.tresta.app/", DEFAULT_API)
    assert usual in README.read_text(encoding="utf-8")
    tag = Tag()
    hostile = 'https://a.example/"><script>alert(1)</script>&amp;'
    tag.feed(embed("w1", "https://cdn.example", hostile))
    assert tag.attributes["data-api-url"] == hostile


def test_the_embed_code_reserves_the_place_that_the_layout_needs(api, tools) -> None:
    def reserved(**fields) -> str:
        testimonials = [{"id": f"t{n}", "author": "Ada", "text": "Works."} for n in range(fields.pop("number", 1))]
        tools.write_widget(api.server.data.parent / "widgets", "w1", testimonials=testimonials, **fields)
        code = next(each["embed"] for each in api.get("/accounts/acme").json()["widgets"] if each["id"] == "w1")
        return str(code.partition('style="')[2].partition('"')[0])

    assert reserved() == "min-height: 360px"
    assert reserved(number=4) == "min-height: 540px"
    assert reserved(number=40, design={"layout": "list"}) == "min-height: 820px"
    assert reserved(number=40, design={"layout": "list", "max": 3}) == "min-height: 360px"
    assert reserved(number=40, design={"layout": "carousel"}) == "min-height: 360px"
    assert reserved(design={"layout": "badge"}) == "min-height: 1.5em; display: inline-block"
    assert reserved(design={"layout": "no such layout"}) == "min-height: 360px"  # a broken file
    tools.write_widget(api.server.data.parent / "widgets", "w1")


def test_an_owner_removes_a_widget_of_the_own_account_alone(api) -> None:
    assert api.ask("POST", "/accounts/acme/widgets", "owner", {"id": "short-lived"}).status == 201
    assert api.ask("DELETE", "/accounts/silent/widgets/short-lived", "stranger", None).status == 404
    assert api.ask("DELETE", "/accounts/acme/widgets/short-lived", "owner", None).status == 204
    assert api.ask("DELETE", "/accounts/acme/widgets/short-lived", "owner", None).status == 404
    assert "short-lived" not in [each["id"] for each in api.get("/accounts/acme").json()["widgets"]]


def test_a_change_reaches_the_next_page_load_and_the_audit_trail(api, tools) -> None:
    before = api.get("/accounts/silent").json()["telemetry"]
    answer = api.ask("PUT", "/accounts/silent/telemetry", "stranger", {"mode": "sampled", "rate": 0.05})
    assert answer.status == 200
    assert answer.json()["telemetry"] == {"mode": "sampled", "rate": 0.05, "rate_on_error": 0.0, "receipt": "none"}
    public = api.server.get("/api/widgets/off/public").json()
    assert public["telemetry"] == {"mode": "sampled", "rate": 0.05}
    assert api.server.post(tools.batch("off", rate=0.05)).status == 204
    assert "off" in {event["widget"] for event in api.server.events()}

    assert api.ask("PUT", "/accounts/silent/telemetry", "operator", {"mode": "off"}).status == 200
    assert api.server.get("/api/widgets/off/public").json()["telemetry"]["mode"] == before["mode"] == "off"
    newest, older = api.get("/accounts/silent/audit?limit=2", "stranger").json()["entries"]
    assert newest["actor"].startswith("operator.token (")
    assert older["actor"].startswith("owner of silent (")
    assert (newest["action"], newest["account"]) == ("telemetry.set", "silent")
    assert newest["detail"] == "sampled, rate 0.05 (about 1 in 20 page views) -> off"
    assert older["detail"] == "off -> sampled, rate 0.05 (about 1 in 20 page views)"
    (page,) = api.get(f"/accounts/silent/audit?limit=1&before={newest['id']}").json()["entries"]
    assert page == older


def test_an_accounts_audit_trail_has_only_its_own_entries(api) -> None:
    entries = api.get("/accounts/acme/audit?limit=1000", "owner").json()["entries"]
    assert {entry["account"] for entry in entries} == {"acme"}
    assert [entry["id"] for entry in entries] == sorted((entry["id"] for entry in entries), reverse=True)


def test_an_operators_audit_trail_includes_entries_of_no_account(api) -> None:
    token = api.ask("POST", "/tokens", "operator", {"scope": "operator", "label": "night shift"}).json()
    (newest,) = api.get("/audit?limit=1").json()["entries"]
    assert (newest["action"], newest["account"]) == ("token.make", None)
    assert newest["detail"] == f"operator: night shift ({token['id']})"
    assert {entry["account"] for entry in api.get("/audit?limit=1000").json()["entries"]} >= {None, "acme", "silent"}


WRONG: dict[str, tuple[Any, str]] = {
    "opt-in without the words": ({"mode": "opt-in", "rate": 0.5}, f"in these words: {CONFIRMATION}"),
    "opt-in with others": (OPT_IN | {"confirmation": "Yes"}, f"in these words: {CONFIRMATION}"),
    "opt-in without a rate": ({"mode": "opt-in", "confirmation": CONFIRMATION}, "rate must be a fraction"),
    "sampled above its bound": ({"mode": "sampled", "rate": 0.11}, "rate must be a fraction from 0.001 to 0.1"),
    "sampled below": ({"mode": "sampled", "rate": 0.0001}, "rate must be a fraction from 0.001 to 1."),
    "percent": ({"mode": "sampled", "rate": 5}, "rate must be a fraction from 0.001 to 1."),
    "rate as true": ({"mode": "opt-in", "rate": True, "confirmation": CONFIRMATION}, "rate must be a fraction"),
    "rate as text": ({"mode": "sampled", "rate": "0.01"}, "rate must be a fraction"),
    "rate that is not a number": ('{"mode": "sampled", "rate": NaN}', "rate must be a fraction"),
    "rate beyond a float": ('{"mode": "sampled", "rate": 1e999}', "rate must be a fraction"),
    "rate of 400 digits": ({"mode": "sampled", "rate": 10**400}, "rate must be a fraction"),
    "unknown mode": ({"mode": "always"}, "mode must be off, sampled or opt-in."),
    "an unknown place of the receipt": (
        {"mode": "sampled", "receipt": "left"},
        "receipt must be none, top or bottom.",
    ),
    "opt-in without a receipt": (OPT_IN | {"receipt": "none"}, "receipt must be top or bottom."),
    "no mode": ({"rate": 0.01}, "mode is missing."),
    "an extra field": (
        {"mode": "off", "secret-9": 1},
        "There is an unknown field of the body; openapi.json lists all names.",
    ),
    "not an object": ([], "The body must be a JSON object, with Content-Type: application/json."),
    "not JSON": ("{", "The body must be JSON."),
    "an empty body": ("", "The body must be a JSON object, with Content-Type: application/json."),
    "nesting": ("[" * 5000, "body"),
}


@pytest.mark.parametrize(("body", "sentence"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_gets_a_sentence_and_changes_nothing(api, body, sentence) -> None:
    before = api.get("/accounts/acme").json(), api.get("/accounts/acme/audit").json()
    answer = api.ask("PUT", "/accounts/acme/telemetry", "owner", body)
    assert answer.status == 400
    assert answer.json().keys() == {"error"}
    assert sentence in answer.json()["error"]
    assert "secret-9" not in answer.body.decode()
    assert (api.get("/accounts/acme").json(), api.get("/accounts/acme/audit").json()) == before


def test_the_confirmation_ignores_case_and_surrounding_spaces(api) -> None:
    body = OPT_IN | {"rate": 1, "confirmation": f"  {CONFIRMATION.upper()} "}
    assert api.ask("PUT", "/accounts/acme/telemetry", "owner", body).status == 200


def test_a_body_over_8_kib_is_a_413(api) -> None:
    answer = api.ask("POST", "/tokens", "owner", " " * 8193)
    assert (answer.status, answer.json()) == (413, {"error": "The body must be at most 8 KiB."})
    assert api.ask("POST", "/tokens", "owner", " " * 8192).status == 400


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("range=8d", "range must be 5m, 1h, 24h, 7d, 30d or 90d."),
        ("rang=7d", "There is an unknown parameter; openapi.json lists all names."),
        ("from=yesterday", "from must be a time in ISO 8601, such as 2026-11-24T15:00:00Z."),
        ("from=2026-W48-2", "from must be a time in ISO 8601, such as 2026-11-24T15:00:00Z."),
        ("from=2026-11-24T15:00:00", "from must be a time in ISO 8601, such as 2026-11-24T15:00:00Z."),
        ("to=1764000000", "to must be a time in ISO 8601, such as 2026-11-24T15:00:00Z."),
        ("from=2026-11-24T15:00:00Z&to=2026-11-24T15:00:00Z", "from must be earlier than to."),
        ("from=1999-01-01T00:00:00Z&to=2000-01-01T00:00:00Z", "older rows are not kept."),
        ("to=0001-01-01T00:00:00Z", "older rows are not kept."),
        ("from=9999-12-31T23:59:59Z", "older rows are not kept."),
        ("time_zone=Mars/Olympus", "time_zone must be a name such as UTC or Europe/Berlin."),
        ("time_zone=../../etc/passwd", "time_zone must be a name such as UTC or Europe/Berlin."),
        ("widget=a'b", "widget must be a widget's id: 1 to 64 of A-Z a-z 0-9 _ -."),
        ("layout=spiral", "layout must be grid, carousel, masonry, list, wall, marquee, badge or unknown."),
        ("version=1", "version must be three numbers, such as 0.1.0."),
    ],
)
def test_a_wrong_query_gets_a_sentence(api, query, sentence) -> None:
    answer = api.get(f"/accounts/acme/dashboard?{query}", "viewer")
    assert answer.status == 400
    assert answer.json()["error"].endswith(sentence)


def test_the_dashboard_has_the_page_views_that_were_sent(api, tools) -> None:
    """A range ends where twenty page views come before and after, so some have to come a little later."""
    path = f"/accounts/acme/dashboard?range=1h&time_zone={quote('Europe/Berlin')}"
    for _ in range(8):
        for n in range(30):
            loads = [{"layout": "wall", "load_ms": 100 + n}]
            assert api.server.post(tools.batch(rate=0.5, loads=loads, errors={"API_TIMEOUT": 3})).status == 204
        time.sleep(8)  # longer than a slot of a range of an hour
        answer = api.get(path, "viewer").json()
        page_views = answer["summary"]["loads"]["page_views"] or 0
        if page_views >= 30:
            break
    assert 30 <= page_views <= 300
    assert answer["summary"]["loads"]["value"] >= page_views
    assert answer["summary"]["error_share"]["value"] > 0.3
    assert 100 <= answer["summary"]["p50"]["value"] <= 500
    assert answer["time_zone"] == "Europe/Berlin"
    assert 0 < len(answer["over_time"]) <= 122
    whole = api.get("/accounts/acme/dashboard?from=2020-01-01T00:00:00%2B02:00", "viewer").json()
    assert whole["retention_days"] == 90
    few = {"value": None, "low": None, "high": None, "page_views": None, "too_few": True, "too_uneven": False}
    assert api.get("/accounts/default/dashboard?range=5m").json()["summary"]["loads"] == few


def test_the_audit_trail_says_that_an_operator_read_rows(api) -> None:
    assert api.get("/events?limit=7").status == 200
    entry = api.get("/audit").json()["entries"][0]
    assert (entry["action"], entry["detail"]) == ("events.read", "the 7 newest rows of all accounts")
    assert entry["actor"]


def test_a_dashboard_is_compressed_if_the_client_accepts_it(api) -> None:
    headers = {"Authorization": f"Bearer {api.tokens['viewer']}"}
    path = "/api/v1/accounts/acme/dashboard?from=2020-01-01T00:00:00Z"
    plain, small = api.server.get(path, **headers), api.server.get(path, **headers, **{"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.body) < len(plain.body) / 5
    assert json.loads(gzip.decompress(small.body)).keys() == plain.json().keys()


def test_the_preview_is_a_valid_batch(api) -> None:
    preview = api.get("/accounts/acme/preview", "viewer").json()
    assert [field["name"] for field in preview["fields"]] == [field.name for field in FIELDS]
    (report,) = parse(json.dumps(preview["example"]))
    assert (report.widget, report.rate) == ("w1", api.get("/accounts/acme").json()["telemetry"]["rate"])


def test_a_tokens_text_is_shown_once_and_a_revoked_token_stops_at_once(api) -> None:
    answer = api.ask("POST", "/tokens", "owner", TOKEN)
    assert answer.status == 201
    token = answer.json()
    text = token.pop("token")
    assert token in api.get("/tokens", "owner").json()["tokens"]
    assert text.rpartition("_")[2] not in api.get("/tokens").body.decode()
    assert api.get("/me", text).json()["label"] == "Ada"

    assert api.ask("DELETE", f"/tokens/{token['id']}", "stranger").status == 404
    assert api.ask("DELETE", f"/tokens/{token['id']}", "owner").status == 204
    assert api.get("/me", text).status == 401
    assert api.ask("DELETE", f"/tokens/{token['id']}", "owner").status == 404
    (revoked,) = [each for each in api.get("/tokens", "owner").json()["tokens"] if each["id"] == token["id"]]
    assert revoked["revoked_at"]
    entries = api.get("/accounts/acme/audit?limit=2", "viewer").json()["entries"]
    assert [entry["action"] for entry in entries] == ["token.revoke", "token.make"]
    assert all(entry["actor"].startswith("owner of acme (") for entry in entries)
    assert text not in json.dumps(entries)


def test_an_owner_cannot_make_tokens_beyond_their_account(api) -> None:
    before = api.get("/tokens").json()
    for body, status in (
        (TOKEN | {"scope": "operator", "account": None}, 403),
        (TOKEN | {"account": "silent"}, 404),
        (TOKEN | {"account": "nobody"}, 404),
        ({"scope": "viewer", "label": "Ada"}, 404),
    ):
        assert api.ask("POST", "/tokens", "owner", body).status == status
    for invalid in ({"scope": "king"}, {"label": " "}, {"label": "a\nb"}, {"label": 7}):
        assert api.ask("POST", "/tokens", "operator", TOKEN | invalid).status == 400
    assert api.ask("POST", "/tokens", "operator", TOKEN | {"account": "nobody"}).status == 404
    assert api.get("/tokens").json() == before
    assert {token["account"] for token in api.get("/tokens", "owner").json()["tokens"]} == {"acme"}
    assert api.get("/tokens?account=silent", "owner").json() == {"tokens": []}
    assert {token["account"] for token in api.get("/tokens?account=silent").json()["tokens"]} == {"silent"}


def test_a_token_cannot_revoke_itself(api) -> None:
    own = api.tokens["owner"].split("_")[1]
    answer = api.ask("DELETE", f"/tokens/{own}", "owner")
    assert (answer.status, answer.json()["error"]) == (
        409,
        "A token cannot revoke itself; revoke this one with another token.",
    )
    assert api.get("/me", "owner").status == 200


def test_only_these_routes_are_coroutines() -> None:
    """A plain function runs in a thread. A coroutine must not block, and these do not."""
    routes = [route for noun in NOUNS for route in noun.router.routes]
    assert {route.name for route in routes if iscoroutinefunction(route.endpoint)} == {
        "live",
        "events",
        "backup",
        "coverage",
        "seen",
        "erase",
        "remove_account",
        "results",
    }


def test_health_has_requests_refusals_and_the_store(api, tools) -> None:
    assert api.server.post(tools.batch()).status == 204
    assert api.server.post("no").status == 400
    health = api.get("/health").json()
    assert health["status"] == "ok"
    assert health["refused"]["not_json"] >= 1
    assert sum(minute["rows"] for minute in health["minutes"]) == health["store"]["rows"] > 0
    assert sum(minute["requests"] for minute in health["minutes"]) >= 2
    assert health["queue"]["rows"] == 0 < health["queue"]["capacity"]
    assert health["oldest_row"] and 0 <= health["oldest_days"] < 1
    assert health["store"]["bytes"] > 0


def test_no_answer_is_cached_or_sets_a_cookie(api) -> None:
    answers = [api.ask(method, path, caller, "") for method, path in REACH for caller in CALLERS]
    answers += [api.get("/nothing"), api.ask("PATCH", "/me"), api.server.get("/api/v1/me", Cookie="a=b")]
    answers.append(api.server.get("/api/v1/openapi.json"))
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        for absent in ("Set-Cookie", "Server", "Access-Control-Allow-Origin", "Location"):
            assert absent not in answer.headers
        if answer.status >= 400:
            assert answer.json().keys() == {"error"}
            assert answer.json()["error"].endswith(".")


def test_a_wrong_method_and_an_unknown_path_get_a_sentence(api) -> None:
    for path, methods in (("/tokens", "GET, POST"), ("/tokens/x", "DELETE"), ("/me", "GET")):
        answer = api.ask("PATCH", path, "viewer")
        assert (answer.status, answer.headers["Allow"]) == (405, methods)
        assert answer.json() == {"error": f"This path takes only {methods}."}
    assert api.get("").status == 404
    for path in ("/nothing", "/tokens/", "/accounts/acme/", "/accounts/a%2Fb", "/../events"):
        answer = api.get(path)
        assert answer.status == 404
        assert "openapi.json" in answer.json()["error"] or "account" in answer.json()["error"]


def test_an_owner_makes_a_widget_which_gets_an_example_and_never_loses_a_file(api) -> None:
    made = api.ask("POST", "/accounts/acme/widgets", "owner", {"id": "made"})
    assert made.status == 201
    assert "made" in [widget["id"] for widget in made.json()["widgets"]]
    file = api.server.widgets / "made.json"
    assert json.loads(file.read_text())["id"] == "made"
    file.write_text(file.read_text().replace("Grace", "Ada"))
    assert api.ask("POST", "/accounts/acme/widgets", "owner", {"id": "made"}).status == 201  # again: nothing changes
    assert "Ada" in file.read_text()
    assert list(api.server.widgets.glob(".*")) == []
    taken = api.ask("POST", "/accounts/acme/widgets", "owner", {"id": "w2"})
    assert (taken.status, "another account" in taken.json()["error"]) == (400, True)
    assert api.ask("POST", "/accounts/acme/widgets", "owner", {"id": "../up"}).status == 400


def test_a_token_of_some_days_says_when_it_ends(api) -> None:
    body = {"scope": "viewer", "account": "acme", "label": "The board", "expires_in_days": 7}
    made = api.ask("POST", "/tokens", "owner", body)
    assert made.status == 201
    listed = [each for each in api.get("/tokens", "owner").json()["tokens"] if each["id"] == made.json()["id"]]
    assert listed[0]["expires_at"] == made.json()["expires_at"] > made.json()["created_at"]
    assert api.ask("POST", "/tokens", "owner", {**body, "expires_in_days": 91}).status == 400


def test_one_error_code_is_an_answer_of_its_own(api, tools) -> None:
    assert api.server.post(tools.batch(errors={"RENDER_ERROR": 3})).status == 204
    answer = api.get("/accounts/acme/errors/RENDER_ERROR?range=1h", "viewer").json()
    assert (answer["code"], answer["count"]["too_few"]) == ("RENDER_ERROR", True)  # one page view
    assert api.get("/accounts/acme/errors/lower?range=1h", "viewer").status == 400
