"""Visits over a slow line that end soon after the cards are seen: how many of them the server has counted.

    python -m bundler.bench.endings [--visits 30]

The sampling rate is 1, and each visit is a first one. The visitor leaves by a link to the next page.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from ..browsers import launch
from ..build import dist
from ..demo import origins, ports, server_process
from ..machine.progress import step
from . import content
from .line import Line
from .visit import FIXED

ENDS_S = (0.1, 0.5, 2.0)  # after the cards are seen
_STORED_WITHIN_S = 15.0
_TIMEOUT_MS = 120_000
_STAYS_MS = 1000  # on the next page: a visitor does not end the browser, which would end its requests
_PAGE = """<!doctype html><title>A shop</title><link rel="icon" href="data:,"><body>
<script>
  const leave = () => setTimeout(() => { location.href = "next.html" }, END_MS);
  const look = () => {
    const place = document.querySelector("[id^=tresta-widget]");
    if (place?.shadowRoot?.querySelector(".card")) requestAnimationFrame(() => setTimeout(leave));
    else requestAnimationFrame(look);
  };
  look();
</script>
<script async src="CDN/embed.js" data-widget-id="WIDGET" data-api-url="API"></script>
"""


def measure(visits: int, browsers: Sequence[str] = launch.NAMES) -> dict[str, int]:
    """The stored loads by `browser, end`. Raises BuildError."""
    dist.build()
    names = {f"{browser}-{n}": (browser, end) for browser in browsers for n, end in enumerate(ENDS_S)}
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pages, widgets = scratch / "pages", scratch / "widgets"
        pages.mkdir()
        widgets.mkdir()
        for name in names:
            (widgets / f"{name}.json").write_text(json.dumps(content.widget("grid") | {"id": name}), encoding="utf-8")
        cdn, shop = (stack.enter_context(ports.listen(0, name)) for name in ("CDN", "shop"))
        stack.enter_context(origins.running(origins.cdn(dist.DIST), cdn))
        stack.enter_context(origins.running(origins.shop(pages, dist.DIST, {}), shop))
        server = server_process.running(0, scratch / "data", widgets, origins.url(shop))
        stack.enter_context(server)
        line = stack.enter_context(Line(FIXED.mbit_s, FIXED.round_trip_ms))
        api = server.wait_until_ready()
        links = {
            "CDN": stack.enter_context(line.to(origins.url(cdn))),
            "API": stack.enter_context(line.to(api)),
        }
        (pages / "next.html").write_text("<!doctype html><title>The next page</title>", encoding="utf-8")
        for name, (_, end_s) in names.items():
            html = _PAGE.replace("END_MS", f"{end_s * 1000:.0f}").replace("WIDGET", name)
            for word, link in links.items():
                html = html.replace(word, link)
            (pages / f"{name}.html").write_text(html, encoding="utf-8")
        playwright = stack.enter_context(sync_playwright())
        for browser in browsers:
            kind = launch.browser_type(playwright, browser)
            with kind.launch(**(launch.launch_options(kind) or {})) as running:
                for name in (name for name, (of, _) in names.items() if of == browser):
                    with step(f"{browser}, {visits} visits that end {names[name][1]:g} s after the cards are seen"):
                        for _ in range(visits):
                            _visit(running, f"{origins.url(shop)}/{name}.html")
        return {
            f"{browser}, {end:g} s": count
            for (browser, end), count in zip(
                names.values(), _loads(api, server.token(), list(names), visits), strict=True
            )
        }


def _visit(browser: Browser, url: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(url, wait_until="commit")
        page.wait_for_url("**/next.html", timeout=_TIMEOUT_MS)
        page.wait_for_timeout(_STAYS_MS)


def _loads(api: str, token: str, widgets: Sequence[str], visits: int) -> list[int]:
    """The loads of each widget: once all visits are stored, or else after a while, so that a second one would show."""
    deadline = time.monotonic() + _STORED_WITHIN_S
    while True:
        request = urllib.request.Request(
            f"{api}/api/v1/events?limit=1000", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            rows = json.load(answer)["events"]
        counts = Counter(row["widget"] for row in rows if row["kind"] == "load")
        if time.monotonic() > deadline:
            return [counts[widget] for widget in widgets]
        time.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bundler.bench.endings", description=__doc__)
    parser.add_argument("--visits", type=int, default=30, help="for each browser and each end (default 30)")
    visits = parser.parse_args().visits
    print(f"Loads stored of {visits} visits, over {FIXED}:")
    for name, count in measure(visits).items():
        print(f"  {name}: {count}")


if __name__ == "__main__":
    main()
