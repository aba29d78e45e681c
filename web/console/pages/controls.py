"""What the dashboard is steered by: the time range, the filters, the time zone, the view, and the ways out."""

import js

from .. import clock, dom, route
from ..dom import h

_VIEWS = (("", "Charts"), ("table", "Table"))


def draw(where: route.Route, zone: str, shown: "dict | None") -> list:
    """The controls of a route; what can be chosen is what was in the last answer."""
    return [
        h(
            "div",
            {"class": "row"},
            _choices("Time range", "range", [each[:2] for each in route.RANGES], _range_of(where)),
            _unzoom(where),
            h("span", {"class": "push"}),
            _choices("View", "view", list(_VIEWS), where.get("view")),
        ),
        h(
            "div",
            {"class": "row"},
            [_filter(name, where, shown) for name in route.FILTERS],
            _zone(zone),
            h("span", {"class": "push"}),
            h(
                "div",
                {"class": "exports", "role": "group", "aria-label": "Take it with you"},
                _button("link", "", "Copy link"),
                _button("export", "csv", "CSV"),
                _button("export", "json", "JSON"),
                _button("print", "", "Print"),
            ),
        ),
    ]


def _range_of(where: route.Route) -> str:
    return "" if where.is_zoomed else where.get("range", route.RANGE)


def _choices(name: str, action: str, choices: list, chosen: "str | None"):
    """Buttons of which one is pressed."""
    buttons = []
    for value, text in choices:
        attributes = {"type": "button", "data-do": action, "value": value, "data-key": f"{action} {value}"}
        attributes["aria-pressed"] = "true" if value == chosen else "false"
        buttons.append(h("button", attributes, text))
    return h("div", {"class": "choices", "role": "group", "aria-label": name}, buttons)


def _unzoom(where: route.Route):
    if not where.is_zoomed:
        return None
    back = next(each[2] for each in route.RANGES if each[0] == where.get("range", route.RANGE))
    return h(
        "button", {"type": "button", "class": "chip", "data-do": "unzoom", "data-key": "unzoom"}, f"Back to {back}"
    )


def _filter(name: str, where: route.Route, shown: "dict | None"):
    chosen = where.get(name)
    known = [item["name"] for item in shown[f"by_{name}"]] if shown else []
    if chosen and chosen not in known:
        known.append(chosen)
    options = [h("option", {"value": ""}, f"All {name}s")]
    options += [h("option", {"value": each, "selected": each == chosen}, each) for each in known if each]
    attributes = {
        "name": name,
        "data-do": "choose",
        "data-key": f"choose {name}",
        "aria-label": name[0].upper() + name[1:],
    }
    return h("select", attributes, options)


def _zone(zone: str):
    """The browser's own zone and UTC first, then all that the browser knows."""
    own = clock.browsers_zone()
    first = [(own, f"{own} (this browser)")] + ([("UTC", "UTC")] if own != "UTC" else [])
    if zone not in [name for name, _ in first]:
        first.append((zone, zone))
    options = [h("option", {"value": name, "selected": name == zone}, text) for name, text in first]
    attributes = {"name": "time_zone", "data-do": "choose", "data-key": "choose time_zone", "aria-label": "Time zone"}
    select = h("select", attributes, options)
    js.setTimeout(lambda: _all_zones(select, [name for name, _ in first]), 0)
    return select


_zone_group = []


def _all_zones(select: object, first: list) -> None:
    if not _zone_group:
        _zone_group.append(h("optgroup", {"label": "All"}, [h("option", {"value": z}, z) for z in clock.zones()]))
    group = _zone_group[0].cloneNode(True)
    select.append(group)


def _button(action: str, value: str, text: str):
    attributes = {"type": "button", "data-do": action, "value": value, "data-key": f"{action} {value}"}
    return h("button", attributes, text)


async def copy_link(app: object, button: object) -> None:
    """Copies the address of what is shown; the token is not in it."""
    try:
        await dom.copy(js.location.href)
    except Exception:  # noqa: BLE001 - the browser forbids it; the address bar has it too
        app.say("The browser does not let the link be copied; it is the page's address.")
        return
    dom.say(button, "Copied")
    app.say("The link is copied. Whoever opens it needs a token of their own.")
    js.setTimeout(lambda: dom.say(button, "Copy link"), 2000)


def nothing_yet(app: object) -> list:
    """What to do where there is nothing to show."""
    where = app.route
    is_filtered = any(where.get(name) for name in route.FILTERS) or where.is_zoomed
    steps = "Put the embed code on a page: the first visit in the sample shows here by itself."
    said = (
        "There was nothing of this kind in this time. Choose a longer time or fewer filters." if is_filtered else steps
    )
    link = h("a", {"href": where.with_(page="settings").text}, "Embed code and settings")
    return [
        h("h2", None, "Nothing counted yet"),
        h("p", {"class": "soft"}, said),
        None if is_filtered else h("p", None, link),
    ]
