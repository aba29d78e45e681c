"""The dashboard's tables: by widget, layout, version and region, and the error codes. Readers sort and search them."""

from .. import dom, tables, world
from ..dom import h
from ..session import Session
from ..types import Any, Callable, Element, Event, Json

_BREAKDOWNS = (("widget", "Widget"), ("layout", "Layout"), ("version", "Version"))
_BY_CHANCE = "Pages name their region by chance, so these figures are corrected for that, and less sure than others."
_NONE = "None in this time range."
_NO_LAYOUT = "Errors have no layout. Choose all layouts to see them."


class Groups:
    """The tables' element, and what readers have chosen of each. `query()` is that of the dashboard's answer."""

    def __init__(self, session: Session, query: Callable[[], str]) -> None:
        self.element = h("div", {"class": "groups"})
        self._session, self._query = session, query
        self._views = {name: tables.View("loads") for name, _ in _BREAKDOWNS}
        self._views["region"] = tables.View("loads")
        self._views["code"] = tables.View("count")
        self._map = h("div")
        self._map_figure = world.FIGURES[0][0]
        self._code_answer: Json | None = None  # the API's answer about the open code
        self._answer: Json | None = None  # the dashboard's
        dom.on("sort", lambda event, button: self._choose(button, sort=button.value))
        dom.on("search", lambda event, field: self._choose(field, query=field.value))
        dom.on("more", self._more)
        dom.on("code", self._open_code)
        dom.on("map-figure", self._choose_map)

    def show(self, answer: Json) -> None:
        """Draws the tables of a dashboard's answer."""
        self._answer = answer
        current, groups = self._session.route, []
        for name, title in _BREAKDOWNS:
            items, view = answer[f"by_{name}"], self._views[name]
            table = tables.breakdown(title, items, name, current.filter(name), view) if items else None
            groups.append(_group(f"By {name}", table, _NONE))
        items, view = answer["errors"], self._views["code"]
        detail = tables.code_detail(view.open_code, self._code_answer) if view.open_code else None
        none = _NO_LAYOUT if current.filter("layout") else _NONE
        groups.append(_group("Error codes", tables.errors(items, view, detail) if items else None, none))
        if answer["by_region"]:
            groups.append(self._regions(answer))
        dom.fill(self.element, groups)

    def _regions(self, answer: Json) -> Element:
        """The map and the table by region."""
        items, is_by_chance = answer["by_region"], answer["regions_by_chance"]
        choice = self._session.route.filter("region")
        table = tables.breakdown("Region", items, "region", choice, self._views["region"], not is_by_chance)
        note = h("p", {"class": "soft small"}, _BY_CHANCE) if is_by_chance else None
        self._session.run(self._draw_map(items))
        return _group("By region", [self._map, note] + table, _NONE)

    async def _draw_map(self, items: list[Json]) -> None:
        shapes = await world.load()
        if shapes is not None:
            dom.fill(self._map, world.draw(shapes, items, self._map_figure))

    def _choose_map(self, event: Event, button: Element) -> None:
        self._map_figure = button.value
        self._redraw()

    def _redraw(self) -> None:
        if self._answer is not None:
            self.show(self._answer)

    def _choose(self, element: Element, **changes: Any) -> None:
        view = self._views[element.getAttribute("data-name")]
        for name in changes:
            setattr(view, name, changes[name])
        self._redraw()

    def _more(self, event: Event, button: Element) -> None:
        view = self._views[button.getAttribute("data-name")]
        self._choose(button, is_whole=not view.is_whole)

    def _open_code(self, event: Event, button: Element) -> None:
        code, view = button.getAttribute("data-value"), self._views["code"]
        view.open_code = "" if view.open_code == code else code
        self._code_answer = None
        self._redraw()
        if view.open_code:
            self._session.run(self._load_code(code))

    async def _load_code(self, code: str) -> None:
        path = f"/accounts/{self._session.account}/errors/{code}"
        answer = await self._session.api.get(f"{path}?{self._query()}")
        if self._views["code"].open_code == code:
            self._code_answer = answer
            self._redraw()


def _group(title: str, table: list[Element] | None, none: str) -> Element:
    content = table or h("p", {"class": "soft"}, none)
    scroll = h("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": title}, content)
    return h("section", {"class": "card"}, h("h2", None, title), scroll)
