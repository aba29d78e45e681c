"""Figures as text: a value, its 95% interval, and the number of page views behind it.

A figure is {"value": 123.4, "low": 110.0, "high": 137.0, "page_views": 57, "too_few": False, "too_uneven": False}.
Below 20 page views it has no value. With more, an end of its interval may still be unknown (None).
"""

from .types import Json

TOO_FEW = "too few"
TOO_UNEVEN = "too uneven to tell"  # in place of an interval
DASH = "\u2013"  # between the ends of an interval

# The dashboard's figures: name in the API, label, and kind of value.
LOADS = ("loads", "Loads", "count")
ERROR_SHARE = ("error_share", "Page views with an error", "fraction")
ERROR_RATE = ("error_rate", "Errors per load", "fraction")
INTERACTIONS = ("interactions", "Interactions", "count")
PERCENTILES = (
    ("p50", "p50", "ms"),
    ("p75", "p75", "ms"),
    ("p95", "p95", "ms"),
    ("p99", "p99", "ms"),
)
ALL = (LOADS, ERROR_SHARE, ERROR_RATE, INTERACTIONS) + PERCENTILES


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
        return TOO_FEW
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
    """The figure's value, or `too few`."""
    return TOO_FEW if figure["too_few"] else value(figure["value"], kind)


def interval(figure: Json, kind: str) -> str:
    """The figure's 95% interval: `390 - 440 ms`, the unit once if both ends share it.

    `390 ms or more` if there are too few page views for the other end; `too uneven to tell` if a few of them carry most
    of the weight; an empty string if neither end is known.
    """
    if figure["too_uneven"]:
        return TOO_UNEVEN
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


def page_views(figure: Json) -> str:
    """The number of page views behind a figure."""
    if figure["too_few"]:
        return "fewer than 20 page views"
    return "" if figure["page_views"] is None else f"{with_commas(figure['page_views'])} page views"


def sentence(name: str, figure: Json, kind: str) -> str:
    """The figure in words, for a screen reader."""
    if figure["too_few"]:
        return f"{name}: too few, {page_views(figure)}"
    between = interval(figure, kind).replace(DASH, "to")
    return f"{name}: {text(figure, kind)}, 95% interval {between}, {page_views(figure)}"


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
