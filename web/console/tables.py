"""Tables of figures: by widget, layout and version with bars, error codes, and every point of the charts."""

from . import clock, dom, figures, moments
from .dom import h
from .types import Element, Json

# A table by layout has no errors: an error means that nothing was shown, in no layout.
_COLUMNS = (
    ("loads", "Loads", "count"),
    ("error_share", "With an error", "fraction"),
    ("p50", "p50", "ms"),
    ("p95", "p95", "ms"),
)


def breakdown(title: str, items: list[Json], filter_name: str, choice: str) -> Element:
    """Groups side by side: their loads, errors and load times. `choice` is the group that the filter selects."""
    most = figures.scale_end([item["loads"] for item in items])
    columns = [column for column in _COLUMNS if not (column[0] == "error_share" and filter_name == "layout")]
    body = [_group(item, filter_name, choice, most, columns) for item in items]
    head = h("tr", None, h("th", {"scope": "col"}, title), [h("th", {"scope": "col"}, each[1]) for each in columns])
    return h("table", {"class": "breakdown"}, h("thead", None, head), h("tbody", None, body))


def _group(item: Json, filter_name: str, choice: str, most: float, columns: list[tuple[str, str, str]]) -> Element:
    name = item["name"]
    attributes = {
        "type": "button",
        "class": "link",
        "data-do": "filter",
        "data-filter": filter_name,
        "data-value": name,
        "data-key": f"{filter_name} {name}",
        "aria-pressed": "true" if choice == name else "false",
        "title": f"Show only {name}" if choice != name else "Show all",
    }
    label = h("button", attributes, name) if name != "other" else h("span", {"class": "soft"}, "All others")
    return h(
        "tr",
        None,
        h("th", {"scope": "row"}, label, bar(item["loads"], most)),
        [cell(item[figure], kind) for figure, _, kind in columns],
    )


def errors(items: list[Json]) -> Element:
    """Error codes and their counts."""
    most = figures.scale_end([item["count"] for item in items])
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


def over_time(points: list[Json], zone: str, step_s: float) -> Element:
    """Every point of the charts, the newest first."""
    head = h("tr", None, h("th", {"scope": "col"}, f"Time ({zone})"))
    head.append(*[h("th", {"scope": "col"}, label) for _, label, _ in figures.ALL])
    body = []
    for point in reversed(points):
        start = clock.start_of(moments.seconds(point["at"]), zone, step_s)
        cells = [cell(point[name], kind) for name, _, kind in figures.ALL]
        body.append(h("tr", None, h("th", {"scope": "row"}, start), cells))
    return h("table", {"class": "points"}, h("thead", None, head), h("tbody", None, body))


def cell(figure: Json, kind: str) -> Element:
    """A table cell: the figure's value, with its interval and page views below."""
    if figure["too_few"]:
        return h("td", {"class": "few"}, figures.TOO_FEW, h("small", None, figures.page_views(figure)))
    between = figures.interval(figure, kind)
    return h(
        "td",
        None,
        figures.text(figure, kind),
        h("small", None, between),
        h("small", None, figures.page_views(figure)),
    )


def bar(figure: Json, most: float) -> Element:
    """The value as a bar on a scale to `most`, with the interval as a thin line. Screen readers skip it."""
    if figure["value"] is None or not most:
        return None
    fill = dom.style(h("i", {"class": "fill"}), "width", f"{100 * figure['value'] / most:.2f}%")
    low, high = figures.ends(figure, most)
    whisker = dom.style(h("i", {"class": "whisker"}), "left", f"{100 * low / most:.2f}%")
    dom.style(whisker, "width", f"{100 * (high - low) / most:.2f}%")
    return h("span", {"class": "track", "aria-hidden": "true"}, fill, whisker)
