"""The figures of a whole time range, one card each, and the load times on one scale."""

from . import dom, figures
from .dom import h
from .types import Element, Json

_COLORS = {"p50": "--p50", "p75": "--p75", "p95": "--p95", "p99": "--p99"}
_MEANINGS = {
    "loads": "times a widget was shown",
    "error_share": "of those we hear from",
    "error_rate": "errors for each load",
    "interactions": "uses of a widget's controls",
}


def draw(summary: Json) -> list[Element]:
    """The cards of a dashboard's summary."""
    single = [_card(name, label, kind, summary[name]) for name, label, kind in figures.ALL[:4]]
    return single + [_load_time(summary)]


def _card(name: str, label: str, kind: str, figure: Json) -> Element:
    return h(
        "div",
        {"class": "card figure", "role": "group", "aria-label": label, "data-figure": name},
        h("h2", None, label),
        _value(figure, kind),
        _interval(figure, kind),
        h("p", {"class": "soft small"}, f"{figures.page_views(figure)} \u00b7 {_MEANINGS[name]}"),
    )


def _load_time(summary: Json) -> Element:
    """The four percentiles, with their intervals on one scale below them."""
    columns, marks = [], []
    most = figures.scale_end([summary[name] for name, _, _ in figures.PERCENTILES])
    for name, label, kind in figures.PERCENTILES:
        figure = summary[name]
        columns.append(
            h(
                "div",
                {"class": "percentile", "role": "group", "aria-label": label, "data-figure": name},
                h("h3", None, dom.style(h("i", {"aria-hidden": "true"}), "color", f"var({_COLORS[name]})"), label),
                _value(figure, kind),
                _interval(figure, kind),
            )
        )
        if most and not figure["too_few"]:
            marks.append(_mark(figure, most, _COLORS[name]))
    return h(
        "div",
        {"class": "card figure wide", "role": "group", "aria-label": "Load time"},
        h("h2", None, "Load time"),
        h("div", {"class": "percentiles"}, columns),
        h("div", {"class": "scale", "aria-hidden": "true"}, marks),
        h(
            "p",
            {"class": "soft small"},
            f"{figures.page_views(summary['p50'])} \u00b7 from the embed code to the visible widget",
        ),
    )


def _value(figure: Json, kind: str) -> Element:
    return h("p", {"class": "value few" if figure["too_few"] else "value"}, figures.text(figure, kind))


def _interval(figure: Json, kind: str) -> Element:
    if figure["too_few"]:
        return h("p", {"class": "between"}, "fewer than 20 page views")
    name = h("span", {"class": "named"}, " 95% interval")
    return h("p", {"class": "between"}, figures.interval(figure, kind), name)


def _mark(figure: Json, most: float, color: str) -> Element:
    low, high = figures.ends(figure, most)
    span = dom.style(h("i", {"class": "span"}), "left", f"{100 * low / most:.2f}%")
    dom.style(span, "width", f"{100 * (high - low) / most:.2f}%")
    dot = dom.style(h("i", {"class": "dot"}), "left", f"{100 * figure['value'] / most:.2f}%")
    return dom.style(h("span", None, span, dot), "color", f"var({color})")
