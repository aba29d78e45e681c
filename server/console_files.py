"""The console at /console/, under a strict Content Security Policy."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from .static_files import FOREVER, REVALIDATE, CompressedFiles

# PyScript's core and MicroPython compile WebAssembly but no text: neither needs 'unsafe-eval' or an inline script.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_HASHED = re.compile(r"^files-[0-9a-f]{10}/")  # the bundler names the directory by its content
_NOT_BUILT = "The console is not built: python3 build.py bundle makes it, and --dist takes the directory."


def console(dist: Path | None) -> list[BaseRoute]:
    """The routes of /console/, from the built files; without them they answer 404 and say so."""
    if dist is None:
        return [Route("/console/{path:path}", _not_built), Route("/console", _not_built)]
    files = CompressedFiles(dist / "console", _HEADERS, lambda path: FOREVER if _HASHED.match(path) else REVALIDATE)
    return [Route("/", _to_the_page), Route("/console", _to_the_page), Mount("/console", files)]


async def _not_built(_: object) -> Response:
    return PlainTextResponse(_NOT_BUILT, 404)


async def _to_the_page(_: object) -> Response:
    return RedirectResponse("console/", 307)
