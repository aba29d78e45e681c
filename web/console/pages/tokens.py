"""An account's tokens: a list, and a form that creates one. A token's text is shown once."""

from .. import clock, dom, moments
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Element, Json
from .page import card, copyable

_SCOPES = (("viewer", "Viewer: can read"), ("owner", "Owner: can read and change"))


class Tokens:
    """The list and its form."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._place = h("div")
        self._tokens: list[Json] = []
        self._new_token: Json | None = None  # with its text
        self._to_revoke = ""  # the id of the token that waits for a confirmation
        dom.on("make-token", lambda event, form: session.run(self._create()))
        dom.on("revoke", lambda event, button: self._confirm(button.value))
        dom.on("keep", lambda event, button: self._confirm(""))
        dom.on("revoke-now", lambda event, button: session.run(self._revoke(button.value)))

    async def draw(self) -> Element:
        await self._load()
        return card("Access", self._place, note="A token opens this console for one account. Its text is shown once.")

    async def _load(self) -> None:
        tokens = (await self._session.api.get("/tokens"))["tokens"]
        account = self._session.account
        self._tokens = [token for token in tokens if token["account"] == account and not token["revoked_at"]]
        self._redraw()

    def _redraw(self) -> None:
        rows = [self._row(token) for token in self._tokens]
        listing = h("ul", {"class": "tokens"}, rows) if rows else h("p", {"class": "soft"}, "None yet.")
        dom.fill(self._place, listing, self._new_token_box(), _form())

    def _row(self, token: Json) -> Element:
        created = clock.day_and_minute(moments.seconds(token["created_at"]), clock.browsers_zone())
        name = token["label"] or token["id"]
        about = h("div", None, h("strong", None, name), h("small", None, f"{token['scope']} \u00b7 since {created}"))
        if self._to_revoke == token["id"]:
            revoke = _button("revoke-now", token["id"], "Revoke for good", f"Revoke {name} for good", "danger")
            keep = _button("keep", token["id"], "Keep", f"Keep {name}")
            return h("li", None, about, h("div", {"class": "row"}, revoke, keep))
        return h("li", None, about, _button("revoke", token["id"], "Revoke", f"Revoke {name}"))

    def _new_token_box(self) -> Element:
        if self._new_token is None:
            return None
        note = h("p", None, "Copy this token now. It is not shown again.")
        return h("div", {"class": "once", "role": "status"}, note, copyable(self._new_token["token"], "new token"))

    def _confirm(self, token: str) -> None:
        """Asks for a confirmation to revoke this token; an empty id takes the question back."""
        self._to_revoke = token
        self._redraw()
        if token:
            self._place.querySelector("[data-do=revoke-now]").focus()

    async def _create(self) -> None:
        label, scope = self._place.querySelector("#label"), self._place.querySelector("#scope")
        body = {"label": label.value.strip(), "scope": scope.value, "account": self._session.account}
        try:
            self._new_token = await self._session.api.post("/tokens", body)
        except ApiError as error:
            if error.status == 401:
                raise
            dom.set_text(self._place.querySelector("#token-refused"), error.sentence)
            return
        await self._load()

    async def _revoke(self, token: str) -> None:
        self._to_revoke = ""
        await self._session.api.delete(f"/tokens/{token}")
        await self._load()
        self._session.announce("Revoked.")


def _form() -> Element:
    options = [h("option", {"value": value}, text) for value, text in _SCOPES]
    return h(
        "form",
        {"class": "make", "data-do": "make-token", "aria-label": "New token"},
        h("label", {"for": "label"}, "Who or what uses it"),
        h("input", {"id": "label", "type": "text", "maxlength": 80, "required": True, "autocomplete": "off"}),
        h("label", {"for": "scope"}, "What it may do"),
        h("select", {"id": "scope"}, options),
        h("p", {"class": "problem", "id": "token-refused", "role": "alert"}),
        h("button", {"type": "submit"}, "Create a token"),
    )


def _button(action: str, value: str, text: str, name: str, kind: str = "") -> Element:
    attributes = {"type": "button", "data-do": action, "value": value, "aria-label": name, "class": kind or None}
    attributes["data-key"] = f"{action} {value}"
    return h("button", attributes, text)
