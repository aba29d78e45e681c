"""The lines of a chart, and the card that says what they are at one point."""

from . import clock, dom, figures, moments
from .dom import h

_BESIDE = 14  # pixels from the point to its card
_OUT = 62  # pixels that a card may stand out of the chart on its left, where the axis is


class Line:
    """One line: the figure's name in a point, its label, the kind of its values, its colour and dash."""

    def __init__(self, name: str, label: str, kind: str, color: str, dash: tuple = ()) -> None:
        self.name, self.label, self.kind, self.color, self.dash = name, label, kind, color, dash


class Tip:
    """The card of a point: its time, and each line's value with its interval."""

    def __init__(self, lines: list) -> None:
        self.zone, self.step_s = "UTC", 60
        self.element = h("div", {"class": "tip", "hidden": True})
        self._lines = lines

    def show(self, point: dict, left: float, width: float) -> None:
        """Shows the point's card beside its place, `left` pixels from the side of a chart of this width."""
        rows = [self._row(line, point[line.name]) for line in self._lines]
        behind = figures.rows(point[self._lines[0].name]["rows"])
        self.element.replaceChildren(
            h("p", None, clock.of_step(moments.seconds(point["at"]), self.zone, self.step_s)),
            h("table", None, h("tbody", None, rows)),
            h("p", {"class": "soft"}, f"95% interval \u00b7 {behind}"),
        )
        dom.show(self.element, True)
        own = self.element.offsetWidth
        place = left + _BESIDE if left + _BESIDE + own <= width else left - own - _BESIDE
        dom.style(self.element, "left", f"{min(max(place, -_OUT), max(width - own, -_OUT))}px")

    def hide(self) -> None:
        dom.show(self.element, False)

    def _row(self, line: Line, figure: dict):
        return h(
            "tr",
            None,
            h("th", {"scope": "row"}, swatch(line), line.label),
            h("td", None, figures.shown(figure, line.kind)),
            h("td", {"class": "soft"}, figures.interval(figure, line.kind)),
        )


def swatch(line: Line):
    """A piece of the line, for legends."""
    kind = "" if not line.dash else ("dots" if line.dash[0] < line.dash[1] else "dash")
    return dom.style(h("i", {"class": kind, "aria-hidden": "true"}), "color", f"var({line.color})")
