"""The origins whose pages may show a widget, with those that asked for it in the last hour as suggestions."""

from .. import dom, figures
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Any, Callable, Coroutine, Element, Event, Json
from .page import READ_ONLY, card

_NOTE = "Limit a widget to your own sites: pages elsewhere then get no content, and figures from them are refused."
_ALL = "All sites may show it."


class Origins:
    """One widget's list, as lines of text. After saving, it awaits `changed()`."""

    def __init__(self, session: Session, changed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._session, self._changed = session, changed
        self._place = h("div")
        self._widgets: list[Json] = []
        self._chosen = ""
        dom.on("origins-of", lambda event, menu: self._choose(menu.value))
        dom.on("add-origin", self._add)
        dom.on("save-origins", lambda event, form: session.run(self._save(form)))

    async def draw(self) -> Element:
        self._widgets = (await self._session.api.get(f"/accounts/{self._session.account}/origins"))["widgets"]
        self._choose(self._chosen)
        return card("Origins", self._place, note=_NOTE)

    @property
    def is_changed(self) -> bool:
        field, widget = dom.find("#origins-list"), self._widget
        return bool(field) and widget is not None and _lines(field.value) != widget["origins"]

    @property
    def _widget(self) -> Json | None:
        chosen = [each for each in self._widgets if each["widget"] == self._chosen]
        return (chosen + self._widgets)[0] if self._widgets else None

    def _choose(self, widget: str) -> None:
        self._chosen = widget
        shown = self._widget
        if shown is None:
            dom.fill(self._place, h("p", {"class": "soft"}, "This account has no widgets yet."))
        else:
            dom.fill(self._place, self._menu(shown), self._form(shown) if self._session.may_change else _listing(shown))

    def _menu(self, shown: Json) -> list[Element]:
        if len(self._widgets) == 1:
            return [h("h3", None, shown["widget"])]
        options = []
        for each in self._widgets:
            number = len(each["origins"])
            text = f"{each['widget']} ({number or 'all'} {'origin' if number == 1 else 'origins'})"
            options.append(h("option", {"value": each["widget"], "selected": each is shown}, text))
        menu = {"id": "origins-widget", "data-do": "origins-of", "data-key": "origins-widget"}
        label = h("label", {"for": "origins-widget"}, "Widget")
        return [h("div", {"class": "row"}, label, h("select", menu, options))]

    def _form(self, shown: Json) -> Element:
        known = shown["origins"]
        area = {"id": "origins-list", "rows": max(3, len(known) + 1), "spellcheck": "false", "data-key": "origins-list"}
        area["placeholder"], area["aria-describedby"] = "https://shop.example", "origins-effect"
        effect = "Only these may show it. Without any, all may." if known else f"{_ALL} Write one origin to limit it."
        seen = [each for each in shown["seen"] if each["origin"] not in known]
        return h(
            "form",
            {"class": "stack", "data-do": "save-origins", "data-widget": shown["widget"], "aria-label": "Origins"},
            h("label", {"for": "origins-list"}, "Origins, one in a line"),
            h("textarea", area, "\n".join(known)),
            h("p", {"class": "soft small", "id": "origins-effect"}, effect),
            _suggestions(seen),
            h("p", {"class": "problem", "role": "alert"}),
            h("div", {"class": "row"}, h("button", {"type": "submit", "class": "main"}, "Save origins")),
        )

    def _add(self, event: Event, button: Element) -> None:
        """Adds a suggested origin to the text; nothing is saved yet."""
        field = dom.find("#origins-list")
        field.value = "\n".join(_lines(field.value) + [button.value])
        button.disabled = True
        self._session.announce(f"{button.value} is added. Save to apply it.")

    async def _save(self, form: Element) -> None:
        widget, text = form.getAttribute("data-widget"), form.querySelector("textarea").value
        path = f"/accounts/{self._session.account}"
        try:
            await self._session.api.put(f"{path}/widgets/{widget}/origins", {"origins": _lines(text)})
        except ApiError as error:
            dom.set_text(form.querySelector(".problem"), error.sentence)
            return
        self._widgets = (await self._session.api.get(f"{path}/origins"))["widgets"]
        self._choose(widget)
        await self._changed()
        self._session.announce("The origins are saved.")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace(",", "\n").split("\n") if line.strip()]


def _listing(shown: Json) -> list[Element]:
    listed = [h("li", None, h("code", None, origin)) for origin in shown["origins"]]
    listing = h("ul", {"class": "plain"}, listed) if listed else h("p", None, _ALL)
    return [listing, h("p", {"class": "soft"}, READ_ONLY)]


def _suggestions(seen: list[Json]) -> Element:
    """Buttons for the origins of the last hour."""
    if not seen:
        return None
    rows = []
    for each in seen:
        origin = each["origin"]
        button = {"type": "button", "data-do": "add-origin", "value": origin, "aria-label": f"Add {origin}"}
        about = h("small", None, f"{figures.with_commas(each['requests'])} requests in the last hour")
        rows.append(h("li", None, h("div", None, h("code", None, origin), about), h("button", button, "Add")))
    return h("div", None, h("h3", None, "Seen in the last hour"), h("ul", {"class": "tokens"}, rows))
