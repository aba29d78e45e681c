"""Tables of figures: by widget, layout and version with bars, error codes, and every point of the charts."""

from . import clock, dom, figures, moments
from .dom import h

# An error has no layout: where nothing was shown, there is none.
_COLUMNS = (
    ("loads", "Loads", "count"),
    ("error_rate", "Errors", "fraction"),
    ("p50", "p50", "ms"),
    ("p95", "p95", "ms"),
)


def breakdown(title: str, items: list, filter_name: str, chosen: str):
    """Groups beside each other: how much each was shown, how often it failed, and how fast it was."""
    most = figures.most([item["loads"] for item in items])
    columns = [each for each in _COLUMNS if not (each[0] == "error_rate" and filter_name == "layout")]
    body = [_group(item, filter_name, chosen, most, columns) for item in items]
    head = h("tr", None, h("th", {"scope": "col"}, title), [h("th", {"scope": "col"}, each[1]) for each in columns])
    return h("table", {"class": "breakdown"}, h("thead", None, head), h("tbody", None, body))


def _group(item: dict, filter_name: str, chosen: str, most: float, columns: list):
    name = item["name"]
    attributes = {
        "type": "button",
        "class": "link",
        "data-do": "filter",
        "data-filter": filter_name,
        "data-value": name,
        "data-key": f"{filter_name} {name}",
        "aria-pressed": "true" if chosen == name else "false",
        "title": f"Show {name} alone" if chosen != name else "Show all again",
    }
    return h(
        "tr",
        None,
        h("th", {"scope": "row"}, h("button", attributes, name or "none"), bar(item["loads"], most)),
        [cell(item[figure], kind) for figure, _, kind in columns],
    )


def errors(items: list):
    """Error codes, and how often each happened."""
    most = figures.most([item["count"] for item in items])
    body = [
        h(
            "tr",
            None,
            h("th", {"scope": "row"}, h("code", None, item["code"]), bar(item["count"], most)),
            cell(item["count"], "count"),
        )
        for item in items
    ]
    head = h("tr", None, h("th", {"scope": "col"}, "Error code"), h("th", {"scope": "col"}, "Errors"))
    return h("table", {"class": "breakdown"}, h("thead", None, head), h("tbody", None, body))


def over_time(points: list, zone: str, step_s: float):
    """Every point of the charts, the newest first."""
    head = h("tr", None, h("th", {"scope": "col"}, f"Time ({zone})"))
    head.append(*[h("th", {"scope": "col"}, label) for _, label, _ in figures.ALL])
    body = []
    for point in reversed(points):
        when = clock.of_step(moments.seconds(point["at"]), zone, step_s)
        cells = [cell(point[name], kind) for name, _, kind in figures.ALL]
        body.append(h("tr", None, h("th", {"scope": "row"}, when), cells))
    return h("table", {"class": "points"}, h("thead", None, head), h("tbody", None, body))


def cell(figure: dict, kind: str):
    """A figure in a table: its value, and below it the interval and the rows."""
    if figure["too_few"]:
        return h("td", {"class": "few"}, figures.TOO_FEW, h("small", None, figures.rows(figure["rows"])))
    between = figures.interval(figure, kind)
    return h(
        "td",
        None,
        figures.shown(figure, kind),
        h("small", None, between),
        h("small", None, figures.rows(figure["rows"])),
    )


def bar(figure: dict, most: float):
    """The value as a bar, with its interval as a thin line over the end; for the eye alone."""
    if figure["too_few"] or not most:
        return None
    fill = dom.style(h("i", {"class": "fill"}), "width", f"{100 * figure['value'] / most:.2f}%")
    low, high = figures.ends(figure, most)
    whisker = dom.style(h("i", {"class": "whisker"}), "left", f"{100 * low / most:.2f}%")
    dom.style(whisker, "width", f"{100 * (high - low) / most:.2f}%")
    return h("span", {"class": "track", "aria-hidden": "true"}, fill, whisker)
