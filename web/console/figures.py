"""Figures as text: a value, its 95% interval, and the number of page views in the sample behind it.

A figure is {"value": 123.4, "low": 110.0, "high": 137.0, "rows": 57, "too_few": False}. Below 20 it has no value and is
too few. Without a value though not too few, it cannot be told at all. An end of its interval may be unknown (None).
This module alone knows these names.
"""

from .types import Json

TOO_FEW = "too few"
UNKNOWN = "cannot be told"
_BEHIND = "rows"  # the name of the number of page views behind a figure
DASH = "\u2013"  # between the ends of an interval

# The dashboard's figures: name in the API, label, and kind of value.
LOADS = ("loads", "Loads", "count")
ERROR_RATE = ("error_rate", "Errors per load", "fraction")
INTERACTIONS = ("interactions", "Interactions", "count")
PERCENTILES = (
    ("p50", "p50", "ms"),
    ("p75", "p75", "ms"),
    ("p95", "p95", "ms"),
    ("p99", "p99", "ms"),
)
ALL = (LOADS, ERROR_RATE, INTERACTIONS) + PERCENTILES


def with_commas(number: float) -> str:
    """A whole number with a comma between thousands."""
    return f"{round(number):,}"


def count(number: float) -> str:
    """An estimated count: `9,412`, and from 10,000 on three digits: `12.4 k`, `1.24 M`, `1.24 B`."""
    for unit_size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if number >= (9_999.5 if unit == "k" else unit_size * 0.9995):
            return f"{_three_digits(number / unit_size)} {unit}"
    return with_commas(number)


def fraction(part: float) -> str:
    """A fraction in percent: `1.24%`."""
    percent = part * 100
    if percent == 0:
        return "0%"
    if percent < 0.01:
        return "<0.01%"
    return f"{_three_digits(percent)}%" if percent < 10 else f"{percent:.1f}%"


def milliseconds(ms: float) -> str:
    """A duration: `412 ms`, from a second on `1.24 s`."""
    if ms >= 999.5:
        return f"{_three_digits(ms / 1000)} s"
    return f"{round(ms)} ms" if ms >= 10 or ms == 0 else f"{ms:.1f} ms"


def value(number: float | None, kind: str) -> str:
    """A value of the kind `count`, `fraction` or `ms`."""
    if number is None:
        return UNKNOWN
    return {"count": count, "fraction": fraction, "ms": milliseconds}[kind](number)


def tick(number: float, kind: str) -> str:
    """A value on an axis, without zeros at the end: `50 k`, `1 s`, `0`."""
    label = value(number, kind)
    unit = _unit(label)
    digits = label[: len(label) - len(unit)].rstrip()
    gap = label[len(digits) : len(label) - len(unit)]
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits == "0" else digits + gap + unit


def text(figure: Json, kind: str) -> str:
    """The figure's value, `too few`, or `cannot be told`."""
    return TOO_FEW if figure["too_few"] else value(figure["value"], kind)


def has_value(figure: Json) -> bool:
    return figure["value"] is not None


def interval(figure: Json, kind: str) -> str:
    """The figure's 95% interval: `390 - 440 ms`, the unit once if both ends share it.

    `390 ms or more` if there are too few page views for the other end; an empty string if neither end is known.
    """
    if figure["too_few"] or (figure["low"] is None and figure["high"] is None):
        return ""
    if figure["high"] is None:
        return f"{value(figure['low'], kind)} or more"
    if figure["low"] is None:
        return f"{value(figure['high'], kind)} or less"
    low, high = value(figure["low"], kind), value(figure["high"], kind)
    unit = _unit(high)
    if unit and _unit(low) == unit:
        low = low[: len(low) - len(unit)].rstrip()
    return f"{low} {DASH} {high}"


def scale_end(items: list[Json]) -> float:
    """The largest value or end of an interval among figures, for the end of a scale; 0 if there is none."""
    return max([figure[part] or 0 for figure in items for part in ("value", "high")] + [0])


def ends(figure: Json, most: float) -> tuple[float, float]:
    """The ends of an interval on a scale from 0 to `most`. An unknown end is at the scale's end."""
    low = 0 if figure["low"] is None else figure["low"]
    return low, most if figure["high"] is None else figure["high"]


def behind(figure: Json) -> int:
    """The number of page views in the sample that the figure rests on."""
    number: int = figure[_BEHIND]
    return number


def page_views(number: int) -> str:
    """A number of page views in the sample."""
    return "1 page view" if number == 1 else f"{with_commas(number)} page views"


def sentence(name: str, figure: Json, kind: str) -> str:
    """The figure in words, for a screen reader."""
    words = f"{name}: {text(figure, kind)}"
    between = interval(figure, kind).replace(DASH, "to")
    if between:
        words += f", 95% interval {between}"
    return words if figure["value"] is None and not figure["too_few"] else f"{words}, {page_views(behind(figure))}"


def size(number: float) -> str:
    """Bytes as `3.40 MB`, in steps of a thousand."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 999.5:
            return f"{round(number)} B" if unit == "B" else f"{_three_digits(number)} {unit}"
        number /= 1000
    return f"{_three_digits(number)} TB"


def _three_digits(number: float) -> str:
    """`1.24`, `12.4`, `124`."""
    if number < 9.995:
        return f"{number:.2f}"
    return f"{number:.1f}" if number < 99.95 else f"{round(number):,}"


def _unit(label: str) -> str:
    """The letters or signs after the digits."""
    end = len(label)
    while end and not label[end - 1].isdigit():
        end -= 1
    return label[end:].strip()
