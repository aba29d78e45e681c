"""The account's name, for its owners; and for operators what cannot be undone: rows erased, the account removed."""

from .. import dom, figures
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Any, Callable, Coroutine, Element, Event, Json
from . import stretch
from .page import card

_ERASE = (
    "All rows, those of a widget, or of a stretch of time: gone from the disk and from later backups within minutes."
)
_REMOVE_WIDGET = (
    "It is shown and counted nowhere any more. Its figures stay until they expire, and its content file stays."
)
_REMOVE = "Its widgets, tokens, changes and rows are gone for good, and its pages show no testimonials any more."


class Removal:
    """The forms. What cannot be undone needs the account's id, typed."""

    def __init__(self, session: Session, reload: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._session, self._reload = session, reload
        self._account: Json = {}
        dom.on("rename", lambda event, form: session.run(self._rename(form)))
        dom.on("remove-widget", lambda event, form: session.run(self._remove_widget(form)))
        dom.on("erase", lambda event, form: session.run(self._erase(form)))
        dom.on("remove-account", lambda event, form: session.run(self._remove(form)))
        dom.on("type-id", self._type)

    def name_card(self, account: Json) -> Element:
        field = {"id": "account-name", "type": "text", "maxlength": 100, "required": True, "value": account["name"]}
        field["autocomplete"], field["data-key"] = "off", "account-name"
        form = h(
            "form",
            {"class": "stack", "data-do": "rename", "aria-label": "Name"},
            h("label", {"for": "account-name"}, "The name that this console shows"),
            h("input", field),
            h("p", {"class": "problem", "role": "alert"}),
            h("div", {"class": "row"}, h("button", {"type": "submit"}, "Rename")),
        )
        return card("Name", form, note=f"The id stays {account['id']}.")

    def card(self, account: Json) -> Element:
        self._account = account
        forms = [self._form("remove-widget", "Remove a widget", _REMOVE_WIDGET, "To remove one, type its id", None)]
        if self._session.me["scope"] == "operator":
            confirm = ["To confirm, type ", h("q", None, account["id"])]
            fields = h(
                "div", {"class": "fields-row"}, stretch.widget_field("erase", account), stretch.time_fields("erase")
            )
            forms.append(self._form("erase", "Erase rows", _ERASE, confirm, fields))
            confirm = ["To confirm, type ", h("q", None, account["id"])]
            forms.append(self._form("remove-account", "Remove the account", _REMOVE, confirm, None))
        return card("What cannot be undone", h("div", {"class": "removals"}, forms))

    def _form(self, action: str, title: str, about: str, confirm: object, fields: Element) -> Element:
        field = {"id": f"{action}-id", "type": "text", "autocomplete": "off", "spellcheck": "false"}
        field["data-do"], field["data-on"], field["data-key"] = "type-id", "input", f"{action}-id"
        button = {"type": "submit", "class": "danger", "disabled": True}
        return h(
            "form",
            {"class": "stack", "data-do": action, "aria-label": title},
            h("h3", None, title),
            h("p", {"class": "soft"}, about),
            fields,
            h("label", {"for": f"{action}-id"}, confirm),
            h("input", field),
            h("p", {"class": "problem", "role": "alert"}),
            h("div", {"class": "row"}, h("button", button, title), h("span", {"class": "soft", "role": "status"})),
        )

    def _type(self, event: Event, field: Element) -> None:
        typed, widgets = field.value.strip(), [each["id"] for each in self._account["widgets"]]
        is_right = typed in widgets if field.id == "remove-widget-id" else typed == self._session.account
        field.form.querySelector("button").disabled = not is_right

    async def _rename(self, form: Element) -> None:
        name = form.querySelector("input").value
        if await self._try(self._session.api.put(self._path("/name"), {"name": name}), form):
            await self._session.reopen()
            self._session.announce("The account is renamed.")

    async def _remove_widget(self, form: Element) -> None:
        widget = form.querySelector("input").value.strip()
        if await self._try(self._session.api.delete(self._path(f"/widgets/{widget}")), form):
            await self._reload()
            self._session.announce(f"{widget} is removed.")

    async def _erase(self, form: Element) -> None:
        body = stretch.body_of("erase")
        erased: list[Json] = []

        async def erase() -> None:
            erased.append(await self._session.api.post(self._path("/erase"), body))

        if await self._try(erase(), form):
            answer = erased[0]
            form.querySelector("input[type=text]").value = ""
            left = f" {figures.with_commas(answer['left'])} are left on other nodes." if answer["left"] else ""
            text = f"Erased {figures.with_commas(answer['rows'])} rows.{left}"
            dom.set_text(form.querySelector("[role=status]"), text)

    async def _remove(self, form: Element) -> None:
        if await self._try(self._session.api.delete(self._path("")), form):
            await self._session.reopen()
            self._session.announce("The account is removed.")

    async def _try(self, request: Coroutine[Any, Any, None], form: Element) -> bool:
        """Awaits the request. False if the API refused, which the form then says."""
        problem, status = form.querySelector(".problem"), form.querySelector("[role=status]")
        form.querySelector("button").disabled = True
        dom.set_text(problem, "")
        if status:
            dom.set_text(status, "This can take minutes.")
        try:
            await request
        except ApiError as error:
            dom.set_text(problem, error.sentence)
            if status:
                dom.set_text(status, "")
            form.querySelector("button").disabled = False
            return False
        return True

    def _path(self, rest: str) -> str:
        return f"/accounts/{self._session.account}{rest}"
