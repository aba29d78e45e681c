"""The dashboard's controls: time range, filters, time zone, view, and export."""

import js

from .. import clock, dom, route, words
from ..dom import h
from ..session import Session
from ..types import Element, Json

_VIEWS = (("", "Charts"), ("table", "Table"))
_ZONES = "zones"  # the id of the list of time zones


def draw(current: route.Route, zone: str, names: Json, is_custom: bool) -> list[Element]:
    """The controls of a route. `names` are those that the filters offer. `is_custom` shows the form for dates."""
    ranges = [(name, text) for name, text, _, _ in route.RANGES] + [("custom", "Custom")]
    choice = "custom" if current.is_zoomed or is_custom else current.get("range", route.RANGE)
    return [
        h(
            "div",
            {"class": "row"},
            _choices("Time range", "range", ranges, choice),
            _zoom_out(current),
            h("span", {"class": "push"}),
            _choices("View", "view", list(_VIEWS), current.get("view")),
        ),
        _dates(current, zone) if is_custom else None,
        h(
            "div",
            {"class": "row"},
            [
                _filter(name, current, names[name])
                for name in route.NAMED
                if name != "region" or _has(name, current, names)
            ],
            _zone_field(zone),
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


def _dates(current: route.Route, zone: str) -> Element:
    """A form with the first and the last day of a range."""
    now = clock.now()
    days = {"from": clock.local(now - 7 * 86400.0, zone)[:10], "to": clock.local(now, zone)[:10]}
    first = clock.local(now - 89 * 86400.0, zone)[:10]
    fields = []
    for name, label in (("from", "First day"), ("to", "Last day")):
        limits = {"type": "date", "id": f"date-{name}", "min": first, "max": days["to"], "value": days[name]}
        limits["data-key"] = f"date {name}"
        fields.append([h("label", {"for": f"date-{name}"}, label), h("input", limits)])
    show = h("button", {"type": "submit", "class": "main"}, "Show")
    problem = h("p", {"class": "problem", "id": "date-problem", "role": "alert"})
    return h("form", {"class": "row dates", "data-do": "dates", "aria-label": "Custom range"}, fields, show, problem)


def _has(name: str, current: route.Route, names: Json) -> bool:
    """Whether there is anything to choose."""
    return bool(names[name] or current.filter(name))


def _filter(name: str, current: route.Route, names: list[str]) -> Element:
    """A menu of all names: only one of them, or all but one."""
    choice = current.filter(name)
    names = sorted(names)
    if choice and choice.lstrip("!") not in names:
        names.append(choice.lstrip("!"))
    labels = {each: words.region(each) if name == "region" else each for each in names if each}
    only = [h("option", {"value": each, "selected": each == choice}, labels[each]) for each in names if each]
    but = [
        h("option", {"value": f"!{each}", "selected": f"!{each}" == choice}, f"Not {labels[each]}")
        for each in names
        if each
    ]
    attributes = {
        "name": name,
        "data-do": "choose",
        "data-key": f"choose {name}",
        "aria-label": name[0].upper() + name[1:],
        "class": "chosen" if choice else None,
    }
    return h(
        "select",
        attributes,
        h("option", {"value": ""}, f"All {name}s"),
        h("optgroup", {"label": "Only"}, only),
        h("optgroup", {"label": "All but"}, but),
    )


def _zone_field(zone: str) -> Element:
    """A field with a list of all time zones that the browser knows: it finds them by a part of their name."""
    attributes = {"type": "text", "name": "time_zone", "value": zone, "list": _ZONES, "data-do": "zone"}
    attributes["data-key"], attributes["aria-label"], attributes["title"] = "zone", "Time zone", "Time zone"
    attributes["autocomplete"], attributes["spellcheck"] = "off", "false"
    js.setTimeout(_add_zones, 0)  # four hundred of them: after the page is drawn
    return h("input", attributes)


def _add_zones() -> None:
    if dom.find(f"#{_ZONES}") is None:
        options = [h("option", {"value": zone}) for zone in ["UTC"] + clock.zones()]
        js.document.body.append(h("datalist", {"id": _ZONES}, options))


def zone_of(text: str) -> str:
    """The time zone that the text names, in full or by a part that only one has; else an empty string."""
    text = text.strip()
    if text and clock.is_zone(text):
        return text
    matches = [zone for zone in clock.zones() if text.lower().replace(" ", "_") in zone.lower()]
    return matches[0] if len(matches) == 1 else ""


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
