"""The region of the world that a page view is from: a table turns the browser's time zone into it, in the page itself.

The page asks for the whole table, so that the request tells nothing. Only the region leaves the page. With randomised
response not even that is certain: with a known probability the page names another region.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..errors import describe
from ..page.bridge import Bridge, FetchFailed
from .schema import REGIONS, UNKNOWN_REGION

PATH = "/regions.json"  # of the table at the server: the zones of each region
TIMEOUT_MS = 5000
MAX_BYTES = 50_000


class PageRegion:
    """The page's region, once the table has come. There is one for all widgets of the page."""

    def __init__(self, bridge: Bridge, api_url: str) -> None:
        self.name = ""  # empty: not known
        self._bridge = bridge
        # Drawn once: many answers of one page view would tell the region after all.
        self._draws = bridge.random(), bridge.random()
        self.loading = bridge.spawn(self._load(api_url + PATH))

    def answer(self, truth: float) -> str:
        """The region to name, if the page names its own with the probability `truth`."""
        return self.name and randomised(self.name, truth, self._draws)

    async def _load(self, url: str) -> None:
        try:
            # A copy of any age will do, since countries do not move.
            table = await self._bridge.fetch(url, timeout_ms=TIMEOUT_MS, max_bytes=MAX_BYTES, cache="force-cache")
            if table.status == 200:
                self.name = region_of(self._bridge.time_zone(), table.text)
        except (FetchFailed, ValueError) as error:
            self._bridge.debug(f"telemetry: the region is not told: {describe(error)}")


def page_region(bridge: Bridge, api_url: str) -> PageRegion:
    """The page's region. The first call fetches the table from this server."""
    region = bridge.shared.get("region")
    if not isinstance(region, PageRegion):
        region = bridge.shared["region"] = PageRegion(bridge, api_url)
    return region


def region_of(time_zone: str, table: str) -> str:
    """The region of a time zone such as Europe/Berlin; `unknown` if the table has none. Raises ValueError."""
    zones_by_region = json.loads(table)
    if not isinstance(zones_by_region, dict):
        raise ValueError("The table of regions is no object.")
    for region, zones in zones_by_region.items():
        if region in REGIONS and time_zone in zones:
            return str(region)
    return UNKNOWN_REGION


def randomised(region: str, truth: float, draws: Sequence[float]) -> str:
    """The region itself with the probability `truth`, else one of the others, each as likely.

    `draws` are two random numbers in [0, 1). This is k-ary randomised response (Kairouz, Oh, Viswanath: Extremal
    mechanisms for local differential privacy, JMLR 17, 2016).
    """
    if draws[0] < truth:
        return region
    others = [name for name in REGIONS if name != region]
    return others[int(draws[1] * len(others))]
