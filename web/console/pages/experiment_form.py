"""The form that makes an experiment: its variants side by side, and how long it will take."""

from .. import clock, dom, experiments
from ..api import ApiError
from ..dom import h
from ..route import quote
from ..session import Session
from ..types import Any, Callable, Coroutine, Element, Json
from . import experiment_preview


class ExperimentForm:
    """Keeps a draft. After an experiment was made, it awaits `reload()`."""

    def __init__(self, session: Session, reload: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.element = h("form", {"class": "rule-form", "data-do": "make-experiment", "aria-label": "New experiment"})
        self._plan = h("p", {"class": "effect", "role": "status"})
        self._previews = h("div", {"class": "previews"})
        self._session, self._reload = session, reload
        self._widgets: list[str] = []
        self._draft = experiments.new()
        self._updates = 0  # only the newest one is shown
        dom.on("make-experiment", lambda event, form: session.run(self._make()))
        dom.on("experiment-field", lambda event, field: self._set(field))
        dom.on("experiment-count", lambda event, select: self._set_count(int(select.value)))

    def show(self, widgets: list[str]) -> None:
        """Draws the form with the account's widgets."""
        self._widgets = widgets
        if not self._draft["widget"] and widgets:
            self._draft["widget"] = widgets[0]
        self._draw()

    def _set(self, field: Element) -> None:
        name, _, number = field.name.partition("-")
        target = self._draft["variants"][int(number)] if number else self._draft
        target[name] = field.value
        self._show_problem("")
        self._session.run(self._update())

    def _set_count(self, count: int) -> None:
        self._draft = experiments.with_variants(self._draft, count)
        self._draw()

    def _draw(self) -> None:
        draft = self._draft
        figures = [(name, words) for name, words, _ in experiments.FIGURES]
        counts = [(str(count), f"{count} variants") for count in (2, 3, 4)]
        widgets = [(name, name) for name in self._widgets]
        dom.fill(
            self.element,
            h(
                "div",
                {"class": "fields-row"},
                _input("name", "Name", draft["name"], placeholder="List or grid", maxlength=100),
                _select("widget", "Widget", widgets, draft["widget"]),
                _select("figure", "Decided by", figures, draft["figure"]),
                _select("count", "Compare", counts, str(len(draft["variants"])), "experiment-count"),
            ),
            [self._variant(number) for number in range(len(draft["variants"]))],
            h(
                "div",
                {"class": "fields-row"},
                _input("starts", "First day (UTC); empty: now", draft["starts"], type="date"),
                _input("days", "Days", draft["days"], inputmode="numeric"),
                _input("change", "A change worth seeing, in %", draft["change"], inputmode="decimal"),
            ),
            self._plan,
            h("p", {"class": "problem", "role": "alert"}),
            h("div", {"class": "row"}, _submit()),
            h("h3", None, "Side by side"),  # below the button, which must not move while somebody presses it
            self._previews,
        )
        self._session.run(self._update())

    def _variant(self, number: int) -> Element:
        variant, letter = self._draft["variants"][number], experiments.LETTERS[number]
        menus = []
        for name, label, values in experiments.MENUS:
            options = [("", "as it is now")] + [(value, value) for value in values]
            menus.append(_select(f"{name}-{number}", label, options, variant[name]))
        return h(
            "fieldset",
            {"class": "variant"},
            h("legend", None, f"Variant {letter}"),
            h("h3", {"aria-hidden": "true"}, f"Variant {letter}"),
            h(
                "div",
                {"class": "fields-row narrow"},
                _input(f"share-{number}", "Share in %", variant["share"], inputmode="decimal"),
                menus,
                _input(f"more-{number}", "Other options", variant["more"], placeholder="max=6, autoplay=0"),
            ),
        )

    async def _update(self) -> None:
        """Asks how long it takes, and draws the variants."""
        draft, api = self._draft, self._session.api
        self._updates += 1
        number = self._updates
        if not draft["widget"]:
            return
        try:
            shares = "".join(f"&shares={share}" for share in experiments.shares_of(draft))
            query = f"widget={quote(draft['widget'])}&figure={draft['figure']}&change={experiments.change_of(draft)}"
            designs = [experiments.design_of(variant) for variant in draft["variants"]]
            plan = await api.get(f"/accounts/{self._session.account}/experiments/plan?{query}{shares}")
            sentence = plan["sentence"]
            previews = await experiment_preview.draw(api, draft["widget"], designs)
        except (ValueError, ApiError) as error:
            if getattr(error, "status", 0) == 401:
                raise
            sentence, previews = getattr(error, "sentence", "") or str(error), []
        if number == self._updates:
            dom.set_text(self._plan, sentence)
            dom.fill(self._previews, previews)

    async def _make(self) -> None:
        try:
            body = experiments.body_of(self._draft, clock.now())
            await self._session.api.post(f"/accounts/{self._session.account}/experiments", body)
        except ValueError as error:
            self._show_problem(str(error))
            return
        except ApiError as error:
            self._show_problem(error.sentence)
            return
        self._draft = experiments.new(self._draft["widget"])
        self._draw()
        await self._reload()
        self._session.announce("The experiment is made.")

    def _show_problem(self, sentence: str) -> None:
        problem = self.element.querySelector(".problem")
        if problem:
            dom.set_text(problem, sentence)


def _submit() -> Element:
    return h("button", {"type": "submit", "class": "main", "data-key": "make-experiment"}, "Make the experiment")


def _labelled(name: str, label: str, field: Element) -> Element:
    return h("div", None, h("label", {"for": f"experiment-{name}"}, label), field)


def _select(
    name: str, label: str, options: list[tuple[str, str]], choice: str, action: str = "experiment-field"
) -> Element:
    attributes = {"id": f"experiment-{name}", "name": name, "data-do": action, "data-key": f"experiment-{name}"}
    items = [h("option", {"value": value, "selected": value == choice}, words) for value, words in options]
    return _labelled(name, label, h("select", attributes, items))


def _input(name: str, label: str, value: str, **more: object) -> Element:
    attributes: Json = {"id": f"experiment-{name}", "name": name, "type": "text", "value": value}
    attributes.update({"data-do": "experiment-field", "data-key": f"experiment-{name}", "autocomplete": "off"})
    attributes.update(more)
    return _labelled(name, label, h("input", attributes))
