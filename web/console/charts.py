"""Charts over time, drawn by uPlot: lines with the band of their 95% interval, hover, keys, and zoom."""

import js
from pyscript.ffi import to_js

from . import clock, dom, figures, moments
from .dom import h
from .lines import Line, Tip, swatch

_BAND = 0.16  # how much of a line's colour its band has
_WIDTH = 1.75
_AXIS = 62  # pixels for the numbers beside the chart
_KEYS = {"ArrowLeft": -1, "ArrowRight": 1}


class Chart:
    """A chart of some lines. `show` gives it points; `zoomed(from, to)` is called with seconds when one is chosen."""

    def __init__(self, title: str, lines: list, height: int, zoomed: "object | None") -> None:
        self.title, self._lines, self._height, self._zoomed = title, lines, height, zoomed
        self._points, self._xs, self._zone, self._step_s = [], [], "UTC", 60
        self._plot = None
        self._at = None  # the point that the keys are at
        self._answer = None
        self._canvas = h("div", {"class": "canvas", "tabindex": "0", "role": "img", "data-do": "chart-key"})
        self._canvas.setAttribute("data-on", "keydown")
        self._tip = Tip(lines)
        self.element = h(
            "figure",
            {"class": "chart"},
            h("figcaption", None, h("h2", None, title), self._legend()),
            self._canvas,
        )
        self._observer = js.ResizeObserver.new(lambda *_: self._fit())
        self._observer.observe(self._canvas)

    def show(self, points: list, zone: str, step_s: float) -> None:
        """Draws these points, each with `at` and a figure for each line."""
        is_same = self._plot is not None and (zone, step_s) == (self._zone, self._step_s)
        self._points, self._zone, self._step_s = points, zone, step_s
        self._tip.zone, self._tip.step_s = zone, step_s
        self._xs = [moments.seconds(point["at"]) for point in points]
        self._canvas.setAttribute("aria-label", self._summary())
        if is_same:
            self._plot.setData(to_js(self._data()))
        else:
            self.redraw()

    def redraw(self) -> None:
        """Draws it anew, in the colours of the theme that is shown."""
        if not self._points or not self._canvas.isConnected:
            return
        if self._plot is not None:
            self._plot.destroy()
        self._plot = js.uPlot.new(to_js(self._options()), to_js(self._data()), self._canvas)
        self._plot.over.append(self._tip.element)

    def destroy(self) -> None:
        self._observer.disconnect()
        if self._plot is not None:
            self._plot.destroy()
            self._plot = None

    def has(self, element: object) -> bool:
        return self._canvas.contains(element)

    def key(self, event: object) -> str:
        """Moves along the points by arrow keys, zooms by + and -; gives what a screen reader is told."""
        if self._plot is None or event.ctrlKey or event.metaKey or event.altKey:
            return ""
        last = len(self._points) - 1
        at = self._at if self._at is not None and self._at <= last else last
        if event.key in _KEYS:
            at = at + _KEYS[event.key] if self._at is not None else at
        elif event.key in ("Home", "End"):
            at = 0 if event.key == "Home" else last
        elif event.key in ("+", "=", "-") and self._zoomed:
            self._zoom_about(self._xs[at], 0.5 if event.key != "-" else 2.0)
            return ""
        else:
            if event.key == "Escape":
                self._at = None
                self._tip.hide()
            return ""
        event.preventDefault()
        self._at = min(max(at, 0), last)
        self._plot.setCursor(to_js({"left": self._plot.valToPos(self._xs[self._at], "x"), "top": 10}))
        self._point_out(self._at)
        return ". ".join(self._told(self._at))

    # What uPlot asks for

    def _held(self, answer: object):
        """The JavaScript object, kept until the next one: MicroPython may free it before its caller has it."""
        self._answer = answer
        return answer

    def _options(self) -> dict:
        soft, rule = dom.color("--soft"), dom.color("--rule")
        font = f"12px {js.getComputedStyle(self._canvas).fontFamily}"
        axis = {"stroke": soft, "font": font, "ticks": {"show": False}, "grid": {"stroke": rule, "width": 1}}
        bottom, side = dict(axis), dict(axis)
        bottom["values"], bottom["space"], bottom["size"], bottom["grid"] = self._times, 76, 30, {"show": False}
        side["values"], side["size"], side["space"], side["gap"] = self._values, _AXIS, 36, 8
        return {
            "width": max(self._canvas.clientWidth, 120),
            "height": self._height,
            "legend": {"show": False},
            "cursor": {
                "y": False,
                "sync": {"key": "console"},
                "drag": {"x": self._zoomed is not None, "y": False, "setScale": False, "dist": 6},
                "points": {"size": 7},
            },
            "scales": {"y": {"range": {"min": {"hard": 0, "soft": 0, "mode": 1}, "max": {"pad": 0.08}}}},
            "axes": [bottom, side],
            "series": [{}] + [series for line in self._lines for series in self._series(line)],
            "bands": [{"series": [3 * n + 3, 3 * n + 2], "fill": self._band(n)} for n in range(len(self._lines))],
            "hooks": {"setCursor": [self._moved], "setSelect": [self._selected]},
            "tzDate": lambda moment: self._held(js.uPlot.tzDate(clock.date(moment), self._zone)),
            "padding": [8, 8, 0, 0],
        }

    def _series(self, line: Line) -> list:
        color = dom.color(line.color)
        points = {
            "show": True,
            "size": 4,
            "fill": color,
            "filter": lambda *_: self._held(to_js(self._alone(line.name))),
        }
        edge = {"stroke": "transparent", "width": 0, "points": {"show": False}}
        shown = {"label": line.label, "stroke": color, "width": _WIDTH, "points": points}
        if line.dash:
            shown["dash"] = list(line.dash)
        return [shown, edge, dict(edge)]

    def _band(self, number: int) -> str:
        color = dom.color(self._lines[number].color)
        return color.replace("rgb(", "rgba(").replace(")", f", {_BAND})")

    def _data(self) -> list:
        data = [self._xs]
        for line in self._lines:
            for part in ("value", "low", "high"):
                data.append([_crossing(point[line.name][part]) for point in self._points])
        return data

    def _alone(self, name: str) -> list:
        """The points without a neighbour, which no line would show."""
        known = [point[name]["value"] is not None for point in self._points]
        around = [False] + known + [False]
        return [n for n, is_known in enumerate(known) if is_known and not around[n] and not around[n + 2]]

    def _times(self, plot: object, splits: object, axis: int, space: float, step_s: float):
        written, before = [], ""
        for moment in splits:
            day = clock.day(moment, self._zone)
            if step_s >= moments.DAY_S:
                written.append(day)
                continue
            time = (clock.second if step_s < 60 else clock.minute)(moment, self._zone)
            # A new day is named at its midnight, and at the chart's left end.
            written.append(day if time.startswith("00:00") and day != before else time)
            before = day
        return self._held(to_js(written))

    def _values(self, plot: object, splits: object, axis: int, space: float, step: float):
        return self._held(to_js([figures.tick(float(number), self._lines[0].kind) for number in splits]))

    def _moved(self, plot: object) -> None:
        at = plot.cursor.idx
        if at is None or not (plot.over.matches(":hover") or self._at is not None):
            self._tip.hide()
        elif plot.over.matches(":hover"):
            self._at = None
            self._point_out(at)

    def _selected(self, plot: object) -> None:
        if plot.select.width > 0 and self._zoomed:
            start = plot.posToVal(plot.select.left, "x")
            end = plot.posToVal(plot.select.left + plot.select.width, "x")
            plot.setSelect(to_js({"left": 0, "top": 0, "width": 0, "height": 0}), False)
            self._zoomed(start, end)

    # What it says

    def _legend(self):
        if len(self._lines) == 1:
            return None
        return h("ul", {"class": "legend"}, [h("li", None, swatch(line), line.label) for line in self._lines])

    def _point_out(self, at: int) -> None:
        """Shows the card of a point beside it."""
        self._tip.show(self._points[at], self._plot.valToPos(self._xs[at], "x"), self._plot.over.clientWidth)

    def _told(self, at: int) -> list:
        point = self._points[at]
        told = [figures.sentence(line.label, point[line.name], line.kind) for line in self._lines]
        return [clock.of_step(self._xs[at], self._zone, self._step_s)] + told

    def _summary(self) -> str:
        ends = f"{clock.whole(self._xs[0], self._zone)} to {clock.whole(self._xs[-1], self._zone)}" if self._xs else ""
        keys = "Arrow keys read the points, plus and minus zoom." if self._zoomed else "Arrow keys read the points."
        return f"{self.title} for each {moments.step(self._step_s)}, {ends}. {keys}"

    def _zoom_about(self, moment: float, factor: float) -> None:
        half = (self._xs[-1] - self._xs[0] + self._step_s) * factor / 2
        self._zoomed(moment - half, moment + half)

    def _fit(self) -> None:
        width = self._canvas.clientWidth
        if self._plot is not None and width and width != self._plot.width:  # else it would lose what is being dragged
            self._plot.setSize(to_js({"width": width, "height": self._height}))


def _crossing(number: "float | None") -> "float | None":
    """As JavaScript is to get it: a whole number would be cut to 32 bits on the way, a float is not."""
    return None if number is None else float(number)
