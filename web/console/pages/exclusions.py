"""What the figures leave out: a list that can be undone, and a form."""

from .. import clock, dom, moments
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Any, Callable, Coroutine, Element, Json
from . import stretch
from .page import READ_ONLY, card

_NOTE = "Rows that fit stay stored, but no figure counts them: those of a test page, a broken release, of forged hours."


class Exclusions:
    """The list and its form. After a change, it awaits `changed()`."""

    def __init__(self, session: Session, changed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._session, self._changed = session, changed
        self._place = h("div")
        self._account: Json = {}
        dom.on("exclude", lambda event, form: session.run(self._exclude(form)))
        dom.on("include", lambda event, button: session.run(self._include(button.value)))

    async def draw(self, account: Json) -> Element:
        self._account = account
        await self._load()
        return card("Left out of the figures", self._place, note=_NOTE)

    async def _load(self) -> None:
        exclusions = (await self._session.api.get(f"/accounts/{self._session.account}/exclusions"))["exclusions"]
        rows = [self._row(each) for each in exclusions]
        listing = h("ul", {"class": "tokens"}, rows) if rows else h("p", {"class": "soft"}, "Nothing is left out.")
        more = self._form() if self._session.may_change else h("p", {"class": "soft"}, READ_ONLY)
        dom.fill(self._place, listing, more)

    def _row(self, each: Json) -> Element:
        zone, what = clock.browsers_zone(), _in_words(each)
        since = clock.day_and_minute(moments.seconds(each["created_at"]), zone)
        about = h("div", None, h("strong", None, what), h("small", None, f"left out since {since}"))
        attributes = {"type": "button", "data-do": "include", "value": each["id"], "aria-label": f"Count again: {what}"}
        return h("li", None, about, h("button", attributes, "Count again") if self._session.may_change else None)

    def _form(self) -> Element:
        version = {"id": "exclude-version", "type": "text", "autocomplete": "off", "placeholder": "all versions"}
        return h(
            "form",
            {"class": "make", "data-do": "exclude", "aria-label": "Leave out"},
            h(
                "div",
                {"class": "fields-row"},
                stretch.widget_field("exclude", self._account),
                h("div", None, h("label", {"for": "exclude-version"}, "Version"), h("input", version)),
                stretch.time_fields("exclude"),
            ),
            h("p", {"class": "problem", "role": "alert"}),
            h("button", {"type": "submit"}, "Leave out"),
        )

    async def _exclude(self, form: Element) -> None:
        body = stretch.body_of("exclude")
        version = form.querySelector("#exclude-version").value.strip()
        if version:
            body["version"] = version
        try:
            await self._session.api.post(f"/accounts/{self._session.account}/exclusions", body)
        except ApiError as error:
            dom.set_text(form.querySelector(".problem"), error.sentence)
            return
        await self._load()
        await self._changed()
        self._session.announce("Left out of the figures.")

    async def _include(self, id: str) -> None:  # noqa: A002
        await self._session.api.delete(f"/accounts/{self._session.account}/exclusions/{id}")
        await self._load()
        await self._changed()
        self._session.announce("Counted again.")


def _in_words(each: Json) -> str:
    """`Widget w1, version 0.4.0, 24 Nov 2026, 15:00 to 24 Nov 2026, 16:00`."""
    parts = [f"{name} {each[name]}" for name in ("widget", "version") if each[name]]
    text = ", ".join(parts + ([stretch.in_words(each["from"], each["to"])] if each["from"] else []))
    return text[0].upper() + text[1:]
