"""From the medians of the visits to the targets: ratios, and which bound of a target is met."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from widget.telemetry.sampler import DEFAULT_RATE

from .medians import Interval, Medians, Samples, intervals, medians_of
from .visit import FIXED, Sample

KB, MB = 1000, 1_000_000


def ratio(dividend: float, divisor: float) -> float:
    """The quotient. A divisor of 0 gives infinity, or 1 if both are 0."""
    if divisor:
        return dividend / divisor
    return float("inf") if dividend else 1.0


def all_bytes(visit: Sample) -> float:
    """The bytes of the whole visit, the cold part included."""
    return visit["ready_bytes"] + visit["later_bytes"]


def average_bytes(unsampled: Sample, sampled: Sample, rate: float = DEFAULT_RATE) -> float:
    """Mean bytes a visitor loads, the cold part included, at the sampling rate `rate` (a fraction)."""

    return all_bytes(unsampled) * (1 - rate) + all_bytes(sampled) * rate


@dataclass(frozen=True)
class Target:
    """A number with two bounds: `must`, and the better `aim`.

    `number_of` computes it from the medians; a KeyError means that it was not measured.
    """

    name: str
    number_of: Callable[[Medians], float]
    must: float
    aim: float
    unit: str = ""
    at_least: bool = False  # the bounds are lower ones; else upper ones

    def value(self, medians: Medians) -> float | None:
        """The number, or None if a visit that it needs was not made."""
        try:
            return self.number_of(medians)
        except KeyError:
            return None

    def result(self, value: float | None) -> str:
        """The best bound that the value meets, `aim` or `must`; else `missed` or `not measured`."""
        if value is None:
            return "not measured"
        for name, bound in (("aim", self.aim), ("must", self.must)):
            if value >= bound if self.at_least else value <= bound:
                return name
        return "missed"


def _chromium(kind: str, name: str) -> Callable[[Medians], float]:
    return lambda medians: medians["chromium"][kind][name]


def _speedup(browser: str) -> Callable[[Medians], float]:
    return lambda medians: ratio(medians[browser]["stock"]["cards_ms"], medians[browser]["ours"]["cards_ms"])


def _quotient(name: str, dividend: str, divisor: str) -> Callable[[Medians], float]:
    return lambda medians: ratio(medians["chromium"][dividend][name], medians["chromium"][divisor][name])


def _second_visit(kind: str) -> Callable[[Medians], float]:
    def number_of(medians: Medians) -> float:
        sample = medians["chromium"][kind]
        return ratio(sample["again_python_ms"], sample["python_ms"])

    return number_of


def _outside(kind: str) -> Callable[[Medians], float]:
    """The KB of a visitor outside the sample."""
    return lambda medians: all_bytes(medians["chromium"][kind]) / KB


def _average(outside: str, inside: str) -> Callable[[Medians], float]:
    return lambda medians: average_bytes(medians["chromium"][outside], medians["chromium"][inside]) / KB


def _memory(medians: Medians) -> float:
    sample = medians["chromium"]["ours"]
    return (sample["wasm_bytes"] + sample["heap_bytes"]) / MB


def _increase(name: str, kinds: Iterable[str]) -> Callable[[Medians], float]:
    """How much a number of the host's page grows with the tag, in the worst of these kinds of visit."""
    return lambda medians: max(medians["chromium"][kind][name] for kind in kinds) - medians["chromium"]["host"][name]


_WITH_TAG = ("host-shop", "host-sampled")

TARGETS = (
    Target(
        "loaded until Python is ready",
        lambda medians: medians["chromium"]["ours"]["ready_bytes"] / KB,
        1080,
        870,
        "KB",
    ),
    Target("carousel outside the sample", _outside("carousel"), 16, 12, "KB"),
    Target(f"carousel on average at {DEFAULT_RATE:.0%}", _average("carousel", "carousel-sampled"), 30, 22, "KB"),
    Target("page with a tracker of its own, outside its sample", _outside("seed"), 16, 12, "KB"),
    Target(f"still layout on average at {DEFAULT_RATE:.0%}", _average("shop", "sampled"), 22, 18, "KB"),
    Target("boot and 50 cards by Python, stock / ours", _speedup("chromium"), 9, 12, at_least=True),
    Target("the same in Firefox", _speedup("firefox"), 7.5, 10, at_least=True),
    Target("the same in WebKit", _speedup("webkit"), 10.5, 15, at_least=True),
    Target("the same, MicroPython / ours", _quotient("cards_ms", "mpy", "ours"), 0.85, 1.1, at_least=True),
    Target(f"50 cards by Python over {FIXED.mbit_s} Mbit/s", _chromium("ours-line", "cards_ms"), 1500, 1200, "ms"),
    Target("memory of Python and JavaScript after boot", _memory, 34.3, 26, "MB"),
    Target("longest task", _chromium("ours", "longest_task_ms"), 60, 40, "ms"),
    Target(
        "longest task at 4x CPU throttle, stock / ours",
        _quotient("longest_task_ms", "stock-slow", "ours-slow"),
        40,
        70,
        at_least=True,
    ),
    Target("blocking time until ready", _chromium("ours", "blocking_ms"), 10, 0, "ms"),
    Target("time to visible cards, ours / plain JavaScript", _quotient("cards_ms", "shop", "plain"), 1.1, 1.0),
    Target("boot, second visit / first", _second_visit("ours"), 0.75, 0.4),
    Target(f"the same on a line of {FIXED.mbit_s} Mbit/s", _second_visit("ours-line"), 0.75, 0.4),
    Target("host page's LCP, with / without", _quotient("lcp_ms", "host-shop-seen", "host-seen"), 1.05, 1.0),
    Target(
        f"host page's LCP on a line of {FIXED.mbit_s} Mbit/s",
        _quotient("lcp_ms", "host-shop-seen-line", "host-seen-line"),
        1.05,
        1.0,
    ),
    Target("host page's CLS, added", _increase("cls", _WITH_TAG), 0, 0),
    Target("host page's INP, added", _increase("inp_ms", _WITH_TAG), 16, 0, "ms"),
    Target("trackError, called from JavaScript", _chromium("ours", "track_error_us"), 50, 20, "us"),
    Target("flush of a full batch", _chromium("ours", "flush_ms"), 2, 1, "ms"),
)


@dataclass(frozen=True)
class Outcome:
    """A target's measured value and its interval (see medians.intervals); both are None if it was not measured."""

    target: Target
    value: float | None
    interval: Interval | None

    @property
    def result(self) -> str:
        """The best bound that the value meets, `aim` or `must`; else `missed` or `not measured`."""
        return self.target.result(self.value)

    @property
    def is_clear(self) -> bool:
        """True if the whole interval has the same result, so that another run is unlikely to change it."""
        return len({self.target.result(end) for end in self.interval or ()}) <= 1

    def as_json(self) -> dict[str, object]:
        """The outcome and its bounds as plain data."""
        return {
            "name": self.target.name,
            "unit": self.target.unit,
            "must": self.target.must,
            "aim": self.target.aim,
            "value": self.value,
            "between": self.interval,
            "kept": self.result,
            "clear": self.is_clear,
        }


def outcomes(samples: Samples, targets: Sequence[Target] = TARGETS) -> list[Outcome]:
    """The outcome of each target in these visits."""
    medians = medians_of(samples)
    interval_by_name = intervals(samples, {target.name: target.value for target in targets})
    return [Outcome(target, target.value(medians), interval_by_name.get(target.name)) for target in targets]
