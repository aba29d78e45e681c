"""The dashboard: what the widgets did, in figures, charts and tables, and live."""

import json

import js

from .. import cards, clock, dom, export, figures, moments, route, tables
from ..charts import Chart
from ..dom import h
from ..lines import Line
from ..live import ENDED, LIVE, Live
from . import controls
from .page import Page, waiting

_REDRAW_MS = {"5m": 1000, "1h": 2000, "24h": 5000, "7d": 10_000, "30d": 30_000, "90d": 60_000}
_CHARTS = (
    ("Load time", 280, (
        Line("p50", "p50", "ms", "--p50"),
        Line("p75", "p75", "ms", "--p75"),
        Line("p95", "p95", "ms", "--p95", (6, 3)),
        Line("p99", "p99", "ms", "--p99", (2, 3)),
    )),
    ("Loads", 170, (Line("loads", "Loads", "count", "--accent"),)),
    ("Error rate", 170, (Line("error_rate", "Error rate", "fraction", "--p99"),)),
    ("Interactions", 170, (Line("interactions", "Interactions", "count", "--p75"),)),
)  # fmt: skip
_BREAKDOWNS = (("widget", "Widget"), ("layout", "Layout"), ("version", "Version"))


class Dashboard(Page):
    title = "Dashboard"

    def __init__(self, app: object) -> None:
        super().__init__(app)
        self.shown = None  # what the API answered last
        self._answered = ""  # the same, as it came
        self._charts = [Chart(title, list(lines), height, self._zoom) for title, height, lines in _CHARTS]
        self._live = None
        self._is_due = False
        self._is_zooming = False
        self._timer = None
        self._asked = 0
        self._places = {}
        dom.on("range", lambda event, button: self._change(range=button.value, from_="", to=""))
        dom.on("unzoom", lambda event, button: self._change(from_="", to=""))
        dom.on("filter", self._filter)
        dom.on("choose", lambda event, select: self._change(**{select.name: select.value}))
        dom.on("view", lambda event, button: self._change(view=button.value))
        dom.on("chart-key", self._key)
        dom.on("export", lambda event, button: self._export(button.value))
        dom.on("print", lambda event, button: js.window.print())
        dom.on("link", lambda event, button: app.run(controls.copy_link(app, button)))

    @property
    def zone(self) -> str:
        """The time zone that is shown: the one in the address where the browser knows it, else the browser's."""
        asked = self.app.route.get("time_zone")
        return asked if asked and clock.is_zone(asked) else clock.browsers_zone()

    def head(self):
        self._places["live"] = h("p", {"class": "live", "role": "status"}, "Connecting")
        self._places["about"] = h("p", {"class": "soft about"})
        titles = h("div", None, h("h1", None, self.title), self._places["about"])
        return h("div", {"class": "head"}, titles, self._places["live"])

    def body(self):
        place = self._places
        place["controls"] = h("div", {"class": "controls"})
        place["cards"] = h("div", {"class": "cards", "aria-label": "The whole time range", "role": "group"})
        place["cards"].append(*[waiting("figure") for _ in range(4)])
        place["charts"] = h("div", {"class": "charts"}, [chart.element for chart in self._charts])
        place["points"] = h("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Over time"})
        place["groups"] = h("div", {"class": "groups"})
        place["empty"] = h("section", {"class": "card empty", "hidden": True})
        self._draw_controls()
        place["charts"].classList.add("is-waiting")
        return [place["controls"], place["empty"], place["cards"], place["charts"], place["points"], place["groups"]]

    async def load(self) -> None:
        self._asked += 1
        self._is_zooming = False
        mine, query = self._asked, self.app.route.dashboard_query(self.zone)
        self._draw_controls()
        self._listen()
        answered = await self.app.api.text(f"/accounts/{self.app.account}/dashboard?{query}")
        if mine == self._asked:  # else a later question is on its way
            self.shown, self._answered = json.loads(answered), answered
            self.went_well()
            self._draw_answer()

    def leave(self) -> None:
        self._asked += 1
        if self._live is not None:
            self._live.stop()
        if self._timer is not None:
            js.clearTimeout(self._timer)
        for chart in self._charts:
            chart.destroy()

    def recolor(self) -> None:
        for chart in self._charts:
            chart.redraw()

    def failed(self, error: object) -> None:
        super().failed(error)
        if self.shown is None:
            self._places["cards"].replaceChildren()
            dom.show(self._places["charts"], False)

    # What is shown

    def _draw_controls(self) -> None:
        dom.fill(self._places["controls"], controls.draw(self.app.route, self.zone, self.shown))
        is_table = self.app.route.get("view") == "table"
        dom.show(self._places["charts"], not is_table)
        dom.show(self._places["points"], is_table)

    def _draw_answer(self) -> None:
        shown, place, zone = self.shown, self._places, self.zone
        self._draw_controls()
        start, end = moments.seconds(shown["from"]), moments.seconds(shown["to"])
        each = f"a point for each {moments.step(shown['step_s'])}"
        dom.say(place["about"], f"{clock.whole(start, zone)} to {clock.whole(end, zone)} \u00b7 {each}")
        is_empty = not any(shown["summary"][name]["rows"] for name, _, _ in figures.ALL)
        dom.show(place["empty"], is_empty)
        if is_empty:
            dom.fill(place["empty"], controls.nothing_yet(self.app))
        for name in ("cards", "groups"):
            dom.show(place[name], not is_empty)
        place["charts"].classList.remove("is-waiting")
        if is_empty:
            dom.show(place["charts"], False)
            dom.show(place["points"], False)
            return
        dom.fill(place["cards"], cards.draw(shown["summary"]))
        if self.app.route.get("view") == "table":
            dom.fill(place["points"], tables.over_time(shown["over_time"], zone, shown["step_s"]))
        else:
            for chart in self._charts:
                chart.show(shown["over_time"], zone, shown["step_s"])
        dom.fill(place["groups"], self._groups())

    def _groups(self) -> list:
        made = []
        for name, title in _BREAKDOWNS:
            items, chosen = self.shown[f"by_{name}"], self.app.route.get(name)
            made.append(_group(f"By {name}", tables.breakdown(title, items, name, chosen) if items else None))
        items = self.shown["errors"]
        made.append(_group("Errors", tables.errors(items) if items else None))
        return made

    # What changes it

    def _change(self, **changes: str) -> None:
        self.app.go(self.app.route.with_(**changes))

    def _filter(self, event: object, button: object) -> None:
        name, value = button.getAttribute("data-filter"), button.getAttribute("data-value")
        self._change(**{name: "" if self.app.route.get(name) == value else value})

    def _zoom(self, start: float, end: float) -> None:
        """Shows this part alone. The charts move together, and so each of them asks; the first is the one in hand."""
        if self._is_zooming:
            return
        self._is_zooming = True
        latest, length = clock.now(), max(end - start, 60.0)
        length = min(length, 90.0 * moments.DAY_S)
        end = min(end, latest)
        start = max(min(start, end - length), latest - 90.0 * moments.DAY_S)
        self._change(from_=moments.iso(start), to=moments.iso(end))

    def _key(self, event: object, element: object) -> None:
        for chart in self._charts:
            if chart.has(element):
                said = chart.key(event)
                if said:
                    self.app.say(said)

    def _export(self, kind: str) -> None:
        if self.shown is None:
            return
        name = f"{self.app.account}-{self.shown['from'][:10]}-{self.shown['to'][:10]}"
        if kind == "csv":
            dom.download(f"{name}.csv", export.as_csv(self.shown), "text/csv")
        else:
            dom.download(f"{name}.json", self._answered, "application/json")

    # What comes by itself

    def _listen(self) -> None:
        if self.app.route.is_zoomed:
            if self._live is not None:
                self._live.stop()
                self._live = None
            self._tell("past", "A part of the past")
        elif self._live is None:
            self._live = Live(self.app.api, self.app.account, self._committed, self._stream_is)
            self._live.start()

    def _stream_is(self, state: str, seconds: int) -> None:
        if state == LIVE:
            self._tell("on", "Live")
        elif state == ENDED:
            self._tell("off", "Not live")
            self.app.run(self.load())
        else:
            self._tell("off", f"Reconnecting in {moments.span(seconds)}")

    def _tell(self, kind: str, text: str) -> None:
        self._places["live"].setAttribute("data-state", kind)
        dom.say(self._places["live"], text)

    def _committed(self) -> None:
        """Something is stored: the figures are asked for again, the more seldom the longer the range is."""
        self._is_due = True
        if self._timer is None:
            self._timer = js.setTimeout(self._refresh, _REDRAW_MS[self.app.route.get("range", route.RANGE)])

    def _refresh(self) -> None:
        self._timer = None
        if self._is_due and not self.app.route.is_zoomed:
            if js.document.hidden:
                self._timer = js.setTimeout(self._refresh, 1000)
                return
            self._is_due = False
            self.app.run(self.load())


def _group(title: str, table: object):
    inside = table or h("p", {"class": "soft"}, "None in this time.")
    scroll = h("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": title}, inside)
    return h("section", {"class": "card"}, h("h2", None, title), scroll)
