"""Who may come in: the tokens of an account, made and revoked. A token's text is shown once."""

from .. import clock, dom, moments
from ..api import ApiError
from ..dom import h
from .page import card, copyable

_SCOPES = (("viewer", "Viewer: reads"), ("owner", "Owner: reads and changes"))


class Tokens:
    """The list and its form."""

    def __init__(self, app: object) -> None:
        self._app = app
        self._place = h("div")
        self._made = None  # the token that was just made, with its text
        self._asked = ""  # the id of the token that is about to be revoked
        dom.on("make-token", lambda event, form: app.run(self._make()))
        dom.on("revoke", lambda event, button: self._ask(button.value))
        dom.on("keep", lambda event, button: self._ask(""))
        dom.on("revoke-now", lambda event, button: app.run(self._revoke(button.value)))

    async def draw(self):
        await self._redraw()
        return card("Access", self._place, note="A token opens this console for one account. Its text is shown once.")

    async def _redraw(self) -> None:
        listed = (await self._app.api.get("/tokens"))["tokens"]
        self._listed = [token for token in listed if token["account"] == self._app.account and not token["revoked_at"]]
        self._show()

    def _show(self) -> None:
        rows = [self._row(token) for token in self._listed]
        listing = h("ul", {"class": "tokens"}, rows) if rows else h("p", {"class": "soft"}, "None yet.")
        dom.fill(self._place, listing, self._shown_once(), _form())

    def _row(self, token: dict):
        made = clock.whole(moments.seconds(token["created_at"]), clock.browsers_zone())
        name = token["label"] or token["id"]
        about = h("div", None, h("strong", None, name), h("small", None, f"{token['scope']} \u00b7 since {made}"))
        if self._asked == token["id"]:
            sure = _button("revoke-now", token["id"], "Revoke for good", f"Revoke {name} for good", "danger")
            return h(
                "li",
                None,
                about,
                h("div", {"class": "row"}, sure, _button("keep", token["id"], "Keep", f"Keep {name}")),
            )
        return h("li", None, about, _button("revoke", token["id"], "Revoke", f"Revoke {name}"))

    def _shown_once(self):
        if self._made is None:
            return None
        said = "Copy it now: it is not shown again."
        return h(
            "div", {"class": "once", "role": "status"}, h("p", None, said), copyable(self._made["token"], "new token")
        )

    def _ask(self, token: str) -> None:
        self._asked = token
        self._show()
        if token:
            self._place.querySelector("[data-do=revoke-now]").focus()

    async def _make(self) -> None:
        label, scope = self._place.querySelector("#label"), self._place.querySelector("#scope")
        body = {"label": label.value.strip(), "scope": scope.value, "account": self._app.account}
        try:
            self._made = await self._app.api.post("/tokens", body)
        except ApiError as error:
            if error.status == 401:
                raise
            dom.say(self._place.querySelector("#token-refused"), error.sentence)
            return
        await self._redraw()

    async def _revoke(self, token: str) -> None:
        self._asked = ""
        await self._app.api.delete(f"/tokens/{token}")
        await self._redraw()
        self._app.say("Revoked.")


def _form():
    options = [h("option", {"value": value}, text) for value, text in _SCOPES]
    return h(
        "form",
        {"class": "make", "data-do": "make-token", "aria-label": "New token"},
        h("label", {"for": "label"}, "For whom or what"),
        h("input", {"id": "label", "type": "text", "maxlength": 80, "required": True, "autocomplete": "off"}),
        h("label", {"for": "scope"}, "What it may do"),
        h("select", {"id": "scope"}, options),
        h("p", {"class": "problem", "id": "token-refused", "role": "alert"}),
        h("button", {"type": "submit"}, "Make a token"),
    )


def _button(action: str, value: str, text: str, name: str, kind: str = ""):
    attributes = {"type": "button", "data-do": action, "value": value, "aria-label": name, "class": kind or None}
    attributes["data-key"] = f"{action} {value}"
    return h("button", attributes, text)
