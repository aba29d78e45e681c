"""`python -m tests.console.seed STORE` fills a new store with two weeks of an account's rows, the same each time.

The store's engine admits one process, so this runs in its own.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from server.store import answers
from server.store.answers import Hour
from server.store.row import Row
from server.store.store import Store, line

DAYS, EVERY_H, ROWS = 14, 4, 40
# Two moments in the last hour, close together: one is told, as enough came after it, and only one point has enough.
SOME_MIN = [5, 5.25, *range(60, 24 * 60, 60)]
LAYOUTS = {"w1": "grid", "w2": "carousel"}


def main(directory: Path) -> None:
    now = datetime.now(UTC)
    rows = sorted(_all_rows(now), key=lambda item: item[0])
    with closing(Store(directory)) as store:
        answers.insert(store, _answers(now))
        for _, day in groupby(rows, key=lambda item: item[0].date()):
            store.insert_lines([line(row, at) for at, row in day])


def _all_rows(now: datetime) -> Iterator[tuple[datetime, Row]]:
    """Each row with its time."""
    generator = random.Random(3)
    for hours in range(1, DAYS * 24, EVERY_H):
        at = now - timedelta(hours=hours)
        yield from ((at, row) for row in _rows(generator))
        if hours % (2 * EVERY_H) == 1:  # less often than the other error, and often enough for a figure
            yield at - timedelta(minutes=5), _error("API_TIMEOUT")
    # A version and an error with too few rows for a figure.
    yield from [(now - timedelta(minutes=30), _load("w1", "0.2.0", 300))] * 5
    yield now - timedelta(hours=1), _error("RENDER_ERROR")
    for number in range(1, 31):
        load = Row("many", f"many-{number:02}", "0.1.0", 0.01, "load", layout="grid", load_ms=400)
        for days in (2, 1):  # the figures end where as many page views came later
            yield from [(now - timedelta(days=days), load)] * (20 + number)
    for minutes in SOME_MIN:
        load = Row("some", "some", "0.1.0", 0.01, "load", layout="grid", load_ms=400)
        yield from [(now - timedelta(minutes=minutes), load)] * ROWS


def _answers(now: datetime) -> dict[Hour, int]:
    """Content answers: some 71 of 100 of acme's are heard from, and of the account `some` more than there can be."""
    acme = [now - timedelta(hours=hours) for hours in range(1, DAYS * 24, EVERY_H)]
    counts = {Hour(_hour(at), "acme", widget): count for at in acme for widget, count in (("w1", 3756), ("w2", 1878))}
    return counts | {Hour(_hour(now - timedelta(minutes=minutes)), "some", "some"): 400 for minutes in SOME_MIN}


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _rows(generator: random.Random) -> list[Row]:
    loads = [
        _load(generator.choice(["w1", "w1", "w2"]), "0.1.0", int(generator.lognormvariate(6, 0.6))) for _ in range(ROWS)
    ]
    error = _error("API_ERROR")
    interaction = Row("acme", "w2", "0.1.0", 0.01, "interaction", layout="carousel", count=3)
    return [*loads, error, interaction]


def _error(code: str) -> Row:
    return Row("acme", "w1", "0.1.0", 0.01, "error", code=code)


def _load(widget: str, version: str, load_ms: int) -> Row:
    return Row("acme", widget, version, 0.01, "load", layout=LAYOUTS[widget], load_ms=load_ms)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
