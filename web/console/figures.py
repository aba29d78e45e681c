"""Figures as a person reads them: a value, its 95% interval, and the number of rows behind it.

A figure is {"value": 123.4, "low": 110.0, "high": 137.0, "rows": 57, "too_few": False}. Below 20 rows it has no value;
an end of the interval may be open (None) above that, too.
"""

TOO_FEW = "too few"
DASH = "\u2013"  # between the ends of an interval

# Every figure of the dashboard: its name in the API, what it is called, and how its values are written.
LOADS = ("loads", "Loads", "count")
ERROR_RATE = ("error_rate", "Error rate", "fraction")
INTERACTIONS = ("interactions", "Interactions", "count")
PERCENTILES = (
    ("p50", "p50", "ms"),
    ("p75", "p75", "ms"),
    ("p95", "p95", "ms"),
    ("p99", "p99", "ms"),
)
ALL = (LOADS, ERROR_RATE, INTERACTIONS) + PERCENTILES


def grouped(number: float) -> str:
    """A whole number with a comma between thousands."""
    return f"{round(number):,}"


def count(number: float) -> str:
    """How many, as an estimate is known: `9,412`, then three digits, `12.4 k`, `1.24 M`, `1.24 B`."""
    for size_of, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if number >= (9_999.5 if unit == "k" else size_of * 0.9995):
            return f"{_three_digits(number / size_of)} {unit}"
    return grouped(number)


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


def value(number: "float | None", kind: str) -> str:
    """A value of a kind: `count`, `fraction` or `ms`."""
    if number is None:
        return TOO_FEW
    return {"count": count, "fraction": fraction, "ms": milliseconds}[kind](number)


def tick(number: float, kind: str) -> str:
    """A value beside an axis, without the zeros that say nothing: `50 k`, `1 s`, `0`."""
    text = value(number, kind)
    unit = _unit(text)
    digits = text[: len(text) - len(unit)].rstrip()
    gap = text[len(digits) : len(text) - len(unit)]
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits == "0" else digits + gap + unit


def shown(figure: dict, kind: str) -> str:
    """The figure's value, or `too few`."""
    return TOO_FEW if figure["too_few"] else value(figure["value"], kind)


def interval(figure: dict, kind: str) -> str:
    """The figure's 95% interval: `390 - 440 ms`, with the unit once where both ends have the same.

    An end that so few rows say nothing of is open: `390 ms or more`.
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


def most(items: list) -> float:
    """The largest value or end of an interval among figures, 0 where none has any: how long a scale must be."""
    return max([figure[part] or 0 for figure in items for part in ("value", "high")] + [0])


def ends(figure: dict, longest: float) -> tuple:
    """The ends of an interval on a scale from 0 to `longest`, which an open end reaches."""
    low = 0 if figure["low"] is None else figure["low"]
    return low, longest if figure["high"] is None else figure["high"]


def rows(number: int) -> str:
    """How many rows are behind a figure."""
    return "1 row" if number == 1 else f"{grouped(number)} rows"


def sentence(name: str, figure: dict, kind: str) -> str:
    """The figure in words, for a screen reader."""
    if figure["too_few"]:
        return f"{name}: too few, {rows(figure['rows'])}"
    between = interval(figure, kind).replace(DASH, "to")
    return f"{name}: {shown(figure, kind)}, 95% interval {between}, {rows(figure['rows'])}"


def size(number: float) -> str:
    """Bytes as `3.40 MB`, by thousands."""
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


def _unit(text: str) -> str:
    """What stands behind the digits."""
    end = len(text)
    while end and not text[end - 1].isdigit():
        end -= 1
    return text[end:].strip()
