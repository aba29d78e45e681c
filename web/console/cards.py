"""The figures of a whole time range, one card each: value, interval, and the change against the period before."""

from . import dom, figures, verdict
from .dom import h
from .types import Element, Json

_COLORS = {"p50": "--p50", "p75": "--p75", "p95": "--p95", "p99": "--p99"}
_MEANINGS = {
    "loads": "times a widget was shown",
    figures.ERROR_SHARE[0]: "of those we hear from",
    figures.ERROR_RATE[0]: "a widget that failed counts as an error",
    "interactions": "uses of a widget's controls",
}


def draw(answer: Json, period: str, heard: Element) -> list[Element]:
    """The cards of a dashboard's answer. `period` names the one before, or is empty; `heard` is about the loads."""
    summary, changes = answer["summary"], answer["changes"] or {}
    cards = []
    for name, label, kind in figures.ALL[:4]:
        attributes = {"class": "card figure", "role": "group", "aria-label": label, "data-figure": name}
        note = f"{figures.page_views(summary[name])} \u00b7 {_MEANINGS[name]}"
        parts = [_value(summary[name], kind), _interval(summary[name], kind)]
        if figures.has_value(summary[name]):
            parts.append(_change(changes.get(name), kind, period))
        parts.append(heard if name == "loads" else None)
        cards.append(h("div", attributes, h("h2", None, label), parts, h("p", {"class": "soft small"}, note)))
    return cards + [_load_time(answer, period)]


def _load_time(answer: Json, period: str) -> Element:
    """The four percentiles, and how good they are."""
    summary, changes = answer["summary"], answer["changes"] or {}
    columns = []
    for name, label, kind in figures.PERCENTILES:
        dot = dom.style(h("i", {"aria-hidden": "true"}), "color", f"var({_COLORS[name]})")
        attributes = {"class": "percentile", "role": "group", "aria-label": label, "data-figure": name}
        parts = [_value(summary[name], kind), _interval(summary[name], kind), _change(changes.get(name), kind, "")]
        columns.append(h("div", attributes, h("h3", None, dot, label), parts))
    views = figures.page_views(summary["p50"])
    note = f"{views} in the sample \u00b7 from the embed code to the visible widget"
    return h(
        "div",
        {"class": "card figure wide", "role": "group", "aria-label": "Load time"},
        h("div", {"class": "titled"}, h("h2", None, "Load time"), _band(summary["p75"])),
        h("div", {"class": "percentiles"}, columns),
        _bands(answer["load_times"]),
        h("p", {"class": "soft small"}, note),
    )


def _band(p75: Json) -> Element:
    """The verdict on the p75, as a word in its colour."""
    if not figures.has_value(p75):
        return None
    title = "The p75 is good under 2.5 s and poor from 4 s on."
    return h("span", {"class": f"band {verdict.band(p75['value'])}", "title": title}, verdict.band_in_words(p75))


def _bands(load_times: Json) -> Element:
    """The shares of loads in each band, as one bar and in words."""
    if not figures.has_value(load_times["good"]):
        return None
    pieces, words = [], []
    for name, text in verdict.BANDS:
        figure = load_times[name]
        pieces.append(dom.style(h("i", {"class": name}), "flex-grow", f"{figure['value']:.4f}"))
        key = h("i", {"class": name, "aria-hidden": "true"})
        words.append(h("li", {"data-band": name}, key, f"{text} ", h("b", None, figures.fraction(figure["value"]))))
    bar = h("div", {"class": "bands", "aria-hidden": "true"}, pieces)
    return h("div", None, bar, h("ul", {"class": "band-key"}, words))


def _value(figure: Json, kind: str) -> Element:
    return h("p", {"class": "value" if figures.has_value(figure) else "value few"}, figures.text(figure, kind))


def _interval(figure: Json, kind: str) -> Element:
    if figure["too_few"]:
        return h("p", {"class": "between"}, "fewer than 20 page views")
    if not figures.has_value(figure):
        return h("p", {"class": "between"}, "errors have no layout" if kind == "fraction" else "")
    name = h("span", {"class": "named"}, " 95% interval")
    return h("p", {"class": "between"}, figures.interval(figure, kind), name)


def _change(each: Json | None, kind: str, period: str) -> Element:
    """The change against the period before, and whether it is more than chance."""
    if each is None:
        return h("p", {"class": "change soft"}, f"no figure in {period}") if period else None
    if each["share"] is None:
        return (
            h("p", {"class": "change soft"}, f"{figures.value(each['before'], kind)} in {period}") if period else None
        )
    judged = verdict.judge_change(each, kind)
    words = verdict.change(each["share"])
    against = f" against {period}" if period else ""
    chance = " (may be chance)" if judged == "chance" and words != "no change" else ""
    before = f"Before: {figures.value(each['before'], kind)}"
    attributes = {"class": "change", "data-judged": judged, "title": before}
    return h("p", attributes, h("b", None, words), h("span", {"class": "named"}, f"{against}{chance}"))
