"""The settings of an account: how much is counted, what is sent, how to embed and to opt out, who may come in."""

import json

import js

from .. import clock, dom, moments, words
from ..dom import h
from . import page, telemetry, tokens
from .page import Page, card, copyable, waiting

_OPT_OUT = (
    ("A visitor", "switches on Do Not Track or Global Privacy Control. It is read again before anything is sent."),
    ("A page", 'has data-telemetry="false" on the tag or on the widget\'s element.'),
    ("An account", "is set to Off, above. It reaches every page at its next load."),
    ("A program", "calls tracker.disable()."),
)


class Settings(Page):
    title = "Settings"

    def __init__(self, app: object) -> None:
        super().__init__(app)
        self._places = {}
        self._telemetry = telemetry.Telemetry(app, self.load)
        self._tokens = tokens.Tokens(app)
        dom.on("copy", lambda event, button: app.run(page.copy(app, button)))

    def body(self):
        names = ("telemetry", "sent", "embed", "tokens", "audit")
        self._places = {name: h("div", {"id": name}, waiting()) for name in names}
        place = self._places
        left = h("div", {"class": "column"}, place["telemetry"], place["sent"])
        right = h("div", {"class": "column"}, place["embed"], _opt_out(), place["tokens"])
        return [h("div", {"class": "columns"}, left, right), place["audit"]]

    async def load(self) -> None:
        api, path = self.app.api, f"/accounts/{self.app.account}"
        account = await api.get(path)
        self._fill("telemetry", self._telemetry.draw(account))
        self._fill("embed", _embed(account["widgets"]))
        preview = await api.text(f"{path}/preview")
        self._fill("sent", _sent(preview))
        if self.app.may_change:
            self._fill("tokens", await self._tokens.draw())
        else:
            self._places["tokens"].replaceChildren()
        audit = await api.get(f"{path}/audit")
        self._fill("audit", _audit(audit["entries"]))
        self.went_well()

    def failed(self, error: object) -> None:
        super().failed(error)
        for place in self._places.values():
            if place.querySelector(".waiting"):
                place.replaceChildren()

    def _fill(self, name: str, element: object) -> None:
        dom.fill(self._places[name], element)


def _embed(widgets: list):
    if not widgets:
        nothing = "This account has no widget yet. Whoever runs the server adds one: python -m server widget add."
        return card("Embed code", h("p", {"class": "soft"}, nothing))
    codes = [[h("h3", None, each["id"]), copyable(each["embed"], f"embed code of {each['id']}")] for each in widgets]
    listed = h("div", {"class": "embeds", "tabindex": "0", "role": "region", "aria-label": "Embed code"}, codes)
    return card("Embed code", listed, note="Put the tag where the widget is to stand.")


def _opt_out():
    ways = [[h("dt", None, who), h("dd", None, how)] for who, how in _OPT_OUT]
    note = "Counting is off as soon as anyone says no, and nobody can take back another's no."
    return card("Opting out", h("dl", None, ways), note=note)


def _sent(answered: str):
    """Every field that leaves a page, and a batch as it leaves: its fields in their own order."""
    preview = json.loads(answered)
    example = js.JSON.stringify(js.JSON.parse(answered).example)
    head = h("tr", None, [h("th", {"scope": "col"}, name) for name in ("Field", "Bounds", "What it is for")])
    rows = [
        h(
            "tr",
            None,
            h("th", {"scope": "row"}, h("code", None, field["name"])),
            h("td", None, field["bounds"]),
            h("td", None, field["purpose"]),
        )
        for field in preview["fields"]
    ]
    table = h("table", {"class": "fields"}, h("thead", None, head), h("tbody", None, rows))
    never = "No name, address, cookie, identifier, referrer or browser is among it, and nothing else is ever sent."
    return card(
        "What is sent",
        h("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Fields"}, table),
        h("h3", None, "A batch, exactly as it leaves the page"),
        copyable(example, "example batch"),
        note=never,
    )


def _audit(entries: list):
    """Who changed what, the newest first."""
    note = "Who changed what. Entries are deleted after 90 days."
    if not entries:
        return card("Changes", h("p", {"class": "soft"}, "None yet."), note=note)
    zone = clock.browsers_zone()
    head = h("tr", None, [h("th", {"scope": "col"}, name) for name in (f"When ({zone})", "Who", "What")])
    rows = [
        h(
            "tr",
            None,
            h("td", {"class": "when"}, clock.whole(moments.seconds(entry["at"]), zone)),
            h("td", None, entry["actor"]),
            h("td", None, words.ACTIONS.get(entry["action"], entry["action"]), h("small", None, entry["detail"])),
        )
        for entry in entries
    ]
    table = h("table", {"class": "audit"}, h("thead", None, head), h("tbody", None, rows))
    return card(
        "Changes",
        h("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Changes"}, table),
        note=note,
    )
