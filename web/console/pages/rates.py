"""The sampling rates that the page's own scripts may use besides that of the setting."""

from .. import dom, words
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Any, Callable, Coroutine, Element, Json
from .page import READ_ONLY, card

_NOTE = (
    "Scripts of your page may count at rates of their own, the samplingRate of a Tresta.TelemetryTracker. "
    "Rows at any other rate than these and that of the setting are refused."
)


class Rates:
    """The list as one line of text. After saving, it awaits `changed()`."""

    def __init__(self, session: Session, changed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._session, self._changed = session, changed
        self._place = h("div")
        self._saved = ""
        dom.on("save-rates", lambda event, form: session.run(self._save(form)))
        dom.on("type-rates", lambda event, field: self._explain(field.value))

    def draw(self, account: Json) -> Element:
        self._redraw(account)
        return card("Rates of your own scripts", self._place, note=_NOTE)

    def _redraw(self, account: Json) -> None:
        declared = account["rates"]["declared"]
        self._saved = ", ".join(words.number(rate) for rate in declared)
        effect = h("p", {"class": "effect", "id": "rates-effect"}, _in_words(declared))
        if not self._session.may_change:
            dom.fill(self._place, effect, h("p", {"class": "soft"}, READ_ONLY))
            return
        field = {"id": "declared", "type": "text", "autocomplete": "off", "inputmode": "decimal"}
        field["data-do"], field["data-on"], field["data-key"] = "type-rates", "input", "declared"
        field["value"], field["placeholder"] = self._saved, "0.02"
        most = "1" if account["telemetry"]["mode"] == "opt-in" else "0.1"
        form = h(
            "form",
            {"class": "stack", "data-do": "save-rates", "aria-label": "Rates of your own scripts"},
            h("label", {"for": "declared"}, f"Fractions from 0.001 to {most}, with commas between them"),
            h("input", field),
            effect,
            h("p", {"class": "problem", "role": "alert"}),
            h("div", {"class": "row"}, h("button", {"type": "submit", "class": "main"}, "Save rates")),
        )
        dom.fill(self._place, form)

    @property
    def is_changed(self) -> bool:
        field = dom.find("#declared")
        return bool(field) and field.value.strip() != self._saved

    def _explain(self, text: str) -> None:
        rates = _parse(text)
        dom.set_text(dom.find("#rates-effect"), "" if rates is None else _in_words(rates))

    async def _save(self, form: Element) -> None:
        problem, rates = form.querySelector(".problem"), _parse(form.querySelector("input").value)
        if rates is None:
            dom.set_text(problem, "Write fractions such as 0.02, 0.05.")
            return
        try:
            path = f"/accounts/{self._session.account}/rates"
            account = await self._session.api.put_for(path, {"declared": rates})
        except ApiError as error:
            dom.set_text(problem, error.sentence)
            return
        self._redraw(account)
        await self._changed()
        self._session.announce("The rates are saved.")


def _parse(text: str) -> list[float] | None:
    """The rates of a list with commas; None if one is no number."""
    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        return None


def _in_words(rates: list[float]) -> str:
    if not rates:
        return "None: your scripts use the rate of the setting."
    return f"Besides that of the setting: {'; '.join(words.share(rate) for rate in rates)}."
