"""The counters: by reason since the start, and by the minute for an hour."""

from __future__ import annotations

from server.ingest.counters import Counters


class Clock:
    """A clock that the test sets. It starts at 2026-11-24 10:00:00 UTC."""

    def __init__(self) -> None:
        self.now = 1795514400.0

    def __call__(self) -> float:
        return self.now


def test_minutes_and_reasons_are_counted() -> None:
    clock = Clock()
    counters = Counters(clock)
    counters.count_request()
    counters.count_refusal("unknown_widget")
    clock.now += 59.9
    counters.count_request()
    counters.count_stored(7)
    clock.now += 0.1
    counters.count_request()
    counters.count_refusal("unknown_widget", 2)
    counters.count_refusal("not_json", 2)
    counters.count_refusal("too_large", 0)
    counters.count_clipped(2)
    assert list(counters.as_dict()["refused"]) == ["not_json", "unknown_widget"]
    assert counters.as_dict() == {
        "started_at": "2026-11-24T10:00:00Z",
        "minutes": [
            {"at": "2026-11-24T10:00:00Z", "requests": 2, "rows": 7, "refused": 1},
            {"at": "2026-11-24T10:01:00Z", "requests": 1, "rows": 0, "refused": 4},
        ],
        "refused": {"not_json": 2, "unknown_widget": 3},
        "clipped": 2,
    }


def test_minutes_without_requests_are_included_and_an_hour_is_kept() -> None:
    clock = Clock()
    counters = Counters(clock)
    counters.count_request()
    clock.now += 3 * 60
    minutes = counters.as_dict()["minutes"]
    assert [minute["requests"] for minute in minutes] == [1, 0, 0, 0]
    clock.now += 57 * 60
    minutes = counters.as_dict()["minutes"]
    assert len(minutes) == 60
    assert (minutes[0]["at"], minutes[-1]["at"]) == ("2026-11-24T10:01:00Z", "2026-11-24T11:00:00Z")
    clock.now += 10 * 86400
    minutes = counters.as_dict()["minutes"]
    assert (len(minutes), minutes[0]["at"], minutes[-1]["at"]) == (60, "2026-12-04T10:01:00Z", "2026-12-04T11:00:00Z")


def test_a_clock_that_is_set_back_stays_in_the_newest_minute() -> None:
    clock = Clock()
    counters = Counters(clock)
    counters.count_request()
    clock.now -= 300
    counters.count_request()
    clock.now += 300
    counters.count_request()
    (minute,) = counters.as_dict()["minutes"]
    assert (minute["at"], minute["requests"]) == ("2026-11-24T10:00:00Z", 3)
