"""Alert rules judged on a real store and a real control database: what fires, what does not, and what ends."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.alerts.channels import Channels
from server.alerts.incidents import Incident, Incidents
from server.alerts.loop import AlertLoop
from server.alerts.measures import StoredAnswers
from server.alerts.messages import FIRED, RESOLVED
from server.alerts.rule import Rule
from server.alerts.rules import Rules
from server.control.accounts import Accounts
from server.control.connection import Place
from server.control.database import ControlDatabase, timestamp
from server.control.settings import CONFIRMATION
from server.control.widgets import Widgets
from server.store.answers import Hour
from server.store.answers import insert as count_answers
from server.store.row import Row
from server.store.store import Store, line

MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7)
HOOK = "https://hooks.example.com/a"


class World:
    """A store, a control database, and a clock that a test moves by five minutes at a time."""

    def __init__(self, directory: Path, place: Place) -> None:
        self.store = Store(directory / "store")
        self.control = ControlDatabase(place)
        Accounts(self.control).add("acme", "Acme", actor="test")
        self.set_rate(1)
        for widget in ("w1", "w2"):
            Widgets(self.control).add(widget, "acme", actor="test")
        # A past time, because the store's queries leave out what is older than 90 days of the real clock.
        self.now = datetime.now(UTC).replace(hour=12, minute=0, second=20, microsecond=0) - 3 * DAY
        self.rules, self.incidents = Rules(self.control), Incidents(self.control)
        answers = StoredAnswers(self.store)
        self.loop = AlertLoop(self.control, self.store, answers, Channels(), "https://tresta.example", lambda: True)

    def set_rate(self, rate: float) -> None:
        mode = "opt-in" if rate > 0.1 else "sampled" if rate else "off"
        Accounts(self.control).set_telemetry("acme", mode, rate or None, confirmation=CONFIRMATION, actor="test")

    def add(self, metric: str, bound: float | None = None, **fields: object) -> Rule:
        against = None if bound is None else fields.pop("against", "limit")
        values = {"widget": "w1", "webhook": HOOK, "against": against, "bound": bound, **fields}
        return self.rules.add(Rule("acme", metric, **values), actor="test").rule  # type: ignore[arg-type]

    def load(
        self, count: int, load_ms: int = 400, *, at: datetime | None = None, widget: str = "w1", **fields: Any
    ) -> None:
        """Store loads in the five minutes up to `at`, by default now."""
        self.insert([self.row("load", widget, layout="grid", load_ms=load_ms, **fields)] * count, at)

    def fail(self, count: int, *, at: datetime | None = None, code: str = "API_ERROR", **fields: Any) -> None:
        self.insert([self.row("error", "w1", code=code, **fields)] * count, at)

    def insert(self, rows: Sequence[Row], at: datetime | None) -> None:
        at = (at or self.now) - 2 * MINUTE
        if rows:
            self.store.insert_lines([line(row, at) for row in rows])

    @staticmethod
    def row(kind: str, widget: str, *, rate: float = 1, **fields: object) -> Row:
        return Row("acme", widget, "0.1.0", rate, kind, **fields)  # type: ignore[arg-type]

    def give(self, widget: str, answers: int, hour: datetime) -> None:
        """Count content answers, in the table that the server has for them."""
        count_answers(self.store, {Hour(hour.replace(minute=0, second=0, microsecond=0), "acme", widget): answers})

    def judge(self, times: int = 1) -> None:
        """Judge all rules, then move the clock; as often as `times`."""
        for _ in range(times):
            for rule in self.rules.of("acme"):
                self.loop.judge(rule, self.now)
            for _ in range(5):
                self.now += MINUTE
                self.loop.mark(self.now)

    def watch(self, start: datetime) -> None:
        """The server has been listening since then."""
        with self.control.change() as connection:
            values = (timestamp(start), timestamp(self.now))
            connection.execute("INSERT INTO alert_watch (start_at, end_at) VALUES (?, ?)", values)

    def messages(self, kind: str) -> list[str]:
        """The texts of the webhook's messages, the oldest first."""
        sql = "SELECT body FROM alert_messages WHERE kind = ? AND channel = 'webhook' ORDER BY number"
        return [json.loads(row["body"])["text"] for row in self.control.read(sql, kind)]

    def open(self) -> list[Incident]:
        return self.incidents.open_of("acme")


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    on_postgres = getattr(request, "param", "") == "postgres"
    place = request.getfixturevalue("postgres").new_database() if on_postgres else tmp_path / "control.sqlite"
    world = World(tmp_path, place)
    with contextlib.closing(world.store), contextlib.closing(world.control):
        yield world


@pytest.mark.parametrize("world", ["sqlite", "postgres"], indirect=True)
def test_a_slow_widget_fires_once_and_is_over_once(world) -> None:
    world.add("p75", 2500)
    for load_ms, count in ((400, 3), (4000, 6), (400, 6)):
        for _ in range(count):
            world.load(60, load_ms)
            world.judge()
    (fired,), (resolved,) = world.messages(FIRED), world.messages(RESOLVED)
    assert fired.startswith(
        "p75 of load time of w1 was 4 s (95% interval 4 s to 4 s) in 60 page views of the last 5 minutes"
    )
    assert "above 2.5 s." in fired
    assert "https://tresta.example/console/#/alerts?account=acme" in fired
    assert "was 400 ms" in resolved
    assert "no longer above 2.5 s" in resolved
    assert world.open() == []
    (incident,) = world.incidents.history("acme", world.now)
    assert incident["notified"] and incident["resolved_at"]
    assert [message["kind"] for message in incident["messages"]] == ["fired", "resolved"]


def test_one_error_in_three_loads_fires_nothing(world) -> None:
    world.add("error_share", 0.05)
    world.add("code", 0.05, code="API_ERROR")
    for _ in range(12):
        world.load(2)
        world.fail(1)
        world.judge()
    # An hour of them has enough page views to tell, and by then it is not one error but twelve.
    assert world.open() == []


@pytest.mark.parametrize(("metric", "fields"), [("error_share", {}), ("code", {"code": "API_ERROR"})])
def test_errors_fire_and_others_do_not(world, metric, fields) -> None:
    world.add(metric, 0.05, **fields)
    if metric == "code":
        world.add(metric, 0.05, code="RENDER_ERROR")
    for _ in range(3):
        world.load(80)
        world.fail(20)
        world.judge()
    (incident,) = world.open()
    assert "page views of w1 with" in incident.rule
    assert "RENDER_ERROR" not in incident.text
    for _ in range(3):
        world.load(100)
        world.judge()
    assert world.open() == []
    assert len(world.messages(RESOLVED)) == 1


def test_a_rule_on_all_widgets_judges_each_by_itself(world) -> None:
    world.add("p95", 1000, widget=None)
    for _ in range(3):
        world.load(80, 400, widget="w1")
        world.load(80, 3000, widget="w2")
        world.judge()
    assert [incident.widget for incident in world.open()] == ["w2"]


def test_fewer_page_views_than_the_minimum_are_not_judged(world) -> None:
    world.add("p75", 1000, min_page_views=100)
    for _ in range(5):
        world.load(30, 5000)
        world.judge()
    assert world.open() == []


def test_a_bad_span_between_good_ones_fires_nothing(world) -> None:
    world.add("p75", 1000)
    for load_ms in (5000, 5000, 400, 5000, 5000, 400):
        world.load(60, load_ms)
        world.judge()
    assert world.messages(FIRED) == []


def test_the_same_hour_of_earlier_weeks_is_the_usual_and_one_odd_week_changes_nothing(world) -> None:
    world.add("p75", 1.5, against="usual")
    for number in range(3):
        for weeks, load_ms in ((1, 9000), (2, 800), (3, 820), (4, 780)):  # last week there was an outage
            world.load(100, load_ms, at=world.now + number * 5 * MINUTE - weeks * WEEK)
    for _ in range(3):
        world.load(100, 2000)
        world.judge()
    (incident,) = world.open()
    assert "1.5 times the usual" in incident.text


def test_without_earlier_weeks_there_is_no_usual(world) -> None:
    world.add("p75", 1.5, against="usual")
    for _ in range(4):
        world.load(100, 9000)
        world.judge()
    assert world.open() == []


def usual_loads(world: World, spans: int, count: int = 40) -> None:
    for weeks in (1, 2, 3):
        for number in range(spans):
            world.load(count, at=world.now + number * 5 * MINUTE - weeks * WEEK)


def test_a_widget_that_used_to_load_and_no_longer_does_is_told_of(world) -> None:
    world.add("silence", widget=None)
    world.watch(world.now - HOUR)
    usual_loads(world, 3)
    world.load(40)
    world.judge()
    assert world.open() == []
    world.judge()
    (incident,) = world.open()
    assert (incident.widget, incident.text) == (
        "w1",
        "w1 used to load in these hours of the week, and was not heard from in the last 5 minutes.",
    )
    world.load(1)
    world.judge()
    assert world.open() == []
    assert world.messages(RESOLVED)[0].startswith("w1 loads again.")


def test_the_good_time_before_an_incident_does_not_end_it(world) -> None:
    """At midnight the weeks before are judged, and most of their time was good."""
    world.now = world.now.replace(hour=23, minute=30)
    world.add("p75", 2500)
    for days in range(1, 7):
        world.load(600, at=world.now - days * DAY)
    for _ in range(12):
        world.load(60, 4000)
        world.judge()
    assert world.now.hour == 0
    assert len(world.open()) == len(world.messages(FIRED)) == 1
    assert world.messages(RESOLVED) == []


def test_a_page_view_before_a_silence_does_not_end_it(world) -> None:
    world.add("silence")
    world.now += 5 * MINUTE
    world.watch(world.now - HOUR)
    usual_loads(world, 12)
    world.load(40)
    world.judge(12)  # at 12:15 the quarter, and at 13:00 the hour, of which the widget loaded for a part
    assert len(world.open()) == len(world.messages(FIRED)) == 1
    assert world.messages(RESOLVED) == []


@pytest.mark.parametrize("reason", ["the server did not listen", "the rate is a hundredth now", "the account is off"])
def test_no_widget_is_silent_if(world, reason) -> None:
    world.add("silence")
    usual_loads(world, 1)
    if reason != "the server did not listen":
        world.watch(world.now - HOUR)
    if reason == "the rate is a hundredth now":
        world.set_rate(0.01)
    if reason == "the account is off":
        world.set_rate(0)
    world.judge()
    assert world.open() == []


def hours(world: World) -> list[datetime]:
    """The last hour, and the same hours of the weeks before."""
    last = world.now.replace(minute=0, second=0, microsecond=0) - HOUR
    return [last - weeks * WEEK for weeks in range(4)]


def test_silence_is_also_seen_by_content_answers_where_few_page_views_are_sampled(world) -> None:
    world.set_rate(0.01)
    world.add("silence")
    world.watch(world.now - 2 * HOUR)
    for hour in hours(world)[1:]:
        world.give("w1", 60, hour)
    world.give("w2", 60, hours(world)[0])
    world.judge()
    assert [incident.widget for incident in world.open()] == ["w1"]


def test_collapsed_coverage_and_loads_beyond_the_pages_given_out(world) -> None:
    world.add("coverage", 0.5)
    world.add("coverage", 0.5, against="usual", widget="w2")
    world.add("overcount", 1.5)
    (now, *before) = hours(world)
    for number in range(3):  # three hours in a row
        world.give("w1", 1000, now + number * HOUR)
        world.give("w2", 1000, now + number * HOUR)
        world.load(200, at=now + number * HOUR + 30 * MINUTE)  # a fifth is heard from
        for hour in before:
            world.give("w2", 1000, hour + number * HOUR)
            world.load(900, at=hour + number * HOUR + 30 * MINUTE, widget="w2")
    for _ in range(3):
        world.judge(12)
    assert sorted((each.widget, each.span) for each in world.open()) == [("w1", "hour"), ("w2", "hour")]
    texts = sorted(incident.text for incident in world.open())
    assert "with w1 that are heard from was 20%" in texts[0]
    assert (
        "with w2 that are heard from rests on fewer than 20 page views" in texts[1]
    )  # nothing at all; and that is not told
    for number in range(3, 6):
        world.give("w1", 100, now + number * HOUR)
        world.load(300, at=now + number * HOUR + 30 * MINUTE)
    world.judge(36)
    assert [incident.rule for incident in world.open() if incident.widget == "w1"] == [
        "the number of loads for each page with w1 that was given out is above 1.5"
    ]


def test_without_content_answers_there_is_no_coverage(world) -> None:
    world.add("coverage", 0.5)
    world.judge(13)
    assert world.open() == []


def test_a_muted_rule_tells_when_it_is_no_longer_muted(world) -> None:
    rule = world.add("p75", 1000, muted_until=world.now + 20 * MINUTE)
    for _ in range(4):
        world.load(60, 5000)
        world.judge()
    assert len(world.open()) == 1
    assert world.messages(FIRED) == []
    world.load(60, 5000)
    world.judge()
    assert len(world.messages(FIRED)) == 1
    assert world.rules.get("acme", rule.id).muted_until


def test_an_incident_that_began_and_ended_muted_sends_nothing(world) -> None:
    world.add("p75", 1000, muted_until=world.now + DAY)
    for load_ms in (5000, 5000, 5000, 400, 400, 400):
        world.load(60, load_ms)
        world.judge()
    assert world.messages(FIRED) == world.messages(RESOLVED) == []
    (incident,) = world.incidents.history("acme", world.now)
    assert incident["resolved_at"]
    assert not incident["notified"]


@pytest.mark.parametrize("world", ["sqlite", "postgres"], indirect=True)
def test_a_changed_or_deleted_rule_and_a_removed_widget_end_their_incidents_without_a_message(world) -> None:
    rule = world.add("p75", 1000)
    other = world.add("p75", 1001)
    third = world.add("p75", 1002, widget=None)
    for _ in range(3):
        world.load(60, 5000)
        world.judge()
    assert len(world.open()) == 3
    world.rules.change(Rule(**{**vars(rule), "bound": 9000.0}), actor="test")
    world.rules.remove("acme", other.id, actor="test")
    assert [incident.alert for incident in world.open()] == [third.id]
    Widgets(world.control).remove("w1", actor="test")
    world.judge()
    assert world.open() == []
    assert world.messages(RESOLVED) == []
    ends = sorted(str(incident["resolution"]) for incident in world.incidents.history("acme", world.now))
    assert ends == ["The rule was changed.", "The rule was deleted.", "The widget was removed."]


def test_an_incident_that_nobody_can_judge_any_longer_ends(world) -> None:
    world.add("p75", 1000)
    for _ in range(3):
        world.load(60, 5000)
        world.judge()
    world.now += 2 * DAY
    world.judge()
    assert world.open() == []
    assert world.messages(RESOLVED)[0].startswith("There are too few page views to tell any longer.")


def test_what_led_to_an_incident_that_is_over_does_not_lead_to_another(world) -> None:
    """Six hours of errors are in the day's share and in the week's for long after."""
    world.add("error_share", 0.02)
    for _ in range(6):
        world.fail(300)
        world.load(300)
        world.judge()
    assert len(world.open()) == 1
    for _ in range(3):
        world.load(100)
        world.judge()
    assert world.open() == []
    for _ in range(8):
        world.now += 6 * HOUR
        for back in (0, 1, 2):
            world.load(50, at=world.now - back * 2 * HOUR)
        world.judge()
    assert world.open() == []
    assert len(world.messages(FIRED)) == 1


def test_a_clock_that_jumps_neither_fires_nor_stops_the_judging(world) -> None:
    world.add("p75", 1000)
    world.add("silence")
    start = world.now
    usual_loads(world, 12)
    for _ in range(2):
        world.load(60, 5000)
        world.judge()
    world.now = start + 400 * DAY  # a wrong clock
    world.judge()
    assert world.open() == []
    world.now = start + 6 * HOUR
    for _ in range(3):
        world.load(60, 5000)
        world.judge()
    assert [incident.rule for incident in world.open()] == ["p75 of load time of w1 is above 1 s"]
    world.now = start + 30 * MINUTE  # put back: the same minutes come again, and are no second incident
    for _ in range(3):
        world.load(60, 5000)
        world.judge()
    assert len(world.messages(FIRED)) == 1


@pytest.mark.parametrize("world", ["sqlite", "postgres"], indirect=True)
def test_judging_the_same_minute_twice_or_after_a_restart_changes_nothing(world) -> None:
    rule = world.add("p75", 1000)
    for _ in range(2):
        world.load(60, 5000)
        world.judge()
    world.now -= 5 * MINUTE
    for _ in range(5):  # nothing is in memory, so this is also what a restart does
        world.loop.judge(rule, world.now)
    assert world.open() == []
    world.now += 5 * MINUTE
    world.load(60, 5000)
    world.judge()
    assert len(world.open()) == 1
