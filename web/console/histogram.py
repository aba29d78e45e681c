"""How the load times are distributed: a bar for each bin, its area as large as the bin's share of the loads."""

import math

from . import dom, figures, verdict
from .dom import h
from .types import Element, Json

_HEIGHT = 150  # pixels of the highest bar
_FIRST_MS = 40  # where the scale begins, for bins from 0 on


def draw(load_times: Json) -> Element:
    """The histogram, on a logarithmic scale; or a sentence if there are too few page views."""
    bins = load_times["bins"]
    if not bins:
        return h("p", {"class": "soft none"}, "Too few page views for a distribution: it takes 20 in the sample.")
    most = max(each["share"] / _octaves(each) for each in bins)
    bars = []
    for each in bins:
        width = _octaves(each)
        height = _HEIGHT * each["share"] / width / most
        name = f"{_span(each)}: {figures.fraction(each['share'])} of the loads"
        bar = dom.style(h("i", {"class": verdict.band(each["from_ms"])}), "height", f"{height:.1f}px")
        column = dom.style(
            h("li", {"title": name}, bar, h("span", {"class": "unseen"}, name)), "flex-grow", f"{width:.4f}"
        )
        bars.append(column)
    return h("div", {"class": "histogram"}, h("ul", {"class": "bars"}, bars), _axis(bins))


def _axis(bins: list[Json]) -> Element:
    """The bins' bounds below the bars, as many as find room."""
    start, whole = _log(bins[0]["from_ms"]), sum(_octaves(each) for each in bins)
    labels, last = [], -1.0
    for each in bins:
        place = (_log(each["from_ms"]) - start) / whole
        if place - last > 0.14 and place < 0.9:
            text = "0" if each["from_ms"] == 0 else figures.tick(each["from_ms"], "ms")
            labels.append(dom.style(h("li", None, text), "left", f"{100 * place:.1f}%"))
            last = place
    return h("ul", {"class": "axis", "aria-hidden": "true"}, labels)


def _octaves(each: Json) -> float:
    """The bin's width on the scale. A bin without an end is as wide as an octave."""
    return (_log(each["to_ms"]) if each["to_ms"] else _log(each["from_ms"]) + 1) - _log(each["from_ms"])


def _log(ms: float) -> float:
    return math.log(max(ms, _FIRST_MS)) / math.log(2)


def _span(each: Json) -> str:
    start = figures.milliseconds(each["from_ms"])
    return f"{start} to {figures.milliseconds(each['to_ms'])}" if each["to_ms"] else f"{start} or longer"
