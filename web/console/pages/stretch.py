"""Fields for a widget and a stretch of time, in the browser's time zone."""

import js

from .. import clock, dom, moments
from ..dom import h
from ..types import Element, Json


def widget_field(prefix: str, account: Json) -> Element:
    """A menu of the account's widgets. `prefix` makes its id unique."""
    options = [h("option", {"value": ""}, "All widgets")]
    options += [h("option", {"value": each["id"]}, each["id"]) for each in account["widgets"]]
    menu = {"id": f"{prefix}-widget", "data-key": f"{prefix}-widget"}
    return h("div", None, h("label", {"for": f"{prefix}-widget"}, "Widget"), h("select", menu, options))


def time_fields(prefix: str) -> list[Element]:
    """Two fields for the ends; both may stay empty."""
    fields = []
    for end, label in (("from", "From"), ("to", "Until before")):
        field = {"id": f"{prefix}-{end}", "type": "datetime-local", "data-key": f"{prefix}-{end}"}
        fields.append(h("div", None, h("label", {"for": f"{prefix}-{end}"}, label), h("input", field)))
    return fields


def body_of(prefix: str) -> Json:
    """What is chosen, for the API: `widget`, `from` and `to`, without what is empty."""
    body: Json = {}
    for name in ("widget", "from", "to"):
        value = dom.find(f"#{prefix}-{name}").value
        if value:
            body[name] = value if name == "widget" else js.Date.new(value).toISOString()
    return body


def in_words(start: str, end: str) -> str:
    """`24 Nov 2026, 15:00 to 24 Nov 2026, 16:00`."""
    zone = clock.browsers_zone()
    return " to ".join(clock.day_and_minute(moments.seconds(at), zone) for at in (start, end))
