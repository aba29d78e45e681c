"""The lines of a chart, and the tip that shows their values at one point."""

from . import clock, dom, figures, moments
from .dom import h
from .types import Element, Json

_GAP = 14  # pixels between the point and its tip
_OVERHANG = 62  # pixels that a tip may reach over the chart's left side, where the axis is


class Line:
    """One line: its figure's name in a point, its label, its kind of value, its colour and its dash pattern."""

    def __init__(self, name: str, label: str, kind: str, color: str, dash: tuple[int, ...] = ()) -> None:
        self.name, self.label, self.kind, self.color, self.dash = name, label, kind, color, dash


class Tip:
    """A card with a point's time, and each line's value with its interval."""

    def __init__(self, lines: list[Line]) -> None:
        self.zone = "UTC"
        self.step_s = 60.0
        self.element = h("div", {"class": "tip", "hidden": True})
        self._lines = lines

    def show(self, point: Json, left: float, width: float) -> None:
        """Shows a point's values. The point is `left` pixels from the left side of a chart of this width."""
        rows = [self._row(line, point[line.name]) for line in self._lines]
        behind = figures.page_views(point[self._lines[0].name])
        self.element.replaceChildren(
            h("p", None, clock.start_of(moments.seconds(point["at"]), self.zone, self.step_s)),
            h("table", None, h("tbody", None, rows)),
            h("p", {"class": "soft"}, f"95% interval \u00b7 {behind}"),
        )
        dom.show(self.element, True)
        own = self.element.offsetWidth
        place = left + _GAP if left + _GAP + own <= width else left - own - _GAP
        dom.style(self.element, "left", f"{min(max(place, -_OVERHANG), max(width - own, -_OVERHANG))}px")

    def hide(self) -> None:
        dom.show(self.element, False)

    def _row(self, line: Line, figure: Json) -> Element:
        return h(
            "tr",
            None,
            h("th", {"scope": "row"}, swatch(line), line.label),
            h("td", None, figures.text(figure, line.kind)),
            h("td", {"class": "soft"}, figures.interval(figure, line.kind)),
        )


def swatch(line: Line) -> Element:
    """A piece of the line, for legends."""
    kind = "" if not line.dash else ("dots" if line.dash[0] < line.dash[1] else "dash")
    return dom.style(h("i", {"class": kind, "aria-hidden": "true"}), "color", f"var({line.color})")
