"""The form for an account's mode and sampling rate, in words that say what each does."""

from .. import dom, words
from ..api import ApiError
from ..dom import h
from .page import card

_RATES = {"sampled": words.SAMPLED_RATES, "opt-in": words.OPT_IN_RATES}


class Telemetry:
    """The form. After a change is saved, `reload()` is awaited."""

    def __init__(self, app: object, reload: object) -> None:
        self._app, self._reload = app, reload
        self._account = {}
        self._place = h("div")
        self._mode, self._rate = "sampled", 0.01
        dom.on("mode", lambda event, radio: self._choose(radio.value, None))
        dom.on("rate", lambda event, select: self._choose(self._mode, float(select.value)))
        dom.on("confirm", lambda event, field: self._mark())
        dom.on("save-telemetry", lambda event, form: app.run(self._save()))

    def draw(self, account: dict):
        """The form as the account is set now."""
        self._account = account
        self._mode, self._rate = account["telemetry"]["mode"], account["telemetry"]["rate"]
        self._redraw()
        return card("What is counted", self._place)

    def _choose(self, mode: str, rate: "float | None") -> None:
        self._mode = mode
        rates = _RATES.get(mode)
        if rate is not None:
            self._rate = rate
        if rates and not rates[0] <= self._rate <= rates[-1]:
            self._rate = rates[-1]
        self._redraw()

    @property
    def _is_changed(self) -> bool:
        was = self._account["telemetry"]
        return self._mode != was["mode"] or (self._mode != "off" and self._rate != was["rate"])

    def _redraw(self) -> None:
        can = self._app.may_change
        modes = [self._mode_choice(*mode) for mode in words.MODES]
        details = h("div", {"class": "details"}, self._rate_choice(can), self._confirmation() if can else None)
        parts = [h("fieldset", {"disabled": not can}, h("legend", None, "Mode"), modes), details]
        parts.append(h("p", {"class": "effect", "id": "effect"}, words.setting(self._mode, self._rate)))
        if can:
            save = h("button", {"type": "submit", "class": "main", "id": "save", "data-key": "save"}, "Save")
            save.disabled = not self._is_changed
            parts.append(h("p", {"class": "problem", "id": "save-problem", "role": "alert"}))
            parts.append(h("div", {"class": "row"}, save, h("span", {"class": "soft", "id": "saved"}, self._status())))
        else:
            parts.append(h("p", {"class": "soft"}, "This token reads only; an owner's changes it."))
        dom.fill(self._place, h("form", {"data-do": "save-telemetry", "aria-label": "What is counted"}, parts))
        self._mark()

    def _status(self) -> str:
        return "Not saved yet" if self._is_changed else "As it is now"

    def _mode_choice(self, mode: str, name: str, meaning: str):
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

    def _rate_choice(self, can: bool):
        if self._mode not in _RATES:
            return None
        rates = list(_RATES[self._mode])
        if self._rate not in rates:
            rates = sorted(rates + [self._rate])
        options = []
        for rate in rates:
            text = f"{words.share(rate)} ({words.percent(rate)})"
            options.append(h("option", {"value": rate, "selected": rate == self._rate}, text))
        attributes = {"id": "rate", "data-do": "rate", "data-key": "rate", "disabled": not can}
        return [h("label", {"for": "rate"}, "How many visits are counted"), h("select", attributes, options)]

    def _confirmation(self):
        """Opt-in wants words: that the visitors were asked is nothing a click should say."""
        if self._mode != "opt-in" or not self._is_changed:
            return None
        attributes = {
            "id": "confirmation",
            "type": "text",
            "autocomplete": "off",
            "spellcheck": "false",
            "data-do": "confirm",
            "data-on": "input",
            "data-key": "confirmation",
        }
        asked = ["To switch it on, type ", h("q", None, self._account["confirmation"])]
        return [h("label", {"for": "confirmation"}, asked), h("input", attributes)]

    def _mark(self) -> None:
        """Lets it be saved once it is changed and, for opt-in, confirmed."""
        save, field = dom.find("#save"), self._place.querySelector("#confirmation")
        if save is None:
            return
        given = field.value.strip().lower() if field else ""
        is_confirmed = field is None or given == self._account["confirmation"].lower()
        save.disabled = not (self._is_changed and is_confirmed)

    async def _save(self) -> None:
        if not self._is_changed:
            return
        field = self._place.querySelector("#confirmation")
        body = {"mode": self._mode, "rate": self._rate, "confirmation": field.value if field else ""}
        dom.say(dom.find("#save-problem"), "")
        try:
            await self._app.api.put(f"/accounts/{self._app.account}/telemetry", body)
        except ApiError as error:
            if error.status == 401:
                raise
            dom.say(dom.find("#save-problem"), error.sentence)
            return
        await self._reload()
        dom.say(dom.find("#saved"), "Saved. It holds from the next page load on.")
        self._app.say("Saved. It holds from the next page load on.")
