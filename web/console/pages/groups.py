"""The dashboard's tables: by widget, layout and version, and the error codes. Readers sort, search and open them."""

from .. import dom, tables
from ..dom import h
from ..session import Session
from ..types import Any, Callable, Element, Event, Json

_BREAKDOWNS = (("widget", "Widget"), ("layout", "Layout"), ("version", "Version"))
_NONE = "None in this time range."
_NO_LAYOUT = "Errors have no layout. Choose all layouts to see them."


class Groups:
    """The tables' element, and what readers have chosen of each. `query()` is that of the dashboard's answer."""

    def __init__(self, session: Session, query: Callable[[], str]) -> None:
        self.element = h("div", {"class": "groups"})
        self._session, self._query = session, query
        self._views = {name: tables.View("loads") for name, _ in _BREAKDOWNS}
        self._views["code"] = tables.View("count")
        self._code_answer: Json | None = None  # the API's answer about the open code
        self._answer: Json | None = None  # the dashboard's
        dom.on("sort", lambda event, button: self._choose(button, sort=button.value))
        dom.on("search", lambda event, field: self._choose(field, query=field.value))
        dom.on("more", self._more)
        dom.on("code", self._open_code)

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
        dom.fill(self.element, groups)

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
