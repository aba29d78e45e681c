"""The console's files at /console/, and what a browser may do with them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# Said here, because machines differ in what they know; the browser compiles WebAssembly only from its own type.
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
_CODINGS = {".br": "br", ".zst": "zstd", ".gz": "gzip"}  # the better one first
# WebAssembly is compiled, no text is: neither PyScript's core nor MicroPython needs 'unsafe-eval' or an inline script.
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
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}
_HASHED = re.compile(r"^files-[0-9a-f]{10}/")  # the bundler names the directory by its content
_FOREVER, _ASK = "public, max-age=31536000, immutable", "no-cache"
_NOT_BUILT = "The console is not built: python3 build.py bundle makes it, and --console takes its directory."


def console(directory: Path | None) -> list[BaseRoute]:
    """The routes of /console/, out of a directory that the bundler made; without one they say so."""
    if directory is None or not (directory / "index.html").is_file():
        return [Route("/console/{path:path}", _not_built), Route("/console", _not_built)]
    return [Route("/console", _to_the_page), Mount("/console", _Files(directory=directory, html=True))]


async def _not_built(_: object) -> Response:
    return PlainTextResponse(_NOT_BUILT, 404)


async def _to_the_page(_: object) -> Response:
    return RedirectResponse("console/", 308)


class _Files(StaticFiles):
    """Static files with the console's headers, in the best coding that lies beside them and that the browser takes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(self._best(path, scope), scope)
        response.headers.update(_HEADERS)
        response.headers["Cache-Control"] = _FOREVER if _HASHED.match(path) else _ASK
        return response

    def file_response(self, full_path: str | os.PathLike[str], *args: object, **kwargs: object) -> Response:
        response = super().file_response(full_path, *args, **kwargs)  # type: ignore[arg-type]
        path = Path(full_path)
        coding = _CODINGS.get(path.suffix)
        if coding and response.status_code == 200:
            response.headers["Content-Encoding"] = coding
        kind = _TYPES.get(path.with_suffix("").suffix if coding else path.suffix)
        if kind and response.status_code == 200:
            response.headers["Content-Type"] = f"{kind}; charset=utf-8" if kind != "application/wasm" else kind
        return response

    def _best(self, path: str, scope: Scope) -> str:
        accepted = Headers(scope=scope).get("accept-encoding", "")
        accepted_codings = {coding.split(";")[0].strip() for coding in accepted.split(",")}
        for suffix, coding in _CODINGS.items():
            if coding in accepted_codings and self.lookup_path(path + suffix)[1]:
                return path + suffix
        return path
