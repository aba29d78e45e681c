"""An account's first hour: make a widget, put it on a page, see the first visit. And what to say of an empty time."""

import js

from .. import dom, figures, route, words
from ..api import Api, ApiError
from ..dom import h
from ..session import Session
from ..types import Any, Callable, Coroutine, Element, Json
from .page import copyable

_ASK_AGAIN_MS = 3000


async def visits_so_far(api: Api, account: str) -> int:
    """The page views in the sample of all days that are kept."""
    answer = await api.get(f"/accounts/{account}/dashboard?range=90d")
    return answer["summary"]["loads"]["page_views"] or 0


class Guide:
    """The steps of the first hour. It asks for the first visit until it is seen; `reload()` shows it anew."""

    def __init__(self, session: Session, reload: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._session, self._reload = session, reload
        self._timer: Any = None
        dom.on("make-widget", lambda event, form: session.run(self._make_widget()))

    async def load(self, account: Json) -> list[Element]:
        """The steps as far as they are done. A visit counts once a page has asked for content, in the sample or not."""
        widgets, seen = account["widgets"], await self._seen()
        if widgets and not seen:
            self._ask_again()
        return [
            h("h2", None, "Three steps to your first figures"),
            h(
                "ol",
                {"class": "steps"},
                _step("Make a widget", bool(widgets), self._widgets(widgets)),
                _step("Put its code on a page", bool(seen), _code(account)),
                _step("See the first visit", bool(seen), _visit(account, seen)),
            ),
        ]

    async def _seen(self) -> list[str]:
        """The widgets for whose content a page has asked."""
        answer = await self._session.api.get(f"/accounts/{self._session.account}/seen")
        seen: list[str] = answer["widgets"]
        return seen

    def _ask_again(self) -> None:
        self.stop()
        self._timer = js.setTimeout(lambda: self._session.run(self._look()), _ASK_AGAIN_MS)

    async def _look(self) -> None:
        if self._timer is None:
            return
        if not js.document.hidden and await self._seen():
            await self._reload()
        elif self._timer is not None:
            self._ask_again()

    def stop(self) -> None:
        """Asks no more."""
        if self._timer is not None:
            js.clearTimeout(self._timer)
            self._timer = None

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


def _visit(account: Json, seen: list[str]) -> Element:
    share = words.share(account["telemetry"]["rate"])
    follow = f"The sample takes {share}; figures follow by themselves once it has 20."
    if not seen:
        return h(
            "p", {"class": "soft", "role": "status"}, f"Open the page: this console sees it within seconds. {follow}"
        )
    first = h("strong", None, f"We have seen your first visit: a page has shown {seen[0]}. ")
    settings = h("a", {"href": route.Route("settings", {"account": account["id"]}).text}, "Count more of them")
    more = [" Few visitors? ", settings, "."] if account["telemetry"]["rate"] < 1 else None
    return h("p", {"role": "status"}, first, h("span", {"class": "soft"}, follow, more))
