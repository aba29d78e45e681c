"""One row of the store: its columns, but for its time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)  # frozen, it would take four times as long to make
class Row:
    """One row of `telemetry.events`, without its time: the store stamps a whole commit at once."""

    account: str
    widget: str
    version: str
    rate: float  # a fraction above 0, at most 1; the row weighs 1/rate
    kind: str  # load, error or interaction
    layout: str = ""  # of a load or an interaction
    code: str = ""  # of an error
    load_ms: int = 0  # of a load
    count: int = 1
