"""The table from a browser's time zone to its region of the world, from the tz database and the UN's list (M49).

The tz database is the one of the package tzdata. Its zone.tab gives each zone's country, its tzdata.zi the other names
of a zone. M49 lists no Taiwan; the table has it in Eastern Asia, as CLDR does. Antarctica is in none of the regions.
"""

from __future__ import annotations

import importlib.resources
import json
from pathlib import Path
from typing import NamedTuple

NAME = "regions.json"  # in dist/; widget/telemetry/regions.py fetches it
M49 = Path(__file__).with_name("m49.tsv")


class Region(NamedTuple):
    """One region: its name, its countries in ISO 3166's two letters, and those of the map, by number or by name."""

    name: str
    countries: list[str]
    shapes: list[str]


def table() -> str:
    """The table as the page reads it: JSON of each region's zones."""
    zones: dict[str, list[str]] = {}
    for zone, region in sorted(regions_by_zone().items()):
        zones.setdefault(region, []).append(zone)
    return json.dumps(zones, separators=(",", ":"), sort_keys=True)


def regions_by_zone() -> dict[str, str]:
    """The region of each zone, other names included. Zones of no country, such as UTC, are not in it."""
    regions = {country: region.name for region in m49() for country in region.countries}
    zones = {}
    for line in _tz("zone.tab").splitlines():
        if line and not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            zones[zone] = regions[country]
    links = [line.split()[1:] for line in _tz("tzdata.zi").splitlines() if line.startswith("L ")]
    for target, name in links:
        if name not in zones and target in zones:
            zones[name] = zones[target]
    return zones


def m49() -> list[Region]:
    """All regions, with `unknown` for what is in none of them."""
    lines = (line.split("\t") for line in M49.read_text(encoding="utf-8").splitlines())
    return [Region(name, countries.split(), " ".join(shapes).split()) for name, countries, *shapes in lines]


def _tz(name: str) -> str:
    return importlib.resources.files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
