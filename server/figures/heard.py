"""Loads beside content answers: the share that was heard from, and whether there are more loads than can be."""

from __future__ import annotations

from typing import Any

from .disclosure import FEWEST_PAGE_VIEWS
from .kinds import TOO_FEW, Figure, Kind, count

# Some browsers and proxies send a batch twice, and a crash of the server loses the answers of its last minute.
TOLERANCE = 1.05
TOO_MANY = "More visits than pages given out: someone may be sending figures of their own."


def figures(answers: int, kind: Kind, *, tells_answers: bool = True) -> dict[str, Any]:
    """The loads, the answers, the share of the answers that were heard from, and a sentence about it."""
    loads = count(kind)
    is_too_many = loads["low"] is not None and loads["low"] > TOLERANCE * answers + FEWEST_PAGE_VIEWS
    is_told = tells_answers and answers >= FEWEST_PAGE_VIEWS
    share = _share(loads, answers) if is_told else TOO_FEW
    return {
        "loads": loads,
        "answers": answers if is_told else None,
        "share": share,
        "is_too_many": is_too_many,
        "sentence": TOO_MANY if is_too_many else _sentence(share),
    }


def _share(loads: Figure, answers: int) -> Figure:
    value, low, high = (None if end is None else end / answers for end in (loads["value"], loads["low"], loads["high"]))
    return {**loads, "value": value, "low": low, "high": high}


def _sentence(share: Figure) -> str:
    if share["value"] is None:
        return ""
    return f"Heard from {min(100, round(100 * share['value']))} of 100 page views."


NONE = figures(0, Kind())
