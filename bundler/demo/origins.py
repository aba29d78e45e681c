"""Two origins of the demo: a customer's shop, and the CDN, which serves dist/. The third one is the server."""

from __future__ import annotations

import contextlib
import mimetypes
import os
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..machine.errors import BuildError

# Machines know different types. Browsers compile WebAssembly while it loads only if its type is right.
for _type, _suffix in {
    "application/wasm": ".wasm",
    "application/zip": ".whl",
    "application/octet-stream": ".bin",
    "text/javascript": ".js",
}.items():
    mimetypes.add_type(_type, _suffix)
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.encodings_map[".zst"] = "zstd"  # without it such a file would be text/plain

_CODINGS = {".br": "br", ".zst": "zstd", ".gz": "gzip"}  # the best one first
_CDN_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
_HASHED = re.compile(r"-[0-9a-f]{10}\.\w+$")  # a name from manifest.add
_START_WITHIN_S = 10.0
_CHUNK_BYTES = 1 << 20  # a thread reads each chunk; with the default 64 KB, threads are what a page waits for


def cdn(dist: Path, embed_max_age_s: int = 0) -> ASGIApp:
    """The CDN: dist/ for pages of every origin. Browsers cache embed.js for `embed_max_age_s`; 0 means revalidation."""
    return _WithHeaders(Starlette(routes=[Mount("/", _Compressed(dist, embed_max_age_s))]), _CDN_HEADERS)


def shop(demo: Path, dist: Path, links: Mapping[str, str]) -> ASGIApp:
    """A customer's site: the pages in `demo`, with each `{{NAME}}` in them replaced by `links[NAME]`.

    It also serves Python, PyScript and the wheel for its PyScript page, which uses no CDN.
    """
    routes = [
        Mount("/pyodide", _Compressed(dist / "pyodide")),
        Mount("/pyscript", _Compressed(dist / "pyscript")),
        Mount("/files", _Wheels(directory=dist)),
        Mount("/", _Pages(demo, links)),
    ]
    return _WithHeaders(Starlette(routes=routes), {"X-Content-Type-Options": "nosniff"})


@contextlib.contextmanager
def running(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Serve the app on a listening socket in a thread until the end of the block. Raises BuildError."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + _START_WITHIN_S
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise BuildError(f"The server on {url(listener)} did not start; run it again.")
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()


def url(listener: socket.socket) -> str:
    """The origin of a listening socket, such as `http://127.0.0.1:8000`."""
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}"


class _Compressed(StaticFiles):
    """Static files, each in the best coding that exists and that the browser accepts."""

    def __init__(self, directory: Path, embed_max_age_s: int = 0) -> None:
        super().__init__(directory=directory)
        self._embed_max_age_s = embed_max_age_s

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(self._best(path, scope), scope)
        response.headers["Cache-Control"] = _caching(path, self._embed_max_age_s)
        response.headers["Vary"] = "Accept-Encoding"
        return response

    def file_response(self, full_path: str | os.PathLike[str], *args: object, **kwargs: object) -> Response:
        response = super().file_response(full_path, *args, **kwargs)  # type: ignore[arg-type]
        if isinstance(response, FileResponse):
            response.chunk_size = _CHUNK_BYTES
        coding = _CODINGS.get(Path(full_path).suffix)
        if coding and response.status_code == 200:
            response.headers["Content-Encoding"] = coding
        return response

    def _best(self, path: str, scope: Scope) -> str:
        accepted = Headers(scope=scope).get("accept-encoding", "")
        accepted_codings = {coding.split(";")[0].strip() for coding in accepted.split(",")}
        for suffix, coding in _CODINGS.items():
            if coding in accepted_codings and self.lookup_path(path + suffix)[1]:
                return path + suffix
        return path


def _caching(path: str, embed_max_age_s: int) -> str:
    if _HASHED.search(path):
        return "public, max-age=31536000, immutable"
    if path == "embed.js" and embed_max_age_s:
        return f"public, max-age={embed_max_age_s}"
    # A wheel changes under the same name during development; Pyodide and PyScript change only with their releases.
    changes = path in ("embed.js", "manifest.json") or path.endswith(".whl")
    return "no-cache" if changes else "public, max-age=3600"


class _Wheels(_Compressed):
    """Only the wheels in dist/."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        return super().lookup_path(path) if path.endswith(".whl") else ("", None)


class _Pages(StaticFiles):
    """Pages with links to the other origins, filled in for each request, so that an edit shows at once."""

    def __init__(self, directory: Path, links: Mapping[str, str]) -> None:
        super().__init__(directory=directory, html=True)
        self._links = links

    def file_response(self, full_path: str | os.PathLike[str], *args: object, **kwargs: object) -> Response:
        if Path(full_path).suffix == ".html":
            text = Path(full_path).read_text(encoding="utf-8")
            for name, link in self._links.items():
                text = text.replace("{{" + name + "}}", link)
            return HTMLResponse(text, headers={"Cache-Control": "no-cache"})
        response = super().file_response(full_path, *args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        return response


class _WithHeaders:
    """Adds headers to every response of an app, errors and 304 included."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)
