"""How many page views the account hears from: a line in the card of the loads, a chart, and a warning of too many."""

from .. import clock, dom, figures, moments, route
from ..charts import Chart
from ..dom import h
from ..lines import Line
from ..session import Session
from ..types import Callable, Json

_ASK_AGAIN_S = 60.0  # it changes by the hour, figures with every batch


class Coverage:
    """The elements, empty or hidden until `load` shows an answer: `line` for a card, `warning`, and a chart."""

    def __init__(self, on_zoom: Callable[[float, float], None]) -> None:
        self.line = h("p", {"class": "heard"})
        self.warning = h("p", {"class": "sentence", "data-kind": "warn", "hidden": True})
        self.chart = Chart("Heard from", [Line("share", "Heard from", "fraction", "--p50")], 170, on_zoom)
        self.chart.element.classList.add("covered")
        self._query, self._shown_at = "", 0.0
        self.hide()

    async def load(self, session: Session, query: str, zone: str) -> None:
        """Asks for the coverage of the dashboard's query and shows it, unless it did so within the last minute.

        Content answers have no version and no layout, so nothing is shown of these.
        """
        if any(session.route.get(name) for name in route.FILTERS if name != "widget"):
            return
        if query == self._query and clock.now() - self._shown_at < _ASK_AGAIN_S:
            return
        self._query, self._shown_at = query, 0.0
        answer: Json = await session.api.get(f"/accounts/{session.account}/coverage?{query}")
        if query == self._query:
            self._shown_at = clock.now()
            self._show(answer, zone)

    def _show(self, answer: Json, zone: str) -> None:
        summary = answer["summary"]
        hours = " to ".join(clock.day_and_minute(moments.seconds(answer[end]), zone) for end in ("from", "to"))
        self.line.title = f"Whole hours: {hours}"
        dom.set_text(self.line, in_words(summary))
        dom.set_text(self.warning, summary["sentence"] if summary["is_too_many"] else "")
        dom.show(self.warning, summary["is_too_many"])
        dom.show(self.chart.element, answer["has_enough"])
        if answer["has_enough"]:
            self.chart.show(answer["over_time"], zone, answer["step_s"])

    def hide(self) -> None:
        """Shows nothing, because other figures are asked for."""
        self._query = ""
        dom.set_text(self.line, "")
        dom.show(self.warning, False)
        dom.show(self.chart.element, False)


def in_words(summary: Json) -> str:
    """`Heard from 71 of 100 page views (65 to 78)`; or what else is known."""
    share, answers = summary["share"], summary["answers"]
    if summary["is_too_many"]:
        return "More than pages given out"
    if figures.has_value(share):
        ends = [100 if end is None else min(100, round(100 * end)) for end in (share["low"], share["high"])]
        between = "" if share["too_uneven"] or ends[0] == ends[1] else f" ({ends[0]} to {ends[1]})"
        return f"{summary['sentence'].rstrip('.')}{between}"
    if answers is None:
        return ""
    return f"Pages given out {figures.with_commas(answers)} times, too few of them in the sample"
