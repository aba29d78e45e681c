"""The pages that are compared, on three real origins of this machine: a shop, the CDN and an API."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from ..build import compression, dist, wheel
from ..demo import origins, ports
from ..machine import node
from . import content

SITE = Path(__file__).parent / "site"

_EMBED_MAX_AGE_S = 300  # README.md: let it expire within minutes
_MICROPYTHON = node.MODULES / "@micropython" / "micropython-webassembly-pyscript"
_VITALS = node.MODULES / "web-vitals" / "dist" / "web-vitals.iife.js"

# Who asks for Tresta.ready wants Python, so that only a page that has it anyway may ask.
_EAGER = 'data-runtime="eager" onload="Tresta.ready.then(bench.python)"'


def _tag(widget: str, more: str = "") -> str:
    place = f'<div id="tresta-widget-{widget}" style="min-height: 360px"></div>'
    attributes = f'data-widget-id="{widget}" data-api-url="{{{{API}}}}" {more}'
    return f'{place}<script async src="{{{{CDN}}}}/embed.js" {attributes}></script>'


# A page's file, and what an owner pastes into it.
_FILES = {
    "ours": ("tag.html", _tag("undrawn", _EAGER)),  # Python draws
    "shop": ("tag.html", _tag("drawn")),  # as a shop has it, out of the sample: no Python
    "sampled": ("tag.html", _tag("sampled")),  # the same in the sample
    "stock": ("stock.html", ""),
    "py": ("py.html", ""),
    "mpy": ("mpy.html", ""),
    "plain": ("plain.html", ""),
    "host": ("host.html", ""),
    "host-empty": ("host.html", '<script async src="{{CDN}}/empty/empty.js"></script>'),  # what any tag costs
    "host-shop": ("host.html", _tag("drawn")),
    "host-sampled": ("host.html", _tag("sampled")),
}
NAMES = tuple(_FILES)


@contextmanager
def serving() -> Iterator[str]:
    """The shop's address, which has each of NAMES as `NAME.html`; dist/ must be there. Raises BuildError."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        shop_at, cdn_at, api_at = (stack.enter_context(ports.listen(0, name)) for name in ("shop", "CDN", "API"))
        apps: dict[socket.socket, ASGIApp] = {
            cdn_at: _cdn(scratch),
            api_at: content.app(content.answers()),
            shop_at: _shop(scratch, origins.url(cdn_at), origins.url(api_at)),
        }
        for listener, app in apps.items():
            stack.enter_context(origins.running(app, listener))
        yield origins.url(shop_at)


def _cdn(scratch: Path) -> Starlette:
    empty = scratch / "empty"
    empty.mkdir()
    (empty / "empty.js").write_text("0\n", "utf-8")
    return Starlette(routes=[Mount("/empty", origins.cdn(empty)), Mount("/", origins.cdn(dist.DIST, _EMBED_MAX_AGE_S))])


def _shop(scratch: Path, cdn: str, api: str) -> Starlette:
    pages, micropython = scratch / "pages", scratch / "micropython"
    pages.mkdir()
    names = {
        "CDN": cdn,
        "API": api,
        "WHEEL": wheel.name(),
        "PROBE": _text("probe.js"),
        "VITALS": _VITALS.read_text(encoding="utf-8") + "\n" + _text("vitals.js"),
    }
    for name, (file, tag) in _FILES.items():
        (pages / f"{name}.html").write_text(_filled(_text(file), {"TAG": tag, **names}), "utf-8")
    (pages / "plain.js").write_text(_filled(_text("plain.js"), names), "utf-8")
    shutil.copytree(_MICROPYTHON, micropython)
    compression.compress_all(micropython)
    return Starlette(
        routes=[Mount("/micropython", origins.cdn(micropython)), Mount("/", origins.shop(pages, dist.DIST, {}))]
    )


def _text(file: str) -> str:
    return (SITE / file).read_text(encoding="utf-8")


def _filled(text: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        text = text.replace("{{" + name + "}}", value)
    return text
