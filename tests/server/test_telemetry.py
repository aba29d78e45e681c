"""POST /telemetry, from the request to the stored rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from widget.telemetry.schema import STAGES

LOAD = {"layout": "grid", "load_ms": 412}
REPORT: dict[str, Any] = {
    "widget": "w1",
    "version": "0.1.0",
    "rate": 0.5,
    "loads": [LOAD],
    "errors": {},
    "interactions": {},
}


def report(**changes: Any) -> str:
    return json.dumps({"schema": 1, "widgets": [REPORT | changes]})


def load(**changes: Any) -> str:
    return report(loads=[LOAD | changes])


def raw(name: str, text: str) -> str:
    """A batch with a field of JSON text that json.dumps would not write."""
    return report(**{name: "HERE"}).replace('"HERE"', text)


BAD: dict[str, tuple[str | bytes, int, str]] = {
    "over 8 KiB": (" " * 8193, 413, "too_large"),
    "a megabyte": (b"x" * 1_000_000, 413, "too_large"),
    "empty body": ("", 400, "not_json"),
    "not JSON": ("hello", 400, "not_json"),
    "not UTF-8": (b'{"schema": "\xff\xfe"}', 400, "not_json"),
    "deep nesting": ("[" * 8000, 400, "not_json"),
    "half a batch": (report()[:-5], 400, "not_json"),
    "two batches": (report() + report(), 400, "not_json"),
    "NaN": (raw("rate", "NaN"), 400, "not_json"),
    "Infinity": (raw("rate", "-Infinity"), 400, "not_json"),
    "a list": ("[]", 400, "wrong_type"),
    "null": ("null", 400, "wrong_type"),
    "an extra field": (report(page="https://shop.example/"), 400, "unknown_field"),
    "an extra field in a load": (load(user="u1"), 400, "unknown_field"),
    "a missing field": ('{"schema": 1}', 400, "missing_field"),
    "a later schema": ('{"schema": 3, "widgets": []}', 400, "unknown_schema"),
    "schema as true": ('{"schema": true, "widgets": []}', 400, "unknown_schema"),
    "no reports": ('{"schema": 1, "widgets": []}', 400, "empty"),
    "an empty report": (report(loads=[]), 400, "empty"),
    "widget not text": (report(widget=7), 400, "wrong_type"),
    "widget id with a path": (report(widget="../w1"), 400, "invalid_widget"),
    "unknown widget": (report(widget="nobodys"), 400, "unknown_widget"),
    "free text as version": (report(version="mail@example.org"), 400, "invalid_version"),
    "unknown layout": (load(layout="spiral"), 400, "invalid_layout"),
    "free text as code": (report(errors={"no such host": 1}), 400, "invalid_code"),
    "negative time": (load(load_ms=-1), 400, "out_of_range"),
    "huge time": (load(load_ms=10**12), 400, "out_of_range"),
    "time beyond a float": (load(load_ms=10**400), 400, "out_of_range"),
    "half a millisecond": (load(load_ms=1.5), 400, "wrong_type"),
    "time as text": (load(load_ms="412"), 400, "wrong_type"),
    "time as true": (load(load_ms=True), 400, "wrong_type"),
    "zero errors": (report(errors={"API_ERROR": 0}), 400, "out_of_range"),
    "an error count of true": (report(errors={"API_ERROR": True}), 400, "wrong_type"),
    "negative interactions": (report(interactions={"grid": -3}), 400, "out_of_range"),
    "rate 0": (report(rate=0), 400, "out_of_range"),
    "rate above 1": (report(rate=1.01), 400, "out_of_range"),
    "rate as true": (report(rate=True), 400, "wrong_type"),
    "rate beyond a float": (raw("rate", "1e999"), 400, "out_of_range"),
    "rate of 400 digits": (raw("rate", "9" * 400), 400, "out_of_range"),
    "21 codes": (report(errors={f"CODE_{i}": 1 for i in range(21)}), 400, "too_many"),
    "51 loads": (report(loads=[LOAD] * 51), 400, "too_many"),
    "a valid report and an invalid one": (
        json.dumps({"schema": 1, "widgets": [REPORT, REPORT | {"version": "free text"}]}),
        400,
        "invalid_version",
    ),
}


def test_an_unknown_widget_does_not_cost_its_neighbours_their_rows(server) -> None:
    before = server.health()
    answer = server.post(json.dumps({"schema": 1, "widgets": [REPORT, REPORT | {"widget": "nobodys"}]}))
    after = server.health()
    assert answer.status == 204
    assert after["written_rows"] == before["written_rows"] + len(REPORT["loads"])
    assert after["refused"]["unknown_widget"] == before["refused"].get("unknown_widget", 0) + 1


@pytest.mark.parametrize(("body", "status", "reason"), BAD.values(), ids=BAD)
def test_a_bad_body_is_refused_with_its_reason_and_not_stored(server, body, status, reason) -> None:
    before, events = server.health(), server.events()
    answer = server.post(body)
    assert (answer.status, answer.body.decode()) == (status, reason)
    assert answer.headers["Content-Type"].startswith("text/plain")
    after = server.health()
    assert after["refused"].get(reason, 0) == before["refused"].get(reason, 0) + 1
    assert after["written_rows"] == before["written_rows"]
    assert server.events() == events


def test_an_endless_body_is_refused(server) -> None:
    connection = server.connect()
    connection.putrequest("POST", "/telemetry")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    connection.send(b"2001\r\n" + b" " * 0x2001 + b"\r\n")  # 8193 bytes, and no end
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (413, b"too_large")
    connection.close()


def test_each_load_error_code_and_layout_becomes_a_row(server) -> None:
    first = {
        "widget": "w1",
        "version": "0.1.0",
        "rate": 0.01,
        "loads": [{"layout": "grid", "load_ms": 412}, {"layout": "list", "load_ms": 0}],
        "errors": {"API_ERROR": 2},
        "interactions": {"grid": 3},
    }
    second = REPORT | {"widget": "w2", "version": "1.2.3-rc.1", "rate": 0.01}
    answer = server.post(json.dumps({"schema": 1, "widgets": [first, second]}))
    assert (answer.status, answer.body) == (204, b"")

    common = {"rate": 0.01, "weight": 100.0, "variant": "", "region": "", "truth": 0.0, **dict.fromkeys(STAGES)}
    common_w1 = common | {"account": "acme", "widget": "w1", "version": "0.1.0"}
    common_w2 = common | {"account": "default", "widget": "w2", "version": "1.2.3-rc.1"}
    events = server.events(limit=5)
    assert len({event.pop("ts") for event in events}) == 1  # one commit, one time
    assert events == [
        common_w1 | {"kind": "load", "layout": "grid", "code": "", "load_ms": 412, "count": 1},
        common_w1 | {"kind": "load", "layout": "list", "code": "", "load_ms": 0, "count": 1},
        common_w1 | {"kind": "error", "layout": "", "code": "API_ERROR", "load_ms": 0, "count": 2},
        common_w1 | {"kind": "interaction", "layout": "grid", "code": "", "load_ms": 0, "count": 3},
        common_w2 | {"kind": "load", "layout": "grid", "code": "", "load_ms": 412, "count": 1},
    ]


@pytest.mark.parametrize("content_type", ["text/plain;charset=UTF-8", "application/json", "nonsense", ""])
def test_any_content_type_is_accepted(server, content_type) -> None:
    written = server.health()["written_rows"]
    assert server.post(report(), **{"Content-Type": content_type}).status == 204
    assert server.health()["written_rows"] == written + 1


@pytest.mark.parametrize("signal", ["DNT", "Sec-GPC"])
def test_a_batch_with_an_opt_out_signal_is_answered_and_not_stored(server, signal) -> None:
    before = server.health()
    assert server.post(report(), **{signal: "1"}).status == 204
    assert server.post("not even JSON", **{signal: "1"}).status == 204
    after = server.health()
    assert after["written_rows"] == before["written_rows"]
    assert after["refused"]["no_consent"] == before["refused"].get("no_consent", 0) + 2
    assert server.post(report(), **{signal: "0"}).status == 204
    assert server.health()["written_rows"] == before["written_rows"] + 1


def test_a_batch_of_an_account_that_is_off_is_answered_and_not_stored(server) -> None:
    before = server.health()
    assert server.post(report(widget="off")).status == 204
    mixed = {"schema": 1, "widgets": [REPORT | {"widget": "off"}, REPORT]}
    assert server.post(json.dumps(mixed)).status == 204
    after = server.health()
    assert after["refused"]["account_off"] == before["refused"].get("account_off", 0) + 2
    assert after["written_rows"] == before["written_rows"] + 1
    assert "off" not in {event["widget"] for event in server.events()}


def test_a_registered_widget_is_measured_even_with_a_broken_or_missing_file(server, tools) -> None:
    path = tools.write_widget(server.widgets, "odd", design={"layout": "spiral"})
    tools.register(server.data, "odd")
    tools.wait_for(lambda: server.post(report(widget="odd")).status == 204)
    path.unlink()
    assert server.post(report(widget="odd")).status == 204


def test_every_answer_allows_all_origins_and_sets_no_cookie(server) -> None:
    answers = [
        server.post(report(), Origin="https://shop.example", Cookie="id=7"),
        server.post("no", Origin="https://shop.example"),
        server.post(report(), DNT="1"),
        server.ask("OPTIONS", "/telemetry", headers={"Access-Control-Request-Method": "POST"}),
    ]
    for answer in answers:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Timing-Allow-Origin"] == "*"
        for absent in ("Access-Control-Allow-Credentials", "Set-Cookie", "Server", "ETag"):
            assert absent not in answer.headers
    assert answers[-1].status == 204
    assert answers[-1].headers["Access-Control-Allow-Methods"] == "POST"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_only_post_is_allowed(server, method) -> None:
    answer = server.ask(method, "/telemetry")
    assert answer.status == 405
    assert "POST" in answer.headers["Allow"]


def test_only_the_batchs_figures_are_kept_of_a_request(start) -> None:
    server = start()
    canary = "canary-5d1c"
    headers = {
        "User-Agent": f"{canary}-agent",
        "Referer": f"https://{canary}-referrer.example/?mail=a@b.example",
        "Cookie": f"session={canary}-cookie",
        "X-Forwarded-For": f"203.0.113.77, {canary}-address",
        "Forwarded": "for=203.0.113.77",
        "Origin": f"https://{canary}-origin.example",
        "Accept-Language": f"{canary}-language",
    }
    assert server.post(report(), **headers).status == 204
    assert server.post(report(version=f"{canary}-version"), **headers).status == 400
    assert server.post(report(errors={f"{canary}@mail.example": 1}), **headers).status == 400
    assert server.post(f"{canary}-body", **headers).status == 400
    assert server.get(f"/{canary}-path?{canary}-query", **headers).status == 404
    assert server.get(f"/api/widgets/{canary}/public", **headers).status == 404
    (event,) = server.events()
    assert server.stop() == 0

    contents = {path: path.read_bytes() for path in server.data.rglob("*") if path.is_file()}
    assert any(b"acme" in content for content in contents.values())  # the search works
    contents[server.log] = server.log.read_bytes()
    contents[server.data / "the row"] = json.dumps(event).encode()  # because the store compresses its columns
    for path, content in contents.items():
        for trace in (canary.encode(), b"203.0.113.77"):
            assert trace not in content, f"{trace!r} is in {path}"
    lines = server.log.read_text().splitlines()  # the start messages, and no access log
    assert all(line.startswith(("Serving on", "The console is at", "Note: Embed code")) for line in lines), lines
