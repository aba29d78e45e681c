"""The same fifty testimonials for every page, drawn by the real server and served as behind a proxy with brotli."""

from __future__ import annotations

import json
import tempfile
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from widget.telemetry.schema import LAYOUTS

from ..build.compression import brotli_bytes
from ..demo import server_process

CARDS = 50
LAYOUTS_OF_CARDS = tuple(layout for layout in LAYOUTS if layout != "badge")  # a badge shows none
SAMPLED = "-sampled"  # the suffix of a widget, and of its page, inside the sample


@dataclass(frozen=True)
class Widget:
    """A layout of the cards, and a sampling rate of 0 or 1, so that the sample is not random."""

    layout: str
    rate: float


# By name: each layout outside and inside the sample, and a grid that is served without its drawing.
WIDGETS = {
    **{layout: Widget(layout, 0.0) for layout in LAYOUTS_OF_CARDS},
    **{layout + SAMPLED: Widget(layout, 1.0) for layout in LAYOUTS_OF_CARDS},
    "undrawn": Widget("grid", 0.0),
}

_TEXTS = (
    "A bowl to keep. It came whole, and it has been on the table every day since.",
    "We ordered sixty dinner plates for the new dining room and every single one came out of the crate whole. Guests "
    "keep turning them over to see who made them.",
    "Best mug I own. The handle fits my whole hand.",
    "Our tastings needed a cup that shows the colour of the leaf and stays cool at the rim. We went back and forth "
    "over three rounds of samples, and at no point did it feel like a bother to them. The last one is what we sell.",
    "Bought the breakfast set for my parents. Now they want the soup bowls, too.",
)
_NAMES = (
    "Inês Carvalho",
    "Tom Whitaker",
    "Jonas Bergström",
    "Priya Raman",
    "Maren Holt",
    "Grace Adeyemi",
    "Łukasz Wrona",
)
_ANY_ORIGIN = {"Access-Control-Allow-Origin": "*", "Timing-Allow-Origin": "*"}
_CDN = "https://cdn.example"  # pages.py replaces it in the embed codes


@dataclass(frozen=True)
class Content:
    """By widget: the body of its public content, and its embed code with `{{CDN}}` and `{{API}}` for the origins."""

    bodies: Mapping[str, bytes]
    embed_codes: Mapping[str, str]


def testimonials(number: int = CARDS) -> list[dict[str, object]]:
    """Testimonials in several lengths and scripts."""
    return [
        {
            "id": f"t{n}",
            "author": _NAMES[n % len(_NAMES)],
            "company": "" if n % 3 else "Casa do Mar",
            "rating": 5 - n % 2,
            "verified": n % 4 == 0,
            "date": f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}",
            "text": f"{_TEXTS[n % len(_TEXTS)]} Order {1000 + 37 * n}.",
        }
        for n in range(number)
    ]


def widget(name: str) -> dict[str, object]:
    """The content file of one of WIDGETS."""
    return {"id": name, "design": {"layout": WIDGETS[name].layout, "max": CARDS}, "testimonials": testimonials()}


def fetch() -> Content:
    """Start a server and fetch the content of WIDGETS from it. Raises BuildError."""
    with tempfile.TemporaryDirectory() as scratch:
        widgets = Path(scratch) / "widgets"
        widgets.mkdir()
        for name in WIDGETS:
            (widgets / f"{name}.json").write_text(json.dumps(widget(name)), encoding="utf-8")
        with server_process.running(0, Path(scratch) / "data", widgets, "http://127.0.0.1", cdn_url=_CDN) as server:
            url = server.wait_until_ready()
            contents = {name: _get_json(f"{url}/api/widgets/{name}/public") for name in WIDGETS}
            account = _get_json(f"{url}/api/v1/accounts/{server_process.DEMO}", server.token())
    embed_codes = {
        each["id"]: each["embed"].replace(_CDN, "{{CDN}}").replace(url, "{{API}}") for each in account["widgets"]
    }
    return Content({name: _body(name, content) for name, content in contents.items()}, embed_codes)


def _body(name: str, content: dict[str, object]) -> bytes:
    """The content with the widget's sampling rate, as JSON in the server's own format."""
    content = {**content, "telemetry": {"mode": "opt-in", "rate": WIDGETS[name].rate}}
    if name == "undrawn":
        del content["drawn"]
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def app(bodies: Mapping[str, bytes]) -> Starlette:
    """An API that serves these bodies, compressed in advance, and accepts telemetry."""
    compressed = {name: brotli_bytes(body) for name, body in bodies.items()}

    async def public(request: Request) -> Response:
        name = request.path_params["widget"]
        headers = {**_ANY_ORIGIN, "Cache-Control": "public, max-age=60", "ETag": f'"{name}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(compressed[name], headers={**headers, "Content-Encoding": "br"}, media_type="application/json")

    async def telemetry(_: Request) -> Response:
        return Response(status_code=204, headers=_ANY_ORIGIN)

    return Starlette(
        routes=[Route("/api/widgets/{widget}/public", public), Route("/telemetry", telemetry, methods=["POST"])]
    )


def _get_json(url: str, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return json.load(answer)
