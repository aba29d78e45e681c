"""The map of the world: each region in a shade of its figure. The table beside it says the same in numbers."""

import json

import js

from . import dom, figures, words
from .dom import h
from .types import Element, Json

# The figures to choose from: those of the table.
FIGURES = (("p75", "p75", "ms"), figures.ERROR_SHARE, figures.LOADS)
_LEAST = 0.15  # the opacity of a figure of 0; a region without a figure has another colour

_world: Json | None = None


async def load() -> Json | None:
    """The size of the map and each region's path; None if the file does not come."""
    global _world
    if _world is None:
        icon = dom.find("link[rel=icon]").href
        try:
            response = await js.fetch(icon.replace("icon.svg", "world.json"))
            if response.ok:
                _world = json.loads(await response.text())
        except Exception:  # noqa: BLE001 - an error of JavaScript; the table is there
            return None
    return _world


def draw(world: Json, items: list[Json], choice: str) -> Element:
    """The map of one of FIGURES. Regions without a value are grey."""
    name, label, kind = next(each for each in FIGURES if each[0] == choice)
    values = {item["name"]: item[name] for item in items if figures.has_value(item[name])}
    most = max([values[region]["value"] for region in values] + [0])
    attributes = {"viewBox": f"0 0 {world['width']} {world['height']}", "role": "img", "class": "world"}
    attributes["aria-label"] = f"Map of the world: {label} by region. The table has the numbers."
    paths = world["regions"]
    shapes = [_shape(region, paths[region], values.get(region), most, kind) for region in sorted(paths)]
    scale = f"{label}: from 0, the faintest, to {figures.value(most, kind)}, the strongest. Grey regions are not told."
    choices = h(
        "div",
        {"class": "choices", "role": "group", "aria-label": "The map's figure"},
        [_button(each[0], each[1], choice) for each in FIGURES],
    )
    return h("div", {"class": "map"}, choices, h("svg", attributes, shapes), h("p", {"class": "soft small"}, scale))


def _shape(region: str, path_data: str, figure: Json | None, most: float, kind: str) -> Element:
    text = f"{words.region(region)}: {figures.text(figure, kind) if figure else 'not told'}"
    path = h("path", {"d": path_data, "data-region": region}, h("title", None, text))
    if figure is None:
        path.setAttribute("class", "few")
        return path
    share = figure["value"] / most if most else 0
    return dom.style(path, "fill-opacity", f"{_LEAST + (1 - _LEAST) * share:.3f}")


def _button(name: str, label: str, choice: str) -> Element:
    attributes = {"type": "button", "data-do": "map-figure", "value": name, "data-key": f"map {name}"}
    attributes["aria-pressed"] = "true" if name == choice else "false"
    return h("button", attributes, label)
