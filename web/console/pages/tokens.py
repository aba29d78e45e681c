"""An account's tokens and read-only links: a list, and forms that create one. Its text is shown once."""

import js

from .. import clock, dom, moments
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Element, Json
from .page import card, copyable

_DAYS = ((1, "1 day"), (7, "7 days"), (30, "30 days"), (90, "90 days"))
_SCOPES = (("viewer", "Viewer: can read"), ("owner", "Owner: can read and change"))


class Tokens:
    """The list and its form."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._place = h("div")
        self._tokens: list[Json] = []
        self._new_token: Json | None = None  # with its text
        self._to_revoke = ""  # the id of the token that waits for a confirmation
        dom.on("make-token", lambda event, form: session.run(self._create(form)))
        dom.on("revoke", lambda event, button: self._confirm(button.value))
        dom.on("keep", lambda event, button: self._confirm(""))
        dom.on("revoke-now", lambda event, button: session.run(self._revoke(button.value)))

    async def draw(self) -> Element:
        await self._load()
        note = "A token opens this console for one account. A link does so without signing in, to read only, and ends."
        return card("Access", self._place, note=note)

    async def _load(self) -> None:
        tokens = (await self._session.api.get("/tokens"))["tokens"]
        account = self._session.account
        now = clock.now()
        self._tokens = [
            token
            for token in tokens
            if token["account"] == account
            and not token["revoked_at"]
            and (token["expires_at"] is None or moments.seconds(token["expires_at"]) > now)
        ]
        self._redraw()

    def _redraw(self) -> None:
        rows = [self._row(token) for token in self._tokens]
        listing = h("ul", {"class": "tokens"}, rows) if rows else h("p", {"class": "soft"}, "None yet.")
        dom.fill(self._place, listing, self._new_token_box(), _link_form(), _token_form())

    def _row(self, token: Json) -> Element:
        name = token["label"] or token["id"]
        is_own = token["id"] == self._session.me["id"]
        own = h("span", {"class": "own"}, "this one") if is_own else None
        about = h("div", None, h("strong", None, name), own, h("small", None, _about(token)))
        if is_own:
            return h("li", None, about)  # a token cannot revoke itself
        if self._to_revoke == token["id"]:
            revoke = _button("revoke-now", token["id"], "Revoke for good", f"Revoke {name} for good", "danger")
            keep = _button("keep", token["id"], "Keep", f"Keep {name}")
            return h("li", None, about, h("div", {"class": "row"}, revoke, keep))
        return h("li", None, about, _button("revoke", token["id"], "Revoke", f"Revoke {name}"))

    def _new_token_box(self) -> Element:
        if self._new_token is None:
            return None
        text, what = self._new_token["token"], "token"
        if self._new_token["expires_at"]:
            text, what = f"{js.location.origin}{js.location.pathname}#open={text}", "link"
        note = h("p", None, f"Copy this {what} now. It is not shown again.")
        return h("div", {"class": "once", "role": "status"}, note, copyable(text, f"new {what}"))

    def _confirm(self, token: str) -> None:
        """Asks for a confirmation to revoke this token; an empty id takes the question back."""
        self._to_revoke = token
        self._redraw()
        if token:
            self._place.querySelector("[data-do=revoke-now]").focus()

    async def _create(self, form: Element) -> None:
        body: Json = {"label": form.querySelector("input").value.strip(), "account": self._session.account}
        choice = form.querySelector("select").value
        if form.getAttribute("data-kind") == "link":
            body["scope"], body["expires_in_days"] = "viewer", int(choice)
        else:
            body["scope"] = choice
        try:
            self._new_token = await self._session.api.post("/tokens", body)
        except ApiError as error:
            dom.set_text(form.querySelector(".problem"), error.sentence)
            return
        await self._load()

    async def _revoke(self, token: str) -> None:
        self._to_revoke = ""
        await self._session.api.delete(f"/tokens/{token}")
        await self._load()
        self._session.announce("Revoked.")


def _about(token: Json) -> str:
    """`viewer, ends on 1 Dec 2026, 15:00, last used on ...`."""
    zone = clock.browsers_zone()
    parts = ["read-only link" if token["expires_at"] else token["scope"]]
    for name, text in (("created_at", "since"), ("expires_at", "ends"), ("last_used_at", "last used")):
        if token[name]:
            parts.append(f"{text} {clock.day_and_minute(moments.seconds(token[name]), zone)}")
    return " \u00b7 ".join(parts + ([] if token["last_used_at"] else ["never used"]))


def _token_form() -> Element:
    options = [h("option", {"value": value}, text) for value, text in _SCOPES]
    return _form("token", "New token", "Who or what uses it", "What it may do", options, "Create a token")


def _link_form() -> Element:
    options = [h("option", {"value": days, "selected": days == 7}, text) for days, text in _DAYS]
    return _form("link", "New read-only link", "Who gets the link", "It ends after", options, "Create a read-only link")


def _form(kind: str, title: str, label: str, choice: str, options: list[Element], action: str) -> Element:
    field = {"id": f"{kind}-label", "type": "text", "maxlength": 64, "required": True, "autocomplete": "off"}
    return h(
        "form",
        {"class": "make", "data-do": "make-token", "data-kind": kind, "aria-label": title},
        h("label", {"for": f"{kind}-label"}, label),
        h("input", field),
        h("label", {"for": f"{kind}-choice"}, choice),
        h("select", {"id": f"{kind}-choice"}, options),
        h("p", {"class": "problem", "role": "alert"}),
        h("button", {"type": "submit"}, action),
    )


def _button(action: str, value: str, text: str, name: str, kind: str = "") -> Element:
    attributes = {"type": "button", "data-do": action, "value": value, "aria-label": name, "class": kind or None}
    attributes["data-key"] = f"{action} {value}"
    return h("button", attributes, text)
