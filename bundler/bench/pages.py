"""The compared pages on three local origins: a shop, the CDN and an API."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from ..build import compression, dist, wheel
from ..demo import origins, ports
from ..machine import node
from . import content
from .content import Content

SITE = Path(__file__).parent / "site"

_EMBED_MAX_AGE_S = 300  # a few minutes, as operators are advised
_MICROPYTHON = node.MODULES / "@micropython" / "micropython-webassembly-pyscript"
_EMBLA = node.MODULES / "embla-carousel" / "embla-carousel.umd.js"
_VITALS = node.MODULES / "web-vitals" / "dist" / "web-vitals.iife.js"

# Calling Tresta.ready starts Python, so only the page that has Python in any case calls it.
_EAGER = 'data-runtime="eager" onload="Tresta.ready.then(bench.python)"'

# By page: its file, and the tag that an owner pastes into it. A widget's name stands for its embed code.
_PAGES = {
    "ours": ("tag.html", "{{eager}}"),  # Python draws
    # As a shop has it: each layout, outside and inside the sample.
    **{name: ("tag.html", f"{{{{{name}}}}}") for name in content.WIDGETS},
    "seed": ("seed.html", "{{grid}}"),  # its own script counts too, and is outside its own sample
    "stock": ("stock.html", ""),
    "py": ("py.html", ""),
    "mpy": ("mpy.html", ""),
    "plain": ("plain.html", ""),
    "embla": ("embla.html", ""),
    "host": ("host.html", ""),
    "host-empty": ("host.html", '<script async src="{{CDN}}/empty/empty.js"></script>'),  # the cost of any tag
    "host-shop": ("host.html", "{{grid}}"),
    "host-sampled": ("host.html", "{{grid-sampled}}"),
}
NAMES = tuple(_PAGES)


@contextmanager
def serving(widgets: Content) -> Iterator[str]:
    """Serve the pages, the CDN and the API, each from its own origin; yields the shop's URL. Raises BuildError.

    Each of NAMES is at `NAME.html` on the shop. dist/ must be up to date.
    """
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        shop, cdn, api = (stack.enter_context(ports.listen(0, name)) for name in ("shop", "CDN", "API"))
        apps: dict[socket.socket, ASGIApp] = {
            cdn: _cdn(scratch),
            api: content.app(widgets.bodies),
            shop: _shop(scratch, widgets.embed_codes, origins.url(cdn), origins.url(api)),
        }
        for listener, app in apps.items():
            stack.enter_context(origins.running(app, listener))
        yield origins.url(shop)


def _cdn(scratch: Path) -> Starlette:
    empty = scratch / "empty"
    empty.mkdir()
    (empty / "empty.js").write_text("0\n", "utf-8")
    return Starlette(routes=[Mount("/empty", origins.cdn(empty)), Mount("/", origins.cdn(dist.DIST, _EMBED_MAX_AGE_S))])


def _shop(scratch: Path, embed_codes: Mapping[str, str], cdn: str, api: str) -> Starlette:
    pages, micropython = scratch / "pages", scratch / "micropython"
    pages.mkdir()
    values = {
        **embed_codes,
        "eager": embed_codes["undrawn"].replace("<script async", f"<script async {_EAGER}"),
        "CDN": cdn,
        "API": api,
        "WHEEL": wheel.name(),
        "PROBE": _text("probe.js"),
        "VITALS": _VITALS.read_text(encoding="utf-8") + "\n" + _text("vitals.js"),
    }
    for name, (file, tag) in _PAGES.items():
        (pages / f"{name}.html").write_text(_fill(_text(file), {"TAG": tag, **values}), "utf-8")
    for name in ("plain.js", "embla.js"):
        (pages / name).write_text(_fill(_text(name), values), "utf-8")
    shutil.copy(_EMBLA, pages)
    shutil.copytree(_MICROPYTHON, micropython)
    compression.compress_all(micropython)
    return Starlette(
        routes=[Mount("/micropython", origins.cdn(micropython)), Mount("/", origins.shop(pages, dist.DIST, {}))]
    )


def _text(file: str) -> str:
    return (SITE / file).read_text(encoding="utf-8")


def _fill(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", value)
    return text
