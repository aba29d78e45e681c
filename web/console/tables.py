"""Tables of figures: by widget, layout, version and region with bars, error codes, and every point of the charts."""

from . import clock, codes, dom, figures, moments, words
from .dom import h
from .types import Any, Callable, Element, Json

FIRST = 10  # the rows that a table shows at first
_COUNT = (("count", "Errors", "count"),)
# A table by layout has no errors per load: an error means that nothing was shown, in no layout.
_COLUMNS = (figures.LOADS, figures.ERROR_SHARE, ("p75", "p75", "ms"), ("p95", "p95", "ms"))


class View:
    """What a reader has chosen of a table: the column that sorts it, a search text, all rows or the first ten."""

    def __init__(self, sort: str) -> None:
        self.sort, self.query, self.is_whole, self.open_code = sort, "", False, ""

    def rows_of(self, items: list[Json]) -> list[Json]:
        """The items that match, in order: names by letters, figures from the highest; those without a value last."""
        key, query = ("code" if items and "code" in items[0] else "name"), self.query.lower().replace(" ", "-")
        items = [item for item in items if query in item[key].lower()]
        if self.sort == "name":
            return sorted(items, key=lambda item: item[key])
        return sorted(items, key=lambda item: -1 if item[self.sort]["value"] is None else item[self.sort]["value"])[
            ::-1
        ]


def breakdown(
    title: str, items: list[Json], filter_name: str, choice: str, view: View, has_filter: bool = True
) -> list[Element]:
    """Groups side by side: their loads, errors and load times. `choice` is the group that the filter selects."""
    most = figures.scale_end([item["loads"] for item in items])
    columns = [column for column in _COLUMNS if not (filter_name == "layout" and column == figures.ERROR_SHARE)]

    def row(item: Json) -> Element:
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
        text = words.region(name) if filter_name == "region" else name
        label = h("button", attributes, text)
        if name == "other":
            label = h("span", {"class": "soft"}, "All others")
        elif not has_filter or (filter_name == "region" and name == "none"):
            label = h("span", {"class": "soft" if name == "none" else None}, text)
        head = h("th", {"scope": "row"}, label, bar(item["loads"], most))
        return h("tr", None, head, [cell(item[figure], kind, label) for figure, label, kind in columns])

    return _table(title, filter_name, items, columns, view, row)


def errors(items: list[Json], view: View, detail: Element) -> list[Element]:
    """Error codes and their counts. `detail` is shown below the open code."""
    most = figures.scale_end([item["count"] for item in items])

    def row(item: Json) -> list[Element]:
        code = item["code"]
        is_open = view.open_code == code
        attributes = {"type": "button", "class": "link", "data-do": "code", "data-value": code}
        attributes["data-key"] = f"code {code}"
        attributes["aria-expanded"] = "true" if is_open else "false"
        head = h("th", {"scope": "row"}, h("button", attributes, h("code", None, code)), bar(item["count"], most))
        line = h("tr", None, head, cell(item["count"], "count", "Errors"))
        return [line, h("tr", {"class": "detail"}, h("td", {"colspan": 2}, detail))] if is_open else [line]

    return _table("Error code", "code", items, list(_COUNT), view, row)


def code_detail(code: str, answer: Json | None) -> Element:
    """What a code means, what to do, and in which widgets and versions it occurs, once the API has answered."""
    meaning, advice = codes.meaning(code)
    parts = [h("p", None, meaning), h("p", None, advice)]
    for name in ("widget", "version"):
        items = answer[f"by_{name}"][:5] if answer else []
        lines = [h("li", None, item["name"] or "none", ": ", figures.text(item["count"], "count")) for item in items]
        parts.append(h("div", None, h("h3", None, f"By {name}"), h("ul", None, lines)) if lines else None)
    return h("div", {"class": "meaning"}, parts)


def _table(
    title: str,
    name: str,
    items: list[Json],
    columns: list[tuple[str, str, str]],
    view: View,
    row: Callable[[Json], Any],
) -> list[Element]:
    """A table with buttons that sort it. A long one has a search field, and shows its first rows at first."""
    matches = view.rows_of(items)
    rows = matches if view.is_whole else matches[:FIRST]
    heads = [_sorter(name, "name", title, view)]
    heads += [_sorter(name, figure, label, view) for figure, label, _ in columns]
    table = h(
        "table",
        {"class": f"breakdown columns-{len(columns)}"},
        h("thead", None, h("tr", None, heads)),
        h("tbody", None, [row(item) for item in rows]),
    )
    if len(items) <= FIRST:
        return [table]
    search = {
        "type": "search",
        "data-do": "search",
        "data-on": "input",
        "data-name": name,
        "data-key": f"search {name}",
    }
    search["aria-label"], search["placeholder"], search["value"] = f"Search {title.lower()}", "Search", view.query
    more = f"Show the first {FIRST}" if view.is_whole else f"Show all {len(matches)}"
    attributes = {"type": "button", "data-do": "more", "data-name": name, "data-key": f"more {name}"}
    button = h("button", attributes, more) if len(matches) > FIRST else None
    none = h("p", {"class": "soft"}, "Nothing has this name.") if not matches else None
    return [h("input", search), table, none, button]


def _sorter(name: str, figure: str, label: str, view: View) -> Element:
    is_sorted = view.sort == figure
    order = ("ascending" if figure == "name" else "descending") if is_sorted else None
    attributes = {"type": "button", "class": "sorter", "data-do": "sort", "data-name": name, "value": figure}
    attributes["data-key"] = f"sort {name} {figure}"
    return h("th", {"scope": "col", "aria-sort": order}, h("button", attributes, label))


def over_time(points: list[Json], zone: str, step_s: float) -> Element:
    """Every point of the charts, the newest first."""
    head = h("tr", None, h("th", {"scope": "col"}, f"Time ({zone})"))
    head.append(*[h("th", {"scope": "col"}, label) for _, label, _ in figures.ALL])
    body = []
    for point in reversed(points):
        start = clock.start_of(moments.seconds(point["at"]), zone, step_s)
        cells = [cell(point[name], kind, label) for name, label, kind in figures.ALL]
        note = None if point["whole"] else h("small", None, "not finished")
        body.append(h("tr", None, h("th", {"scope": "row"}, start, note), cells))
    return h("table", {"class": "points"}, h("thead", None, head), h("tbody", None, body))


def cell(figure: Json, kind: str, label: str) -> Element:
    """A table cell: the figure's value, with its interval and page views below. A narrow screen shows the label."""
    behind = h("small", None, figures.page_views(figure))
    if not figures.has_value(figure):
        is_few = figure["too_few"]
        return h("td", {"class": "few", "data-label": label}, figures.text(figure, kind), behind if is_few else None)
    between = h("small", {"class": "words" if figure["too_uneven"] else None}, figures.interval(figure, kind))
    return h("td", {"data-label": label}, figures.text(figure, kind), between, behind)


def bar(figure: Json, most: float) -> Element:
    """The value as a bar on a scale to `most`, with the interval as a thin line. Screen readers skip it."""
    if not figures.has_value(figure) or not most:
        return None
    fill = dom.style(h("i", {"class": "fill"}), "width", f"{100 * figure['value'] / most:.2f}%")
    low, high = figures.ends(figure, most)
    whisker = dom.style(h("i", {"class": "whisker"}), "left", f"{100 * low / most:.2f}%")
    dom.style(whisker, "width", f"{100 * (high - low) / most:.2f}%")
    return h("span", {"class": "track", "aria-hidden": "true"}, fill, whisker)
