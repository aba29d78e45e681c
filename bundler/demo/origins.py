"""Two of the three origins: a customer's shop, and the CDN that serves dist/. The API is server/."""

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

# Said here, because machines differ in what they know. A browser compiles while it loads only from the right type.
for _type, _suffix in {
    "application/wasm": ".wasm",
    "application/zip": ".whl",
    "application/octet-stream": ".bin",
    "text/javascript": ".js",
}.items():
    mimetypes.add_type(_type, _suffix)
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.encodings_map[".zst"] = "zstd"  # else such a file would be text/plain

_CODINGS = {".br": "br", ".zst": "zstd", ".gz": "gzip"}  # the better one first
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
_HASHED = re.compile(r"-[0-9a-f]{10}\.\w+$")  # manifest.py names files so
_START_WITHIN_S = 10.0
_CHUNK_BYTES = 1 << 20  # a thread reads each, which at a framework's usual 64 KB is what a page waits for


def cdn(dist: Path, embed_max_age_s: int = 0) -> ASGIApp:
    """The CDN: dist/, for pages of every origin. A browser asks for embed.js at each visit, or keeps it so long."""
    return _Headed(Starlette(routes=[Mount("/", _Compressed(dist, embed_max_age_s))]), _OPEN)


def shop(demo: Path, dist: Path, links: Mapping[str, str]) -> ASGIApp:
    """A customer's site: the pages in `demo`, with `{{NAME}}` in them replaced by `links[NAME]`.

    Its PyScript page needs no CDN: Python, PyScript and the wheel are served here too.
    """
    routes = [
        Mount("/pyodide", _Compressed(dist / "pyodide")),
        Mount("/pyscript", _Compressed(dist / "pyscript")),
        Mount("/files", _Wheels(directory=dist)),
        Mount("/", _Pages(demo, links)),
    ]
    return _Headed(Starlette(routes=routes), {"X-Content-Type-Options": "nosniff"})


@contextlib.contextmanager
def running(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Serve the app on a listening socket, in a thread, from the first line of the block to its end."""
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
                raise BuildError(f"Serving on {url(listener)} did not start.")
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()


def url(listener: socket.socket) -> str:
    """The origin that a listening socket is reached at."""
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}"


class _Compressed(StaticFiles):
    """Static files, in the best coding that lies beside them and that the browser takes."""

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
    # A wheel keeps its name while one works on it; the rest changes with a release of its makers.
    fresh = path in ("embed.js", "manifest.json") or path.endswith(".whl")
    return "no-cache" if fresh else "public, max-age=3600"


class _Wheels(_Compressed):
    """The wheels in dist/, and nothing else of it."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        return super().lookup_path(path) if path.endswith(".whl") else ("", None)


class _Pages(StaticFiles):
    """Pages that name the other origins, filled in when they are asked for, so that an edit shows at once."""

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


class _Headed:
    """An app with these headers on all it answers, errors and 304 included."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)
