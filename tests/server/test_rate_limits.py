"""Rate limits: how many rows a widget or an account may send, and that a flood does not affect others."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from server.ingest.rate_limits import WIDGET, Limit, RateLimits


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock) -> RateLimits:
    return RateLimits(account=Limit(rows_per_s=100, burst=300), widget=Limit(rows_per_s=10, burst=50), now=clock)


def test_a_burst_is_accepted_and_then_as_much_as_refills(limits, clock) -> None:
    assert limits.acquire("a", "w", 50) == 0
    assert limits.acquire("a", "w", 1) == pytest.approx(0.1)
    assert limits.acquire("a", "w", 20) == pytest.approx(2)
    clock.now += 2
    assert limits.acquire("a", "w", 20) == 0
    assert limits.acquire("a", "w", 1) > 0
    clock.now += 3600
    assert limits.acquire("a", "w", 50) == 0  # a bucket holds at most its burst
    assert limits.acquire("a", "w", 1) > 0


def test_a_flooded_widget_does_not_limit_others_until_its_account_is_flooded(limits) -> None:
    assert limits.acquire("a", "w1", 50) == 0
    assert limits.acquire("a", "w1", 1) > 0
    for widget in range(2, 7):
        assert limits.acquire("a", f"w{widget}", 50) == 0
    assert limits.acquire("a", "w7", 1) > 0  # 300 rows of the account are taken
    assert limits.acquire("b", "w8", 50) == 0


def test_refused_rows_are_taken_out_of_no_bucket(limits) -> None:
    for _ in range(100):
        assert limits.acquire("a", "w1", 51) > 0
    assert limits.acquire("a", "w1", 50) == 0
    for _ in range(100):
        limits.acquire("a", "w1", 50)
    assert [limits.acquire("a", f"w{n}", 50) for n in range(2, 7)] == [0] * 5


def rows(widget: str, count: int) -> dict[str, object]:
    loads = [{"layout": "grid", "load_ms": 1}] * count
    rate = {"w1": 1, "w2": 0.01}[widget]  # the account's
    return {"widget": widget, "version": "0.1.0", "rate": rate, "loads": loads, "errors": {}, "interactions": {}}


def test_a_flood_from_many_senders_is_refused_and_does_not_affect_others(start) -> None:
    """Each request has its own connection and claims another address. That makes no difference."""
    server = start()
    flood = json.dumps({"schema": 1, "widgets": [rows("w1", 50)] * 4})
    started_at = time.monotonic()

    def send(number: int) -> Any:
        return server.post(flood, **{"X-Forwarded-For": f"203.0.113.{number}"})

    with ThreadPoolExecutor(16) as senders:
        answers = list(senders.map(send, range(240)))
    most = WIDGET.burst + WIDGET.rows_per_s * (time.monotonic() - started_at)
    assert WIDGET.burst <= server.health()["written_rows"] <= most
    refusals = [answer for answer in answers if answer.status != 204]
    assert refusals
    for answer in refusals:
        assert (answer.status, answer.body) == (429, b"rate_limited")
        assert 1 <= int(answer.headers["Retry-After"]) <= 10
        assert answer.headers["Access-Control-Allow-Origin"] == "*"

    other = json.dumps({"schema": 1, "widgets": [rows("w2", 1)]})
    assert server.post(other).status == 204
    mixed = json.dumps({"schema": 1, "widgets": [*[rows("w1", 50)] * 4, rows("w2", 1)]})
    assert [server.post(mixed).status for _ in range(3)] == [204] * 3  # w2's row is stored
    assert server.health()["refused"]["rate_limited"] > len(refusals)
