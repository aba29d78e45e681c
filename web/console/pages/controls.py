"""The dashboard's controls: time range, filters, time zone, view, and export."""

import js

from .. import clock, dom, route
from ..dom import h
from ..session import Session
from ..types import Element, Json

_VIEWS = (("", "Charts"), ("table", "Table"))


def draw(current: route.Route, zone: str, answer: Json | None) -> list[Element]:
    """The controls of a route. The filters offer the names in the last answer."""
    return [
        h(
            "div",
            {"class": "row"},
            _choices("Time range", "range", [(name, text) for name, text, _, _ in route.RANGES], _range_of(current)),
            _zoom_out(current),
            h("span", {"class": "push"}),
            _choices("View", "view", list(_VIEWS), current.get("view")),
        ),
        h(
            "div",
            {"class": "row"},
            [_filter(name, current, answer) for name in route.FILTERS],
            _zone_menu(zone),
            h("span", {"class": "push"}),
            h(
                "div",
                {"class": "exports", "role": "group", "aria-label": "Export"},
                _button("link", "", "Copy link"),
                _button("export", "csv", "CSV"),
                _button("export", "json", "JSON"),
                _button("print", "", "Print"),
            ),
        ),
    ]


def _range_of(current: route.Route) -> str:
    return "" if current.is_zoomed else current.get("range", route.RANGE)


def _choices(name: str, action: str, choices: list[tuple[str, str]], choice: str) -> Element:
    """A row of buttons, the chosen one pressed."""
    buttons = []
    for value, text in choices:
        attributes = {"type": "button", "data-do": action, "value": value, "data-key": f"{action} {value}"}
        attributes["aria-pressed"] = "true" if value == choice else "false"
        buttons.append(h("button", attributes, text))
    return h("div", {"class": "choices", "role": "group", "aria-label": name}, buttons)


def _zoom_out(current: route.Route) -> Element:
    if not current.is_zoomed:
        return None
    span = next(text for name, _, text, _ in route.RANGES if name == current.get("range", route.RANGE))
    return h(
        "button", {"type": "button", "class": "chip", "data-do": "unzoom", "data-key": "unzoom"}, f"Back to {span}"
    )


def _filter(name: str, current: route.Route, answer: Json | None) -> Element:
    choice = current.get(name)
    values = [item["name"] for item in answer[f"by_{name}"]] if answer else []
    if choice and choice not in values:
        values.append(choice)
    options = [h("option", {"value": ""}, f"All {name}s")]
    options += [h("option", {"value": value, "selected": value == choice}, value) for value in values if value]
    attributes = {
        "name": name,
        "data-do": "choose",
        "data-key": f"choose {name}",
        "aria-label": name[0].upper() + name[1:],
    }
    return h("select", attributes, options)


def _zone_menu(zone: str) -> Element:
    """The browser's own zone and UTC first, then all that the browser knows."""
    own = clock.browsers_zone()
    first = [(own, f"{own} (this browser)")] + ([("UTC", "UTC")] if own != "UTC" else [])
    if zone not in [name for name, _ in first]:
        first.append((zone, zone))
    options = [h("option", {"value": name, "selected": name == zone}, text) for name, text in first]
    attributes = {"name": "time_zone", "data-do": "choose", "data-key": "choose time_zone", "aria-label": "Time zone"}
    menu = h("select", attributes, options)
    js.setTimeout(lambda: _add_all_zones(menu), 0)  # four hundred of them: after the page is drawn
    return menu


_zone_groups: list[Element] = []  # made once


def _add_all_zones(menu: Element) -> None:
    if not _zone_groups:
        options = [h("option", {"value": zone}, zone) for zone in clock.zones()]
        _zone_groups.append(h("optgroup", {"label": "All time zones"}, options))
    menu.append(_zone_groups[0].cloneNode(True))


def _button(action: str, value: str, text: str) -> Element:
    attributes = {"type": "button", "data-do": action, "value": value, "data-key": f"{action} {value}"}
    return h("button", attributes, text)


async def copy_link(session: Session, button: Element) -> None:
    """Copies the page's address, which does not hold the token."""
    if not await dom.copy(js.location.href):
        session.announce("The browser blocked copying. Copy the link from the address bar.")
        return
    dom.set_text(button, "Copied")
    session.announce("Link copied. A token is needed to open it.")
    js.setTimeout(lambda: dom.set_text(button, "Copy link"), 2000)


def empty_state(session: Session) -> list[Element]:
    """What to do if there are no figures."""
    current = session.route
    is_filtered = any(current.get(name) for name in route.FILTERS) or current.is_zoomed
    steps = (
        "Nothing is told of fewer than 20 page views. Choose a longer time range or fewer filters."
        if is_filtered
        else "Put the embed code on a page of your shop. Figures appear here by themselves, from 20 page views on."
    )
    link = h("a", {"href": current.with_(page="settings").text}, "Embed code and settings")
    return [
        h("h2", None, "Nothing to show yet"),
        h("p", {"class": "soft"}, steps),
        None if is_filtered else h("p", None, link),
    ]
