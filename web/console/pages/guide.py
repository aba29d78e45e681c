"""An account's first hour: make a widget, put it on a page, see the first visit. And what to say of an empty time."""

from .. import dom, figures, route, words
from ..api import Api, ApiError
from ..dom import h
from ..session import Session
from ..types import Any, Callable, Coroutine, Element, Json
from .page import copyable


async def visits_so_far(api: Api, account: str) -> int:
    """The page views in the sample of all days that are kept."""
    answer = await api.get(f"/accounts/{account}/dashboard?range=90d")
    return answer["summary"]["loads"]["page_views"] or 0


class Guide:
    """Draws the steps of the first hour. After a widget was made, it awaits `reload()`."""

    def __init__(self, session: Session, reload: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._session, self._reload = session, reload
        dom.on("make-widget", lambda event, form: session.run(self._make_widget()))

    def draw(self, account: Json) -> list[Element]:
        widgets = account["widgets"]
        return [
            h("h2", None, "Three steps to your first figures"),
            h(
                "ol",
                {"class": "steps"},
                _step("Make a widget", bool(widgets), self._widgets(widgets)),
                _step("Put its code on a page", False, _code(account)),
                _step("See the first visit", False, _waiting(account)),
            ),
        ]

    def _widgets(self, widgets: list[Json]) -> Element:
        if widgets:
            return h("p", {"class": "soft"}, f"You have {', '.join(widget['id'] for widget in widgets)}.")
        if not self._session.may_change:
            return h("p", {"class": "soft"}, "This token can only read. An owner's token can make a widget.")
        field = {"id": "widget-id", "type": "text", "maxlength": 64, "required": True, "autocomplete": "off"}
        field["pattern"], field["placeholder"], field["data-key"] = "[A-Za-z0-9_\\-]+", "testimonials", "widget-id"
        return h(
            "form",
            {"class": "row", "data-do": "make-widget", "aria-label": "New widget"},
            h("label", {"for": "widget-id"}, "Its name, of letters, digits, - and _"),
            h("input", field),
            h("button", {"type": "submit", "class": "main"}, "Make it"),
            h("p", {"class": "problem", "id": "widget-problem", "role": "alert"}),
        )

    async def _make_widget(self) -> None:
        name = dom.find("#widget-id").value.strip()
        try:
            await self._session.api.post(f"/accounts/{self._session.account}/widgets", {"id": name})
        except ApiError as error:
            if error.status == 401:
                raise
            dom.set_text(dom.find("#widget-problem"), error.sentence)
            return
        self._session.announce("The widget is made.")
        await self._reload()


def elsewhere(current: route.Route, visits: int) -> list[Element]:
    """An empty time of an account that has page views at other times, or with other filters."""
    if current.is_filtered:
        title, text = "Nothing matches these filters", "In this time fewer than 20 page views in the sample match them."
    else:
        title, text = "Nothing to tell of this time", "The sample has fewer than 20 page views in this time."
    more = f" The last 90 days have {figures.with_commas(visits)} page views."
    buttons = [
        h("button", {"type": "button", "data-do": "range", "value": name, "data-key": f"try {name}"}, f"Show {text_}")
        for name, _, text_, _ in route.RANGES[2:]
    ]
    return [h("h2", None, title), h("p", {"class": "soft"}, text + more), h("div", {"class": "row middle"}, buttons)]


def switched_off(current: route.Route) -> list[Element]:
    link = h("a", {"href": current.with_(page="settings").text}, "Open the settings")
    text = "This account has switched telemetry off. Its pages show the widgets and send nothing."
    return [h("h2", None, "Nothing is counted"), h("p", {"class": "soft"}, text), h("p", None, link)]


def _step(title: str, is_done: bool, content: Element) -> Element:
    return h("li", {"class": "done" if is_done else None}, h("h3", None, title), content)


def _code(account: Json) -> Element:
    if not account["widgets"]:
        return h("p", {"class": "soft"}, "The code appears here.")
    first = account["widgets"][0]
    problem = (
        h("p", {"class": "problem", "role": "note"}, account["embed_problem"]) if account["embed_problem"] else None
    )
    return h("div", None, problem, copyable(first["embed"], f"embed code of {first['id']}"))


def _waiting(account: Json) -> Element:
    share = words.share(account["telemetry"]["rate"])
    text = f"Open the page. This console shows figures by itself, once a page view is in the sample: {share}."
    return h("p", {"class": "soft"}, text)
