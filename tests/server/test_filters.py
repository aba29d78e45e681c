"""Questions, and the conditions of SQL that select their rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from server.control.exclusions import Exclusion
from server.errors import SettingError
from server.figures.exclusions import condition
from server.figures.filters import Filter
from server.figures.kinds import figures, kinds_of
from server.figures.page_totals import expressions
from server.figures.question import FILTERS, LONGEST, Question
from server.figures.summary import summary
from server.retention_period import RETENTION

START = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOTHING = Exclusion(1, None, None, None, None, "")


def question(start: datetime = START, end: datetime = START + DAY, **changes: Any) -> Question:
    return Question("acme", start, end, **changes)


def test_a_filter_has_the_conditions_that_are_asked_for_and_no_others() -> None:
    nothing = Filter.of(question())
    assert nothing.parameters() == {"account": "acme"}
    assert nothing.expressions() == {
        **expressions(), "has_errors": "1", "class": "0", "filter": "", "exclusions": ""
    }  # fmt: skip
    some = Filter.of(question(widget="w1", not_version="1.0.0"))
    assert some.parameters() == {"account": "acme", "widget": "w1", "not_version": "1.0.0"}
    assert some.expressions() == {
        **expressions(widget=True),
        "has_errors": "1",
        "class": "if(widget = {widget:String}, 0, 1) + if(version != {not_version:String}, 0, 4)",
        "filter": "AND widget = {widget:String}\n    AND version != {not_version:String}",
        "exclusions": "",
    }


@pytest.mark.parametrize(
    ("name", "condition", "bit"),
    [
        ("widget", "widget = {widget:String}", 1),
        ("not_widget", "widget != {not_widget:String}", 1),
        ("layout", "layout = {layout:String}", 2),
        ("not_layout", "layout NOT IN ('', {not_layout:String})", 2),
        ("version", "version = {version:String}", 4),
        ("not_version", "version != {not_version:String}", 4),
        ("code", "code = {code:String}", 8),
        ("region", "region = {region:String} AND truth = 1", 16),
        ("not_region", "region NOT IN ('', {not_region:String}) AND truth = 1", 16),
    ],
)
def test_each_condition_has_its_text_and_the_bit_of_those_that_do_not_meet_it(name, condition, bit) -> None:
    found = Filter.of(question(START, START + DAY, **{name: "x"}))
    assert found.parameters() == {"account": "acme", name: "x"}
    asked = found.expressions()
    assert (asked["filter"], asked["class"]) == (f"AND {condition}", f"if({condition}, 0, {bit})")
    assert asked["has_errors"] == ("0" if "layout" in name else "1")
    totals = expressions(widget=name == "widget", layout=name == "layout", code=name == "code")
    assert asked.items() >= totals.items()


def test_a_filter_with_and_without_a_name_has_both_conditions_at_one_bit() -> None:
    asked = Filter.of(question(widget="w1", not_widget="w2")).expressions()
    both = "widget = {widget:String} AND widget != {not_widget:String}"
    assert (asked["filter"], asked["class"]) == (f"AND {both}", f"if({both}, 0, 1)")


@pytest.mark.parametrize(
    ("asked", "counts", "rows", "loads"),
    [
        ({}, ("page_count", "page_widget_count", "page_name_count"), ("page", "page_widget", "page_name"), "12"),
        (
            {"widget": True},
            ("page_widget_count", "page_widget_count", "both"),
            ("page_widget", "page_widget", "both"),
            "22",
        ),
        ({"layout": True}, ("page_name_count", "both", "page_name_count"), ("page_name", "both", "page_name"), "12"),
        ({"code": True}, ("page_name_count", "both", "page_name_count"), ("page_name", "both", "page_name"), "33"),
        ({"widget": True, "code": True}, ("both",) * 3, ("both",) * 3, "33"),
    ],
)
def test_the_totals_of_a_page_view_are_over_the_rows_that_meet_the_filter(asked, counts, rows, loads) -> None:
    def count(name: str) -> str:
        return "if(kind = 'error', count, least(page_name_count, page_widget_count))" if name == "both" else name

    def number(name: str) -> str:
        both = "if(kind = 'error', 1, least(page_name_rows, page_widget_rows))"
        return f"greatest(1, {both if name == 'both' else f'{name}_rows'})"

    prefixes = ("", "widget_", "name_")
    assert expressions(**asked) == {
        **{f"{prefix}count": count(each) for prefix, each in zip(prefixes, counts, strict=True)},
        **{f"{prefix}rows": number(each) for prefix, each in zip(prefixes, rows, strict=True)},
        "loads": loads[0],
        "widget_loads": loads[1],
    }


def test_what_is_left_out_is_a_condition_of_its_parts() -> None:
    berlin = datetime(2026, 11, 24, 16, 0, tzinfo=timezone(HOUR))
    whole = Exclusion(1, "w1", "1.0.0", berlin, berlin + HOUR, "")
    times = "{0} >= fromUnixTimestamp64Milli(1795532400000) AND {0} < fromUnixTimestamp64Milli(1795536000000)"
    assert condition([]) == ""
    assert condition([whole]) == f"AND NOT ((widget = 'w1' AND version = '1.0.0' AND {times.format('ts')}))"
    other = Exclusion(2, "w2", None, None, None, "")
    assert condition([other, Exclusion(3, None, None, berlin, berlin + HOUR, "")], "hour") == (
        f"AND NOT ((widget = 'w2') OR ({times.format('hour')}))"
    )
    asked = Question("acme", START, START + DAY, exclusions=(other,))
    assert asked.literals == {"exclusions": condition([other])}
    assert Filter.of(asked).expressions()["exclusions"] == condition([other])


@pytest.mark.parametrize(
    ("name", "length", "step"),
    [("5m", HOUR / 12, HOUR / 720), ("1h", HOUR, HOUR / 120), ("24h", DAY, HOUR / 4), ("7d", 7 * DAY, 2 * HOUR),
     ("30d", 30 * DAY, DAY), ("90d", 90 * DAY, DAY)],
)  # fmt: skip
def test_a_named_range_begins_with_a_bucket_and_includes_this_second(name, length, step) -> None:
    now = datetime(2026, 11, 24, 15, 0, 7, 900_000, tzinfo=UTC)
    found = Question.of_range("acme", name, now=now, time_zone="Asia/Kolkata", widget="w1")
    assert found.end == datetime(2026, 11, 24, 15, 0, 8, tzinfo=UTC)
    assert length <= found.length <= length + step
    assert found.length == found.end - found.start
    assert (found.step, found.time_zone, found.widget, found.account) == (step, "Asia/Kolkata", "w1", "acme")
    if step == DAY:
        assert f"{found.start.astimezone(timezone(5.5 * HOUR)):%H:%M:%S}" == "00:00:00"
    recent = Question.of_range("acme", name)
    assert timedelta(0) < recent.end - datetime.now(UTC) <= timedelta(seconds=1) or recent.end <= datetime.now(UTC)
    assert recent.time_zone == "UTC"


def test_a_wrong_range_is_a_sentence() -> None:
    with pytest.raises(SettingError, match=r"no range 'a{20}': give one of 5m, 1h, 24h, 7d, 30d, 90d, or"):
        Question.of_range("acme", "a" * 30)
    with pytest.raises(SettingError, match="earlier"):
        question(START, START)
    with pytest.raises(SettingError, match="at most 90 days"):
        question(START, START + LONGEST + timedelta(seconds=1))
    assert question(START, START + 91 * DAY).length == LONGEST
    for start, end in ((START.replace(tzinfo=None), START + DAY), (START - DAY, START.replace(tzinfo=None))):
        with pytest.raises(SettingError, match="offset"):
            question(start, end)
    for zone in ("Europe/Atlantis", "", "../etc", "Europe"):
        with pytest.raises(SettingError, match="Europe/Berlin"):
            question(time_zone=zone)


def test_the_period_before_is_as_long_and_may_be_kept_no_longer() -> None:
    asked = question(START, START + 2 * DAY, widget="w1")
    before = asked.before(START - 2 * DAY + RETENTION)
    assert before == question(START - 2 * DAY, START, widget="w1")
    assert asked.before(START - 2 * DAY + RETENTION + timedelta(seconds=1)) is None


def test_a_question_says_whether_it_is_filtered_and_tells_errors() -> None:
    assert not question().is_filtered and question().with_errors
    for name in FILTERS:
        asked = question(START, START + DAY, **{name: "x"})
        assert asked.is_filtered
        assert asked.with_errors is ("layout" not in name)
    assert not question(code="API_ERROR").is_filtered
    chosen = Question("acme", START, START + DAY, chosen_step=HOUR)
    assert (chosen.step, chosen.start_ms, chosen.end_ms) == (HOUR, 1_795_532_400_000, 1_795_618_800_000)


def test_the_figures_of_exactly_a_range_are_those_of_its_rows() -> None:
    asked: list[Any] = []
    sums = ("total", "squares", "fourths", "counted", "views", "page_views", "new_page_views", "new_views")
    squares = ("new_view_squares", "new_view_fourths")
    rows = [{"kind": "load", **dict.fromkeys((*sums, *squares), 40), "load_times": ["300"], "weights": ["1"]}]

    class Noting:
        def query(self, name: str, **parameters: Any) -> list[dict[str, Any]]:
            asked.append((name, parameters))
            return rows

    some = question(widget="w1", layout="grid")
    found = summary(Noting(), some)  # type: ignore[arg-type]
    assert found == figures(kinds_of(rows), with_errors=False) != figures(kinds_of(rows))
    times = {"start_ms": some.start_ms, "end_ms": some.end_ms, "account": "acme", "widget": "w1", "layout": "grid"}
    assert asked == [("summary", {**times, "literals": Filter.of(some).expressions()})]
    assert summary(Noting(), question()) == figures(kinds_of(rows))  # type: ignore[arg-type]
