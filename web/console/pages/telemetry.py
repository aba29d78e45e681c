"""The form for an account's mode and sampling rate. It says in words what each setting does."""

from .. import dom, words
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Any, Callable, Coroutine, Element, Json
from .page import READ_ONLY, card

_RATES = {"sampled": words.SAMPLED_RATES, "opt-in": words.OPT_IN_RATES}


class Telemetry:
    """The form. After saving, it awaits `reload()`."""

    def __init__(self, session: Session, reload: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._session, self._reload = session, reload
        self._account: Json = {}
        self._place = h("div")
        self._mode, self._rate, self._receipt = "sampled", 0.01, "none"
        self._rate_on_error = 0.0
        self._typed = ""  # the confirmation so far
        dom.on("mode", lambda event, radio: self._choose(radio.value, None))
        dom.on("rate", lambda event, select: self._choose(self._mode, float(select.value)))
        dom.on("rate-on-error", lambda event, select: self._choose_on_error(float(select.value)))
        dom.on("receipt", lambda event, select: self._place_receipt(select.value))
        dom.on("confirm", lambda event, field: self._confirm(field.value))
        dom.on("save-telemetry", lambda event, form: session.run(self._save()))

    def draw(self, account: Json) -> Element:
        """The form with the account's present setting."""
        self._account = account
        setting = account["telemetry"]
        self._mode, self._rate, self._receipt = setting["mode"], setting["rate"], setting["receipt"]
        self._rate_on_error = setting["rate_on_error"]
        self._typed = ""
        self._redraw()
        return card("What is counted", self._place)

    def _choose(self, mode: str, rate: float | None) -> None:
        self._mode = mode
        rates = _RATES.get(mode)
        if rate is not None:
            self._rate = rate
        if rates and not rates[0] <= self._rate <= rates[-1]:
            self._rate = rates[-1]
        if not rates or not self._rate < self._rate_on_error <= rates[-1]:
            self._rate_on_error = 0.0
        self._redraw()

    def _choose_on_error(self, rate: float) -> None:
        self._rate_on_error = rate
        self._redraw()

    def _place_receipt(self, place: str) -> None:
        self._receipt = place
        self._redraw()

    def _confirm(self, text: str) -> None:
        self._typed = text
        self._update_button()

    @property
    def is_changed(self) -> bool:
        """True if the choice differs from what is saved."""
        saved = self._account.get("telemetry")
        if saved is None or not self._session.may_change:
            return False
        is_other_rate = self._mode != "off" and self._rate != saved["rate"]
        is_other_rate = is_other_rate or (self._mode != "off" and self._rate_on_error != saved["rate_on_error"])
        return bool(self._mode != saved["mode"] or is_other_rate or self._receipt != saved["receipt"])

    def _redraw(self) -> None:
        may_change = self._session.may_change
        modes = [self._mode_choice(*mode) for mode in words.MODES]
        rates = self._rate_choice(may_change)
        confirmation = self._confirmation() if may_change else None
        on_error = self._rate_on_error_choice(may_change)
        details = h("div", {"class": "details"}, rates, on_error, self._receipt_choice(may_change), confirmation)
        parts = [h("fieldset", {"disabled": not may_change}, h("legend", None, "Mode"), modes), details]
        effect = words.setting(self._mode, self._rate, self._rate_on_error)
        parts.append(h("p", {"class": "effect", "id": "effect"}, effect))
        if may_change:
            save = h("button", {"type": "submit", "class": "main", "id": "save", "data-key": "save"}, "Save")
            save.disabled = not self.is_changed
            parts.append(h("p", {"class": "problem", "id": "save-problem", "role": "alert"}))
            parts.append(h("div", {"class": "row"}, save, h("span", {"class": "soft", "id": "saved"}, self._status())))
        else:
            parts.append(h("p", {"class": "soft"}, READ_ONLY))
        dom.fill(self._place, h("form", {"data-do": "save-telemetry", "aria-label": "What is counted"}, parts))
        self._update_button()

    def _status(self) -> str:
        return "Not saved yet" if self.is_changed else "No changes"

    def _mode_choice(self, mode: str, name: str, meaning: str) -> Element:
        radio = h(
            "input",
            {
                "type": "radio",
                "name": "mode",
                "value": mode,
                "id": f"mode-{mode}",
                "data-do": "mode",
                "data-key": f"mode {mode}",
                "checked": mode == self._mode,
                "aria-describedby": f"about-{mode}",
            },
        )
        about = h("small", {"id": f"about-{mode}"}, meaning)
        return h("div", {"class": "mode"}, radio, h("label", {"for": f"mode-{mode}"}, name), about)

    def _rate_choice(self, may_change: bool) -> list[Element] | None:
        if self._mode not in _RATES:
            return None
        rates = list(_RATES[self._mode])
        if self._rate not in rates:
            rates = sorted(rates + [self._rate])
        options = []
        for rate in rates:
            text = f"{words.share(rate)} ({words.percent(rate)})"
            options.append(h("option", {"value": rate, "selected": rate == self._rate}, text))
        attributes = {"id": "rate", "data-do": "rate", "data-key": "rate", "disabled": not may_change}
        return [h("label", {"for": "rate"}, "How many visits are counted"), h("select", attributes, options)]

    def _rate_on_error_choice(self, may_change: bool) -> list[Element] | None:
        """More of the visits with an error may be counted than of the others."""
        rates = [rate for rate in _RATES.get(self._mode, ()) if rate > self._rate]
        if not rates:
            return None
        if self._rate_on_error and self._rate_on_error not in rates:
            rates = sorted(rates + [self._rate_on_error])
        options = [h("option", {"value": 0, "selected": self._rate_on_error == 0}, "as many as of the others")]
        for rate in rates:
            text = f"{words.share(rate)} ({words.percent(rate)})"
            options.append(h("option", {"value": rate, "selected": rate == self._rate_on_error}, text))
        name = "rate-on-error"
        attributes = {"id": name, "data-do": name, "data-key": name, "disabled": not may_change}
        return [h("label", {"for": name}, "Of the visits with an error"), h("select", attributes, options)]

    def _receipt_choice(self, may_change: bool) -> list[Element]:
        """Where the widgets have the button by which visitors see what is sent. In opt-in they always have it."""
        is_opt_in = self._mode == "opt-in"
        chosen = "bottom" if is_opt_in and self._receipt == "none" else self._receipt
        places = [place for place in words.RECEIPTS if not is_opt_in or place[0] != "none"]
        options = [h("option", {"value": value, "selected": value == chosen}, name) for value, name in places]
        attributes = {"id": "receipt", "data-do": "receipt", "data-key": "receipt", "disabled": not may_change}
        return [
            h("label", {"for": "receipt"}, "Button that tells visitors what is sent"),
            h("select", attributes, options),
        ]

    def _confirmation(self) -> list[Element] | None:
        """The field for the sentence that opt-in requires: a click alone should not confirm that visitors agreed."""
        if self._mode != "opt-in" or not self.is_changed:
            return None
        attributes = {
            "id": "confirmation",
            "type": "text",
            "autocomplete": "off",
            "spellcheck": "false",
            "data-do": "confirm",
            "data-on": "input",
            "data-key": "confirmation",
            "value": self._typed,
        }
        label = ["To switch it on, type ", h("q", None, self._account["confirmation"])]
        return [h("label", {"for": "confirmation"}, label), h("input", attributes)]

    def _update_button(self) -> None:
        """Enables Save if the setting has changed and, for opt-in, is confirmed."""
        save, field = dom.find("#save"), self._place.querySelector("#confirmation")
        if save is None:
            return
        text = field.value.strip().lower() if field else ""
        is_confirmed = field is None or text == self._account["confirmation"].lower()
        save.disabled = not (self.is_changed and is_confirmed)

    async def _save(self) -> None:
        if not self.is_changed:
            return
        field = self._place.querySelector("#confirmation")
        body: Json = {"mode": self._mode, "rate": self._rate, "rate_on_error": self._rate_on_error}
        body["confirmation"] = field.value if field else ""
        if self._receipt != self._account["telemetry"]["receipt"]:
            body["receipt"] = self._receipt
        dom.set_text(dom.find("#save-problem"), "")
        try:
            await self._session.api.put(f"/accounts/{self._session.account}/telemetry", body)
        except ApiError as error:
            dom.set_text(dom.find("#save-problem"), error.sentence)
            return
        await self._reload()
        text = "Saved. It applies from the next page load on."
        dom.set_text(dom.find("#saved"), text)
        self._session.announce(text)
