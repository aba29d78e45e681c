"""The dashboard: an account's figures as cards, charts and tables, updated live."""

import json

import js

from .. import clock, dom, export, figures, moments, route, words
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Element, Event, Json
from . import controls, guide, page
from .page import Page
from .picture import Picture
from .updates import Updates

_NO_NAMES: Json = {name: [] for name in route.NAMED}


class Dashboard(Page):
    title = "Dashboard"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._answer: Json | None = None  # the API's last one
        self._answer_text = ""
        self._answer_query = ""  # what it answers
        self._account: Json | None = None
        self._picture = Picture(session, lambda: self.zone, self._zoom)
        self._guide = guide.Guide(session, self._reload_account)
        self._updates = Updates(session, self.load, self._is_broken)
        self._is_custom = False  # the form for dates is open
        self._is_zooming = False
        self._requests = 0
        self._places: dict[str, Element] = {}
        dom.on("range", self._choose_range)
        dom.on("dates", lambda event, form: self._choose_dates())
        dom.on("unzoom", lambda event, button: self._change(from_="", to=""))
        dom.on("filter", self._filter)
        dom.on("choose", lambda event, menu: session.go(session.route.with_filter(menu.name, menu.value)))
        dom.on("zone", self._choose_zone)
        dom.on("view", lambda event, button: self._change(view=button.value))
        dom.on("chart-key", self._press)
        dom.on("copy", lambda event, button: session.run(page.copy(session, button)))
        dom.on("export", lambda event, button: self._export(button.value))
        dom.on("print", lambda event, button: js.window.print())
        dom.on("link", lambda event, button: session.run(controls.copy_link(session, button)))

    @property
    def zone(self) -> str:
        """The time zone: the address's if the browser knows it, else the browser's."""
        zone = self.session.route.get("time_zone")
        return zone if zone and clock.is_zone(zone) else clock.browsers_zone()

    @property
    def _query(self) -> str:
        return self.session.route.dashboard_query(self.zone)

    def head(self) -> Element:
        self._places["about"] = h("p", {"class": "soft about"})
        titles = h("div", None, h("h1", None, self.title), self._places["about"])
        return h("div", {"class": "head"}, titles, self._updates.element)

    def body(self) -> list[Element]:
        self._places["controls"] = h("div", {"class": "controls"})
        elements = self._picture.elements()
        self._draw_controls()
        return [self._places["controls"]] + elements

    async def load(self) -> None:
        self._requests += 1
        self._guide.stop()
        self._is_zooming = False
        number, query = self._requests, self._query
        if query != self._answer_query:
            self._is_custom = False
            self._set_busy(True)
            self._picture.hide_more()
        self._draw_controls()
        self._updates.follow()
        text = await self.session.api.text(f"/accounts/{self.session.account}/dashboard?{query}")
        if number != self._requests:  # a later request has replaced this one
            return
        self._answer, self._answer_text, self._answer_query = json.loads(text), text, query
        self._set_busy(False)
        self.hide_problem()
        self._updates.is_urgent = not figures.has_value(self._answer["summary"]["loads"])
        await self._draw_answer()
        if number == self._requests:
            await self._picture.load_more(query, self.zone)

    def leave(self) -> None:
        super().leave()
        self._requests += 1
        self._updates.stop()
        self._guide.stop()
        self._picture.destroy()
        self._set_busy(False)  # the next page has nothing to do with what this one waited for

    def recolor(self) -> None:
        for chart in self._picture.charts:
            chart.redraw()

    def show_problem(self, error: ApiError) -> None:
        super().show_problem(error)
        self._set_busy(False)
        if self._answer_query != self._query:
            self._answer, self._answer_text, self._answer_query = None, "", ""
            self._picture.clear()
            dom.set_text(self._places["about"], "Not loaded")
            self._draw_controls()

    def _is_broken(self) -> bool:
        return not self.problem.hidden

    # Drawing

    def _set_busy(self, is_busy: bool) -> None:
        dom.find("#page").setAttribute("aria-busy", "true" if is_busy else "false")
        self._picture.set_busy(is_busy)

    def _draw_controls(self) -> None:
        if self._is_custom and dom.find("#date-from"):
            return  # someone is about to choose dates
        names = self._answer["names"] if self._answer else _NO_NAMES
        dom.fill(self._places["controls"], controls.draw(self.session.route, self.zone, names, self._is_custom))
        for button in self._places["controls"].querySelectorAll("[data-do=export]"):
            button.disabled = self._answer is None

    async def _draw_answer(self) -> None:
        answer, zone = self._answer, self.zone
        if answer is None:
            return
        self._draw_controls()
        start, end = moments.seconds(answer["from"]), moments.seconds(answer["to"])
        points = f" \u00b7 one point per {moments.step(answer['step_s'])}" if answer["has_enough"] else ""
        last = clock.day_and_minute(end, zone)
        newest = "" if self.session.route.is_zoomed else words.newest(end, clock.now(), answer["step_s"], last)
        dom.set_text(self._places["about"], f"{clock.day_and_minute(start, zone)} to {last}{points}{newest}")
        if any(figures.has_value(answer["summary"][name]) for name, _, _ in figures.ALL):
            self._picture.show(answer, zone)
            if self._account is None:
                await self._load_account()
        else:
            await self._draw_empty()

    async def _draw_empty(self) -> None:
        number = self._requests
        account = await self._load_account()
        visits = await guide.visits_so_far(self.session.api, self.session.account)
        if number != self._requests:
            return
        if visits:
            self._picture.show_empty(guide.elsewhere(self.session.route, visits))
        elif account["telemetry"]["mode"] == "off":
            self._picture.show_empty(guide.switched_off(self.session.route))
        else:
            await self._show_guide(number, account)

    async def _load_account(self) -> Json:
        account: Json = await self.session.api.get(f"/accounts/{self.session.account}")
        self._account = account
        if account["telemetry"]["mode"] == "off":
            self._updates.say_off()
            self._picture.say_off()
        return account

    async def _reload_account(self) -> None:
        number = self._requests
        await self._show_guide(number, await self._load_account())

    async def _show_guide(self, number: int, account: Json) -> None:
        """Shows the guide, unless other figures were asked for since."""
        steps = await self._guide.load(account)
        if number == self._requests:
            self._picture.show_empty(steps)
        else:
            self._guide.stop()

    # The user's actions

    def _change(self, **changes: str) -> None:
        target = self.session.route.with_(**changes)
        if target.text == self.session.route.text:
            self.session.run(self.load())
        else:
            self.session.go(target)

    def _choose_range(self, event: Event, button: Element) -> None:
        if button.value != "custom":
            self._change(range=button.value, from_="", to="")
            return
        is_open, self._is_custom = self._is_custom, False
        self._draw_controls()
        if not is_open:
            self._is_custom = True
            self._draw_controls()
            dom.find("#date-from").focus()

    def _choose_dates(self) -> None:
        first, last = dom.find("#date-from").value, dom.find("#date-to").value
        if not first or not last or first > last:
            dom.set_text(dom.find("#date-problem"), "Choose a first day that is not after the last day.")
            return
        start, last_start = clock.midnight(first, self.zone), clock.midnight(last, self.zone)
        end = clock.midnight(clock.local(last_start + 36 * 3600.0, self.zone)[:10], self.zone)  # also of 23 or 25 hours
        self._change(from_=moments.iso(start), to=moments.iso(min(end, clock.now())))

    def _choose_zone(self, event: Event, field: Element) -> None:
        zone = controls.zone_of(field.value)
        if zone:
            self._change(time_zone=zone)
        else:
            self.session.announce("No time zone has this name. Choose one of the list.")
            field.value = self.zone

    def _filter(self, event: Event, button: Element) -> None:
        name, value = button.getAttribute("data-filter"), button.getAttribute("data-value")
        current = self.session.route
        self.session.go(current.with_filter(name, "" if current.get(name) == value else value))

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
        for chart in self._picture.charts:
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
