"""The stored counts of content answers: how often the server gave a widget's content to a page, by the hour."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from .store import Store

COLUMNS = ("hour", "account", "widget", "answers", "variant")  # older backups have no variant


class Hour(NamedTuple):
    """What a count is about."""

    start: datetime  # a whole hour, UTC
    account: str
    widget: str
    variant: str = ""  # of an experiment, such as e7-b


def insert(store: Store, counts: Mapping[Hour, int], token: str = "") -> None:
    """Add the counts to those of the same hours. With a `token` that is known, nothing is stored again.

    Raises StoreError.
    """
    days: dict[date, list[str]] = defaultdict(list)  # an insert of one day is stored as a whole or not at all
    for (start, account, widget, variant), answers in counts.items():
        days[start.date()].append(json.dumps([f"{start:%Y-%m-%d %H:%M:%S}", account, widget, answers, variant]))
    for day, lines in sorted(days.items()):
        insert_lines(store, lines, f"{token}-{day}" if token else "")


def insert_lines(store: Store, lines: Sequence[str], token: str = "") -> None:
    """Store counts of one UTC day, each a JSON array of COLUMNS. Raises StoreError."""
    store.execute("insert_answers", data="\n".join(lines), token=token, literals={"columns": ", ".join(COLUMNS)})
