"""The figures of a whole time range, large: a card each, and the load times on one scale."""

from . import dom, figures
from .dom import h

_COLORS = {"p50": "--p50", "p75": "--p75", "p95": "--p95", "p99": "--p99"}
MEANING = {
    "loads": "times a widget was shown",
    "error_rate": "errors for each load",
    "interactions": "uses of a widget's controls",
}


def draw(summary: dict) -> list:
    """The cards of a dashboard's summary."""
    single = [_card(name, label, kind, summary[name]) for name, label, kind in figures.ALL[:3]]
    return single + [_load_time(summary)]


def _card(name: str, label: str, kind: str, figure: dict):
    return h(
        "div",
        {"class": "card figure", "role": "group", "aria-label": label, "data-figure": name},
        h("h2", None, label),
        _value(figure, kind),
        _between(figure, kind),
        h("p", {"class": "soft small"}, f"{figures.rows(figure['rows'])} \u00b7 {MEANING[name]}"),
    )


def _load_time(summary: dict):
    """The four percentiles, with their intervals on one scale below."""
    columns, marks = [], []
    most = figures.most([summary[name] for name, _, _ in figures.PERCENTILES])
    for name, label, kind in figures.PERCENTILES:
        figure = summary[name]
        columns.append(
            h(
                "div",
                {"class": "percentile", "role": "group", "aria-label": label, "data-figure": name},
                h("h3", None, dom.style(h("i", {"aria-hidden": "true"}), "color", f"var({_COLORS[name]})"), label),
                _value(figure, kind),
                _between(figure, kind),
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
            f"{figures.rows(summary['p50']['rows'])} \u00b7 from the tag to the shown content",
        ),
    )


def _value(figure: dict, kind: str):
    return h("p", {"class": "value few" if figure["too_few"] else "value"}, figures.shown(figure, kind))


def _between(figure: dict, kind: str):
    if figure["too_few"]:
        return h("p", {"class": "between"}, "below 20 rows")
    named = h("span", {"class": "named"}, " 95% interval")
    return h("p", {"class": "between"}, figures.interval(figure, kind), named)


def _mark(figure: dict, most: float, color: str):
    low, high = figures.ends(figure, most)
    span = dom.style(h("i", {"class": "span"}), "left", f"{100 * low / most:.2f}%")
    dom.style(span, "width", f"{100 * (high - low) / most:.2f}%")
    dot = dom.style(h("i", {"class": "dot"}), "left", f"{100 * figure['value'] / most:.2f}%")
    return dom.style(h("span", None, span, dot), "color", f"var({color})")
