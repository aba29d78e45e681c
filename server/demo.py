"""Thirty plausible days of a busy shop, so that the console has something to show: `serve --demo`.

People come by day and less on weekends. Two weeks ago a release made everything slow and some of it fail, and was
replaced two days later. One evening the API was down. The owner has doubled the sampling rate since the first days.
Everything is drawn from one seed: the same moment has the same days behind it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from .control.accounts import Accounts
from .control.audit import COMMAND_LINE
from .control.database import ControlDatabase
from .errors import UnknownAccountError
from .store.row import Row
from .store.store import Store, line

ACCOUNT = "demo"
DAYS = 30
SEED = 1975
VISITS_AN_HOUR = 5000  # at the busiest
ZONE = ZoneInfo("Europe/Berlin")  # where its visitors live
HOUR = timedelta(hours=1)
EARLY_RATE, RATE = 0.05, 0.1
RATE_CHANGED, RELEASED, REPLACED, OUTAGE = (timedelta(days=days) for days in (20, 14, 12, 5))  # ago


@dataclass(frozen=True)
class Shown:
    """A widget on the shop's pages."""

    widget: str
    layout: str
    share: float  # of visits
    median_ms: float
    touched: float  # the share of loads that somebody then interacts with


SHOWN = (
    Shown("demo-carousel", "carousel", 0.42, 430, 0.12),
    Shown("demo-grid", "grid", 0.28, 340, 0.03),
    Shown("demo-list", "list", 0.18, 290, 0.02),
    Shown("demo-wall", "wall", 0.12, 610, 0.05),
)


@dataclass(frozen=True)
class Release:
    """A version of the widget, and how it fares beside the one before it."""

    version: str
    slower: float
    failing: float  # the share of visits that see a RENDER_ERROR


BEFORE, BAD, AFTER = Release("0.3.2", 1.0, 0.001), Release("0.4.0", 1.8, 0.045), Release("0.4.1", 0.85, 0.0008)


def fill(store: Store, control: ControlDatabase, now: datetime) -> int:
    """Gives the account `demo` its thirty days until `now` (UTC), and makes it where there is none.

    Where it has rows of those days already, nothing changes. Gives the number of rows; raises StoreError.
    """
    accounts = Accounts(control)
    try:
        accounts.get(ACCOUNT)
    except UnknownAccountError:
        accounts.add(ACCOUNT, "Demo", actor=COMMAND_LINE)
        accounts.set_telemetry(ACCOUNT, "sampled", RATE, actor=COMMAND_LINE)
    (known,) = store.query("account_rows", account=ACCOUNT)
    if int(known["rows"]):
        return 0
    stored = 0
    for _, day in groupby(rows(now), key=lambda item: item[0].date()):
        lines = [line(row, at) for at, row in day]
        store.insert_lines(lines)
        stored += len(lines)
    return stored


def rows(now: datetime) -> Iterator[tuple[datetime, Row]]:
    """All rows in the order of their hours, each with the time at which it came."""
    chance = random.Random(SEED)
    begin = now.replace(minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    for number in range(DAYS * 24 + 1):
        hour = begin + number * HOUR
        rate = EARLY_RATE if now - hour > RATE_CHANGED else RATE
        for _ in range(_drawn(chance, VISITS_AN_HOUR * _crowd(hour) * rate)):
            at = hour + HOUR * chance.random()
            if at <= now:
                for row in _visit(chance, now - at, rate):
                    yield at, row


def _visit(chance: random.Random, ago: timedelta, rate: float) -> Iterator[Row]:
    shown = chance.choices(SHOWN, [one.share for one in SHOWN])[0]
    release = _release(chance, ago)
    about = ACCOUNT, shown.widget, release.version, rate
    if OUTAGE < ago < OUTAGE + 2 * HOUR and chance.random() < 0.4:
        yield Row(*about, "error", code=chance.choice(("API_ERROR", "API_TIMEOUT")), count=chance.randint(1, 3))
    elif chance.random() < release.failing:
        yield Row(*about, "error", code="RENDER_ERROR", count=chance.randint(1, 2))
    else:
        if chance.random() < 0.002:
            yield Row(*about, "error", code="API_ERROR")
        load_ms = int(80 + chance.lognormvariate(math.log(shown.median_ms * release.slower), 0.55))
        yield Row(*about, "load", layout=shown.layout, load_ms=min(load_ms, 60_000))
        if chance.random() < shown.touched:
            yield Row(*about, "interaction", layout=shown.layout, count=chance.randint(1, 6))


def _release(chance: random.Random, ago: timedelta) -> Release:
    """Which version a page has: a new one reaches all of them within some hours, as their copies of embed.js expire."""
    if chance.random() < (REPLACED - ago) / (4 * HOUR):
        return AFTER
    return BAD if chance.random() < (RELEASED - ago) / (4 * HOUR) else BEFORE


def _crowd(hour: datetime) -> float:
    """How many come, as a share of the busiest hour: most in the early evening, fewest at four, less on weekends."""
    local = hour.astimezone(ZONE)
    by_day = 0.5 + 0.42 * math.cos((local.hour - 16) / 24 * 2 * math.pi)
    return by_day * (0.6 if local.weekday() >= 5 else 1.0)


def _drawn(chance: random.Random, expected: float) -> int:
    """How many came where so many were expected: near enough to Poisson for hundreds."""
    return max(0, round(chance.gauss(expected, math.sqrt(expected))))
