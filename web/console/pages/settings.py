"""An account's settings: what is counted and sent, where it may be shown, who has access, and what was changed."""

import json

import js

from .. import clock, dom, moments, words
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Element, Json
from . import exclusions, origins, page, proposal, rates, regions, removal, telemetry, tokens, versions
from .page import Page, card, clear_placeholders, copyable, placeholder

_OPT_OUT = (
    ("A visitor", "switches on Do Not Track or Global Privacy Control. The widget checks it again before it sends."),
    ("A visitor of one page", "presses Stop behind the widget's button, if you have placed one above."),
    ("A page", 'has data-telemetry="false" on the script tag or on the widget\'s element.'),
    ("An account", "is set to Off, above. Each page follows at its next load."),
    ("A script", "calls tracker.disable()."),
)


class Settings(Page):
    title = "Settings"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._places: dict[str, Element] = {}
        self._telemetry = telemetry.Telemetry(session, self.load)
        self._proposal = proposal.Proposal(session)
        self._rates = rates.Rates(session, self._load_audit)
        self._regions = regions.Regions(session, self._load_audit)
        self._origins = origins.Origins(session, self._load_audit)
        self._exclusions = exclusions.Exclusions(session, self._load_audit)
        self._removal = removal.Removal(session, self.load)
        self._tokens = tokens.Tokens(session)
        dom.on("copy", lambda event, button: session.run(page.copy(session, button)))

    def body(self) -> list[Element]:
        left = ("telemetry", "proposal", "rates", "regions", "sent", "versions")
        right = ("embed", "origins", "opt_out", "tokens", "name")
        below = ("exclusions", "audit", "removal")
        self._places = {name: h("div", {"id": name}, placeholder()) for name in left + right + below}
        self._places["opt_out"] = _opt_out()
        columns = [h("div", {"class": "column"}, [self._places[name] for name in names]) for names in (left, right)]
        return [h("div", {"class": "columns"}, columns)] + [self._places[name] for name in below]

    async def load(self) -> None:
        api, path = self.session.api, f"/accounts/{self.session.account}"
        account = await api.get(path)
        self._fill("telemetry", self._telemetry.draw(account))
        self._fill("embed", _embed(account["widgets"], account["embed_problem"]))
        self._fill("proposal", await self._proposal.draw())
        self._fill("rates", self._rates.draw(account))
        self._fill("regions", self._regions.draw(account))
        self._fill("origins", await self._origins.draw())
        preview = await api.text(f"{path}/preview")
        self._fill("sent", _preview(preview))
        self._fill("versions", versions.draw(json.loads(preview), account["id"]))
        if self.session.may_change:
            self._fill("tokens", await self._tokens.draw())
            self._fill("name", self._removal.name_card(account))
            self._fill("removal", self._removal.card(account))
        else:
            for name in ("tokens", "name", "removal"):
                self._places[name].replaceChildren()
        self._fill("exclusions", await self._exclusions.draw(account))
        await self._load_audit()
        self.hide_problem()

    async def _load_audit(self) -> None:
        audit = await self.session.api.get(f"/accounts/{self.session.account}/audit")
        self._fill("audit", _audit(audit["entries"]))

    @property
    def has_unsaved(self) -> bool:
        return (
            self._telemetry.is_changed or self._rates.is_changed or self._regions.is_changed or self._origins.is_changed
        )

    def show_problem(self, error: ApiError) -> None:
        super().show_problem(error)
        clear_placeholders(self._places)

    def _fill(self, name: str, element: Element) -> None:
        dom.fill(self._places[name], element)


def _embed(widgets: list[Json], problem: str | None) -> Element:
    if not widgets:
        none = "This account has no widgets yet. Make the first one on the dashboard."
        return card("Embed code", h("p", {"class": "soft"}, none))
    codes = [[h("h3", None, each["id"]), copyable(each["embed"], f"embed code of {each['id']}")] for each in widgets]
    region = h("div", {"class": "embeds", "tabindex": "0", "role": "region", "aria-label": "Embed code"}, codes)
    warning = h("p", {"class": "problem", "role": "note"}, problem) if problem else None
    return card("Embed code", warning, region, note="Paste the code where the widget should appear on your page.")


def _opt_out() -> Element:
    ways = [[h("dt", None, who), h("dd", None, how)] for who, how in _OPT_OUT]
    return card("Opting out", h("dl", None, ways), note="Any one of these stops counting. None overrides another.")


def _preview(text: str) -> Element:
    """Every field that leaves a page, and an example of a batch with the fields in their order."""
    preview = json.loads(text)
    example = js.JSON.stringify(js.JSON.parse(text).example)  # MicroPython's dicts have no order
    head = h("tr", None, [h("th", {"scope": "col"}, name) for name in ("Field", "Allowed values", "Purpose")])
    rows = [
        h(
            "tr",
            None,
            h("th", {"scope": "row"}, h("code", None, field["name"])),
            h("td", {"data-label": "Allowed values"}, field["bounds"]),
            h("td", {"data-label": "Purpose"}, field["purpose"]),
        )
        for field in preview["fields"]
    ]
    table = h("table", {"class": "fields"}, h("thead", None, head), h("tbody", None, rows))
    note = "Pages send these fields and nothing else: no name, address, cookie, identifier, referrer or browser."
    return card(
        "What is sent",
        h("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Fields"}, table),
        h("h3", None, "A batch, exactly as a page sends it"),
        copyable(example, "example batch"),
        note=note,
    )


def _audit(entries: list[Json]) -> Element:
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
            h("td", {"class": "when", "data-label": "When"}, clock.day_and_minute(moments.seconds(entry["at"]), zone)),
            h("td", {"data-label": "Who"}, entry["actor"]),
            h(
                "td",
                {"data-label": "What"},
                words.ACTIONS.get(entry["action"], entry["action"]),
                h("small", None, words.detail(entry["detail"])),
            ),
        )
        for entry in entries
    ]
    table = h("table", {"class": "audit"}, h("thead", None, head), h("tbody", None, rows))
    return card(
        "Changes",
        h("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Changes"}, table),
        note=note,
    )
