"""Experiments: make one, watch its results, stop it, and make the better variant the design."""

from .. import dom
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Element, Json
from . import experiment_results
from .experiment_form import ExperimentForm
from .page import Page, card, clear_placeholders, placeholder

_NONE = "No experiment yet. One shows visitors two to four designs of a widget, and tells which works better."


class Experiments(Page):
    title = "Experiments"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._places: dict[str, Element] = {}
        self._experiments: list[Json] = []
        self._results: dict[int, Json] = {}
        self._open: set[int] | None = None  # the ids of those that are open; None before the first look
        self._question = (0, "")  # the experiment and the action that wait for a confirmation
        self._form = ExperimentForm(session, self._load_experiments)
        dom.on("open-experiment", lambda event, button: self._toggle(int(button.value)))
        dom.on("end-experiment", lambda event, button: self._ask(button.value))
        dom.on("keep-experiment", lambda event, button: self._ask(""))
        dom.on("end-experiment-now", lambda event, button: session.run(self._end(button.value)))

    def body(self) -> list[Element]:
        names = ("experiments", "new-experiment") if self.session.may_change else ("experiments",)
        self._places = {name: h("div", {"id": name}, placeholder()) for name in names}
        return [h("div", {"class": "column"}, [self._places[name] for name in names])]

    async def load(self) -> None:
        await self._load_experiments()
        if self.session.may_change:
            account = await self.session.api.get(f"/accounts/{self.session.account}")
            dom.fill(self._places["new-experiment"], card("New experiment", self._form.element))
            self._form.show([widget["id"] for widget in account["widgets"]])
        self.hide_problem()

    def show_problem(self, error: ApiError) -> None:
        super().show_problem(error)
        clear_placeholders(self._places)

    @property
    def _path(self) -> str:
        return f"/accounts/{self.session.account}/experiments"

    async def _load_experiments(self) -> None:
        answer = await self.session.api.get(self._path)
        self._experiments = answer["experiments"]
        running = [each["id"] for each in self._experiments if each["state"] == "running"]
        if self._open is None:
            self._open = set(running or [each["id"] for each in self._experiments[:1]])
        self._open.update(running)
        self._draw()
        for id_ in sorted(self._open):
            await self._load_results(id_)

    async def _load_results(self, id_: int) -> None:
        self._results[id_] = await self.session.api.get(f"{self._path}/{id_}/results")
        self._draw()

    def _draw(self) -> None:
        rows = []
        for experiment in self._experiments:
            id_ = experiment["id"]
            question = self._question[1] if self._question[0] == id_ else ""
            is_open = self._open is not None and id_ in self._open
            results = self._results.get(id_)
            rows.append(experiment_results.draw(experiment, results, is_open, question, self.session.may_change))
        listing = h("ul", {"class": "rules"}, rows) if rows else h("p", {"class": "soft"}, _NONE)
        dom.fill(self._places["experiments"], card("All experiments", listing))

    def _toggle(self, id_: int) -> None:
        opened = self._open or set()
        if id_ in opened:
            opened.remove(id_)
        else:
            opened.add(id_)
            self.session.run(self._load_results(id_))
        self._open = opened
        self._draw()

    def _ask(self, value: str) -> None:
        """Asks for a confirmation of `7 stop` or `7 b`; an empty text takes the question back."""
        id_, _, action = value.partition(" ")
        self._question = (int(id_), action) if value else (0, "")
        self._draw()
        if value:
            self._places["experiments"].querySelector("[data-do=end-experiment-now]").focus()

    async def _end(self, value: str) -> None:
        id_, _, letter = value.partition(" ")
        self._question = (0, "")
        await self.session.api.post(f"{self._path}/{id_}/end", {"winner": letter or None})
        await self._load_experiments()
        self.session.announce(f"{letter} is the widget's design now." if letter else "The experiment has ended.")
