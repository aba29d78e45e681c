"""The sampling rate that a wanted precision takes: three choices, and the server's sentence."""

from .. import dom
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Element
from .page import card

_FIGURES = (("p75", "p75 of load time"), ("p95", "p95 of load time"), ("error_share", "page views with an error"))
_PRECISIONS = (("0.02", "2%"), ("0.05", "5%"), ("0.1", "10%"), ("0.2", "20%"))
_DAYS = (("1", "a day"), ("7", "a week"), ("30", "30 days"))


class Proposal:
    """The card. Each choice asks the server anew."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._answer = h("p", {"class": "effect", "id": "proposed", "aria-live": "polite"})
        self._choices = {"figure": "p75", "precision": "0.05", "days": "1"}
        dom.on("propose", lambda event, select: self._choose(select.name, select.value))

    async def draw(self) -> Element:
        await self._ask()
        choices = h(
            "div",
            {"class": "row"},
            self._choice("figure", "I want to know", _FIGURES),
            self._choice("precision", "to within", _PRECISIONS),
            self._choice("days", "in", _DAYS),
        )
        return card("A rate that fits", choices, self._answer, note="From the page views of the last seven days.")

    def _choice(self, name: str, label: str, options: tuple[tuple[str, str], ...]) -> list[Element]:
        attributes = {"id": f"propose-{name}", "name": name, "data-do": "propose", "data-key": f"propose {name}"}
        elements = [
            h("option", {"value": value, "selected": value == self._choices[name]}, text) for value, text in options
        ]
        return [h("label", {"for": f"propose-{name}"}, label), h("select", attributes, elements)]

    def _choose(self, name: str, value: str) -> None:
        self._choices[name] = value
        self._session.run(self._ask())

    async def _ask(self) -> None:
        query = self._query()
        try:
            answer = await self._session.api.get(f"/accounts/{self._session.account}/rate-proposal?{query}")
            sentence = answer["sentence"]
        except ApiError as error:
            sentence = error.sentence
        if query == self._query():  # else a later choice has its own answer, which may have come before this one
            dom.set_text(self._answer, sentence)

    def _query(self) -> str:
        return "&".join(f"{name}={value}" for name, value in self._choices.items())
