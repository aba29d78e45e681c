"""The server's health, for operators: what comes in, what is refused, how full the queue is, how old the oldest row."""

import js

from .. import clock, dom, figures, moments, words
from ..charts import Chart
from ..dom import h
from ..lines import Line
from .page import Page, card, waiting

_EVERY_MS = 5000
_STATES = {
    "ok": ("good", "All is well", "What arrives is stored."),
    "store_failing": (
        "bad",
        "The store cannot write",
        "Pages are asked to wait; nothing was acknowledged that is lost.",
    ),
}


class Health(Page):
    title = "Health"

    def __init__(self, app: object) -> None:
        super().__init__(app)
        self._places = {}
        self._timer = None
        lines = [
            Line("rows", "Rows stored", "count", "--accent"),
            Line("refused", "Requests refused", "count", "--p99", (5, 3)),
        ]
        self._chart = Chart("The last hour, by the minute", lines, 220, None)
        dom.on("chart-key", self._key)

    def body(self):
        names = ("state", "cards", "refused")
        self._places = {name: h("div", {"class": name}, waiting()) for name in names}
        place = self._places
        charts = h("div", {"class": "charts"}, self._chart.element)
        return [place["state"], place["cards"], h("div", {"class": "beside"}, charts, place["refused"])]

    async def load(self) -> None:
        self._again_later()
        health = await self.app.api.get("/health")
        self.went_well()
        place = self._places
        dom.fill(place["state"], _state(health))
        dom.fill(place["cards"], _rate(health), _queue(health), _oldest(health), _store(health))
        dom.fill(place["refused"], _refused(health["refused"]))
        if health["minutes"]:
            self._chart.show(_last_hour(health["minutes"]), clock.browsers_zone(), 60)

    def leave(self) -> None:
        if self._timer is not None:
            js.clearTimeout(self._timer)
            self._timer = None
        self._chart.destroy()

    def recolor(self) -> None:
        self._chart.redraw()

    def failed(self, error: object) -> None:
        super().failed(error)
        for place in self._places.values():
            if place.querySelector(".waiting"):
                place.replaceChildren()

    def _again_later(self) -> None:
        if self._timer is not None:
            js.clearTimeout(self._timer)
        self._timer = js.setTimeout(self._again, _EVERY_MS)

    def _again(self) -> None:
        if js.document.hidden:
            self._again_later()
        else:
            self.app.run(self.load())

    def _key(self, event: object, element: object) -> None:
        said = self._chart.key(event)
        if said:
            self.app.say(said)


def _last_hour(minutes: list) -> list:
    """A point for each minute of the hour; there is nothing at those before the server started."""
    first = moments.seconds(minutes[0]["at"])
    before = [first - 60 * n for n in range(60 - len(minutes), 0, -1)]
    return [_point({"at": moments.iso(at), "rows": None, "refused": None}) for at in before] + [
        _point(minute) for minute in minutes
    ]


def _point(minute: dict) -> dict:
    """A minute as a chart takes it: counts of a machine, not estimates, so that value, low and high are one."""
    made = {"at": minute["at"]}
    for name in ("rows", "refused"):
        number = minute[name]
        made[name] = {"value": number, "low": number, "high": number, "rows": number or 0, "too_few": number is None}
    return made


def _state(health: dict):
    kind, name, meaning = _STATES.get(health["status"], ("bad", health["status"].replace("_", " "), ""))
    since = clock.whole(moments.seconds(health["started_at"]), clock.browsers_zone())
    about = h("p", {"class": "soft"}, f"{meaning} Running since {since}.")
    return h("section", {"class": f"card state {kind}"}, h("h2", None, name), about)


def _rate(health: dict):
    last = health["minutes"][-2] if len(health["minutes"]) > 1 else {"rows": 0, "requests": 0}  # the last whole one
    about = f"from {figures.grouped(last['requests'])} requests"
    return _figure("Ingest", figures.grouped(last["rows"]), "rows in the last whole minute", about)


def _queue(health: dict):
    queue = health["queue"]
    about = f"of {figures.grouped(queue['capacity'])} rows that fit"
    return _figure(
        "Queue", figures.grouped(queue["rows"]), about, meter=(queue["rows"], queue["capacity"], "rows waiting")
    )


def _oldest(health: dict):
    days, promised = health["oldest_days"], health["retention_days"]
    if days is None:
        return _figure("Oldest row", "none", f"nothing is kept beyond {promised} days")
    is_kept = days <= promised
    about = (
        f"days of the {promised} that were promised"
        if is_kept
        else f"days: more than the {promised} that were promised"
    )
    meter = (min(days, promised), promised, "age of the oldest row in days")
    return _figure("Oldest row", f"{days:.1f}", about, meter=meter, is_bad=not is_kept)


def _store(health: dict):
    store = health["store"]
    each = f"{store['bytes'] / store['rows']:.1f} bytes a row" if store["rows"] else ""
    return _figure("Store", figures.size(store["bytes"]), f"{figures.rows(store['rows'])}", each)


def _figure(title: str, value: str, about: str, more: str = "", meter: "tuple | None" = None, is_bad: bool = False):
    parts = [h("h2", None, title), h("p", {"class": "value"}, value), h("p", {"class": "between"}, about)]
    if more:
        parts.append(h("p", {"class": "soft small"}, more))
    if meter:
        now, most, name = meter
        fill = dom.style(h("i", None), "width", f"{100 * now / most:.2f}%")
        attributes = {"class": "meter", "role": "meter", "aria-label": name}
        attributes["aria-valuemin"], attributes["aria-valuemax"], attributes["aria-valuenow"] = 0, most, now
        parts.append(h("div", attributes, fill))
    return h("section", {"class": "card figure bad" if is_bad else "card figure"}, parts)


def _refused(reasons: dict):
    """Why requests were turned away, the most frequent reason first."""
    note = "Since the server started. Whoever sent it is not known: no address is kept."
    if not reasons:
        return card("Refused", h("p", {"class": "soft"}, "Nothing was refused."), note=note)
    listed = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    most = listed[0][1]
    rows = []
    for reason, number in listed:
        fill = dom.style(h("i", {"class": "fill"}), "width", f"{100 * number / most:.2f}%")
        track = h("span", {"class": "track", "aria-hidden": "true"}, fill)
        name = h("th", {"scope": "row"}, words.refusal(reason), h("small", None, h("code", None, reason)), track)
        rows.append(h("tr", None, name, h("td", None, figures.grouped(number))))
    head = h("tr", None, h("th", {"scope": "col"}, "Reason"), h("th", {"scope": "col"}, "Requests"))
    table = h("table", {"class": "breakdown"}, h("thead", None, head), h("tbody", None, rows))
    return card(
        "Refused",
        h("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Refused"}, table),
        note=note,
    )
