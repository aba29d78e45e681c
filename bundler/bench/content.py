"""The same fifty testimonials for every page, as the real API draws them, and served as behind a proxy with brotli."""

from __future__ import annotations

import json
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..build.compression import brotli_bytes
from ..demo import server_process
from ..machine.errors import BuildError

CARDS = 50
# By widget: the sampling rate it is given, so that chance decides nothing here. `undrawn` loses its drawing.
WIDGETS = {"drawn": 0.0, "sampled": 1.0, "undrawn": 0.0}

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
_READY_WITHIN_S = 60.0
_ANY_ORIGIN = {"Access-Control-Allow-Origin": "*", "Timing-Allow-Origin": "*"}


def widget(name: str) -> dict[str, object]:
    """A widget's content file: a grid, which is still, of testimonials of several lengths and scripts."""
    testimonials = [
        {
            "id": f"t{n}",
            "author": _NAMES[n % len(_NAMES)],
            "company": "" if n % 3 else "Casa do Mar",
            "rating": 5 - n % 2,
            "verified": n % 4 == 0,
            "date": f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}",
            "text": f"{_TEXTS[n % len(_TEXTS)]} Order {1000 + 37 * n}.",
        }
        for n in range(CARDS)
    ]
    design = {"layout": "grid", "max": CARDS}
    return {"id": name, "design": design, "testimonials": testimonials}


def answers() -> dict[str, bytes]:
    """What the API says of each widget; raises BuildError where it does not start."""
    with tempfile.TemporaryDirectory() as scratch:
        widgets = Path(scratch) / "widgets"
        widgets.mkdir()
        for name in WIDGETS:
            (widgets / f"{name}.json").write_text(json.dumps(widget(name)), encoding="utf-8")
        with server_process.running(0, Path(scratch) / "data", widgets, "http://127.0.0.1") as running:
            given = {name: _get(f"{_url(running)}/api/widgets/{name}/public") for name in WIDGETS}
    return {name: _changed(name, body) for name, body in given.items()}


def _changed(name: str, body: bytes) -> bytes:
    """The API's answer at the widget's rate, written as the API writes it."""
    answer = {**json.loads(body), "telemetry": {"mode": "opt-in", "rate": WIDGETS[name]}}
    if name == "undrawn":
        del answer["drawn"]
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def app(given: Mapping[str, bytes]) -> Starlette:
    """An API that gives these answers, compressed beforehand, and takes telemetry in."""
    bodies = {name: brotli_bytes(body) for name, body in given.items()}

    async def public(request: Request) -> Response:
        name = request.path_params["widget"]
        headers = {**_ANY_ORIGIN, "Cache-Control": "public, max-age=60", "ETag": f'"{name}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(bodies[name], headers={**headers, "Content-Encoding": "br"}, media_type="application/json")

    async def telemetry(_: Request) -> Response:
        return Response(status_code=204, headers=_ANY_ORIGIN)

    return Starlette(
        routes=[Route("/api/widgets/{widget}/public", public), Route("/telemetry", telemetry, methods=["POST"])]
    )


def _url(running: server_process.Api) -> str:
    deadline = time.monotonic() + _READY_WITHIN_S
    while not (url := running.url()):
        if time.monotonic() > deadline:
            raise BuildError(f"The API was not ready within {_READY_WITHIN_S:.0f} s; is this machine very busy?")
        time.sleep(0.05)
    return url


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        body: bytes = answer.read()
    return body
