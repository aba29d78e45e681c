"""What a chart draws of its points, as columns of numbers for uPlot.

uPlot draws the whole points. Unfinished ones would look like a crash, so the painter draws them in another way.
"""

from . import figures
from .types import Json

_MOST = 3  # an interval reaches up to so many times the highest value; the rest of it runs out of the frame
# The steps of an axis of counts. Floats: MicroPython would cut an integer to 32 bits on its way to JavaScript.
WHOLE_STEPS = [float(digit * 10**power) for power in range(10) for digit in (1, 2, 5)]
_TOO_FEW = "No point in this time rests on 20 of them in the sample. A longer time range may show more."
_UNKNOWN = "This cannot be told here: errors have no layout."


def drawn(point: Json, name: str) -> Json | None:
    """The point's figure if uPlot draws it."""
    figure: Json = point[name]
    return figure if point["whole"] and figures.has_value(figure) else None


def why_blank(points: list[Json], names: list[str]) -> str:
    """Why a chart would be blank, or an empty string if it is not."""
    if any(figures.has_value(point[name]) for point in points for name in names):
        return ""
    return _TOO_FEW if any(point[names[0]]["too_few"] for point in points) else _UNKNOWN


def highest(points: list[Json], names: list[str]) -> float:
    """The end of the value axis: above the values and nearly all of their intervals."""
    every = [point[name] for point in points for name in names]
    values = [figure["value"] for figure in every if figures.has_value(figure)]
    highs = [figure["high"] for figure in every if figure["high"] is not None]
    most = max(values + [0])
    return float(max(most * 1.12, min(max(highs + [0]) * 1.08, most * _MOST)) or 1)


def columns(points: list[Json], names: list[str]) -> list[list[float | None]]:
    """Value, low and high of each name. An interval with an open end has no band: the painter draws it open."""
    data = []
    for name in names:
        each = [drawn(point, name) for point in points]
        data.append([None if figure is None else float(figure["value"]) for figure in each])
        each = [None if figure is None or figure["high"] is None else figure for figure in each]
        data.append([None if figure is None else float(figure["low"] or 0) for figure in each])
        data.append([None if figure is None else float(figure["high"]) for figure in each])
    return data


def isolated(points: list[Json], name: str) -> list[int]:
    """The indices of the points without a neighbour, which no line would show."""
    has_value = [drawn(point, name) is not None for point in points]
    padded = [False] + has_value + [False]
    return [n for n, has in enumerate(has_value) if has and not padded[n] and not padded[n + 2]]
