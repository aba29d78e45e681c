"""The medians of the visits, and how far chance may have moved a number computed from them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from statistics import median, median_grouped

from .visit import Sample

Samples = Mapping[str, Mapping[str, list[Sample]]]  # by browser, then by the kind of visit
Medians = Mapping[str, Mapping[str, Sample]]
Interval = tuple[float, float]

WIRE = "-wire"  # the suffix of a kind of visit that counts the bytes of the kind without it

# Chromium reports paint times in coarse steps; the true time is somewhere inside the step:
# https://github.com/w3c/paint-timing/blob/main/presentation-timestamps.md
_STEP_MS = {"lcp_ms": 4.0}

COVERAGE = 0.9
_RESAMPLES = 1000


def medians_of(samples: Samples) -> dict[str, dict[str, Sample]]:
    """The median of each number over the visits of its kind. A kind gets its bytes from its WIRE visits."""
    return {
        browser: {
            kind: _median_sample(kinds.get(kind, [])) | _median_sample(kinds.get(kind + WIRE, []))
            for kind in dict.fromkeys(name.removesuffix(WIRE) for name in kinds)
        }
        for browser, kinds in samples.items()
    }


def _median_sample(visits: list[Sample]) -> Sample:
    names = visits[0] if visits else ()
    return {name: _median([visit[name] for visit in visits], _STEP_MS.get(name)) for name in names}


def _median(numbers: list[float], step: float | None) -> float:
    return median_grouped(numbers, step) if step else median(numbers)


def intervals(samples: Samples, statistics: Mapping[str, Callable[[Medians], float | None]]) -> dict[str, Interval]:
    """The bootstrap interval, with the coverage COVERAGE, of each statistic that was measured.

    The percentile bootstrap resamples the visits with replacement (B. Efron, "Bootstrap methods: another look at the
    jackknife", 1979). The same visits give the same intervals. With a single visit both ends are its value, which says
    nothing about chance.
    """
    chance = random.Random(0)
    values: dict[str, list[float]] = {name: [] for name in statistics}
    for _ in range(_RESAMPLES):
        medians = medians_of(_resample(samples, chance))
        for name, statistic in statistics.items():
            if (value := statistic(medians)) is not None:
                values[name].append(value)
    outside = round(_RESAMPLES * (1 - COVERAGE) / 2)
    ascending = {name: sorted(numbers) for name, numbers in values.items() if numbers}
    return {name: (numbers[outside], numbers[-1 - outside]) for name, numbers in ascending.items()}


def _resample(samples: Samples, chance: random.Random) -> Samples:
    return {
        browser: {kind: chance.choices(visits, k=len(visits)) if visits else [] for kind, visits in kinds.items()}
        for browser, kinds in samples.items()
    }
