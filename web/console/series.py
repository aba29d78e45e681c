"""What a chart draws of its points, as columns of numbers for uPlot.

uPlot draws the whole points. Unfinished ones would look like a crash, so the painter draws them in another way.
"""

from . import figures
from .types import Json

_MOST = 3  # an interval reaches up to so many times the highest value; the rest of it runs out of the frame


def drawn(point: Json, name: str) -> Json | None:
    """The point's figure if uPlot draws it."""
    figure: Json = point[name]
    return figure if point["whole"] and figures.has_value(figure) else None


def highest(points: list[Json], names: list[str]) -> float:
    """The end of the value axis: above the values and nearly all of their intervals."""
    every = [point[name] for point in points for name in names]
    values = [figure["value"] for figure in every if figures.has_value(figure)]
    highs = [figure["high"] for figure in every if figure["high"] is not None]
    most = max(values + [0])
    return float(max(most * 1.12, min(max(highs + [0]) * 1.08, most * _MOST)) or 1)


def columns(points: list[Json], names: list[str], top: float) -> list[list[float | None]]:
    """Value, low and high of each name. An open end is above the frame, so that its band runs out of it."""
    data = []
    for name in names:
        each = [drawn(point, name) for point in points]
        data.append([None if figure is None else float(figure["value"]) for figure in each])
        data.append([None if figure is None else float(figure["low"] or 0) for figure in each])
        data.append(
            [
                None if figure is None else float(2 * top if figure["high"] is None else figure["high"])
                for figure in each
            ]
        )
    return data


def isolated(points: list[Json], name: str) -> list[int]:
    """The indices of the points without a neighbour, which no line would show."""
    has_value = [drawn(point, name) is not None for point in points]
    padded = [False] + has_value + [False]
    return [n for n, has in enumerate(has_value) if has and not padded[n] and not padded[n + 2]]
