"""The dashboard: an account's figures as cards, charts and tables, updated live."""

import json

import js

from .. import cards, clock, dom, export, figures, moments, route, tables
from ..api import ApiError
from ..charts import Chart
from ..dom import h
from ..lines import Line
from ..live import ENDED, LIVE, Live
from ..session import Session
from ..types import Any, Element, Event, Json
from . import controls
from .page import Page, placeholder

_REDRAW_MS = {"5m": 1000, "1h": 2000, "24h": 5000, "7d": 10_000, "30d": 30_000, "90d": 60_000}
_CHARTS = (
    ("Load time", 280, (
        Line("p50", "p50", "ms", "--p50"),
        Line("p75", "p75", "ms", "--p75"),
        Line("p95", "p95", "ms", "--p95", (6, 3)),
        Line("p99", "p99", "ms", "--p99", (2, 3)),
    )),
    ("Loads", 170, (Line("loads", "Loads", "count", "--accent"),)),
    ("Errors", 170, (Line("error_share", "Page views with an error", "fraction", "--p99"),)),
    ("Interactions", 170, (Line("interactions", "Interactions", "count", "--p75"),)),
)  # fmt: skip
_BREAKDOWNS = (("widget", "Widget"), ("layout", "Layout"), ("version", "Version"))


class Dashboard(Page):
    title = "Dashboard"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._answer: Json | None = None  # the API's last one
        self._answer_text = ""
        self._charts = [Chart(title, list(lines), height, self._zoom) for title, height, lines in _CHARTS]
        self._live: Live | None = None
        self._is_due = False
        self._is_zooming = False
        self._timer: Any = None
        self._requests = 0
        self._places: dict[str, Element] = {}
        dom.on("range", lambda event, button: self._change(range=button.value, from_="", to=""))
        dom.on("unzoom", lambda event, button: self._change(from_="", to=""))
        dom.on("filter", self._filter)
        dom.on("choose", lambda event, select: self._change(**{select.name: select.value}))
        dom.on("view", lambda event, button: self._change(view=button.value))
        dom.on("chart-key", self._press)
        dom.on("export", lambda event, button: self._export(button.value))
        dom.on("print", lambda event, button: js.window.print())
        dom.on("link", lambda event, button: session.run(controls.copy_link(session, button)))

    @property
    def zone(self) -> str:
        """The time zone: the address's if the browser knows it, else the browser's."""
        zone = self.session.route.get("time_zone")
        return zone if zone and clock.is_zone(zone) else clock.browsers_zone()

    def head(self) -> Element:
        self._places["live"] = h("p", {"class": "live", "role": "status"}, "Connecting")
        self._places["about"] = h("p", {"class": "soft about"})
        titles = h("div", None, h("h1", None, self.title), self._places["about"])
        return h("div", {"class": "head"}, titles, self._places["live"])

    def body(self) -> list[Element]:
        place = self._places
        place["controls"] = h("div", {"class": "controls"})
        place["cards"] = h("div", {"class": "cards", "aria-label": "The whole time range", "role": "group"})
        place["cards"].append(*[placeholder("figure") for _ in range(4)])
        place["charts"] = h("div", {"class": "charts"}, [chart.element for chart in self._charts])
        place["points"] = h("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Over time"})
        place["groups"] = h("div", {"class": "groups"})
        place["empty"] = h("section", {"class": "card empty", "hidden": True})
        self._draw_controls()
        place["charts"].classList.add("is-waiting")
        return [place["controls"], place["empty"], place["cards"], place["charts"], place["points"], place["groups"]]

    async def load(self) -> None:
        self._requests += 1
        self._is_zooming = False
        number, query = self._requests, self.session.route.dashboard_query(self.zone)
        self._draw_controls()
        self._listen()
        text = await self.session.api.text(f"/accounts/{self.session.account}/dashboard?{query}")
        if number == self._requests:  # no later request has replaced this one
            answer: Json = json.loads(text)
            self._answer, self._answer_text = answer, text
            self.hide_problem()
            self._draw_answer(answer)

    def leave(self) -> None:
        self._requests += 1
        if self._live is not None:
            self._live.stop()
        if self._timer is not None:
            js.clearTimeout(self._timer)
        for chart in self._charts:
            chart.destroy()

    def recolor(self) -> None:
        for chart in self._charts:
            chart.redraw()

    def show_problem(self, error: ApiError) -> None:
        super().show_problem(error)
        if self._answer is None:
            self._places["cards"].replaceChildren()
            dom.show(self._places["charts"], False)

    # Drawing

    def _draw_controls(self) -> None:
        dom.fill(self._places["controls"], controls.draw(self.session.route, self.zone, self._answer))
        is_table = self.session.route.get("view") == "table"
        dom.show(self._places["charts"], not is_table)
        dom.show(self._places["points"], is_table)

    def _draw_answer(self, answer: Json) -> None:
        place, zone = self._places, self.zone
        self._draw_controls()
        start, end = moments.seconds(answer["from"]), moments.seconds(answer["to"])
        points = f"one point per {moments.step(answer['step_s'])}"
        days = f"{clock.day_and_minute(start, zone)} to {clock.day_and_minute(end, zone)}"
        dom.set_text(place["about"], f"{days} \u00b7 {points}")
        is_empty = all(answer["summary"][name]["value"] is None for name, _, _ in figures.ALL)
        dom.show(place["empty"], is_empty)
        if is_empty:
            dom.fill(place["empty"], controls.empty_state(self.session))
        for name in ("cards", "groups"):
            dom.show(place[name], not is_empty)
        place["charts"].classList.remove("is-waiting")
        if is_empty:
            dom.show(place["charts"], False)
            dom.show(place["points"], False)
            return
        dom.fill(place["cards"], cards.draw(answer["summary"]))
        if self.session.route.get("view") == "table":
            dom.fill(place["points"], tables.over_time(answer["over_time"], zone, answer["step_s"]))
        else:
            for chart in self._charts:
                chart.show(answer["over_time"], zone, answer["step_s"])
        dom.fill(place["groups"], self._groups(answer))

    def _groups(self, answer: Json) -> list[Element]:
        groups = []
        for name, title in _BREAKDOWNS:
            items, choice = answer[f"by_{name}"], self.session.route.get(name)
            groups.append(_group(f"By {name}", tables.breakdown(title, items, name, choice) if items else None))
        items = answer["errors"]
        groups.append(_group("Errors", tables.errors(items) if items else None))
        return groups

    # The user's actions

    def _change(self, **changes: str) -> None:
        self.session.go(self.session.route.with_(**changes))

    def _filter(self, event: Event, button: Element) -> None:
        name, value = button.getAttribute("data-filter"), button.getAttribute("data-value")
        self._change(**{name: "" if self.session.route.get(name) == value else value})

    def _zoom(self, start: float, end: float) -> None:
        """Shows this part of the range, 1 minute to 90 days. uPlot moves all charts together: the first call counts."""
        if self._is_zooming:
            return
        self._is_zooming = True
        latest, length = clock.now(), max(end - start, 60.0)
        length = min(length, 90.0 * moments.DAY_S)
        end = min(end, latest)
        start = max(min(start, end - length), latest - 90.0 * moments.DAY_S)
        self._change(from_=moments.iso(start), to=moments.iso(end))

    def _press(self, event: Event, element: Element) -> None:
        for chart in self._charts:
            if chart.has(element):
                text = chart.press(event)
                if text:
                    self.session.announce(text)

    def _export(self, kind: str) -> None:
        if self._answer is None:
            return
        name = f"{self.session.account}-{self._answer['from'][:10]}-{self._answer['to'][:10]}"
        if kind == "csv":
            dom.download(f"{name}.csv", export.as_csv(self._answer), "text/csv")
        else:
            dom.download(f"{name}.json", self._answer_text, "application/json")

    # Live updates

    def _listen(self) -> None:
        if self.session.route.is_zoomed:
            if self._live is not None:
                self._live.stop()
                self._live = None
            self._show_state("past", "Past period")
        elif self._live is None:
            self._live = Live(self.session.api, self.session.account, self._on_commit, self._on_state)
            self._live.start()

    def _on_state(self, state: str, seconds: int) -> None:
        if state == LIVE:
            self._show_state("on", "Live")
        elif state == ENDED:
            self._show_state("off", "Not live")
            self.session.run(self.load())
        else:
            self._show_state("off", f"Reconnecting in {moments.span(seconds)}")

    def _show_state(self, kind: str, text: str) -> None:
        self._places["live"].setAttribute("data-state", kind)
        dom.set_text(self._places["live"], text)

    def _on_commit(self) -> None:
        """Loads the figures again after a delay. The longer the range, the longer the delay."""
        self._is_due = True
        if self._timer is None:
            self._timer = js.setTimeout(self._refresh, _REDRAW_MS[self.session.route.get("range", route.RANGE)])

    def _refresh(self) -> None:
        self._timer = None
        if self._is_due and not self.session.route.is_zoomed:
            if js.document.hidden:
                self._timer = js.setTimeout(self._refresh, 1000)
                return
            self._is_due = False
            self.session.run(self.load())


def _group(title: str, table: Element) -> Element:
    content = table or h("p", {"class": "soft"}, "None in this time range.")
    scroll = h("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": title}, content)
    return h("section", {"class": "card"}, h("h2", None, title), scroll)
