"""The buckets of a chart: whole units of the clock in every time zone, also on days of 23 and 25 hours."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.errors import SettingError
from server.figures.buckets import STEPS, WEEK, bucket_after, bucket_before, buckets, step_for, step_with_enough
from server.figures.question import RANGES, Question

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BERLIN, KOLKATA, CAIRO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata"), ZoneInfo("Africa/Cairo")
ZONES = (
    "UTC",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Africa/Cairo",
)
NOW = datetime(2026, 11, 24, 15, 7, 31, 250_000, UTC)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("5m", timedelta(seconds=5)),
        ("1h", timedelta(seconds=30)),
        ("24h", timedelta(minutes=15)),
        ("7d", 2 * HOUR),
        ("30d", DAY),
        ("90d", DAY),
    ],
)
def test_each_range_has_its_shortest_step_and_120_points_at_most(name, step) -> None:
    for zone in ZONES:
        question = Question.of_range("acme", name, now=NOW, time_zone=zone)
        assert question.step == step
        assert 30 <= len(buckets(question.start, question.end, step, ZoneInfo(zone))) <= 122


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "now", [NOW, utc(2026, 10, 25, 12, 3), utc(2026, 4, 5, 3), utc(2026, 4, 24, 1), utc(2027, 3, 29)]
)
def test_buckets_cover_a_range_without_gaps_from_its_start(name, zone, now) -> None:
    question = Question.of_range("acme", name, now=now, time_zone=zone)
    assert now < question.end <= now + timedelta(seconds=1)
    assert question.start <= question.end - RANGES[name] < question.start + question.step + HOUR
    starts = buckets(question.start, question.end, question.step, ZoneInfo(zone))
    assert starts[0] == question.start
    lengths = {later - earlier for earlier, later in itertools.pairwise(starts)}
    assert all(question.step - HOUR <= length <= question.step + HOUR for length in lengths)
    assert starts[-1] < question.end <= starts[-1] + question.step + HOUR


def test_a_day_with_25_hours_has_25_buckets_and_one_with_23_has_23() -> None:
    autumn = buckets(utc(2026, 10, 24, 22), utc(2026, 10, 25, 23), HOUR, BERLIN)
    assert len(autumn) == 25
    assert [f"{at.astimezone(BERLIN):%H}" for at in autumn[:5]] == ["00", "01", "02", "02", "03"]
    spring = buckets(utc(2026, 3, 28, 23), utc(2026, 3, 29, 22), HOUR, BERLIN)
    assert len(spring) == 23
    assert [f"{at.astimezone(BERLIN):%H}" for at in spring[:4]] == ["00", "01", "03", "04"]


def test_buckets_of_several_hours_follow_local_time() -> None:
    for start in (utc(2026, 10, 24, 22), utc(2026, 3, 28, 23)):
        starts = buckets(start, start + 3 * DAY, 6 * HOUR, BERLIN)
        assert {f"{at.astimezone(BERLIN):%H:%M}" for at in starts} == {"00:00", "06:00", "12:00", "18:00"}


def test_days_begin_at_local_midnight_or_at_the_days_first_moment() -> None:
    assert bucket_before(utc(2026, 11, 24, 18, 29), DAY, KOLKATA) == utc(2026, 11, 23, 18, 30)
    assert bucket_before(utc(2026, 11, 24, 18, 30), DAY, KOLKATA) == utc(2026, 11, 24, 18, 30)
    # In Cairo the clock goes from 23:59 to 1:00 on the last Friday of April.
    assert bucket_before(utc(2026, 4, 24, 10), DAY, CAIRO) == utc(2026, 4, 23, 22)


def test_the_step_is_the_shortest_possible() -> None:
    for shorter, step in itertools.pairwise(STEPS[:12]):
        assert step_for(120 * shorter) == shorter
        assert step_for(120 * shorter + 3 * shorter) == step


def test_weeks_have_points_of_a_day_because_hours_would_draw_the_nights_as_a_saw() -> None:
    assert step_for(10 * DAY) == 2 * HOUR
    assert step_for(11 * DAY) == step_for(30 * DAY) == step_for(91 * DAY) == DAY


def test_weeks_begin_on_monday_and_follow_the_local_clock() -> None:
    starts = buckets(utc(2026, 10, 15, 12), utc(2026, 11, 4), WEEK, BERLIN)
    assert [f"{at.astimezone(BERLIN):%a %d %b %H:%M}" for at in starts] == [
        "Mon 12 Oct 00:00", "Mon 19 Oct 00:00", "Mon 26 Oct 00:00", "Mon 02 Nov 00:00",
    ]  # fmt: skip
    assert bucket_after(utc(2026, 10, 20), WEEK, BERLIN) == utc(2026, 10, 25, 23)  # 25 Oct has 25 hours
    assert bucket_after(utc(2026, 10, 25, 12), DAY, BERLIN) == utc(2026, 10, 25, 23)
    assert bucket_after(utc(2026, 10, 25, 22, 59), HOUR, BERLIN) == utc(2026, 10, 25, 23)


def spread(page_views: int, start: datetime, end: datetime) -> dict[datetime, int]:
    """So many page views at even distances, by bucket of the shortest step."""
    step = step_for(end - start)
    counts = dict.fromkeys(buckets(start, end, step, ZoneInfo("UTC")), 0)
    for number in range(page_views):
        counts[bucket_before(start + (end - start) * number / page_views, step, ZoneInfo("UTC"))] += 1
    return counts


@pytest.mark.parametrize(
    ("page_views", "length", "step"),
    [
        (1350, HOUR, timedelta(minutes=1)),
        (135, HOUR, timedelta(minutes=10)),
        (45, HOUR, None),  # two points of half an hour are no line
        (100_000, 7 * DAY, 2 * HOUR),
        (700, 7 * DAY, 6 * HOUR),
        (160, 7 * DAY, DAY),
        (100, 7 * DAY, None),
        (100, 28 * DAY, WEEK),
        (60, 28 * DAY, None),
        (0, 28 * DAY, None),
    ],
)
def test_the_step_is_the_shortest_at_which_most_points_rest_on_20_page_views(page_views, length, step) -> None:
    start = utc(2026, 11, 2)
    counts = spread(page_views, start, start + length)
    assert step_with_enough(counts, start, start + length, ZoneInfo("UTC")) == step


def test_the_time_before_the_first_page_view_does_not_make_the_step_longer() -> None:
    start, end = utc(2026, 11, 2), utc(2026, 11, 30)
    counts = dict.fromkeys(buckets(start, end, DAY, ZoneInfo("UTC")), 0)
    counts |= dict.fromkeys(list(counts)[-4:], 25)
    assert step_with_enough(counts, start, end, ZoneInfo("UTC")) == DAY


def test_the_steps_are_whole_units_of_the_clock() -> None:
    minutes = [1 / 12, 1 / 6, 1 / 4, 1 / 2, 1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 7 * 1440]
    assert [step / timedelta(minutes=1) for step in STEPS] == minutes


def test_a_range_has_at_most_122_buckets_two_of_them_not_whole() -> None:
    assert step_for(122 * timedelta(seconds=5)) == timedelta(seconds=5)
    assert step_for(122 * timedelta(seconds=5) + timedelta(microseconds=1)) == timedelta(seconds=10)
    assert step_for(10 * DAY) == 2 * HOUR
    assert step_for(10 * DAY + timedelta(microseconds=1)) == DAY


def test_the_end_of_a_bucket_is_the_start_of_the_next() -> None:
    assert bucket_after(utc(2026, 11, 2, 3), HOUR, BERLIN) == utc(2026, 11, 2, 4)
    assert bucket_after(utc(2026, 11, 2, 3, 59), HOUR, BERLIN) == utc(2026, 11, 2, 4)
    assert bucket_after(utc(2026, 11, 2, 22), 2 * HOUR, BERLIN) == utc(2026, 11, 2, 23)


MONDAY, NOON = utc(2026, 11, 2), 12 * HOUR


@pytest.mark.parametrize(
    ("days", "start", "end", "step"),
    [
        ([20] * 28, MONDAY, MONDAY + 28 * DAY, DAY),
        ([19] * 28, MONDAY, MONDAY + 28 * DAY, WEEK),
        ([0] * 25 + [25] * 3, MONDAY, MONDAY + 28 * DAY, DAY),
        ([0] * 26 + [25] * 2, MONDAY, MONDAY + 28 * DAY, None),
        ([0] * 24 + [25, 1, 1, 25], MONDAY, MONDAY + 28 * DAY, None),
        ([0] * 24 + [25, 1, 25, 25], MONDAY, MONDAY + 28 * DAY, DAY),
        ([25] * 13 + [0] * 12, MONDAY, MONDAY + 25 * DAY, DAY),
        ([1] + [0] * 11 + [25] * 13, MONDAY, MONDAY + 25 * DAY, DAY),
        ([25] * 14 + [0] * 13, MONDAY + NOON, MONDAY + 27 * DAY, None),  # half of the first day is not in the range
        ([0] * 26 + [25] * 3, MONDAY, MONDAY + 28 * DAY + NOON, None),  # nor half of the last
    ],
)
def test_more_than_half_of_the_whole_buckets_hold_enough_and_three_make_a_line(days, start, end, step) -> None:
    counts = {MONDAY + number * DAY: count for number, count in enumerate(days)}
    assert step_with_enough(counts, start, end, ZoneInfo("UTC")) == step


@pytest.mark.parametrize("zone", ["", "Europe/Nowhere", "../etc/passwd", "/etc/localtime", "Europe", "x" * 500, "a\0b"])
def test_a_wrong_time_zone_is_one_sentence(zone) -> None:
    with pytest.raises(SettingError, match=r"^time_zone must be a name such as UTC or Europe/Berlin\.$"):
        Question("acme", NOW - DAY, NOW, zone)


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (NOW, NOW, "from must be earlier than to."),
        (NOW, NOW - DAY, "from must be earlier than to."),
        (NOW - 92 * DAY, NOW, "at most 90 days apart"),
        (datetime(2026, 11, 1), NOW, "offset from UTC"),
    ],
)
def test_a_wrong_time_range_is_one_sentence(start, end, sentence) -> None:
    with pytest.raises(SettingError, match=sentence):
        Question("acme", start, end)


def test_the_message_about_an_unknown_range_lists_the_ranges() -> None:
    with pytest.raises(SettingError, match=r"^There is no range '2y': give one of 5m, 1h, 24h, 7d, 30d, 90d, or from"):
        Question.of_range("acme", "2y")
