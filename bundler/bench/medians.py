"""From what the visits gave to the middle of it, and to how far that may be off by chance."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from statistics import median, median_grouped

from .visit import Sample

Samples = Mapping[str, Mapping[str, list[Sample]]]  # by browser, then by the kind of visit
Medians = Mapping[str, Mapping[str, Sample]]
Interval = tuple[float, float]

WIRE = "-wire"  # the end of a kind's name whose visits count the bytes of the kind before it

# Chromium tells when a paint was seen in coarse steps, where it is somewhere in between:
# https://github.com/w3c/paint-timing/blob/main/presentation-timestamps.md
_STEP_MS = {"lcp_ms": 4.0}

COVERAGE = 0.9
_DRAWS = 1000


def medians(samples: Samples) -> dict[str, dict[str, Sample]]:
    """The median of each number over the visits of its kind, those that count its bytes among them."""
    return {
        browser: {
            kind: _median(visits) | _median(kinds.get(kind + WIRE, []))
            for kind, visits in kinds.items()
            if not kind.endswith(WIRE)
        }
        for browser, kinds in samples.items()
    }


def _median(visits: list[Sample]) -> Sample:
    names = visits[0] if visits else ()
    return {name: _middle([visit[name] for visit in visits], _STEP_MS.get(name)) for name in names}


def _middle(numbers: list[float], step: float | None) -> float:
    return median_grouped(numbers, step) if step else median(numbers)


def intervals(samples: Samples, figures: Mapping[str, Callable[[Medians], float | None]]) -> dict[str, Interval]:
    """How far chance may have moved each figure that was measured: where COVERAGE of its values lie when drawn again.

    The percentile bootstrap: as many visits are drawn from these again and again, so that some count twice and some not
    at all (B. Efron, "Bootstrap methods: another look at the jackknife", 1979). The same visits give the same. A single
    visit gives its own value twice, which tells nothing.
    """
    chance = random.Random(0)
    values: dict[str, list[float]] = {name: [] for name in figures}
    for _ in range(_DRAWS):
        found = medians(_drawn_again(samples, chance))
        for name, of in figures.items():
            if (value := of(found)) is not None:
                values[name].append(value)
    outside = round(_DRAWS * (1 - COVERAGE) / 2)
    in_order = {name: sorted(drawn) for name, drawn in values.items() if drawn}
    return {name: (drawn[outside], drawn[-1 - outside]) for name, drawn in in_order.items()}


def _drawn_again(samples: Samples, chance: random.Random) -> Samples:
    return {
        browser: {kind: chance.choices(visits, k=len(visits)) if visits else [] for kind, visits in kinds.items()}
        for browser, kinds in samples.items()
    }
