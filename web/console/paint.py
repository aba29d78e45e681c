"""What uPlot does not draw of a chart: estimates that stand alone, unfinished points, and marks of changes."""

import js
from pyscript.ffi import to_js

from . import dom, figures, series
from .lines import Line
from .types import Any, Json

_FONT = "600 11px system-ui, sans-serif"
_OPEN = 18  # pixels of an interval above the estimate if its end is not known


class Painter:
    """Draws on a plot's canvas, after uPlot has drawn the lines. Sizes are in pixels of the page."""

    def __init__(self, plot: Any) -> None:
        self._plot, self._canvas = plot, plot.ctx
        self._scale = js.devicePixelRatio or 1
        self._label_end = -1.0  # where the last mark's label ends

    def line(self, line: Line, points: list[Json], xs: list[float]) -> None:
        """The whiskers of the line's estimates that have no band, and its unfinished points."""
        color = dom.color(line.color)
        is_drawn = [series.drawn(point, line.name) is not None for point in points]
        padded = [False] + is_drawn + [False]
        for index, point in enumerate(points):
            figure = point[line.name]
            if is_drawn[index]:
                is_alone = not padded[index] and not padded[index + 2]
                if is_alone or figure["high"] is None:
                    self._whisker(xs[index], figure, color)
            elif figures.has_value(figure):
                self._whisker(xs[index], figure, color)
                neighbour = index - 1 if index and is_drawn[index - 1] else index + 1
                if padded[neighbour + 1]:
                    self._dashes(xs[index], figure, xs[neighbour], points[neighbour][line.name], color)
                self._ring(xs[index], figure["value"], color)

    def mark(self, moment: float, label: str) -> None:
        """A vertical line with a label at its top, unless the last mark's label stands there. From left to right."""
        canvas, box = self._canvas, self._plot.bbox
        x = self._x(moment)
        if not box.left <= x <= box.left + box.width:
            return
        canvas.save()
        canvas.strokeStyle = canvas.fillStyle = dom.color("--soft")
        canvas.lineWidth = self._scale
        canvas.setLineDash(to_js([2 * self._scale, 3 * self._scale]))
        self._stroke(x, box.top, x, box.top + box.height)
        if label:
            size = f"{round(11 * self._scale)}px"
            canvas.font = _FONT.replace("11px", size)
            width, gap = canvas.measureText(label).width, 4 * self._scale
            start = x + gap if x + width + 1.5 * gap <= box.left + box.width else x - gap - width
            if start > self._label_end:
                canvas.fillText(label, start, box.top + 10 * self._scale)
                self._label_end = start + width + gap
        canvas.restore()

    def _whisker(self, moment: float, figure: Json, color: str) -> None:
        """The interval as a vertical line: with a bar at each end that is known, and dots at one that is not."""
        if figure["too_uneven"]:
            return
        canvas, top, half = self._canvas, self._plot.bbox.top, 3 * self._scale
        x, low, value = self._x(moment), self._y(figure["low"] or 0), self._y(figure["value"])
        canvas.save()
        canvas.strokeStyle, canvas.lineWidth, canvas.globalAlpha = color, 1.5 * self._scale, 0.5
        self._stroke(x - half, low, x + half, low)
        if figure["high"] is None:
            self._stroke(x, low, x, value)
            canvas.setLineDash(to_js([self._scale, 3 * self._scale]))
            self._stroke(x, value, x, max(value - _OPEN * self._scale, top))
        else:
            high = max(self._y(figure["high"]), top)
            self._stroke(x, low, x, high)
            if high > top:
                self._stroke(x - half, high, x + half, high)
        canvas.restore()

    def _dashes(self, moment: float, figure: Json, other: float, neighbour: Json, color: str) -> None:
        canvas = self._canvas
        canvas.save()
        canvas.strokeStyle, canvas.lineWidth = color, 1.5 * self._scale
        canvas.setLineDash(to_js([3 * self._scale, 3 * self._scale]))
        self._stroke(self._x(other), self._y(neighbour["value"]), self._x(moment), self._y(figure["value"]))
        canvas.restore()

    def _ring(self, moment: float, value: float, color: str) -> None:
        canvas = self._canvas
        canvas.save()
        canvas.strokeStyle, canvas.fillStyle, canvas.lineWidth = color, dom.color("--raised"), 1.5 * self._scale
        canvas.beginPath()
        canvas.arc(self._x(moment), self._y(value), 3.5 * self._scale, 0, 6.2832)
        canvas.fill()
        canvas.stroke()
        canvas.restore()

    def _stroke(self, x: float, y: float, to_x: float, to_y: float) -> None:
        canvas = self._canvas
        canvas.beginPath()
        canvas.moveTo(x, y)
        canvas.lineTo(to_x, to_y)
        canvas.stroke()

    def _x(self, moment: float) -> float:
        return float(self._plot.valToPos(float(moment), "x", True))

    def _y(self, value: float) -> float:
        return float(self._plot.valToPos(float(value), "y", True))
