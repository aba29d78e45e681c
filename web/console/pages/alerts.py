"""Alerts: rules in plain words, a form for them, and what they fired on."""

from .. import clock, conditions, dom, moments
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Element, Json
from . import alert_history, page
from .alert_form import AlertForm
from .page import Page, card, clear_placeholders, copyable, placeholder

_MUTES = (
    ("", "Mute\u2026"),
    ("3600", "for an hour"),
    ("86400", "for a day"),
    ("604800", "for a week"),
    ("0", "for good"),
)
_FOR_GOOD = "9999-12-31T00:00:00Z"
_STATES = {"quiet": "Watching", "firing": "Firing", "muted": "Muted"}


class Alerts(Page):
    title = "Alerts"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._places: dict[str, Element] = {}
        self._rules: list[Json] = []
        self._secret = ""  # of a new webhook; shown once
        self._to_delete = ""  # the id of the rule that waits for a confirmation
        self._form = AlertForm(lambda: session.run(self._save()), self._cancel)
        dom.on("copy", lambda event, button: session.run(page.copy(session, button)))
        dom.on("edit-rule", lambda event, button: self._edit(button.value))
        dom.on("mute-rule", lambda event, select: session.run(self._mute(select.name, select.value)))
        dom.on("unmute-rule", lambda event, button: session.run(self._mute(button.value, "")))
        dom.on("test-rule", lambda event, button: session.run(self._test(button.value)))
        dom.on("delete-rule", lambda event, button: self._confirm(button.value))
        dom.on("keep-rule", lambda event, button: self._confirm(""))
        dom.on("delete-rule-now", lambda event, button: session.run(self._delete(button.value)))

    def body(self) -> list[Element]:
        self._places = {name: h("div", {"id": name}, placeholder()) for name in ("rules", "form", "history")}
        place = self._places
        right = h("div", {"class": "column"}, place["form"] if self.session.may_change else None)
        left = h("div", {"class": "column"}, place["rules"], place["history"])
        return [h("div", {"class": "columns alerts" if self.session.may_change else "column"}, left, right)]

    async def load(self) -> None:
        await self._load_rules()
        if self.session.may_change:
            account = await self.session.api.get(f"/accounts/{self.session.account}")
            self._form.show([widget["id"] for widget in account["widgets"]], self._sends_emails)
            self._draw_form()
        history = await self.session.api.get(f"{self._path}/history")
        dom.fill(self._places["history"], alert_history.draw(history["incidents"]))
        self.hide_problem()

    def show_problem(self, error: ApiError) -> None:
        super().show_problem(error)
        clear_placeholders(self._places)

    @property
    def _path(self) -> str:
        return f"/accounts/{self.session.account}/alerts"

    async def _load_rules(self) -> None:
        answer = await self.session.api.get(self._path)
        self._rules, self._sends_emails = answer["alerts"], answer["sends_emails"]
        self._draw_rules()

    def _draw_rules(self) -> None:
        rows = [self._row(rule) for rule in self._rules if rule["state"] == "firing"]
        rows += [self._row(rule) for rule in self._rules if rule["state"] != "firing"]
        none = "No rule yet. Make one, and you need not look here to hear of trouble."
        listing = h("ul", {"class": "rules"}, rows) if rows else h("p", {"class": "soft"}, none)
        dom.fill(self._places["rules"], card("Rules", listing))

    def _draw_form(self) -> None:
        title = "Change the rule" if self._form.rule else "New rule"
        dom.fill(self._places["form"], card(title, self._form.element, self._secret_box()))

    def _row(self, rule: Json) -> Element:
        state = rule["state"]
        text = _STATES[state]
        if state == "muted":
            until = rule["muted_until"]
            text = "Muted" if until == _FOR_GOOD else f"Muted until {alert_history.time(until)}"
        elif rule["metric"] == conditions.REPORT:
            text = "On"
        about = h(
            "div",
            {"class": "about-rule"},
            h("strong", None, _capital(rule)),
            h("small", None, _targets(rule)),
        )
        badge = h("span", {"class": f"badge {state}"}, text)
        return h("li", None, about, badge, self._actions(rule) if self.session.may_change else None)

    def _actions(self, rule: Json) -> Element:
        id_, words = rule["id"], rule["words"]
        if self._to_delete == id_:
            delete = _button("delete-rule-now", id_, "Delete for good", f"Delete for good: {words}", "danger")
            return h("div", {"class": "row"}, delete, _button("keep-rule", id_, "Keep", f"Keep: {words}"))
        if rule["state"] == "muted":
            mute = _button("unmute-rule", id_, "Unmute", f"Unmute: {words}")
        else:
            options = [h("option", {"value": value}, text) for value, text in _MUTES]
            attributes = {
                "name": id_,
                "data-do": "mute-rule",
                "data-key": f"mute {id_}",
                "aria-label": f"Mute: {words}",
            }
            mute = h("select", attributes, options)
        has_target = rule["webhook"] or rule["emails"]
        return h(
            "div",
            {"class": "row"},
            _button("edit-rule", id_, "Edit", f"Edit: {words}"),
            mute,
            _button("test-rule", id_, "Test", f"Send a test message: {words}") if has_target else None,
            _button("delete-rule", id_, "Delete", f"Delete: {words}"),
        )

    def _secret_box(self) -> Element:
        if not self._secret:
            return None
        note = h(
            "p", None, "Copy the webhook's secret now. It is not shown again; it proves that a message is from here."
        )
        return h("div", {"class": "once", "role": "status"}, note, copyable(self._secret, "webhook's secret"))

    def _edit(self, id_: str) -> None:
        self._secret = ""
        self._form.start(next(rule for rule in self._rules if rule["id"] == id_))
        self._draw_form()
        self._places["form"].scrollIntoView({"block": "nearest"})
        self._form.element.querySelector("select").focus()

    def _cancel(self) -> None:
        self._form.start()
        self._draw_form()

    async def _save(self) -> None:
        rule = self._form.rule
        try:
            body = conditions.body_of(self._form.draft, rule["muted_until"] if rule else None)
            if rule:
                answer = await self.session.api.put_for(f"{self._path}/{rule['id']}", body)
            else:
                answer = await self.session.api.post(self._path, body)
        except ValueError as error:
            self._form.show_problem(str(error))
            return
        except ApiError as error:
            self._form.show_problem(error.sentence)
            return
        self._secret = answer["webhook_secret"] or ""
        self._cancel()
        await self._load_rules()
        self.session.announce("Saved.")

    async def _mute(self, id_: str, seconds: str) -> None:
        rule = next(rule for rule in self._rules if rule["id"] == id_)
        until = _FOR_GOOD if seconds == "0" else moments.iso(clock.now() + float(seconds)) if seconds else None
        await self.session.api.put(f"{self._path}/{id_}", conditions.body_of(conditions.draft_of(rule), until))
        await self._load_rules()
        self.session.announce("Muted." if seconds else "No longer muted.")

    async def _test(self, id_: str) -> None:
        await self.session.api.call("POST", f"{self._path}/{id_}/test")
        self.session.announce("A test message is on its way.")
        button = self._places["rules"].querySelector(f'[data-do="test-rule"][value="{id_}"]')
        if button:
            dom.set_text(button, "On its way")

    def _confirm(self, id_: str) -> None:
        """Asks for a confirmation to delete this rule; an empty id takes the question back."""
        self._to_delete = id_
        self._draw_rules()
        if id_:
            self._places["rules"].querySelector("[data-do=delete-rule-now]").focus()

    async def _delete(self, id_: str) -> None:
        self._to_delete = ""
        await self.session.api.delete(f"{self._path}/{id_}")
        if self._form.rule and self._form.rule["id"] == id_:
            self._cancel()
        await self._load_rules()
        self.session.announce("Deleted.")


def _targets(rule: Json) -> str:
    """Where a rule's messages go."""
    targets = [f"E-mail to {', '.join(rule['emails'])}"] if rule["emails"] else []
    if rule["webhook"]:
        targets.append(f"webhook to {rule['webhook'].split('/')[2]}")
    if rule["metric"] != conditions.REPORT:
        targets.append("in this console")
    text = " \u00b7 ".join(targets)
    return text[0].upper() + text[1:]


def _capital(rule: Json) -> str:
    """The rule's words, with a capital unless they begin with p75, p95 or a widget's id."""
    words: str = rule["words"]
    is_name = words[:2] in ("p7", "p9") or (rule["widget"] and words.startswith(rule["widget"]))
    return words if is_name else words[0].upper() + words[1:]


def _button(action: str, value: str, text: str, name: str, kind: str = "") -> Element:
    attributes = {"type": "button", "data-do": action, "value": value, "aria-label": name, "class": kind or None}
    attributes["data-key"] = f"{action} {value}"
    return h("button", attributes, text)
