"""From the medians of the visits to the figures that were promised: ratios, and whether a bound is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from widget.telemetry.sampler import DEFAULT_RATE

from .chromium import LINE_MBIT_S
from .medians import Interval, Medians, Samples, intervals, medians
from .visit import Sample

KB = 1000


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


@dataclass(frozen=True)
class Outcome:
    """What became of a promise; `value` and `between` are None where it was not measured."""

    figure: Figure
    value: float | None
    between: Interval | None  # see medians.intervals

    @property
    def kept(self) -> str:
        """The better bound that is kept, `aim` or `must`; else `missed`, or `not measured`."""
        return self.figure.kept(self.value)

    @property
    def is_clear(self) -> bool:
        """Whether another run is unlikely to say otherwise."""
        return len({self.figure.kept(end) for end in self.between or ()}) <= 1

    def as_json(self) -> dict[str, object]:
        """It beside its bounds, as data."""
        bounds = {"must": self.figure.must, "aim": self.figure.aim}
        said = {"value": self.value, "between": self.between, "kept": self.kept, "clear": self.is_clear}
        return {"name": self.figure.name, "unit": self.figure.unit, **bounds, **said}


def outcomes(samples: Samples, figures: Sequence[Figure] = FIGURES) -> list[Outcome]:
    """What the visits say of each figure."""
    found = medians(samples)
    between = intervals(samples, {figure.name: figure.value for figure in figures})
    return [Outcome(figure, figure.value(found), between.get(figure.name)) for figure in figures]
