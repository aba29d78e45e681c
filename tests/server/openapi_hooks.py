"""Tells schemathesis what the OpenAPI document cannot: formats, an existing account, and valid times."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

import schemathesis
from hypothesis import strategies as st

ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
LETTERS = st.characters(categories=("L", "N", "P", "S"))

schemathesis.openapi.format("printable", st.text(LETTERS, min_size=1, max_size=64))
schemathesis.openapi.format("origin", st.sampled_from(["https://shop.example", "http://127.0.0.1:8080"]))
schemathesis.openapi.format("time-zone", st.sampled_from(ZONES))
schemathesis.openapi.format("webhook", st.sampled_from(["https://a.example", "https://a.example:8443/b?c=d"]))
schemathesis.openapi.format("email-address", st.builds("m{}@example.com".format, st.integers(0, 999)))
schemathesis.openapi.format("version", st.builds("{}.{}.{}".format, *[st.integers(0, 99999)] * 3))

NUMBERS = itertools.count(1)
VALID_TIMES = {"from": "2020-01-01T00:00:00Z", "to": "2999-01-01T00:00:00Z"}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Put the existing account, valid times and rates into requests that are meant to succeed."""
    is_about_the_token = getattr(case.meta.phase.data, "parameter", "") == "Authorization"
    if case.operation.path.endswith("/live") and not is_about_the_token:
        # The mark of an earlier run: the stream sends all rows at once, so schemathesis gets an event.
        case.headers["Last-Event-ID"] = "0-0"
    if case.meta.generation.mode.is_positive:
        if "account" in case.path_parameters:
            case.path_parameters["account"] = "acme"
        if isinstance(case.body, dict) and case.body.get("widget"):
            case.body["widget"] = "w1"
        if case.method == "POST" and case.operation.path.endswith("/experiments"):
            halves = [{"share": 0.5, "design": {}}, {"share": 0.5, "design": {"max": 3}}]
            start = datetime.now(UTC) + timedelta(minutes=next(NUMBERS))  # never two at once
            ends = {"starts_at": start, "ends_at": start + timedelta(seconds=30)}
            times = {name: f"{at:%Y-%m-%dT%H:%M:%SZ}" for name, at in ends.items()}
            case.body.update({"variants": halves, "name": "A or B", **times})
        if case.operation.path.endswith("/plan"):
            case.query = (case.query or {}) | {"widget": "w1", "shares": ["0.5", "0.5"]}
        if case.operation.path.endswith("/end"):
            case.body["winner"] = None  # an experiment need not have that many variants
        if case.method == "POST" and case.operation.path.endswith("/exclusions"):
            case.body.update(VALID_TIMES)  # both ends of a stretch, in their order
        if case.operation.path.endswith("/rates"):
            # The account's mode, which other requests change, decides how high a rate may be.
            case.body["declared"] = [min(rate, 0.1) for rate in case.body["declared"]]
        query = case.query or {}
        query.update({name: time for name, time in VALID_TIMES.items() if name in query})
