"""`python -m tests.server.alert_simulation` makes the tables of docs/alerts.md: false alarms and delays, by traffic.

It draws page views at random, and estimates and judges them with the server's own code. Only the store is left out,
because months of a busy widget are millions of rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import mean, median

import numpy as np

from server.alerts.judge import Streak, advanced, can_end, is_over_already, is_usual, times
from server.alerts.reading import BAD, GOOD, Reading, bound_of, verdict
from server.alerts.rule import LIMIT, SILENCE, USUAL, Rule
from server.alerts.spans import SPANS, WEEK, Span
from server.figures.statistics import LEVELS, Tally, percentile, share

RATE = 0.01
TRAFFICS = (100, 10_000, 1_000_000)  # loads a day
STEP, DAY = SPANS[0].step, timedelta(days=1)
START = datetime(2026, 8, 3, tzinfo=UTC)
HISTORY, MONTH = timedelta(days=56), timedelta(days=30)
MEDIAN_MS, SPREAD = 1000, 0.6  # of the load times, which are lognormal
P75_MS = MEDIAN_MS * math.exp(0.67449 * SPREAD)  # 1.5 s
ERROR_SHARE = 0.005
QUANTILES = {"p75": 0.75, "p95": 0.95}


@dataclass(frozen=True)
class Change:
    """What becomes worse: load times by a factor, errors by a factor, or nothing loads any longer."""

    slower: float = 1
    likelier: float = 1
    share: float = 1


class Traffic:
    """The sampled page views of a widget: three times as many by day as by night, in steps of five minutes."""

    def __init__(self, loads_a_day: int, length: timedelta, seed: int, change: Change, at: timedelta) -> None:
        chance = np.random.default_rng(seed)
        steps = np.arange(round(length / STEP))
        by_day = 1 + 0.5 * np.cos((steps * (STEP / timedelta(hours=1)) % 24 - 15) / 24 * 2 * math.pi)
        is_changed = steps >= round(at / STEP)
        expected = loads_a_day * RATE * (STEP / DAY) * by_day * np.where(is_changed, change.share, 1)
        counts = chance.poisson(expected)
        self.ends = np.concatenate([[0], np.cumsum(counts)])
        is_late = np.repeat(is_changed, counts)
        times = chance.lognormal(math.log(MEDIAN_MS), SPREAD, is_late.size)
        self.load_ms = times * np.where(is_late, change.slower, 1)
        share = ERROR_SHARE * np.where(is_late, change.likelier, 1)
        self.failures = np.concatenate([[0], np.cumsum(chance.random(is_late.size) < share)])

    def places(self, start: datetime, end: datetime) -> tuple[int, int]:
        """The numbers of the first page view in this time, and of the first one after it."""
        first, last = (max(round((at - START) / STEP), 0) for at in (start, end))
        return int(self.ends[first]), int(self.ends[last])


class Judge:
    """A rule with all that is known between two judgements, as `server.alerts.evaluation` keeps it."""

    def __init__(self, rule: Rule, traffic: Traffic) -> None:
        self.rule, self.traffic = rule, traffic
        self.streaks: dict[str, Streak] = {}
        self.open_span: Span | None = None
        self.resolved_at = START
        self.fired: list[datetime] = []

    def judge(self, now: datetime) -> None:
        for span in SPANS:
            if not (now - START) % span.step and now - span.length >= self.resolved_at:
                self._apply(span, advanced(self.streaks.get(span.name), self._verdict(span, now), span, now), now)

    def _apply(self, span: Span, streak: Streak | None, end: datetime) -> None:
        if streak is None:
            self.streaks.pop(span.name, None)
            return
        self.streaks[span.name] = streak
        is_enough = streak.count >= times(self.rule, span)
        if self.open_span is None:
            if streak.verdict == BAD and is_enough and not is_over_already(self.streaks, span, end):
                self.open_span = span
                self.fired.append(end)
        elif streak.verdict == GOOD and is_enough and can_end(self.rule, span, end, self.open_span, self.fired[-1]):
            self.open_span, self.resolved_at = None, end
            self.streaks.clear()

    def _verdict(self, span: Span, end: datetime) -> str | None:
        if self.rule.metric == SILENCE:
            if self._count(end - span.length, end):
                return GOOD
            return BAD if is_usual([self._count(*each) for each in span.earlier(end)], 20) else None
        reading = self._reading(end - span.length, end)
        if reading is None:
            return None
        earlier = [self._reading(*each) for each in span.earlier(end)] if self.rule.against == USUAL else []
        bound = bound_of(self.rule, [each for each in earlier if each is not None])
        return None if bound is None else verdict(self.rule, reading, bound)

    def _count(self, start: datetime, end: datetime) -> int:
        first, last = self.traffic.places(start, end)
        return last - first

    def _reading(self, start: datetime, end: datetime) -> Reading | None:
        first, last = self.traffic.places(start, end)
        if last - first < self.rule.min_page_views:
            return None
        if self.rule.metric == "error_share":
            errors = int(self.traffic.failures[last] - self.traffic.failures[first])
            value, low, high, _ = share(_tally(errors), _tally(last - first))
        else:
            times = np.sort(self.traffic.load_ms[first:last])
            at = np.minimum((np.array(LEVELS) * times.size).astype(int), times.size - 1)
            value, low, high, _ = percentile(_tally(last - first, times[at].tolist()), QUANTILES[self.rule.metric])
        return Reading(value, low or 0, high, last - first)


def _tally(rows: int, quantiles: list[float] | None = None) -> Tally:
    total = rows / RATE
    sums = total, total / RATE, total / RATE**3, total, total, total / RATE, total / RATE**3
    return Tally(*sums, quantiles or ())


def rule(metric: str, bound: float | None = None, against: str = LIMIT) -> Rule:
    return Rule("a", metric, "w1", against=None if bound is None else against, bound=bound)


RULES = {
    "p75 of load time, limit 2.5 s": rule("p75", 2500),
    "p75 of load time, limit exactly the true 1.5 s": rule("p75", P75_MS),
    "p75 of load time, 1.3 times the usual": rule("p75", 1.3, USUAL),
    "p95 of load time, limit 4 s": rule("p95", 4000),
    "page views with an error, limit 2%": rule("error_share", 0.02),
    "silence": rule(SILENCE),
}
REGRESSIONS = {
    "p75 of load time, limit 2.5 s": ("load times double", Change(slower=2)),
    "p75 of load time, 1.3 times the usual": ("load times double", Change(slower=2)),
    "p95 of load time, limit 4 s": ("load times double", Change(slower=2)),
    "page views with an error, limit 2%": ("0.5% become 10%", Change(likelier=20)),
    "silence": ("nothing loads", Change(share=0)),
}


def false_alarms(name: str, loads_a_day: int, seed: int) -> int:
    """The false alarms of one quiet widget in a month."""
    traffic = Traffic(loads_a_day, HISTORY + MONTH, seed, Change(), HISTORY + MONTH)
    judge = Judge(RULES[name], traffic)
    _run(judge, START + HISTORY + MONTH)
    return sum(at > START + HISTORY for at in judge.fired)


def delay(name: str, loads_a_day: int, seed: int) -> timedelta | None:
    """From a regression at a random time of the day to its alarm; None if there is none within 60 days."""
    at = HISTORY + STEP * int(np.random.default_rng(seed).integers(288))
    traffic = Traffic(loads_a_day, HISTORY + 2 * MONTH + DAY, seed, REGRESSIONS[name][1], at)
    judge = Judge(RULES[name], traffic)
    _run(judge, START + at + 2 * MONTH, stop_after=START + at)
    return next((fired - at - START for fired in judge.fired if fired - START > at), None)


def _run(judge: Judge, end: datetime, stop_after: datetime | None = None) -> None:
    now = START + HISTORY - WEEK
    while now < end and not (stop_after and judge.fired and judge.fired[-1] > stop_after):
        now += STEP
        judge.judge(now)


def rows(repeats: Mapping[int, int]) -> Iterator[list[str]]:
    """The cells of the two tables: false alarms a month, then the median delay, by rule and traffic."""
    for name in RULES:
        alarms = [mean(false_alarms(name, loads, seed) for seed in range(repeats[loads])) for loads in TRAFFICS]
        yield [name, *(f"{number:.2f}" for number in alarms)]
    for name in REGRESSIONS:
        delays = [median_delay(name, loads, repeats[loads]) for loads in TRAFFICS]
        yield [name, REGRESSIONS[name][0], *map(in_words, delays)]


def median_delay(name: str, loads_a_day: int, repeats: int) -> timedelta | None:
    """The median of the delays; None if half of the regressions or more are not told of within 60 days."""
    delays = [delay(name, loads_a_day, seed) or timedelta.max for seed in range(repeats)]
    middle = median(each / timedelta(seconds=1) for each in delays)
    return timedelta(seconds=middle) if middle < timedelta.max / timedelta(seconds=1) / 2 else None


def in_words(span: timedelta | None) -> str:
    if span is None:
        return "over 60 days"
    hours = span / timedelta(hours=1)
    return f"{hours * 60:.0f} min" if hours < 2 else f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"


if __name__ == "__main__":
    for cells in rows({100: 12, 10_000: 12, 1_000_000: 4}):
        print(f"| {' | '.join(cells)} |", flush=True)
