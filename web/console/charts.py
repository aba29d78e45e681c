"""Charts over time, drawn by uPlot: lines with the band of their 95% interval, tips, arrow keys, zoom, and marks."""

import js
from pyscript.ffi import to_js

from . import clock, dom, figures, moments, series
from .dom import h
from .lines import Line, Tip, swatch
from .paint import Painter
from .types import Any, Callable, Element, Event, Json

_BAND = 0.16  # the band's opacity
_WIDTH = 1.75
_CHART = {"aria-roledescription": "chart", "data-on": "keydown"}
_LARGE = 200  # pixels of height, above which a chart has a row of its own
_AXIS = 62  # pixels for the numbers beside the chart
_KEYS = {"ArrowLeft": -1, "ArrowRight": 1}


class Chart:
    """A chart of some lines. `show` draws points; `on_zoom(from, to)` is called with seconds since 1970."""

    def __init__(
        self,
        title: str,
        lines: list[Line],
        height: int,
        on_zoom: Callable[[float, float], None] | None,
        is_exact: bool = False,
    ) -> None:
        self.title, self._lines, self._height, self._on_zoom = title, lines, height, on_zoom
        self._names = [line.name for line in lines]
        self._points: list[Json] = []
        self._xs: list[float] = []
        self._marks: list[tuple[float, str]] = []  # moments, with a short label or an empty one
        self._top = 1.0  # the end of the value axis
        self._zone, self._step_s, self._last_return = "UTC", 60.0, None
        self._plot: Any = None
        self._position: int | None = None  # the arrow keys' point
        # As an application it gets the arrow keys, which a screen reader would use to move through the page.
        attributes = {"class": "canvas", "role": "application", "tabindex": "0", "data-do": "chart-key"}
        self._canvas = h("div", dict(attributes, **_CHART))
        self._unfinished = h("span", {"class": "unfinished"}, "not finished")
        self._none = h("p", {"class": "soft none", "hidden": True})
        self._tip = Tip(lines, is_exact)
        self.element = h(
            "figure",
            {"class": "chart large" if height > _LARGE else "chart"},
            h("figcaption", None, h("h2", None, title), h("div", {"class": "key"}, self._unfinished, self._legend())),
            self._none,
            self._canvas,
        )
        self._observer = js.ResizeObserver.new(lambda *_: self._resize())
        self._observer.observe(self._canvas)

    def show(self, points: list[Json], zone: str, step_s: float, marks: list[tuple[float, str]] | None = None) -> None:
        """Draws these points, each with `at`, `whole` and a figure for each line; and labelled marks."""
        is_same = self._plot is not None and (zone, step_s) == (self._zone, self._step_s)
        self._points, self._zone, self._step_s = points, zone, step_s
        self._tip.zone, self._tip.step_s = zone, step_s
        self._xs = [moments.seconds(point["at"]) for point in points]
        self._marks = sorted(marks or [])
        self._top = series.highest(points, self._names)
        why_blank = series.why_blank(points, self._names)
        dom.show(self._unfinished, not why_blank and any(not point["whole"] for point in points))
        dom.show(self._canvas, not why_blank)
        dom.show(self._none, bool(why_blank))
        dom.set_text(self._none, why_blank)
        if why_blank:
            return
        self._canvas.setAttribute("aria-label", self._summary())
        if is_same:
            self._plot.setData(to_js(self._data()))
        else:
            self.redraw()

    def redraw(self) -> None:
        """Draws the chart again, in the current theme's colours."""
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

    def has(self, element: Element) -> bool:
        return bool(self._canvas.contains(element))

    def press(self, event: Event) -> str:
        """Moves from point to point by arrow keys, zooms by + and -. Returns a text for the screen reader, or ''."""
        if self._plot is None or event.ctrlKey or event.metaKey or event.altKey:
            return ""
        last = len(self._points) - 1
        position = min(last if self._position is None else self._position, last)
        if event.key in _KEYS:
            position += _KEYS[event.key] if self._position is not None else 0
        elif event.key in ("Home", "End"):
            position = 0 if event.key == "Home" else last
        elif event.key in ("+", "=", "-") and self._on_zoom:
            self._zoom_around(self._xs[position], 0.5 if event.key != "-" else 2.0)
            return ""
        else:
            if event.key == "Escape":
                self._position = None
                self._tip.hide()
            return ""
        event.preventDefault()
        self._position = position = min(max(position, 0), last)
        self._plot.setCursor(to_js({"left": self._plot.valToPos(self._xs[position], "x"), "top": 10}))
        self._show_tip(position)
        return ". ".join(self._sentences(position))

    # uPlot's options and callbacks

    def _keep_alive(self, result: Any) -> Any:
        """Keeps a callback's result until the next one: MicroPython may free it before uPlot has read it."""
        self._last_return = result
        return result

    def _options(self) -> Json:
        soft, rule = dom.color("--soft"), dom.color("--rule")
        font = f"12px {js.getComputedStyle(self._canvas).fontFamily}"
        axis: Json = {"stroke": soft, "font": font, "ticks": {"show": False}, "grid": {"stroke": rule, "width": 1}}
        bottom, side = dict(axis), dict(axis)
        bottom["values"], bottom["space"], bottom["size"], bottom["grid"] = self._times, 76, 30, {"show": False}
        if self._lines[0].kind == "count":
            side["incrs"] = series.WHOLE_STEPS
        side["values"], side["size"], side["space"], side["gap"] = self._values, _AXIS, 36, 8
        return {
            "width": max(self._canvas.clientWidth, 120),
            "height": self._height,
            "legend": {"show": False},
            "cursor": {
                "y": False,
                "sync": {"key": "console"},
                "drag": {"x": self._on_zoom is not None, "y": False, "setScale": False, "dist": 6},
                "points": {"size": 7},
            },
            "scales": {"y": {"range": lambda *_: self._keep_alive(to_js([0.0, self._top]))}},
            "axes": [bottom, side],
            "series": [{}] + [each for line in self._lines for each in self._series(line)],
            "bands": [{"series": [3 * n + 3, 3 * n + 2], "fill": self._band(n)} for n in range(len(self._lines))],
            "hooks": {"setCursor": [self._on_cursor], "setSelect": [self._on_select], "draw": [self._paint]},
            "tzDate": lambda moment: self._keep_alive(js.uPlot.tzDate(clock.date(moment), self._zone)),
            "padding": [8, 26, 0, 0],  # room for half of the last label of the time axis
        }

    def _series(self, line: Line) -> list[Json]:
        """A line and the two edges of its band."""
        color = dom.color(line.color)
        points = {
            "show": True,
            "size": 4,
            "fill": color,
            "filter": lambda *_: self._keep_alive(to_js(series.isolated(self._points, line.name))),
        }
        edge: Json = {"stroke": "transparent", "width": 0, "points": {"show": False}}
        middle: Json = {"label": line.label, "stroke": color, "width": _WIDTH, "points": points}
        if line.dash:
            middle["dash"] = list(line.dash)
        return [middle, edge, dict(edge)]

    def _band(self, number: int) -> str:
        color = dom.color(self._lines[number].color)
        return color.replace("rgb(", "rgba(").replace(")", f", {_BAND})")

    def _data(self) -> list[Any]:
        # Floats only: MicroPython would cut an integer to 32 bits on its way to JavaScript.
        data: list[Any] = [self._xs]
        return data + series.columns(self._points, self._names)

    def _paint(self, plot: Any) -> None:
        painter = Painter(plot)
        for moment, label in self._marks:
            painter.mark(moment, label)
        for line in self._lines:
            painter.line(line, self._points, self._xs)

    def _times(self, plot: Any, splits: Any, axis: int, space: float, step_s: float) -> Any:
        """The labels of the time axis."""
        labels: list[str] = []
        before = ""
        for moment in splits:
            day = clock.day(moment, self._zone)
            if step_s >= moments.DAY_S:
                labels.append(day)
                continue
            time = (clock.second if step_s < 60 else clock.minute)(moment, self._zone)
            # At midnight, the label is the day.
            labels.append(day if time.startswith("00:00") and day != before else time)
            before = day
        return self._keep_alive(to_js(labels))

    def _values(self, plot: Any, splits: Any, axis: int, space: float, step: float) -> Any:
        """The labels of the value axis."""
        return self._keep_alive(to_js([figures.tick(float(number), self._lines[0].kind) for number in splits]))

    def _on_cursor(self, plot: Any) -> None:
        index = plot.cursor.idx
        is_hovered = plot.over.matches(":hover")
        if index is None or not (is_hovered or self._position is not None):
            self._tip.hide()
        elif is_hovered:
            self._position = None
            self._show_tip(index)

    def _on_select(self, plot: Any) -> None:
        if plot.select.width > 0 and self._on_zoom:
            start = plot.posToVal(plot.select.left, "x")
            end = plot.posToVal(plot.select.left + plot.select.width, "x")
            plot.setSelect(to_js({"left": 0, "top": 0, "width": 0, "height": 0}), False)
            self._on_zoom(start, end)

    # Texts

    def _legend(self) -> Element:
        if len(self._lines) == 1:
            return None
        return h("ul", {"class": "legend"}, [h("li", None, swatch(line), line.label) for line in self._lines])

    def _show_tip(self, index: int) -> None:
        self._tip.show(self._points[index], self._plot.valToPos(self._xs[index], "x"), self._plot.over.clientWidth)

    def _sentences(self, index: int) -> list[str]:
        point = self._points[index]
        sentences = [figures.sentence(line.label, point[line.name], line.kind) for line in self._lines]
        start = clock.start_of(self._xs[index], self._zone, self._step_s)
        return [start + ("" if point["whole"] else ", not finished")] + sentences

    def _summary(self) -> str:
        ends = " to ".join(clock.day_and_minute(end, self._zone) for end in self._xs[:1] + self._xs[-1:])
        keys = f"Arrow keys read the points{', plus and minus zoom' if self._on_zoom else ''}."
        return f"{self.title} per {moments.step(self._step_s)}, {ends}. {keys}"

    def _zoom_around(self, moment: float, factor: float) -> None:
        half = (self._xs[-1] - self._xs[0] + self._step_s) * factor / 2
        if self._on_zoom:
            self._on_zoom(moment - half, moment + half)

    def _resize(self) -> None:
        width = self._canvas.clientWidth
        # Setting the same size would end a drag.
        if self._plot is not None and width and width != self._plot.width:
            self._plot.setSize(to_js({"width": width, "height": self._height}))
