"""Makes thirty days of rows of a busy shop, so that the console has something to show: `serve --demo`.

There are more page views by day and fewer on weekends. Two weeks ago a release made everything slow and part of it
fail; two days later another release replaced it. One evening the API was down. In the first days the sampling rate was
half of today's. Far from the server load times are longer. All random numbers come from one seed, so the same moment
gives the same rows.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from widget.version import VERSION

from .control.accounts import Accounts
from .control.audit import COMMAND_LINE
from .control.database import ControlDatabase
from .control.regions import RegionSettings
from .ingest.page_totals import add_page_totals
from .store.row import Row
from .store.store import Store, line

ACCOUNT = "demo"
DAYS = 30
SEED = 1975
PAGE_VIEWS_AN_HOUR = 5000  # in the busiest hour
ZONE = ZoneInfo("Europe/Berlin")  # of the visitors
HOUR = timedelta(hours=1)
EARLY_RATE, RATE = 0.05, 0.1
# How long ago it was:
RATE_CHANGE, BAD_RELEASE, GOOD_RELEASE, OUTAGE = (timedelta(days=days) for days in (20, 14, 12, 5))


@dataclass(frozen=True)
class DemoWidget:
    """A widget on the shop's pages."""

    id: str
    layout: str
    share: float  # of page views
    median_ms: float  # the median load time
    interaction_share: float  # the share of loads with an interaction


WIDGETS = (
    DemoWidget("demo-carousel", "carousel", 0.38, 430, 0.12),
    DemoWidget("demo-grid", "grid", 0.24, 340, 0.03),
    DemoWidget("demo-list", "list", 0.16, 290, 0.02),
    DemoWidget("demo-wall", "wall", 0.12, 610, 0.05),
    DemoWidget("w1", "grid", 0.06, 380, 0.03),
    DemoWidget("w1", "badge", 0.04, 210, 0.01),
)


@dataclass(frozen=True)
class Release:
    """A version of the widget."""

    version: str
    slowness: float  # a factor of the load times
    error_share: float  # the share of page views with a RENDER_ERROR


# The newest is that of the shop's page. With another, a visit would be a version with too few page views to be told.
BEFORE, BAD, AFTER = Release("0.0.8", 1.0, 0.001), Release("0.0.9", 1.8, 0.045), Release(VERSION, 0.85, 0.0008)


LEFT_SHARE, FAILED_SHARE = 0.07, 0.08  # page views that end before Python is up, and the failures among these

# The visitors' regions: their shares, and factors of the load times.
REGIONS = {
    "western-europe": (0.52, 0.92),
    "northern-europe": (0.13, 0.95),
    "southern-europe": (0.11, 0.98),
    "eastern-europe": (0.08, 1.0),
    "northern-america": (0.08, 1.15),
    "south-america": (0.03, 1.5),
    "southern-asia": (0.02, 1.8),
    "south-eastern-asia": (0.015, 1.7),
    "australia-and-new-zealand": (0.01, 2.0),
    "southern-africa": (0.005, 2.1),
}


def fill(store: Store, control: ControlDatabase, now: datetime) -> int:
    """Store the rows up to `now` (UTC) for the account `demo`, and make the account if it does not exist.

    Does nothing if the account has rows already. The account comes last, so a fill that was interrupted is taken up
    again: the store knows the days that it has. Returns the number of rows. Raises StoreError and ControlError.
    """
    accounts = Accounts(control)
    is_new = not any(account.id == ACCOUNT for account in accounts.all())
    (row_count,) = store.query("account_rows", account=ACCOUNT)
    if int(row_count["rows"]) and not is_new:
        return 0
    made = 0
    for date, day in groupby(rows(now), key=lambda item: item[0].date()):
        lines = [line(row, at) for at, row in day]
        store.insert_lines(lines, f"{ACCOUNT} {date}")
        made += len(lines)
    if is_new:
        accounts.add(ACCOUNT, "Demo", actor=COMMAND_LINE)
        accounts.set_telemetry(ACCOUNT, "sampled", RATE, actor=COMMAND_LINE)
        RegionSettings(control).set(ACCOUNT, True, actor=COMMAND_LINE)
    return made


def rows(now: datetime) -> Iterator[tuple[datetime, Row]]:
    """All rows with their times, ordered by hour."""
    chance, place, start = (random.Random(SEED + number) for number in range(3))
    begin = now.replace(minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    for number in range(DAYS * 24 + 1):
        hour = begin + number * HOUR
        rate = EARLY_RATE if now - hour > RATE_CHANGE else RATE
        for _ in range(_random_count(chance, PAGE_VIEWS_AN_HOUR * _traffic(hour) * rate)):
            at = hour + HOUR * chance.random()
            if at <= now:
                page_view = list(_page_view(chance, now - at, rate))
                _set_region(page_view, place)
                _set_stages(page_view, start)
                add_page_totals(page_view)
                yield from ((at, row) for row in page_view)


def _page_view(chance: random.Random, ago: timedelta, rate: float) -> Iterator[Row]:
    widget = chance.choices(WIDGETS, [each.share for each in WIDGETS])[0]
    release = _release(chance, ago)
    common = ACCOUNT, widget.id, release.version, rate
    if OUTAGE < ago < OUTAGE + 2 * HOUR and chance.random() < 0.4:
        yield Row(*common, "error", code=chance.choice(("API_ERROR", "API_TIMEOUT")), count=chance.randint(1, 3))
    elif chance.random() < release.error_share:
        yield Row(*common, "error", code="RENDER_ERROR", count=chance.randint(1, 2))
    else:
        if chance.random() < 0.002:
            yield Row(*common, "error", code="API_ERROR")
        load_ms = int(80 + chance.lognormvariate(math.log(widget.median_ms * release.slowness), 0.55))
        yield Row(*common, "load", layout=widget.layout, load_ms=min(load_ms, 60_000))
        if chance.random() < widget.interaction_share:
            yield Row(*common, "interaction", layout=widget.layout, count=chance.randint(1, 6))


def _set_region(page_view: Sequence[Row], chance: random.Random) -> None:
    (region,) = chance.choices(list(REGIONS), [share for share, _ in REGIONS.values()])
    for row in page_view:
        row.region, row.truth = region, 1.0
        row.load_ms = min(int(row.load_ms * REGIONS[region][1]), 60_000)


def _set_stages(page_view: list[Row], chance: random.Random) -> None:
    """Say when Python was up, or that the page view ended before: few, and in a few of these Python cannot start."""
    failed = [_start(row, chance) for row in page_view if row.kind == "load"]
    page_view += [each for each in failed if each]
    for row in page_view:
        row.has_stages = 1


def _start(load: Row, chance: random.Random) -> Row | None:
    """Fill in the stages of a load. Returns the error with which Python's start ended, if it did."""
    if chance.random() < LEFT_SHARE:
        if chance.random() > FAILED_SHARE:
            return None
        error = Row(load.account, load.widget, load.version, load.rate, "error", code="RUNTIME_NETWORK")
        error.region, error.truth = load.region, load.truth
        return error
    load.content_ms = round(load.load_ms * chance.uniform(0.6, 0.9))
    load.wanted_ms = load.load_ms + round(chance.uniform(1, 30))
    load.ready_ms = load.wanted_ms + round(chance.lognormvariate(math.log(500), 0.5))
    load.report_ms = load.ready_ms + round(chance.uniform(5, 80))
    return None


def _release(chance: random.Random, ago: timedelta) -> Release:
    """The version on a page. A new version reaches all pages within four hours, as their copies of embed.js expire."""
    if chance.random() < (GOOD_RELEASE - ago) / (4 * HOUR):
        return AFTER
    return BAD if chance.random() < (BAD_RELEASE - ago) / (4 * HOUR) else BEFORE


def _traffic(hour: datetime) -> float:
    """The page views of an hour as a share of the busiest hour: most at 16, fewest at 4, less on weekends."""
    local = hour.astimezone(ZONE)
    by_day = 0.5 + 0.42 * math.cos((local.hour - 16) / 24 * 2 * math.pi)
    return by_day * (0.6 if local.weekday() >= 5 else 1.0)


def _random_count(chance: random.Random, expected: float) -> int:
    """A random number of page views; for hundreds the distribution is close to Poisson."""
    return max(0, round(chance.gauss(expected, math.sqrt(expected))))
