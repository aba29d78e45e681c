"""The switch for the regions of the world, and how far pages hide theirs."""

from .. import dom
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Any, Callable, Coroutine, Element, Json
from .page import READ_ONLY, card

_NOTE = (
    "Page views that are counted name their region of the world, such as Western Europe: one of 22, never a country. "
    "The page finds it by the browser's time zone, and only the region leaves it."
)
# Privacy budgets of the randomised response, and what each does. The first is none.
_CHOICES = (
    ("", "Pages name their own region."),
    ("4", "Pages mostly name their own region, and another one by chance (epsilon 4)."),
    ("2", "Pages name their own region 1 time in 4, and another one by chance (epsilon 2)."),
    ("1", "Pages name their own region 1 time in 9, and another one by chance (epsilon 1)."),
)
_EFFECT = (
    "With chance, nobody can tell where a single page view is from, not even who reads the stored rows. The figures "
    "are corrected for it, and take many more page views."
)


class Regions:
    """The form. After saving, it awaits `changed()`."""

    def __init__(self, session: Session, changed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._session, self._changed = session, changed
        self._place = h("div")
        self._saved: tuple[bool, str] = (False, "")
        dom.on("save-regions", lambda event, form: session.run(self._save()))
        dom.on("regions", lambda event, field: self._update())

    def draw(self, account: Json) -> Element:
        self._redraw(account)
        return card("Regions", self._place, note=_NOTE)

    def _redraw(self, account: Json) -> None:
        regions = account["regions"]
        epsilon = "" if regions["epsilon"] is None else f"{float(regions['epsilon']):g}"
        self._saved = (regions["is_on"], epsilon)
        if not self._session.may_change:
            state = "Regions are collected." if regions["is_on"] else "Regions are not collected."
            dom.fill(self._place, h("p", {"class": "effect"}, state), h("p", {"class": "soft"}, READ_ONLY))
            return
        box = {"type": "checkbox", "id": "regions-on", "checked": regions["is_on"], "data-do": "regions"}
        box["data-key"] = "regions on"
        choices = list(_CHOICES)
        if epsilon not in [value for value, _ in choices]:
            choices.append((epsilon, f"Pages name their own region, or another one by chance (epsilon {epsilon})."))
        options = [h("option", {"value": value, "selected": value == epsilon}, text) for value, text in choices]
        menu = {"id": "regions-epsilon", "data-do": "regions", "data-key": "regions epsilon"}
        save = h("button", {"type": "submit", "class": "main", "id": "save-regions"}, "Save regions")
        form = h(
            "form",
            {"class": "stack", "data-do": "save-regions", "aria-label": "Regions"},
            h("p", {"class": "stay"}, h("input", box), h("label", {"for": "regions-on"}, "Collect regions")),
            h("label", {"for": "regions-epsilon"}, "What a page names"),
            h("select", menu, options),
            h("p", {"class": "soft small"}, _EFFECT),
            h("p", {"class": "problem", "role": "alert"}),
            h("div", {"class": "row"}, save),
        )
        dom.fill(self._place, form)
        self._update()

    @property
    def is_changed(self) -> bool:
        return dom.find("#regions-on") is not None and self._choice() != self._saved

    def _choice(self) -> tuple[bool, str]:
        is_on = bool(dom.find("#regions-on").checked)
        return is_on, str(dom.find("#regions-epsilon").value) if is_on else ""

    def _update(self) -> None:
        box = self._place.querySelector("#regions-on")
        self._place.querySelector("#regions-epsilon").disabled = not box.checked

    async def _save(self) -> None:
        is_on, epsilon = self._choice()
        try:
            path = f"/accounts/{self._session.account}/regions"
            body = {"is_on": is_on, "epsilon": float(epsilon) if epsilon else None}
            account = await self._session.api.put_for(path, body)
        except ApiError as error:
            dom.set_text(self._place.querySelector(".problem"), error.sentence)
            return
        self._redraw(account)
        await self._changed()
        self._session.announce("Saved. It applies from the next page load on.")
