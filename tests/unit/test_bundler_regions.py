"""The table from time zones to regions, and the map of the regions."""

from __future__ import annotations

import json
import zoneinfo

import pytest

from bundler.build import budget, compression, regions, world
from widget.telemetry.regions import region_of
from widget.telemetry.schema import REGIONS, UNKNOWN_REGION


@pytest.mark.parametrize(
    ("zone", "region"),
    [
        ("Europe/Berlin", "western-europe"),
        ("Europe/Stockholm", "northern-europe"),  # the database links it to Berlin
        ("Asia/Vladivostok", "eastern-europe"),  # M49 has whole countries
        ("Asia/Calcutta", "southern-asia"),  # an old name
        ("Europe/Kiev", "eastern-europe"),
        ("US/Pacific", "northern-america"),
        ("Africa/Asmera", "eastern-africa"),
        ("Pacific/Auckland", "australia-and-new-zealand"),
        ("Antarctica/Troll", UNKNOWN_REGION),
        ("UTC", UNKNOWN_REGION),
        ("Mars/Olympus_Mons", UNKNOWN_REGION),
        ("", UNKNOWN_REGION),
    ],
)
def test_a_time_zone_has_the_region_of_its_country(zone, region):
    assert region_of(zone, regions.table()) == region


def test_only_zones_of_no_country_have_no_region():
    places = {name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")}

    assert places - regions.regions_by_zone().keys() <= {"SystemV", "posix", "right"}


def test_each_region_of_the_schema_has_a_zone_and_no_zone_has_another_region():
    assert set(regions.regions_by_zone().values()) == set(REGIONS)


@pytest.mark.builds
def test_the_map_shows_every_region_and_each_country_of_the_shapes_once():
    drawn = json.loads(world.paths())
    assert set(drawn["regions"]) == set(REGIONS) - {UNKNOWN_REGION}
    shapes = [shape for region in regions.m49() for shape in region.shapes]
    countries = json.loads(world.SHAPES.read_text())["objects"]["countries"]["geometries"]
    names = [country.get("id") or country["properties"]["name"].replace(" ", "_") for country in countries]
    assert sorted(shapes) == sorted(names)


# Cities by longitude and latitude. Each is far from the sea and from other regions.
CITIES = {
    "australia-and-new-zealand": (134, -24),
    "south-america": (-48, -16),
    "northern-america": (-98, 39),
    "eastern-asia": (104, 36),
    "western-europe": (10, 51),
    "southern-africa": (24, -29),
}


@pytest.mark.builds
@pytest.mark.parametrize(("region", "place"), CITIES.items())
def test_a_city_is_within_the_outline_of_its_region_and_of_no_other(region, place):
    drawn = json.loads(world.paths())["regions"]
    point = world.project(*place)
    assert [name for name, path in drawn.items() if is_inside(point, path)] == [region]


def is_inside(point: tuple[float, float], path: str) -> bool:
    """Whether a ray from the point to the right crosses the outlines an odd number of times."""
    crossings = 0
    for ring in path.split("M")[1:]:
        if "a" in ring:
            continue  # a dot
        start, steps = ring.rstrip("z").split("l")
        numbers = [int(number) for number in steps.split()]
        first_x, first_y = map(int, start.split())
        corners = [(first_x, first_y)]
        for x, y in zip(numbers[::2], numbers[1::2], strict=True):
            corners.append((corners[-1][0] + x, corners[-1][1] + y))
        for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
            if (y1 > point[1]) != (y2 > point[1]):
                crossings += x1 + (point[1] - y1) / (y2 - y1) * (x2 - x1) > point[0]
    return crossings % 2 == 1


@pytest.mark.parametrize(("longitude", "latitude", "x", "y"), [(0, 0, 360, 175), (0, 83, 360, 2), (-180, 0, 0, 175)])
def test_the_map_has_equal_areas_and_fits_its_size(longitude, latitude, x, y):
    assert world.project(longitude, latitude) == pytest.approx((x, y), abs=1)


def test_the_table_is_small():
    assert len(compression.brotli_bytes(regions.table().encode())) <= budget.BUDGETS[regions.NAME]
