"""Experiments: their rules in the control database, and the variants that a running server draws."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.control.accounts import Accounts
from server.control.audit import Audit
from server.control.database import ControlDatabase
from server.control.widgets import Widgets
from server.errors import SettingError
from server.experiments.experiment import Experiment, Variant, parse_variants
from server.experiments.register import Experiments
from widget.telemetry.schema import DIGEST

ME = "command line"
HALF: tuple[tuple[float, dict[str, str | int | bool]], ...] = ((0.5, {}), (0.5, {"layout": "list"}))


@pytest.fixture
def database(place):
    database = ControlDatabase(place)
    Accounts(database).add("acme", "Acme Ltd", actor=ME)
    Accounts(database).add("other", "Other Ltd", actor=ME)
    Widgets(database).add("w1", "acme", actor=ME)
    Widgets(database).add("w2", "other", actor=ME)
    yield database
    database.close()


@pytest.fixture
def register(database):
    return Experiments(database)


def add(register: Experiments, widget: str = "w1", variants=HALF, start_h: float = 0, end_h: float = 24, **changes):
    now = datetime.now(UTC)
    options = {"name": "List or grid", "figure": "error_share"} | changes
    starts_at, ends_at = now + timedelta(hours=start_h), now + timedelta(hours=end_h)
    return register.add(
        "acme", widget, options["name"], options["figure"], parse_variants(variants), starts_at, ends_at, actor=ME
    )


def test_an_experiment_runs_from_its_start_to_its_end(register):
    experiment = add(register)

    assert register.of("acme") == [experiment]
    assert register.of("other") == []
    now = experiment.starts_at
    states = [experiment.state(at) for at in (now - timedelta(seconds=1), now, experiment.ends_at)]
    assert states == ["planned", "running", "ended"]
    assert [(variant.letter, dict(variant.design)) for variant in experiment.variants] == [
        ("a", {}),
        ("b", {"layout": "list"}),
    ]


@pytest.mark.parametrize(
    ("variants", "problem"),
    [
        (HALF[:1], "2 to 4 variants"),
        ([(0.2, {"max": n}) for n in range(1, 6)], "2 to 4 variants"),
        ([(0.5, {}), (0.4, {"layout": "list"})], "add up to 1"),
        ([(0.99, {}), (0.01, {"layout": "list"})], "at least 0.05"),
        ([(float("nan"), {}), (0.5, {"layout": "list"})], "at least 0.05"),
        ([(0.5, {}), (0.5, {"layout": "spiral"})], "layout must be one of"),
        ([(0.5, {}), (0.5, {"colour": "red"})], "only these options"),
        ([(0.5, {"layout": "list"}), (0.5, {"layout": " LIST"})], "the same design"),
    ],
)
def test_wrong_variants_are_refused_by_name(variants, problem):
    with pytest.raises(SettingError, match=problem):
        parse_variants(variants)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"end_h": -1}, "later than starts_at"),
        ({"start_h": 5, "end_h": 4}, "later than starts_at"),
        ({"end_h": 24 * 90}, "at most 75 days"),
        ({"name": " "}, "printable"),
        ({"figure": "revenue"}, "figure must be one of"),
        ({"widget": "w2"}, "no widget of this id in the account"),
        ({"widget": "w3"}, "no widget of this id in the account"),
    ],
)
def test_a_wrong_experiment_is_refused_by_name_and_nothing_is_stored(register, changes, problem):
    with pytest.raises(SettingError, match=problem):
        add(register, **changes)
    assert register.of("acme") == []


def test_two_experiments_of_one_widget_never_take_place_at_once(register):
    first = add(register, start_h=1, end_h=5)
    for start_h, end_h in ((0, 2), (2, 3), (4, 9), (0, 9)):
        with pytest.raises(SettingError, match="List or grid"):
            add(register, start_h=start_h, end_h=end_h)
    register.stop("acme", first.id, None, actor=ME)

    assert add(register, start_h=0, end_h=9).id > first.id


def test_a_winner_becomes_the_design_and_the_audit_trail_says_so(register, database):
    experiment = add(register)
    with pytest.raises(SettingError, match="no variant of this letter"):
        register.stop("acme", experiment.id, "c", actor=ME)
    assert register.get("acme", experiment.id).state(datetime.now(UTC)) == "running"

    ended = register.stop("acme", experiment.id, "b", actor=ME)

    assert (ended.state(datetime.now(UTC)), ended.winner) == ("ended", "b")
    assert register.designs() == {"w1": {"layout": "list"}}
    adopted, stopped, planned = Audit(database).entries("acme", limit=3)
    assert (adopted.action, stopped.action) == ("experiment.adopt", "experiment.stop")
    assert planned.detail.endswith("a 50%: as it is now; b 50%: layout list")
    assert adopted.detail.endswith("becomes the design of w1: layout list")
    with pytest.raises(SettingError, match="design already"):
        register.stop("acme", experiment.id, "a", actor=ME)


def test_the_draw_follows_the_shares():
    now = datetime.now(UTC)
    variants = (Variant("a", 0.2), Variant("b", 0.3), Variant("c", 0.5))
    experiment = Experiment(7, "acme", "w1", "", "p75", variants, now, now)

    draws = Counter(experiment.code(experiment.draw(n / 1000)) for n in range(1000))

    assert draws == {"e7-a": 200, "e7-b": 300, "e7-c": 500}
    assert experiment.draw(0.9999999999999999).letter == "c"


def _start(server, token: str, **changes) -> dict[str, Any]:
    body = {
        "widget": "w1",
        "name": "List or carousel",
        "figure": "interaction_rate",
        "variants": [{"share": 0.5, "design": {"layout": "list"}}, {"share": 0.5, "design": {"layout": "carousel"}}],
        "ends_at": f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}",
    } | changes
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = server.ask("POST", "/api/v1/accounts/acme/experiments", json.dumps(body), headers)
    return {"status": answer.status, **answer.json()}


def test_each_content_answer_draws_a_variant_and_is_never_a_copy(start):
    server = start()
    before = server.ask("GET", "/api/widgets/w1/public")
    assert "variant" not in before.json()
    experiment = _start(server, server.token())
    assert experiment["status"] == 201

    answers = [
        server.ask("GET", "/api/widgets/w1/public?layout=wall", headers={"If-None-Match": before.headers["ETag"]})
        for _ in range(60)
    ]

    layouts = Counter(
        (answer.json()["variant"]["code"], answer.json()["drawn"]["state"]["layout"]) for answer in answers
    )
    assert set(layouts) == {(f"e{experiment['id']}-a", "list"), (f"e{experiment['id']}-b", "carousel")}
    assert min(layouts.values()) >= 10  # of 60; fewer come by chance once in ten million runs
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert all("ETag" not in answer.headers for answer in answers)


def test_a_preview_has_no_variant(start):
    server = start()
    _start(server, server.token())

    answers = [server.ask("GET", "/api/widgets/w1/public?preview=true&layout=wall").json() for _ in range(10)]

    assert {("variant" in answer, answer["drawn"]["state"]["layout"]) for answer in answers} == {(False, "wall")}


def test_the_api_tells_results_and_plans(start):
    server = start()
    token = server.token()
    experiment = _start(server, token)
    path = "/api/v1/accounts/acme/experiments"
    for _ in range(100):
        server.get("/api/widgets/w1/public", Origin="https://shop.example")

    def ask(rest: str) -> tuple[int, dict[str, Any]]:
        answer = server.get(f"{path}/{rest}", Authorization=f"Bearer {token}")
        return answer.status, answer.json()

    status, report = ask(f"{experiment['id']}/results")
    assert (status, report["verdict"], report["until"]) == (200, "too_early", None)
    assert sum(variant["answers"] for variant in report["variants"]) in (90, 100, 110)  # in tens
    assert ask("999/results") == (404, {"error": "There is no experiment of this id in the account."})
    for wrong in ("0", "-1", "e7", "7.5/results"):
        assert ask(wrong) == (400, {"error": "id must be a whole number from 1 on."})
    status, plan = ask("plan?widget=w1&figure=p75&shares=0.5&shares=0.5")
    assert (status, plan["days"]) == (200, None)
    assert plan["sentence"].startswith("The sample has fewer than 100 page views of this widget")
    for query, problem in (
        ("widget=w1&figure=p75&shares=0.5&shares=0.4", "The shares of the variants must add up to 1."),
        ("widget=w1&figure=p75&shares=0.5", "shares must be a list of 2 to 4 fractions from 0.05 to 1."),
        ("widget=w1&figure=p75&shares=0.5&shares=0.01", "shares must be a list of 2 to 4 fractions from 0.05 to 1."),
        ("widget=w1&figure=p99&shares=0.5&shares=0.5", "figure must be interaction_rate, error_share, p50 or p75."),
        ("figure=p75&shares=0.5&shares=0.5", "widget is missing."),
    ):
        assert ask(f"plan?{query}") == (400, {"error": problem})
    assert ask("plan?widget=w2&figure=p75&shares=0.5&shares=0.5")[0] == 404


def test_after_its_end_the_winner_is_what_everybody_gets(start):
    server = start()
    token = server.token()
    experiment = _start(server, token)
    assert _start(server, token)["error"].startswith("The widget has an experiment at that time: List or carousel.")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    path = f"/api/v1/accounts/acme/experiments/{experiment['id']}"

    ended = server.ask("POST", f"{path}/end", '{"winner": "b"}', headers).json()

    assert (ended["state"], ended["winner"]) == ("ended", "b")
    for _ in range(5):
        answer = server.ask("GET", "/api/widgets/w1/public").json()
        assert ("variant" in answer, answer["design"]["layout"]) == (False, "carousel")


def test_a_row_names_its_variant_and_unknown_variants_are_refused(start, tools):
    server = start()
    experiment = _start(server, server.token())

    def send(variant: str) -> tuple[int, str]:
        batch = json.loads(tools.batch())
        batch |= {"schema": 2, "digest": DIGEST, "widgets": [batch["widgets"][0] | {"rate": 1, "variant": variant}]}
        answer = server.post(json.dumps(batch))
        return answer.status, answer.body.decode()

    assert send(f"e{experiment['id']}-b") == (204, "")
    assert send(f"e{experiment['id']}-c") == (400, "unknown_variant")
    assert send("e999-a") == (400, "unknown_variant")
    assert [event["variant"] for event in server.events()] == [f"e{experiment['id']}-b"]
