"""The form that makes or changes an alert rule, with the rule in one sentence below it."""

from .. import conditions, dom
from ..dom import h
from ..types import Callable, Element, Json


class AlertForm:
    """Keeps a draft of the rule. `save` is called when the form is sent, `cancel` when an edit is given up."""

    def __init__(self, save: Callable[[], None], cancel: Callable[[], None]) -> None:
        self.element = h("form", {"class": "rule-form", "data-do": "save-rule", "aria-label": "Rule"})
        self.draft = conditions.new()
        self.rule: Json | None = None  # the one that is edited
        self._widgets: list[str] = []
        self._sends_emails = False
        dom.on("save-rule", lambda event, form: save())
        dom.on("cancel-rule", lambda event, button: cancel())
        dom.on("rule-metric", lambda event, select: self._set_metric(select.value, self.draft["against"]))
        dom.on("rule-against", lambda event, select: self._set_metric(self.draft["metric"], select.value))
        dom.on("rule-field", lambda event, field: self._set_field(field.name, field.value))

    def show(self, widgets: list[str], sends_emails: bool) -> None:
        """Draws the form with the account's widgets."""
        self._widgets, self._sends_emails = widgets, sends_emails
        self._draw()

    def start(self, rule: Json | None = None) -> None:
        """Starts with a rule to edit, or anew."""
        self.rule = rule
        self.draft = conditions.draft_of(rule) if rule else conditions.new()
        self._draw()

    def show_problem(self, sentence: str) -> None:
        dom.set_text(self.element.querySelector(".problem"), sentence)

    def _set_metric(self, metric: str, against: str) -> None:
        self.draft = conditions.with_metric(self.draft, metric, against)
        self._draw()

    def _set_field(self, name: str, value: str) -> None:
        self.draft[name] = value
        dom.set_text(self.element.querySelector(".effect"), conditions.sentence(self.draft))

    def _draw(self) -> None:
        draft = self.draft
        metrics = [(metric, words) for metric, words, _, _, _ in conditions.ALL]
        names = [("", "any widget, each by itself")] + [(name, name) for name in self._widgets]
        if draft["metric"] == conditions.REPORT:
            names[0] = ("", "all widgets")
        if draft["widget"] and draft["widget"] not in self._widgets:
            names.append((draft["widget"], draft["widget"]))
        dom.fill(
            self.element,
            h(
                "div",
                {"class": "fields-row"},
                _select("metric", "Tell me when", metrics, draft["metric"], "rule-metric"),
                _select("widget", "of", names, draft["widget"], "rule-field"),
            ),
            h("div", {"class": "fields-row"}, self._condition()),
            h("p", {"class": "effect", "aria-live": "polite"}, conditions.sentence(draft)),
            h("div", {"class": "fields-row"}, self._channels()),
            h("p", {"class": "problem", "role": "alert"}),
            h("div", {"class": "row"}, self._buttons()),
        )

    def _condition(self) -> list[Element]:
        """The fields of the metric: an error code, what to compare with, and a number."""
        draft = self.draft
        _, _, _, limit, usual = conditions.of(draft["metric"])
        fields = []
        if draft["metric"] == "code":
            fields.append(_input("code", "Error code", draft["code"], placeholder="API_ERROR", maxlength=48))
        if limit is not None and usual is not None:
            kinds = [("limit", "a fixed limit"), ("usual", "the same hours of earlier weeks")]
            fields.append(_select("against", "Compared with", kinds, draft["against"], "rule-against"))
        if limit is not None:
            label = "Factor" if draft["against"] == "usual" else "Limit"
            number = _field("number", label, draft["number"], inputmode="decimal", size=6)
            fields.append(_labelled("number", label, h("span", {"class": "number"}, number, conditions.unit(draft))))
        if draft["metric"] != conditions.REPORT:
            at_least = _field("min_page_views", "", draft["min_page_views"], inputmode="numeric", size=6)
            unit = h("span", {"class": "number"}, at_least, "sampled page views")
            fields.append(_labelled("min_page_views", "Judged from", unit))
        return fields

    def _channels(self) -> list[Element]:
        draft = self.draft
        if self._sends_emails:
            email = _input("emails", "E-mail to", draft["emails"], placeholder="maria@example.com, ada@example.com")
        else:
            note = "This server sends no e-mails: its operator has set no mail server."
            email = h("div", None, h("span", {"class": "label"}, "E-mail to"), h("p", {"class": "soft small"}, note))
        if draft["metric"] == conditions.REPORT:
            return [email]
        hook = _input("webhook", "Webhook", draft["webhook"], placeholder="https://hooks.example.com/tresta")
        return [email, hook]

    def _buttons(self) -> list[Element]:
        text = "Save the rule" if self.rule else "Make the rule"
        save = h("button", {"type": "submit", "class": "main", "data-key": "save-rule"}, text)
        if not self.rule:
            return [save]
        return [save, h("button", {"type": "button", "data-do": "cancel-rule", "data-key": "cancel-rule"}, "Cancel")]


def _labelled(name: str, label: str, field: Element) -> Element:
    return h("div", None, h("label", {"for": f"rule-{name}"}, label), field)


def _select(name: str, label: str, options: list[tuple[str, str]], choice: str, action: str) -> Element:
    attributes = {"id": f"rule-{name}", "name": name, "data-do": action, "data-key": f"rule-{name}"}
    items = [h("option", {"value": value, "selected": value == choice}, words) for value, words in options]
    return _labelled(name, label, h("select", attributes, items))


def _input(name: str, label: str, value: str, **more: object) -> Element:
    return _labelled(name, label, _field(name, label, value, **more))


def _field(name: str, label: str, value: str, **more: object) -> Element:
    attributes: Json = {"id": f"rule-{name}", "name": name, "type": "text", "value": value, "autocomplete": "off"}
    attributes.update({"data-do": "rule-field", "data-on": "input", "data-key": f"rule-{name}", "spellcheck": "false"})
    attributes.update(more)
    return h("input", attributes)
