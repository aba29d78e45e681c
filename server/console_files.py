"""Serves the console at /console/, with a strict Content Security Policy."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from .static_files import FOREVER, REVALIDATE, CompressedFiles

# PyScript's core and MicroPython compile WebAssembly only, so they need no 'unsafe-eval' and no inline scripts.
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
_HASHED = re.compile(r"^files-[0-9a-f]{10}/")  # the build puts the content's hash into the name
_NOT_BUILT = "The console is not built: run `python3 build.py bundle`, or name the built files with --dist."


def console(dist: Path | None) -> list[BaseRoute]:
    """The routes of /console/. Without the built files they answer 404 with a sentence."""
    if dist is None:
        return [Route("/console/{path:path}", _not_built), Route("/console", _not_built)]
    files = CompressedFiles(dist / "console", _HEADERS, lambda path: FOREVER if _HASHED.match(path) else REVALIDATE)
    return [Route("/", _to_the_page), Route("/console", _to_the_page), Mount("/console", files)]


async def _not_built(_: object) -> Response:
    return PlainTextResponse(_NOT_BUILT, 404)


async def _to_the_page(_: object) -> Response:
    return RedirectResponse("console/", 307)
