"""The results of experiments, read from a real store: sums, the moments up to which they are told, and the plan."""

from __future__ import annotations

import json
import re
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from server.control.database import ControlDatabase
from server.control.exclusions import Exclusion
from server.experiments.experiment import Experiment, Variant
from server.experiments.moments import last_moment
from server.experiments.reading import Readings, in_twenties
from server.experiments.reports import Reports, kept_until
from server.experiments.sequences import Arm
from server.ingest.page_totals import add_page_totals
from server.ingest.rows import rows_of
from server.store import answers, migrations
from server.store.answers import Hour
from server.store.archive import Archive
from server.store.backup import backup
from server.store.restore import restore
from server.store.row import Row
from server.store.store import Store
from widget.telemetry import TelemetryTracker
from widget.telemetry.parser import parse
from widget.testing import FakeBridge

NOW = datetime.now(UTC)
HOUR = NOW.replace(minute=0, second=0, microsecond=0)
START = HOUR - timedelta(days=4)
HALVES = (Variant("a", 0.5), Variant("b", 0.5, (("layout", "list"),)))


def experiment(figure: str = "interaction_rate", days: float = 10) -> Experiment:
    return Experiment(7, "acme", "w1", "List or grid", figure, HALVES, START, START + timedelta(days=days))


@pytest.fixture
def store(tmp_path):
    with closing(Store(tmp_path / "store")) as store:
        yield store


def send(store: Store, at: datetime, *rows: Row) -> None:
    """Store rows as those of one batch."""
    batch = list(rows)
    add_page_totals(batch)
    store.insert(batch, at)


def row(variant: str, kind: str = "load", rate: float = 0.5, **changes) -> Row:
    return Row("acme", changes.pop("widget", "w1"), "0.1.0", rate, kind, variant=variant, **changes)


def visits(variant: str, count: int, **changes) -> list[Row]:
    """The loads of this many page views, each alone in its batch."""
    return [row(variant, load_ms=400, layout="grid", **changes) for _ in range(count)]


def fill(store: Store, rates: dict[str, float], answers_an_hour: int = 104) -> None:
    """Eleven page views of each variant in each of 48 hours, of which a share interacts; and content answers."""
    for hours in range(1, 49):
        at = START + timedelta(hours=hours, minutes=5)
        store.insert([load for code in rates for load in visits(code, 11)], at)
        new = {code: round(11 * hours * rate) - round(11 * (hours - 1) * rate) for code, rate in rates.items()}
        later = [row(code, "interaction", layout="grid") for code, count in new.items() for _ in range(count)]
        if later:
            store.insert(later, at + timedelta(minutes=2))
        answers.insert(store, {Hour(at.replace(minute=0), "acme", "w1", code): answers_an_hour for code in rates})


def reports(store: Store, exclusions: tuple[Exclusion, ...] = ()) -> Reports:
    return Reports(Readings(store, lambda account: exclusions))


def test_the_sums_of_a_variant_are_those_over_its_page_views(store):
    random, expected = Random(5), {}
    for code in ("e7-a", "e7-b", "e6-a", ""):
        loads = errors = new = interactions = 0.0
        for number in range(60):
            at, rate = START + timedelta(hours=1, seconds=number), random.choice([0.5, 0.1])
            batch = (
                [row(code, load_ms=random.randrange(1000), layout="grid", rate=rate)] if random.random() < 0.8 else []
            )
            if random.random() < 0.4:
                batch += [row(code, "error", code="API_ERROR", rate=rate), row(code, "error", code="OTHER", rate=rate)]
            is_new = bool(batch) and all(each.kind == "error" for each in batch)
            loads += any(each.kind == "load" for each in batch) / rate
            errors += any(each.kind == "error" for each in batch) / rate
            new += is_new / rate
            # Another widget of the same page changes nothing.
            batch += [row("", load_ms=5, layout="list", widget="w2", rate=rate)]
            send(store, at, *batch)
            if random.random() < 0.3:
                interactions += 1 / rate
                send(store, at, row(code, "interaction", layout="grid", rate=rate, count=4))
        expected[code] = (loads, errors, new, interactions)
    literals = {"levels": "0.5", "widget_rows": "greatest(1, page_widget_rows)", "widget_loads": "2", "exclusions": ""}
    names = {"account": "acme", "widget": "w1", "start_ms": 0, "end_ms": int(NOW.timestamp() * 1000)}

    rows = store.query("variants", literals=literals, variants=["e7-a", "e7-b"], **names)

    sums = ("load_weight", "error_weight", "new_weight", "interaction_weight")
    assert {each["name"]: [each[name] for name in sums] for each in rows} == {
        code: pytest.approx(expected[code]) for code in ("e7-a", "e7-b")
    }
    (whole,) = store.query("variants", literals=literals, variants=[], **names)
    assert [whole[name] for name in sums] == pytest.approx([sum(each) for each in zip(*expected.values(), strict=True)])


def test_a_page_view_that_is_used_hidden_seen_and_used_again_counts_once(store):
    """Through the page's own tracker: 20 page views a variant of which 10 are used, each of these twice."""
    for number in range(40):
        bridge = FakeBridge()
        tracker = TelemetryTracker("w1", "0.1.0", {"samplingRate": 1}, bridge=bridge)
        tracker.set_variant("e7-a" if number % 2 else "e7-b")
        tracker.start_load_tracking()
        tracker.track_load("grid")
        for _ in range(2 if number < 20 else 0):
            bridge.hide()
            tracker.track_interaction("grid")
        bridge.hide()
        for body in bridge.sent:
            send(store, START + timedelta(hours=1), *rows_of(parse(body)[0], "acme"))
    observations, _ = Readings(store, lambda account: ()).observations(experiment(), NOW)
    assert [(each.interactions.page_views, each.interactions.hit_page_views) for each in observations] == [(20, 10)] * 2


def test_results_are_told_once_there_are_enough_and_name_the_better_variant(store):
    fill(store, {"e7-a": 0.1, "e7-b": 0.3})

    report = reports(store).results(experiment(), NOW)

    assert (report["verdict"], report["leader"]) == ("difference", "b")
    beginning, _, end = report["sentence"].partition(" of b is ")
    assert beginning == "b is better: the share of page views with an interaction"
    assert re.fullmatch(r"\d+\.\d to \d+\.\d percentage points higher than that of a\.", end)
    first, second = report["variants"]
    assert (first["answers"], first["page_views"]) == (4990, 520)
    assert second["figures"]["interaction_rate"]["value"] == pytest.approx(0.3, abs=0.005)
    assert second["figures"]["p50"]["value"] == pytest.approx(400, rel=0.005)
    assert datetime.fromisoformat(report["until"]) == START + timedelta(hours=49)


@pytest.mark.parametrize(
    ("changes", "verdict", "sentence"),
    [
        ({"days": -1}, "too_early", "Too few page views to tell: each variant needs 100"),
        ({}, "too_early", "Too early to tell: each variant needs 100 page views in the sample, and two of them"),
        ({"figure": "p75"}, "too_early", "Too early to tell: each variant needs 100 page views in the sample."),
    ],
)
def test_without_page_views_it_is_too_early(store, changes, verdict, sentence):
    report = reports(store).results(experiment(**changes), NOW)

    assert report["verdict"] == verdict
    assert report["sentence"].startswith(sentence)
    assert (report["until"], report["p_value"]) == (None, 1)
    assert {each["page_views"] for each in report["variants"]} == {None}


def test_equal_variants_show_no_difference_and_how_large_it_could_be(store):
    fill(store, {"e7-a": 0.2, "e7-b": 0.2})

    running, ended = (reports(store).results(experiment(days=days), NOW) for days in (10, 3))

    assert (running["verdict"], ended["verdict"]) == ("no_difference_yet", "no_difference")
    assert running["sentence"].startswith("No difference found yet: the share of page views with an interaction of b")
    assert ended["sentence"].startswith("No difference found: ")


def test_of_load_time_the_slower_variant_is_named_in_milliseconds(store):
    for hours in range(1, 49):
        at = START + timedelta(hours=hours, minutes=5)
        fast, slow = visits("e7-a", 22), visits("e7-b", 22)
        for number, load in enumerate(slow):
            load.load_ms = 800 + 10 * number
        store.insert([*fast, *slow], at)

    report = reports(store).results(experiment("p75"), NOW)

    assert (report["verdict"], report["leader"]) == ("difference", "a")
    assert re.fullmatch(
        r"a is better: the p75 of load time of b is \d+ to \d+ ms higher than that of a\.", report["sentence"]
    )


def test_a_mismatch_of_the_content_answers_hides_the_figures_and_says_why(store):
    fill(store, {"e7-a": 0.1, "e7-b": 0.3})
    answers.insert(store, {Hour(START, "acme", "w1", "e7-a"): 1500})

    report = reports(store).results(experiment(), NOW)

    assert report["verdict"] == "ratio_mismatch"
    assert "a 6,490 and b 4,990 times were given out, which shares of 50% and 50% do not explain" in report["sentence"]
    assert {json.dumps(each["figures"]) for each in report["variants"]} == {"{}"}


def test_what_the_account_leaves_out_is_not_in_the_results(store):
    fill(store, {"e7-a": 0.1, "e7-b": 0.3})
    exclusion = Exclusion(1, None, None, START, START + timedelta(hours=40), "")

    report = reports(store, (exclusion,)).results(experiment(), NOW)

    assert report["verdict"] == "too_early"


def test_results_of_before_the_first_row_is_deleted_are_no_longer_told(store):
    report = reports(store).results(experiment(), kept_until(experiment()))

    assert (report["verdict"], report["variants"]) == ("not_kept", [])


def test_results_move_on_only_by_twenty_page_views_of_each_variant():
    hours = {("a", 0): 20, ("b", 0): 19, ("a", 3600): 1, ("b", 3600): 1, ("a", 7200): 19, ("b", 7200): 50}
    until = [last_moment({key: n for key, n in hours.items() if key[1] < end}, "ab") for end in (3600, 7200, 10800)]

    assert [moment and moment.timestamp() for moment in until] == [None, 7200, 7200]
    assert last_moment(hours | {("a", 10800): 1}, "ab") == datetime.fromtimestamp(14400, UTC)


def test_two_answers_differ_by_twenty_page_views_of_each_variant_or_not_at_all(store):
    """Whoever asks at each hour gets nothing that is about fewer."""
    random = Random(8)
    stored: dict[str, list[datetime]] = {"e7-a": [], "e7-b": []}
    for hours in range(90):
        at = START + timedelta(hours=hours, minutes=10)
        for code, times in stored.items():
            count = random.randrange(9)
            store.insert(visits(code, count), at)
            times += [at] * count
    moments = set()
    for hours in range(90):
        _, moment = Readings(store, lambda account: ()).observations(
            experiment(), START + timedelta(hours=hours, minutes=30)
        )
        moments.add(moment or START)
    steps = sorted(moments)
    assert len(steps) > 10
    for before, after in pairwise(steps):
        for times in stored.values():
            assert sum(before <= at < after for at in times) >= 20


def test_an_arm_is_told_in_twenties():
    arm = in_twenties(Arm(119, 12, 1190, 11900, 120, 1200))

    assert asdict(arm) == pytest.approx(asdict(Arm(100, 10, 1000, 10000, 100, 1000)))
    assert in_twenties(Arm(19, 3, 190, 1900, 30, 300)) == Arm()
    assert in_twenties(Arm(40, 0, 400, 4000)).share == 0


def test_the_plan_follows_the_traffic_of_the_last_seven_days(store):
    midnight = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(1, 8):
        store.insert(visits("", 100), midnight - timedelta(days=day) + timedelta(hours=5))
        store.insert([row("", "interaction", layout="grid")] * 20, midnight - timedelta(days=day) + timedelta(hours=6))

    plans = {
        figure: reports(store).plan("acme", "w1", figure, (0.5, 0.5), 0.5, NOW)
        for figure in ("interaction_rate", "error_share", "p50")
    }

    rate = plans["interaction_rate"]
    assert (rate["page_views_a_day"], rate["value"]) == (100, pytest.approx(0.2))
    assert 3 < rate["days"] < 12
    assert rate["sentence"] == (
        f"At today's 100 page views a day in the sample, a change of 50% is seen after about {rate['days']} days,"
        " as likely earlier as later."
    )
    assert plans["error_share"]["days"] is None
    assert "is not likely seen in 75 days" in plans["error_share"]["sentence"]
    assert 1 <= plans["p50"]["days"] <= 3  # all load times are equal
    few = reports(store).plan("acme", "w2", "p50", (0.5, 0.5), 0.5, NOW)
    assert (few["days"], few["value"]) == (None, None)
    assert few["sentence"].startswith("The sample has fewer than 100 page views of this widget")


def test_a_store_of_before_answers_by_variant_keeps_its_answers(tmp_path, monkeypatch):
    before = [step for step in migrations.migrations(cluster=False) if step.number < 9]
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrations", lambda **_: iter(before))
        old = Store(tmp_path / "store")
    old._writer.command(f"INSERT INTO content_answers VALUES ('{HOUR:%Y-%m-%d %H:%M:%S}', 'acme', 'w1', 40)")
    old.close()
    for _ in range(2):  # a server that was killed before it recorded the step runs it again
        with closing(Store(tmp_path / "store")) as store:
            answers.insert(store, {Hour(HOUR, "acme", "w1"): 2, Hour(HOUR, "acme", "w1", "e7-a"): 3})
            store._writer.command("OPTIMIZE TABLE content_answers FINAL")
            stored = store._writer.query("SELECT variant, answers FROM content_answers ORDER BY 1").result_rows
            store._writer.command("ALTER TABLE migrations DELETE WHERE number > 8 SETTINGS mutations_sync = 2")
    assert [tuple(each) for each in stored] == [("", 44), ("e7-a", 6)]


def test_a_backup_takes_the_answers_of_each_variant_along(tmp_path):
    with closing(ControlDatabase(tmp_path / "control.sqlite")):
        pass
    at = HOUR - timedelta(hours=3)
    with closing(Store(tmp_path / "store")) as store:
        answers.insert(store, {Hour(at, "acme", "w1"): 2, Hour(at, "acme", "w1", "e7-a"): 3})
        (tmp_path / "b.tar").write_bytes(b"".join(backup(store, tmp_path / "control.sqlite", NOW)))
    with closing(Store(tmp_path / "new")) as store:
        restore(Archive(tmp_path / "b.tar"), store, tmp_path / "new.sqlite", NOW)
        answers.insert_lines(store, [json.dumps([f"{at:%Y-%m-%d %H:%M:%S}", "acme", "w1", 5])])  # of an older backup
        stored = store._writer.query("SELECT variant, sum(answers) FROM content_answers GROUP BY 1 ORDER BY 1")
        assert [tuple(each) for each in stored.result_rows] == [("", 7), ("e7-a", 3)]
