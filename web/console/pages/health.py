"""The server's health, for operators: incoming rows, refused requests, queue, oldest row, and the store's size."""

import js

from .. import clock, dom, figures, moments, words
from ..api import ApiError
from ..charts import Chart
from ..dom import h
from ..lines import Line
from ..session import Session
from ..types import Any, Element, Event, Json
from .page import Page, card, clear_placeholders, placeholder

_REFRESH_MS = 5000
_STATES = {
    "ok": ("good", "All is well", "Everything that arrives is stored."),
    "disk_full": (
        "bad",
        "The disk is full",
        "The server confirms nothing that it cannot keep. It goes on by itself once there is room.",
    ),
    "store_failing": (
        "bad",
        "The store cannot write",
        "The server asks pages to send later. Everything that it has confirmed is stored.",
    ),
}


class Health(Page):
    title = "Health"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._places: dict[str, Element] = {}
        self._timer: Any = None
        lines = [
            Line("rows", "Rows stored", "count", "--accent"),
            Line("refused", "Requests refused", "count", "--p99", (5, 3)),
        ]
        self._chart = Chart("The last hour", lines, 220, None, is_exact=True)
        dom.on("chart-key", self._press)

    def body(self) -> list[Element]:
        names = ("state", "cards", "refused")
        self._places = {name: h("div", {"class": name}, placeholder()) for name in names}
        place = self._places
        charts = h("div", {"class": "charts"}, self._chart.element)
        return [place["state"], place["cards"], h("div", {"class": "beside"}, charts, place["refused"])]

    async def load(self) -> None:
        self._schedule()
        health = await self.session.api.get("/health")
        self.hide_problem()
        place = self._places
        dom.fill(place["state"], _state(health))
        dom.fill(place["cards"], _ingest(health), _queue(health), _oldest(health), _store(health))
        dom.fill(place["refused"], _refused(health["refused"]))
        if health["minutes"]:
            self._chart.show(last_hour(health["minutes"], health["started_at"]), clock.browsers_zone(), 60)

    def leave(self) -> None:
        super().leave()
        if self._timer is not None:
            js.clearTimeout(self._timer)
            self._timer = None
        self._chart.destroy()

    def recolor(self) -> None:
        self._chart.redraw()

    def show_problem(self, error: ApiError) -> None:
        super().show_problem(error)
        clear_placeholders(self._places)

    def _schedule(self) -> None:
        if self._timer is not None:
            js.clearTimeout(self._timer)
        self._timer = js.setTimeout(self._refresh, _REFRESH_MS)

    def _refresh(self) -> None:
        if js.document.hidden:
            self._schedule()
        else:
            self.session.run(self.load())

    def _press(self, event: Event, element: Element) -> None:
        text = self._chart.press(event)
        if text:
            self.session.announce(text)


def last_hour(minutes: list[Json], started_at: str) -> list[Json]:
    """A point for each minute of the hour: 0 before the first request, no value before the server's start."""
    first, start = moments.seconds(minutes[0]["at"]), moments.seconds(started_at)
    points = []
    for at in [first - 60 * n for n in range(60 - len(minutes), 0, -1)]:
        number = 0 if at + 60 > start else None
        points.append(_point({"at": moments.iso(at), "rows": number, "refused": number}, True))
    last = len(minutes) - 1
    return points + [_point(minute, index < last) for index, minute in enumerate(minutes)]


def _point(minute: Json, is_whole: bool) -> Json:
    """A minute as a chart's point. These are exact counts, so the interval's ends are the value."""
    point: Json = {"at": minute["at"], "whole": is_whole}
    for name in ("rows", "refused"):
        number = minute[name]
        point[name] = {"value": number, "low": number, "high": number, "rows": number or 0, "too_few": False}
    return point


def _state(health: Json) -> Element:
    kind, name, meaning = _STATES.get(health["status"], ("bad", health["status"].replace("_", " "), ""))
    since = clock.day_and_minute(moments.seconds(health["started_at"]), clock.browsers_zone())
    about = h("p", {"class": "soft"}, f"{meaning} Running since {since}.")
    return h("section", {"class": f"card state {kind}"}, h("h2", None, name), about)


def _ingest(health: Json) -> Element:
    last = health["minutes"][-2] if len(health["minutes"]) > 1 else {"rows": 0, "requests": 0}  # the last full one
    about = f"from {figures.with_commas(last['requests'])} requests"
    return _figure("Ingest", figures.with_commas(last["rows"]), "rows in the last full minute", about)


def _queue(health: Json) -> Element:
    queue = health["queue"]
    about = f"rows waiting, {figures.with_commas(queue['capacity'])} at most"
    return _figure(
        "Queue", figures.with_commas(queue["rows"]), about, meter=(queue["rows"], queue["capacity"], "rows waiting")
    )


def _oldest(health: Json) -> Element:
    days, limit = health["oldest_days"], health["retention_days"]
    if days is None:
        return _figure("Oldest row", "none", f"rows are deleted after {limit} days")
    is_overdue = days > limit
    about = f"days old; {'should have been ' if is_overdue else ''}deleted after {limit} days"
    meter = (min(days, limit), limit, "age of the oldest row in days")
    return _figure("Oldest row", f"{days:.1f}", about, meter=meter, is_bad=is_overdue)


def _store(health: Json) -> Element:
    store = health["store"]
    if store is None:
        return _figure("Store", "unknown", "it cannot be read now", is_bad=True)
    per_row = f"{store['bytes'] / store['rows']:.1f} bytes per row" if store["rows"] else ""
    return _figure("Store", figures.size(store["bytes"]), f"{figures.with_commas(store['rows'])} rows", per_row)


def _figure(
    title: str,
    value: str,
    about: str,
    more: str = "",
    meter: tuple[float, float, str] | None = None,
    is_bad: bool = False,
) -> Element:
    """A card. `meter` is a value, its maximum and its name, drawn as a bar."""
    parts = [h("h2", None, title), h("p", {"class": "value"}, value), h("p", {"class": "between"}, about)]
    if more:
        parts.append(h("p", {"class": "soft small"}, more))
    if meter:
        now, most, name = meter
        fill = dom.style(h("i", None), "width", f"{100 * now / most:.2f}%")
        attributes: Json = {"class": "meter", "role": "meter", "aria-label": name}
        attributes["aria-valuemin"], attributes["aria-valuemax"], attributes["aria-valuenow"] = 0, most, now
        parts.append(h("div", attributes, fill))
    return h("section", {"class": "card figure bad" if is_bad else "card figure"}, parts)


def _refused(reasons: dict[str, int]) -> Element:
    """The reasons why requests were refused, the most frequent first."""
    title = "Refused requests"
    note = "Since the server started. The server keeps no addresses, so the senders are unknown."
    if not reasons:
        return card(title, h("p", {"class": "soft"}, "None were refused."), note=note)
    counts = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    most = counts[0][1]
    rows = []
    for reason, number in counts:
        fill = dom.style(h("i", {"class": "fill"}), "width", f"{100 * number / most:.2f}%")
        track = h("span", {"class": "track", "aria-hidden": "true"}, fill)
        name = h("th", {"scope": "row"}, words.refusal(reason), h("small", None, h("code", None, reason)), track)
        rows.append(h("tr", None, name, h("td", None, figures.with_commas(number))))
    head = h("tr", None, h("th", {"scope": "col"}, "Reason"), h("th", {"scope": "col"}, "Requests"))
    table = h("table", {"class": "breakdown"}, h("thead", None, head), h("tbody", None, rows))
    return card(
        title,
        h("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": title}, table),
        note=note,
    )
