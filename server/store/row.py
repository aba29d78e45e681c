"""One row of the store, without its time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)  # not frozen, because that takes four times as long to construct
class Row:
    """One row of `telemetry.events`, without its time: all rows of a commit get the same time."""

    account: str
    widget: str
    version: str
    rate: float  # a fraction above 0, at most 1; the row weighs 1/rate
    kind: str  # load, error or interaction
    layout: str = ""  # of a load or an interaction
    code: str = ""  # of an error
    load_ms: int = 0  # of a load
    count: int = 1
