"""From what the visits gave to the figures that were promised: medians, ratios, and whether a bound is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, median_grouped

from widget.telemetry.sampler import DEFAULT_RATE

from .chromium import LINE_MBIT_S
from .visit import Sample

Samples = Mapping[str, Mapping[str, list[Sample]]]  # by browser, then by the kind of visit
Medians = Mapping[str, Mapping[str, Sample]]

KB = 1000
WIRE = "-wire"  # the end of a kind's name whose visits count the bytes of the kind before it

# Chromium tells when a paint was seen in coarse steps, where it is somewhere in between:
# https://github.com/w3c/paint-timing/blob/main/presentation-timestamps.md
_STEP_MS = {"lcp_ms": 4.0}


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


def ratio(dividend: float, divisor: float) -> float:
    """How many times the one is the other; infinite beside nothing, and 1 where both are nothing."""
    if divisor:
        return dividend / divisor
    return float("inf") if dividend else 1.0


def average_bytes(unsampled: Sample, sampled: Sample, rate: float = DEFAULT_RATE) -> float:
    """What a visitor loads on average where a fraction `rate` of the pages is in the sample, the cold part included."""

    def all_bytes(visit: Sample) -> float:
        return visit["ready_bytes"] + visit["later_bytes"]

    return all_bytes(unsampled) * (1 - rate) + all_bytes(sampled) * rate


@dataclass(frozen=True)
class Figure:
    """One promise. `of` reads it from the medians; a KeyError means that it was not measured."""

    name: str
    of: Callable[[Medians], float]
    must: float
    aim: float
    unit: str = ""
    at_least: bool = False  # else at most

    def value(self, found: Medians) -> float | None:
        """The figure, or None where a visit it needs was not made."""
        try:
            return self.of(found)
        except KeyError:
            return None

    def kept(self, value: float | None) -> str:
        """The better bound that is kept, `aim` or `must`; else `missed`, or `not measured`."""
        if value is None:
            return "not measured"
        for name, bound in (("aim", self.aim), ("must", self.must)):
            if value >= bound if self.at_least else value <= bound:
                return name
        return "missed"


def _chromium(kind: str, name: str) -> Callable[[Medians], float]:
    return lambda found: found["chromium"][kind][name]


def _faster(browser: str) -> Callable[[Medians], float]:
    return lambda found: ratio(found[browser]["stock"]["cards_ms"], found[browser]["ours"]["cards_ms"])


def _divided(name: str, dividend: str, divisor: str) -> Callable[[Medians], float]:
    return lambda found: ratio(found["chromium"][dividend][name], found["chromium"][divisor][name])


def _again(kind: str) -> Callable[[Medians], float]:
    def of(found: Medians) -> float:
        ours = found["chromium"][kind]
        return ratio(ours["again_python_ms"], ours["python_ms"])

    return of


def _more(name: str, kinds: Iterable[str]) -> Callable[[Medians], float]:
    """By how much a number of the host's page is larger with our tag, in the worst of these visits."""
    return lambda found: max(found["chromium"][kind][name] for kind in kinds) - found["chromium"]["host"][name]


_BOTH = ("host-shop", "host-sampled")

FIGURES = (
    Figure("loaded until Python is ready", lambda f: _chromium("ours", "ready_bytes")(f) / KB, 2300, 1300, "KB"),
    Figure("boot and 50 cards by Python, stock / ours", _faster("chromium"), 8, 12, at_least=True),
    Figure("the same in Firefox", _faster("firefox"), 6, 10, at_least=True),
    Figure("the same in WebKit", _faster("webkit"), 8, 15, at_least=True),
    Figure("longest task", _chromium("ours", "longest_task_ms"), 60, 40, "ms"),
    Figure(
        "longest task at 4x CPU throttle, stock / ours",
        _divided("longest_task_ms", "stock-slow", "ours-slow"),
        40,
        70,
        at_least=True,
    ),
    Figure("blocking time until ready", _chromium("ours", "blocking_ms"), 10, 0, "ms"),
    Figure("time to visible cards, ours / plain JavaScript", _divided("cards_ms", "shop", "plain"), 1.15, 1.0),
    Figure(
        f"loaded on average at {DEFAULT_RATE:.0%} sampling, still layout",
        lambda f: average_bytes(f["chromium"]["shop"], f["chromium"]["sampled"]) / KB,
        40,
        25,
        "KB",
    ),
    Figure("boot, second visit / first", _again("ours"), 0.75, 0.4),
    Figure(f"the same on a line of {LINE_MBIT_S} Mbit/s", _again("ours-line"), 0.75, 0.4),
    Figure("host page's LCP, with / without", _divided("lcp_ms", "host-shop-seen", "host-seen"), 1.05, 1.0),
    Figure(
        f"host page's LCP on a line of {LINE_MBIT_S} Mbit/s",
        _divided("lcp_ms", "host-shop-seen-line", "host-seen-line"),
        1.05,
        1.0,
    ),
    Figure("host page's CLS, added", _more("cls", _BOTH), 0, 0),
    Figure("host page's INP, added", _more("inp_ms", _BOTH), 16, 0, "ms"),
    Figure("trackError, called from JavaScript", _chromium("ours", "track_error_us"), 50, 20, "us"),
    Figure("flush of a full batch", _chromium("ours", "flush_ms"), 2, 1, "ms"),
)


def promised(found: Medians, figures: Sequence[Figure] = FIGURES) -> list[dict[str, object]]:
    """Each figure beside its bounds, as data."""
    values = {figure: figure.value(found) for figure in figures}
    return [
        {
            "name": each.name,
            "unit": each.unit,
            "value": value,
            "must": each.must,
            "aim": each.aim,
            "kept": each.kept(value),
        }
        for each, value in values.items()
    ]
