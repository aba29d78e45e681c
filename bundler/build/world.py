"""The map of the regions for the console: SVG paths from Natural Earth's shapes, which are in the public domain.

The shapes are those of the npm package world-atlas: TopoJSON (https://github.com/topojson/topojson-specification), in
which neighbours share the arcs of their borders, each in its own direction. An arc that two countries of one region
share is no border of the region.
"""

from __future__ import annotations

import json
import math
from itertools import accumulate, pairwise
from typing import Any

from ..machine import node
from . import regions

SHAPES = node.MODULES / "world-atlas" / "countries-110m.json"
WIDTH, HEIGHT = 720, 330  # pixels; the map ends above Antarctica
_OVERSEAS = {"250": ("south-america", -40)}  # French Guiana: of this region, west of this longitude
# Too small for a map of this size: where their dots are, by longitude and latitude.
_DOTS = {"micronesia": (150, 8), "polynesia": (-160, -14)}
_RADIUS = 5

Point = tuple[float, float]


def paths() -> str:
    """The map as the console reads it: JSON of its size and of each region's SVG path."""
    topology = json.loads(SHAPES.read_text(encoding="utf-8"))
    arcs = [_decoded(arc, topology["transform"]) for arc in topology["arcs"]]
    borders: dict[str, set[int]] = {}
    for country in topology["objects"]["countries"]["geometries"]:
        region = _region_of(country)
        polygons = [country["arcs"]] if country["type"] == "Polygon" else country["arcs"]
        for polygon in polygons:
            name = _moved(country.get("id"), region, arcs[_number(polygon[0][0])][0])
            borders.setdefault(name, set()).update(arc for ring in polygon for arc in ring)
    drawn = {name: _path(_rings(border, arcs)) for name, border in borders.items() if name != "unknown"}
    drawn |= {name: _dot(place) for name, place in _DOTS.items()}
    return json.dumps({"width": WIDTH, "height": HEIGHT, "regions": drawn}, separators=(",", ":"), sort_keys=True)


def project(longitude: float, latitude: float) -> Point:
    """A point of the map. Areas keep their proportions: Equal Earth (Savric, Patterson, Jenny, 2019)."""
    angle = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    square = angle**2
    slope = 9 * a4 * square**4 + 7 * a3 * square**3 + 3 * a2 * square + a1
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(angle) / (3 * slope)
    y = angle * (a1 + a2 * square + square**3 * (a3 + a4 * square))
    scale = WIDTH / 5.42  # the equator is 2 * 2.7066 long
    return WIDTH / 2 + scale * x, scale * (1.32 - y)


def _region_of(country: dict[str, Any]) -> str:
    names = country.get("id"), country["properties"]["name"].replace(" ", "_")
    return next((region.name for region in regions.m49() if set(names) & set(region.shapes)), "unknown")


def _moved(country: str | None, region: str, place: Point) -> str:
    name, longitude = _OVERSEAS.get(country or "", (region, -math.inf))
    return name if place[0] < longitude else region


def _decoded(arc: list[list[int]], transform: dict[str, list[float]]) -> list[Point]:
    """The arc's points in degrees. TopoJSON has the steps from each point to the next."""
    xs, ys = ([*accumulate(step[axis] for step in arc)] for axis in (0, 1))
    (scale_x, scale_y), (start_x, start_y) = transform["scale"], transform["translate"]
    return [(start_x + scale_x * x, start_y + scale_y * y) for x, y in zip(xs, ys, strict=True)]


def _number(arc: int) -> int:
    """The arc's position. A complement stands for the arc in the other direction."""
    return arc if arc >= 0 else ~arc


def _rings(border: set[int], arcs: list[list[Point]]) -> list[list[Point]]:
    """The outlines of a region."""
    lines = [arcs[_number(arc)][:: 1 if arc >= 0 else -1] for arc in border if ~arc not in border]
    by_start: dict[Point, list[list[Point]]] = {}
    for line in lines:
        by_start.setdefault(line[0], []).append(line)
    rings = []
    while by_start:
        start = min(by_start)
        ring = [start]
        while following := by_start.get(ring[-1]):
            end = ring[-1]
            ring += following.pop()[1:]
            if not following:
                del by_start[end]
        rings.append(ring)
    return rings


def _unwrapped(ring: list[Point]) -> list[Point]:
    """The outline without jumps from one edge of the map to the other: what crosses the edge goes on beyond it."""
    steps = [b - a for (a, _), (b, _) in pairwise(ring)]
    turns = list(accumulate((-360 * round(step / 360) for step in steps), initial=0))
    longitudes = [longitude + turn for (longitude, _), turn in zip(ring, turns, strict=True)]
    shift = -360 * round((min(longitudes) + max(longitudes)) / 2 / 360)
    return [(longitude + shift, latitude) for longitude, (_, latitude) in zip(longitudes, ring, strict=True)]


def _path(rings: list[list[Point]]) -> str:
    """The outlines as one SVG path, in whole pixels. What is smaller than a pixel is not drawn."""
    text = ""
    for ring in rings:
        pixels = [(round(x), round(y)) for x, y in (project(*point) for point in _unwrapped(ring))]
        pixels = [pixel for number, pixel in enumerate(pixels) if not number or pixel != pixels[number - 1]]
        if len(pixels) > 3:
            steps = [f"{x - a} {y - b}" for (a, b), (x, y) in pairwise(pixels[:-1])]  # z draws the last one
            text += f"M{pixels[0][0]} {pixels[0][1]}l{' '.join(steps)}z"
    return text


def _dot(place: Point) -> str:
    x, y = map(round, project(*place))
    half = f"a{_RADIUS} {_RADIUS} 0 1 0"
    return f"M{x - _RADIUS} {y}{half} {2 * _RADIUS} 0{half} {-2 * _RADIUS} 0z"
