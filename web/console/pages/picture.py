"""What a dashboard shows of the API's answer: the verdict, cards, charts and tables."""

from .. import cards, clock, dom, figures, histogram, moments, route, tables, verdict, words
from ..charts import Chart
from ..dom import h
from ..lines import Line
from ..session import Session
from ..types import Callable, Element, Json
from .coverage import Coverage
from .groups import Groups
from .page import placeholder
from .starts import Starts

_CHARTS = (
    ("Load time", 280, (
        Line("p50", "p50", "ms", "--p50"),
        Line("p75", "p75", "ms", "--p75"),
        Line("p95", "p95", "ms", "--p95", (6, 3)),
        Line("p99", "p99", "ms", "--p99", (2, 3)),
    )),
    ("Loads", 170, (Line("loads", "Loads", "count", "--accent"),)),
    (figures.ERROR_RATE[1], 170, (Line(figures.ERROR_RATE[0], figures.ERROR_RATE[1], "fraction", "--p99"),)),
    ("Interactions", 170, (Line("interactions", "Interactions", "count", "--p75"),)),
)  # fmt: skip
_PLACES = ("verdict", "empty", "cards", "charts", "points", "starts", "groups")


class Picture:
    """The elements below the controls. `zone()` is the time zone."""

    def __init__(self, session: Session, zone: Callable[[], str], on_zoom: Callable[[float, float], None]) -> None:
        self._session = session
        self.coverage = Coverage(on_zoom)
        self._charts = [Chart(title, list(lines), height, on_zoom) for title, height, lines in _CHARTS]
        self.charts = self._charts + [self.coverage.chart]
        self._starts = Starts(session)
        self._groups = Groups(session, lambda: session.route.dashboard_query(zone()))
        self._places: dict[str, Element] = {}
        self._note = h("section", {"class": "card too-few", "hidden": True})
        self._histogram = h("div")
        self._off: Element = None

    def elements(self) -> list[Element]:
        place = self._places = {name: h("div", {"class": name}) for name in _PLACES}
        place["groups"], place["starts"] = self._groups.element, self._starts.element
        place["verdict"].setAttribute("role", "status")
        place["cards"].append(*[placeholder("figure") for _ in range(4)])
        for name, value in (("aria-label", "The whole time range"), ("role", "group")):
            place["cards"].setAttribute(name, value)
        distribution = h(
            "figure", {"class": "chart"}, h("figcaption", None, h("h2", None, "Distribution of load times"))
        )
        distribution.append(self._histogram)
        place["charts"].append(self._note, *[chart.element for chart in self.charts])
        place["charts"].append(distribution)
        for name, value in (("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Over time")):
            place["points"].setAttribute(name, value)
        place["empty"].setAttribute("class", "card empty")
        self.clear()
        dom.show(place["cards"], True)
        return [place[name] for name in _PLACES]

    def clear(self) -> None:
        """Shows nothing: the figures of another time range would be taken for those of this one."""
        for name in _PLACES:
            dom.show(self._places[name], False)

    def hide_more(self) -> None:
        """Hides what `load_more` has shown, because other figures are asked for."""
        self.coverage.hide()
        self._starts.hide()

    async def load_more(self, query: str, zone: str) -> None:
        """Asks for what is not in the dashboard's answer, and shows it."""
        await self.coverage.load(self._session, query, zone)
        await self._starts.load(query)

    def set_busy(self, is_busy: bool) -> None:
        for name in _PLACES:
            self._places[name].classList.toggle("is-waiting", is_busy)

    def show_empty(self, *children: object) -> None:
        self.clear()
        dom.fill(self._places["empty"], *children)
        dom.show(self._places["empty"], True)

    def say_off(self) -> None:
        """Says above the verdict that the account has switched telemetry off."""
        if self._off is None:
            text = "Telemetry is off: nothing is counted now. These figures are from before."
            self._off = h("p", {"class": "sentence", "data-kind": "none"}, text)
            self._places["verdict"].prepend(self._off)

    def show(self, answer: Json, zone: str) -> None:
        """Draws the answer's figures, in this time zone."""
        place, is_table = self._places, self._session.route.get("view") == "table"
        for name in _PLACES:
            dom.show(place[name], name not in ("empty", "charts" if is_table else "points"))
        period = period_before(answer)
        dom.fill(place["verdict"], self._off, _verdict(answer, period), self.coverage.warning, _marks(answer, zone))
        dom.fill(place["cards"], cards.draw(answer, period, self.coverage.line))
        if is_table:
            dom.fill(place["points"], tables.over_time(answer["over_time"], zone, answer["step_s"]))
        else:
            self._show_charts(answer, zone)
        self._groups.show(answer)

    def _show_charts(self, answer: Json, zone: str) -> None:
        has_enough = answer["has_enough"]
        dom.show(self._note, not has_enough)
        if not has_enough:
            dom.fill(self._note, _too_few(answer))
        for chart in self._charts:
            dom.show(chart.element, has_enough)
            if has_enough:
                marks = _short_marks(answer, with_labels=chart is self._charts[0])
                chart.show(answer["over_time"], zone, answer["step_s"], marks)
        dom.fill(self._histogram, histogram.draw(answer["load_times"]))

    def destroy(self) -> None:
        for chart in self.charts:
            chart.destroy()


def period_before(answer: Json) -> str:
    """The name of the period before, such as `the 7 days before`, or an empty string."""
    before = answer["before"]
    if before is None:
        return ""
    return f"the {moments.span(moments.seconds(before['to']) - moments.seconds(before['from']))} before"


def _verdict(answer: Json, period: str) -> Element:
    kind, sentence = verdict.of(answer, period)
    return h("p", {"class": "sentence", "data-kind": kind}, sentence)


def _marks(answer: Json, zone: str) -> Element:
    """What changed in the time range, as the charts mark it."""
    if not answer["marks"]:
        return None
    items = []
    for mark in answer["marks"][-6:]:
        at = clock.start_of(moments.seconds(mark["at"]), zone, 60)
        when = "since" if mark["kind"] == "version" else "on"
        items.append(h("li", None, h("b", None, words.mark(mark)), f" {when} {at}", _detail(mark)))
    return h("ul", {"class": "marks", "aria-label": "Changes in this time"}, items)


def _detail(mark: Json) -> Element:
    return h("span", {"class": "soft"}, f": {words.detail(mark['detail'])}") if mark["detail"] else None


def _short_marks(answer: Json, with_labels: bool) -> list[tuple[float, str]]:
    return [(moments.seconds(mark["at"]), words.short_mark(mark) if with_labels else "") for mark in answer["marks"]]


def _too_few(answer: Json) -> list[Element]:
    """Why there is no line over time, and the range that has enough for one."""
    loads = answer["summary"]["loads"]
    number = "fewer than 20" if loads["too_few"] else figures.with_commas(loads["page_views"])
    why = f"This time has {number} page views in the sample. A line needs at least three points with 20 each."
    longer = [each for each in route.RANGES if each[0] == answer["enough_in"]]
    button = None
    if longer:
        name, _, text, _ = longer[0]
        attributes = {"type": "button", "class": "main", "data-do": "range", "value": name, "data-key": "enough"}
        button = h("button", attributes, f"Show {text}")
    advice = None if longer else h("p", {"class": "soft"}, "A higher sampling rate, in the settings, gives more.")
    return [h("h2", None, "Too few page views for a line"), h("p", {"class": "soft"}, why), button, advice]
