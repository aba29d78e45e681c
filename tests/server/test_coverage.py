"""Content answers are counted by the hour without an identifier, and stand beside the loads heard from."""

from __future__ import annotations

import asyncio
import itertools
import random
import signal
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from server.control.database import ControlDatabase
from server.control.exclusions import Exclusion
from server.errors import StoreError
from server.figures.coverage import Coverage, _points
from server.figures.disclosure import FEWEST_PAGE_VIEWS, ms_of, tick_of
from server.figures.exclusions import condition
from server.figures.heard import NONE, TOO_MANY, figures
from server.figures.kinds import TOO_FEW, Kind, count
from server.figures.question import Question
from server.figures.statistics import Tally
from server.ingest.content_answers import ContentAnswers
from server.store import answers
from server.store.answers import Hour
from server.store.archive import Archive
from server.store.backup import backup
from server.store.restore import restore
from server.store.row import Row
from server.store.statements import statement
from server.store.store import Store

PUBLIC = "/api/widgets/w1/public"
SHOP = {"Origin": "https://shop.example"}
NOW = datetime.now(UTC)
HOUR = NOW.replace(minute=0, second=0, microsecond=0)


def stored(store: Store) -> dict[tuple[str, str], int]:
    rows = store._writer.query("SELECT account, widget, sum(answers) FROM content_answers GROUP BY 1, 2").result_rows
    return {(account, widget): int(count) for account, widget, count in rows}


def coverage_of(server, query: str = "range=1h"):
    answer = server.get(f"/api/v1/accounts/acme/coverage?{query}", Authorization=f"Bearer {server.token()}")
    assert answer.status == 200, answer
    return answer.json()["summary"]


def test_answers_to_pages_are_counted_304s_too_and_others_are_not(start) -> None:
    server = start()
    etag = server.get(PUBLIC).headers["ETag"]  # no page: neither Origin nor Sec-Fetch-Mode
    for _ in range(30):
        assert server.get(PUBLIC, **SHOP).status == 200
        assert server.get(f"{PUBLIC}?layout=list", **{"Sec-Fetch-Mode": "cors"}).status == 200
        assert server.get(PUBLIC, **SHOP, **{"If-None-Match": etag}).status == 304
        assert server.ask("HEAD", PUBLIC, headers=SHOP).status == 200
        assert server.get(f"{PUBLIC}?preview=true", **SHOP).status == 200
        assert server.get("/api/widgets/nobodys/public", **SHOP).status == 404
        assert server.get("/api/widgets/w2/public", **SHOP).status == 200
    assert server.stop() == 0
    with closing(Store(server.data / "store")) as store:
        assert stored(store) == {("acme", "w1"): 90, ("default", "w2"): 30}
        columns = store._writer.query("SELECT name FROM system.columns WHERE table = 'content_answers'").result_rows
    assert {name for (name,) in columns} == {"hour", "account", "widget", "answers", "variant"}  # no identifier


def test_an_orderly_end_keeps_all_answers_and_a_crash_those_that_were_flushed(start) -> None:
    server = start()
    for _ in range(25):
        server.get(PUBLIC, **SHOP)
    coverage_of(server)  # flushes
    for _ in range(5):
        server.get(PUBLIC, **SHOP)
    server.stop(signal.SIGKILL)
    again = start()
    for _ in range(20):
        again.get(PUBLIC, **SHOP)
    assert again.stop() == 0
    with closing(Store(again.data / "store")) as store:
        assert stored(store) == {("acme", "w1"): 45}


def test_answers_that_cannot_be_stored_wait_and_are_stored_once() -> None:
    inserts: list[tuple[int, str]] = []
    is_failing = True

    def insert(counts, token) -> None:
        inserts.append((sum(counts.values()), token))
        if is_failing:
            raise StoreError("The store could not store: no.")

    async def run() -> None:
        nonlocal is_failing
        content_answers = ContentAnswers(insert)
        for _ in range(3):
            content_answers.count("acme", "w1")
            await content_answers.flush()
        assert len({token for _, token in inserts}) == 1  # the first, tried again as it was
        is_failing = False
        inserts.clear()
        await content_answers.flush()
        await content_answers.flush()
        assert [count for count, _ in inserts] == [1, 2]

    asyncio.run(run())


def test_an_insert_of_answers_that_is_repeated_counts_once(tmp_path) -> None:
    with closing(Store(tmp_path / "store")) as store:
        counts = {Hour(HOUR, "acme", "w1"): 5, Hour(HOUR - timedelta(days=2), "acme", "w1"): 2}
        for token in ("a", "a", "b"):
            answers.insert(store, counts, token)
        assert stored(store) == {("acme", "w1"): 14}


def heard(loads: int, weight: float = 1) -> Kind:
    """The sums of this many page views with one load each."""
    total = loads * weight
    return Kind(loads, Tally(total=total, squares=total * weight, fourths=total * weight**3, counted=total))


@pytest.mark.parametrize(
    ("loads", "answers_given", "sentence"),
    [
        (71, 100, "Heard from 71 of 100 page views."),
        (100, 100, "Heard from 100 of 100 page views."),
        (122, 100, "Heard from 100 of 100 page views."),  # within the tolerance
        (400, 100, TOO_MANY),
        (400, 0, TOO_MANY),
        (10, 100, ""),
        (71, 19, TOO_MANY),
        (19, 19, ""),
    ],
)
def test_the_sentence_says_the_share_or_that_there_are_too_many(loads, answers_given, sentence) -> None:
    assert figures(answers_given, heard(loads))["sentence"] == sentence


def test_a_sample_says_too_many_only_if_chance_cannot_explain_it() -> None:
    weight = 100.0
    for rows, is_too_many in ((30, False), (40, False), (60, True)):
        assert figures(3000, heard(rows, weight))["is_too_many"] is is_too_many


def test_loads_are_too_many_from_a_twentieth_and_twenty_page_views_more_than_answers() -> None:
    for loads, is_too_many in ((125, False), (126, True)):
        assert figures(100, heard(loads))["is_too_many"] is is_too_many


def test_the_share_and_its_interval_are_parts_of_the_answers() -> None:
    loads = count(heard(40, 100))
    answer = figures(5000, heard(40, 100))
    assert answer["loads"] == loads
    share = {name: (loads[name] or 0) / 5000 for name in ("value", "low", "high")}
    assert answer["share"] == {**loads, **share}
    assert (share["value"], answer["answers"], answer["is_too_many"]) == (0.8, 5000, False)
    assert answer["sentence"] == "Heard from 80 of 100 page views."
    hidden = figures(5000, heard(40, 100), tells_answers=False)
    assert hidden == {**answer, "answers": None, "share": TOO_FEW, "sentence": ""}
    assert NONE == figures(0, Kind()) == {
        "loads": TOO_FEW, "answers": None, "share": TOO_FEW, "is_too_many": False, "sentence": "",
    }  # fmt: skip


def test_small_numbers_of_answers_are_hidden() -> None:
    for number, told in ((0, None), (19, None), (20, 20), (1234, 1234)):
        assert figures(number, Kind())["answers"] == told


def fill(store: Store) -> None:
    """A day with 100 answers and 50 loads at rate 1 in each of the last hours, for w1; half of it for w2."""
    for hours in range(1, 20):
        at = HOUR - timedelta(hours=hours)
        answers.insert(store, {Hour(at, "acme", "w1"): 100, Hour(at, "acme", "w2"): 50})
        for widget, number in (("w1", 50), ("w2", 25)):
            rows = [Row("acme", widget, "0.1.0", 1.0, "load", layout="grid", load_ms=5)] * number
            store.insert(rows, at + timedelta(minutes=20))


def test_coverage_is_told_in_total_over_time_by_widget_and_without_what_is_left_out(tmp_path) -> None:
    question = Question("acme", HOUR - timedelta(hours=10), HOUR)
    left_out: list[Exclusion] = []
    with closing(Store(tmp_path / "store")) as store:
        fill(store)
        coverage = Coverage(store, lambda account: left_out)
        whole = coverage.of(question)
        summary = whole["summary"]
        assert (summary["answers"], summary["loads"]["value"]) == (1350, 675)  # the last hour waits for more
        assert summary["sentence"] == "Heard from 50 of 100 page views."
        assert (whole["from"], whole["to"]) == tuple(
            f"{HOUR - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (10, 1)
        )
        assert (whole["step_s"], whole["has_enough"]) == (3600, True)
        assert [(point["answers"], point["share"]["value"]) for point in whole["over_time"]] == [
            *[(150, 0.5)] * 9,
            (None, None),
        ]
        w2 = coverage.of(Question("acme", HOUR - timedelta(hours=10), HOUR, widget="w2"))
        assert (w2["summary"]["answers"], w2["summary"]["loads"]["value"]) == (450, 225)
        left_out.append(Exclusion(1, None, None, HOUR - timedelta(hours=4, minutes=20), HOUR, ""))
        left_out.append(Exclusion(2, "w2", None, None, None, ""))
        rest = coverage.of(question)["summary"]
        # An hour counts as it begins, for loads too. The newest of w1's waits.
        assert (rest["answers"], rest["loads"]["value"]) == (500, 250)


class Watched:
    """A store with so many page views of one load each, and answers, in the hours before HOUR. It notes what is asked.

    `since` is when answers began to be counted, in hours before HOUR.
    """

    def __init__(self, loads: Mapping[int, float], given: dict[int, int], since: float = 10_000) -> None:
        self.loads, self.given, self.since = loads, given, since
        self.oldest = max(loads, default=0)
        self.asked: dict[str, dict[str, Any]] = {}
        self.times: Counter[str] = Counter()

    def query(self, name: str, *, literals: Mapping[str, str] | None = None, **parameters: Any) -> list[dict[str, Any]]:
        self.asked[name] = parameters | dict(literals or {})
        self.times[name] += 1
        rows: list[dict[str, Any]] = getattr(self, f"_{name}")(**parameters)
        return rows

    def _answers_since(self) -> list[dict[str, Any]]:
        return [{"since": str(int((HOUR - timedelta(hours=self.since)).timestamp()))}]

    def _content_answers(self, account: str, widget: str) -> list[dict[str, Any]]:
        others = [{"at": seconds(hours), "class": "1", "answers": "40"} for hours in self.given] if widget else []
        return [{"at": seconds(hours), "class": "0", "answers": str(n)} for hours, n in self.given.items()] + others

    def _page_views(self, level: int, start_ms: int, end_ms: int, **_: object) -> list[dict[str, Any]]:
        ticks = {tick_of((int(seconds(hours)) + 1200) * 1000) >> level << level: n for hours, n in self.loads.items()}
        between = {tick: n for tick, n in ticks.items() if start_ms <= ms_of(tick) < end_ms}
        return [{"class": "0", "tick": str(tick), "page_views": n} for tick, n in between.items()]

    def _page_views_before(self, start_ms: int, end_ms: int, **_: object) -> list[dict[str, Any]]:
        at = {hours: (int(seconds(hours)) + 1200) * 1000 for hours in self.loads}
        return [
            {"tick": str(tick_of(at[hours])), "portion": 1}
            for hours, n in self.loads.items()
            for _ in range(round(n))
            if start_ms <= at[hours] < end_ms
        ][:1000]

    def _oldest_row_of_account(self, account: str) -> list[dict[str, Any]]:
        return [{"oldest_ms": (int(seconds(self.oldest)) + 1200) * 1000}]

    def _answered_loads(self, start: int, end: int, **_: object) -> list[dict[str, Any]]:
        rows = [(int(seconds(hours)), n) for hours, n in self.loads.items()]
        names = ("page_views", "total", "squares", "counted", "fourths")
        return [{"at": str(at), **dict.fromkeys(names, n)} for at, n in rows if start <= at < end]


def seconds(hours: float) -> str:
    """A time before HOUR, in seconds since 1970."""
    return str(int((HOUR - timedelta(hours=hours)).timestamp()))


def iso(hours: float) -> str:
    return f"{HOUR - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def asked_of(store: Watched, hours: float = 10, *exclusions: Exclusion, **changes: Any) -> dict[str, Any]:
    """The coverage of the hours up to HOUR."""
    question = Question("acme", HOUR - timedelta(hours=hours), HOUR, **changes)
    return Coverage(store, lambda account: exclusions if account == "acme" else ()).of(question)  # type: ignore[arg-type]


STEADY, GIVEN = dict.fromkeys(range(1, 40), 75), dict.fromkeys(range(1, 40), 150)


def test_the_coverage_of_each_hour_and_of_all_is_loads_by_answers() -> None:
    store = Watched(STEADY, GIVEN)
    whole = asked_of(store, 10)
    of_hour: dict[str, Any] = figures(150, heard(75)) | {"whole": True}
    assert whole["over_time"] == [
        *({"at": iso(hours), **of_hour} for hours in range(10, 1, -1)),
        {"at": iso(1), **NONE, "whole": True},  # the last hour waits for more
    ]
    assert whole["summary"] == figures(1350, heard(675))
    assert type(whole["summary"]["answers"]) is int
    assert (whole["from"], whole["to"], whole["step_s"], whole["has_enough"]) == (iso(10), iso(1), 3600, True)
    assert store.asked["answered_loads"].items() >= {
        "account": "acme", "widget": "", "start": int(seconds(10)), "end": int(seconds(1)), "exclusions": "",
        "count": "page_count",
    }.items()  # fmt: skip
    assert store.asked["content_answers"] == {"account": "acme", "widget": "", "exclusions": ""}


def test_parts_of_twenty_page_views_are_enough_for_an_hour() -> None:
    whole = asked_of(Watched(dict.fromkeys(STEADY, 20 - 1e-9), GIVEN), 10)
    assert (whole["has_enough"], whole["step_s"]) == (True, 3600)


def test_of_too_few_hours_there_are_no_points() -> None:
    whole = asked_of(Watched(STEADY, GIVEN), 2)
    assert (whole["summary"]["answers"], whole["has_enough"], whole["over_time"]) == (150, False, [])


def test_each_point_is_told_between_the_moments_at_most_half_a_step_from_its_ends() -> None:
    asked: list[tuple[int, int]] = []
    start, step = datetime(2026, 11, 24, tzinfo=UTC), timedelta(hours=12)
    ticks = [498_744 * 4096 + number * 12 * 4096 for number in range(5)]

    def points(*nearest: int | None, window: tuple[int, int] = (ticks[0], ticks[4])) -> list[Any]:
        moments = iter(nearest)

        def nearest_to(tick: int, most: int) -> int | None:
            asked.append((tick, most))
            return next(moments)

        partition: Any = SimpleNamespace(nearest=nearest_to)
        found = _points(Question("acme", start, start + timedelta(days=2)), step, partition, window)
        assert [(at, until) for at, until, _ in found] == [(start + n * step, start + (n + 1) * step) for n in range(4)]
        return [ends for _, _, ends in found]

    one, two, three = ticks[1:4]
    assert points(one, two - 4096, three) == [
        (ticks[0], one), (one, two - 4096), (two - 4096, three), (three, ticks[4]),
    ]  # fmt: skip
    assert asked == [(tick, 6 * 4096) for tick in (one, two, three)]
    assert points(one, None, three) == [(ticks[0], one), None, None, (three, ticks[4])]
    assert points(two, two, three) == [(ticks[0], two), None, (two, three), (three, ticks[4])]
    assert points(ticks[0] - 1, two, three) == [None, None, (two, three), (three, ticks[4])]
    assert points(one, two, ticks[4] + 1) == [(ticks[0], one), (one, two), None, None]
    assert points(one, two, three, window=(one, three)) == [None, (one, two), (two, three), None]


def test_a_widgets_coverage_is_of_its_answers_and_no_version_or_layout_filters() -> None:
    store = Watched(STEADY, GIVEN)
    of_widget = asked_of(store, 10, widget="w1", version="1.0.0", layout="grid", region="caribbean")
    assert of_widget["summary"] == figures(1350, heard(675))
    assert store.asked["page_views"]["filter"] == "AND widget = {widget:String}"
    assert store.asked["answered_loads"]["widget"] == store.asked["content_answers"]["widget"] == "w1"
    assert store.asked["answered_loads"]["count"] == "page_widget_count"


def test_hours_of_before_answers_were_counted_are_not_told() -> None:
    whole = asked_of(Watched(STEADY, GIVEN, since=5.5), 10)
    assert (whole["from"], len(whole["over_time"]), whole["summary"]["answers"]) == (iso(5), 5, 600)
    later = asked_of(Watched(STEADY, GIVEN, since=-3), 10)
    assert (later["from"], later["to"], later["summary"]) == (iso(-3), iso(-4), NONE)


def test_a_range_is_of_whole_hours() -> None:
    moment = timedelta(seconds=7, milliseconds=250)
    question = Question("acme", HOUR - timedelta(hours=9.5) + moment, HOUR - timedelta(hours=2.5) + moment)
    whole = Coverage(Watched(STEADY, GIVEN), lambda _: ()).of(question)  # type: ignore[arg-type]
    assert (whole["from"], whole["to"], len(whole["over_time"])) == (iso(10), iso(2), 8)
    first = whole["over_time"][0]
    assert (first["at"], first["whole"]) == (iso(10), True)
    for after, hours in ((timedelta(0), 7), (timedelta(microseconds=1), 8)):
        question = Question("acme", HOUR - timedelta(hours=10), HOUR - timedelta(hours=3) + after)
        whole = Coverage(Watched(STEADY, GIVEN), lambda _: ()).of(question)  # type: ignore[arg-type]
        assert len(whole["over_time"]) == hours


def test_what_is_left_out_is_left_out_by_whole_hours_and_versions_are_not() -> None:
    store = Watched(STEADY, GIVEN)
    start, stop = HOUR - timedelta(hours=4, minutes=20), HOUR - timedelta(hours=2, minutes=40)
    left_out = Exclusion(1, "w1", None, start, stop, ""), Exclusion(2, "w2", None, None, None, "")
    asked_of(store, 10, *left_out, Exclusion(3, None, "1.0.0", None, None, ""))
    rounded = [Exclusion(1, "w1", None, HOUR - timedelta(hours=4), HOUR - timedelta(hours=2), ""), left_out[1]]
    assert store.asked["content_answers"]["exclusions"] == condition(rounded, "hour")
    assert store.asked["answered_loads"]["exclusions"] == store.asked["page_views"]["exclusions"] == condition(rounded)


def test_of_loads_without_answers_and_of_answers_without_loads_one_is_told() -> None:
    only_answers = asked_of(Watched({}, GIVEN), 10)
    assert only_answers["summary"] == figures(1350, Kind())
    assert (only_answers["has_enough"], only_answers["over_time"], only_answers["to"]) == (False, [], iso(1))
    store = Watched(STEADY, {39: 5})
    only_loads = asked_of(store, 10)
    assert only_loads["summary"] == figures(0, heard(675)) and only_loads["summary"]["is_too_many"]
    assert (only_loads["has_enough"], only_loads["over_time"]) == (False, [])
    few = {8: 15, 3: 15}  # no hour divides these
    without_answers = asked_of(Watched(STEADY, few), 10)
    assert without_answers["summary"] == figures(30, heard(675), tells_answers=False)
    without_loads = asked_of(Watched(few, GIVEN), 10)
    assert without_loads["summary"] == figures(1350, Kind())
    assert without_answers["over_time"] == without_loads["over_time"] == []
    nothing = asked_of(Watched({}, {}), 10)
    assert (nothing["summary"], nothing["from"], nothing["to"]) == (NONE, iso(10), iso(0))
    assert (nothing["step_s"], nothing["has_enough"], nothing["over_time"]) == (3600, False, [])
    assert asked_of(Watched({}, {}), 24 * 30)["step_s"] == 86_400


def test_a_range_may_begin_before_the_account_but_not_before_what_has_expired() -> None:
    of_30, of_50 = dict.fromkeys(range(1, 30), 75), dict.fromkeys(range(1, 24 * 50), 75)
    assert asked_of(Watched(of_30, GIVEN), 60)["from"] == iso(60)
    five_before = asked_of(Watched(of_30, {39: 5} | dict.fromkeys(of_30, 150)), 35)
    assert five_before["summary"]["answers"]
    assert five_before["from"] != iso(35)
    for days, is_kept in ((88, True), (89.5, False)):
        whole = asked_of(Watched(of_50, dict.fromkeys(range(1, int(24 * days)), 100)), 24 * 90)
        assert whole["summary"]["answers"]
        assert (whole["from"] == iso(24 * 90)) is is_kept


def test_points_are_as_long_as_it_takes_to_have_enough() -> None:
    few = dict.fromkeys(range(1, 24 * 20), 3)
    whole = asked_of(Watched(few, few), 24 * 4)
    assert (whole["has_enough"], whole["step_s"]) == (True, 12 * 3600)
    told = [point for point in whole["over_time"] if point["answers"] is not None]
    assert told
    first, last = whole["over_time"][0], whole["over_time"][-1]
    assert first["whole"] is (first["at"][11:13] in ("00", "12"))
    assert last["whole"] is (HOUR - datetime.fromisoformat(last["at"]) >= timedelta(hours=12))
    assert all(point["answers"] == point["loads"]["value"] >= 20 for point in told)
    assert sum(point["answers"] for point in told) <= whole["summary"]["answers"]


def test_forgetting_counts_page_views_anew() -> None:
    store = Watched(STEADY, GIVEN)
    coverage = Coverage(store, lambda _: ())  # type: ignore[arg-type]
    counted = []
    for _ in range(3):
        coverage.of(Question("acme", HOUR - timedelta(hours=10), HOUR))
        counted.append(store.times["page_views"])
        if len(counted) == 2:
            coverage.forget()
    assert counted == [2, 3, 5]  # what is over is remembered


def test_no_two_answers_differ_by_fewer_than_twenty_page_views_or_answers(tmp_path) -> None:
    """Somebody with a token asks for many ranges, of the account and of one widget, and takes differences."""
    generator = random.Random(5)
    with closing(Store(tmp_path / "store")) as store:
        counts = {}
        for hours in range(24):
            at, rows = HOUR - timedelta(hours=hours), []
            for widget in ("w1", "w2"):
                loads = generator.choice([0, 3, 30, 70])
                counts[Hour(at, "acme", widget)] = loads + generator.choice([0, 2, 40])
                rows += [Row("acme", widget, "0.1.0", 1.0, "load", load_ms=5)] * loads
            store.insert(rows, at + timedelta(minutes=1))
        answers.insert(store, counts)
        coverage = Coverage(store, lambda _: ())
        told: dict[object, set[float]] = {}  # by the widget, the figure and an end of the range
        for _ in range(16):
            first, last = sorted(generator.sample(range(26), 2))
            for only in (None, "w1"):
                question = Question("acme", HOUR - timedelta(hours=last), HOUR - timedelta(hours=first), widget=only)
                whole = coverage.of(question)
                for each in (whole["summary"], *whole["over_time"]):
                    for number in (each["loads"]["page_views"], each["answers"]):
                        assert number is None or number >= FEWEST_PAGE_VIEWS
                summary = whole["summary"]
                for name, number in (("loads", summary["loads"]["page_views"]), ("answers", summary["answers"])):
                    if number is not None:
                        for end in ("from", "to"):
                            told.setdefault((only, name, end, whole[end]), set()).add(number)
        differences = [
            abs(one - other) for numbers in told.values() for one, other in itertools.combinations(numbers, 2)
        ]
        assert len(differences) > 30
        assert min(differences) >= FEWEST_PAGE_VIEWS


def test_where_no_hour_divides_both_one_of_the_two_is_told(tmp_path) -> None:
    question = Question("acme", HOUR - timedelta(hours=10), HOUR)
    with closing(Store(tmp_path / "store")) as store:
        for hours in range(1, 12):
            answers.insert(store, {Hour(HOUR - timedelta(hours=hours), "acme", "w1"): 100})
        coverage = Coverage(store, lambda _: ())
        summary = coverage.of(question)["summary"]
        assert (summary["answers"], summary["loads"]["too_few"], summary["sentence"]) == (900, True, "")
    with closing(Store(tmp_path / "forged")) as store:
        answers.insert(store, {Hour(HOUR - timedelta(hours=11), "acme", "w1"): 5})
        for hours in range(1, 12):
            store.insert([Row("acme", "w1", "0.1.0", 1.0, "load", load_ms=5)] * 50, HOUR - timedelta(hours=hours))
        whole = Coverage(store, lambda _: ()).of(question)
        assert (whole["summary"]["answers"], whole["summary"]["sentence"]) == (None, TOO_MANY)
        assert (whole["has_enough"], whole["over_time"]) == (False, [])


def test_loads_from_before_answers_were_counted_do_not_look_forged(tmp_path) -> None:
    """A store that today's version made and filled: it has loads, and no content answers."""
    with closing(Store(tmp_path / "store")) as store:
        store.insert([Row("acme", "w1", "0.1.0", 1.0, "load", load_ms=5)] * 500, NOW - timedelta(hours=5))
        store._writer.command("DROP TABLE content_answers SYNC")
        store._writer.command("ALTER TABLE migrations DELETE WHERE number > 3 SETTINGS mutations_sync = 2")
    with closing(Store(tmp_path / "store")) as store:
        assert len(store.query("newest_events", limit=1000)) == 500
        summary = Coverage(store, lambda _: ()).of(Question("acme", NOW - timedelta(days=7), NOW))["summary"]
        assert (summary["is_too_many"], summary["sentence"]) == (False, "")


def test_a_backup_takes_the_answers_along(tmp_path) -> None:
    with closing(ControlDatabase(tmp_path / "control.sqlite")):
        pass
    with closing(Store(tmp_path / "store")) as store:
        fill(store)
        answers.insert(store, {Hour(HOUR - timedelta(days=40), "acme", "w1"): 7})
        (tmp_path / "b.tar").write_bytes(b"".join(backup(store, tmp_path / "control.sqlite", NOW)))
        before = stored(store)
    rows = 19 * 75
    archive = Archive(tmp_path / "b.tar")
    assert archive.rows == rows
    with closing(Store(tmp_path / "new")) as store:
        assert restore(archive, store, tmp_path / "new.sqlite", NOW) == rows
        assert stored(store) == before
        question = Question("acme", HOUR - timedelta(hours=10), HOUR)
        assert Coverage(store, lambda _: ()).of(question)["summary"]["answers"] == 1350
    with closing(Store(tmp_path / "later")) as store:
        restore(archive, store, tmp_path / "later.sqlite", NOW + timedelta(days=60))
        assert stored(store) == {key: count - (7 if key == ("acme", "w1") else 0) for key, count in before.items()}


def test_answers_expire_with_the_events(tmp_path) -> None:
    ttl = "+ INTERVAL 89 DAY + INTERVAL 23 HOUR DELETE"
    with closing(Store(tmp_path / "store")) as store:
        assert ttl in statement("store/005_content_answers", store.names)
        assert ttl in statement("store/001_events", store.names)
        store._writer.command("SYSTEM STOP TTL MERGES content_answers")
        answers.insert(store, {Hour(HOUR - timedelta(days=91), "acme", "w1"): 500})
        long = Question("acme", NOW - timedelta(days=90, hours=23), NOW)
        assert Coverage(store, lambda _: ()).of(long)["summary"]["answers"] is None


def test_the_answer_is_json_of_the_api_and_of_the_account_asked_for(start) -> None:
    server = start()
    assert coverage_of(server)["sentence"] == ""
    assert server.stop() == 0
    with closing(Store(server.data / "store")) as store:
        fill(store)
        answers.insert(store, {Hour(HOUR - timedelta(hours=2), "default", "w9"): 5000})
    server = start()
    assert coverage_of(server, "range=24h")["sentence"] == "Heard from 50 of 100 page views."
    assert coverage_of(server, "range=24h&widget=w9")["answers"] is None  # another account's
    assert server.stop() == 0
    with closing(Store(server.data / "store")) as store:
        forged = [Row("acme", "w1", "0.1.0", 1.0, "load", layout="grid", load_ms=5)] * 5000
        store.insert(forged, HOUR - timedelta(hours=3))
    assert coverage_of(start(), "range=24h")["sentence"] == TOO_MANY


def test_a_widget_is_seen_once_a_page_asks_for_it(start) -> None:
    server = start()
    headers = {"Authorization": f"Bearer {server.token()}"}
    assert server.get("/api/v1/accounts/acme/seen", **headers).json() == {"widgets": []}
    server.get(PUBLIC)  # no page
    server.get("/api/widgets/w2/public", **SHOP)  # another account's
    assert server.get("/api/v1/accounts/acme/seen", **headers).json() == {"widgets": []}
    server.get(PUBLIC, **SHOP)
    assert server.get("/api/v1/accounts/acme/seen", **headers).json() == {"widgets": ["w1"]}
