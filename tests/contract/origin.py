"""The server of the page's checks: it serves Python, the checks, and answers of every kind."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from .harness import LARGE_BYTES, OK_TEXT

HERE = Path(__file__).parent
_FILES = ("page.html", "host.css", "visitor.js", "boot.js")
_INSIDE = ("harness.py", "page_harness.py", "*checks.py")
_CONTENT = {
    "id": "w1",
    "design": {"layout": "carousel", "autoplay": 3},
    "telemetry": {"mode": "opt-in", "rate": 1},
    "testimonials": [{"id": f"t{number}", "author": "Ada", "text": "Lovely glaze."} for number in range(4)],
}


def origin(dist: Path) -> Starlette:
    """The app; `dist` is the build's directory."""
    posts: list[dict[str, object]] = []
    hits: list[str] = []

    async def collect(request: Request) -> Response:
        posts.append({"headers": dict(request.headers), "body": (await request.body()).decode()})
        return Response(status_code=204)

    async def received(_: Request) -> Response:
        answer = JSONResponse(posts)
        posts.clear()
        return answer

    async def counted(request: Request) -> Response:
        """Cacheable; the answer is how often the server was really requested."""
        hits.append(request.url.query)
        return Response(str(hits.count(request.url.query)), headers={"Cache-Control": "max-age=3600", "ETag": '"1"'})

    async def tests(_: Request) -> Response:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            for path in (path for pattern in _INSIDE for path in HERE.glob(pattern)):
                file.write(path, f"tests/contract/{path.name}")
        return Response(archive.getvalue(), media_type="application/zip")

    async def wheel(_: Request) -> Response:
        return FileResponse(next(dist.glob("*.whl")))

    routes: list[BaseRoute] = [Route(f"/{name}", _file(name)) for name in _FILES]
    routes += [
        Route("/tests.zip", tests),
        Route("/widget.whl", wheel),
        Route("/collect", collect, methods=["POST"]),
        Route("/telemetry", lambda _: Response(status_code=204), methods=["POST"]),
        Route("/received", received),
        Route("/counted", counted),
        Route("/ok", lambda _: Response(OK_TEXT.encode())),
        Route("/error", lambda _: Response("broken", 500)),
        Route("/moved", lambda _: RedirectResponse("/ok")),
        Route("/empty", lambda _: Response(status_code=204)),
        Route("/latin", lambda _: Response(b"caf\xe9 \xff ok")),
        Route("/large", lambda _: Response("x" * LARGE_BYTES)),
        Route("/headers", lambda request: JSONResponse(dict(request.headers))),
        Route("/slow", _slow),
        Route("/slow-body", lambda _: StreamingResponse(_stalling())),
        Route("/endless", lambda _: StreamingResponse(_endless())),
        Route("/api/widgets/w1/public", lambda _: JSONResponse(_CONTENT)),
        Mount("/cut", _cut),
        Mount("/pyodide", StaticFiles(directory=dist / "pyodide")),
    ]
    return Starlette(routes=routes)


def _file(name: str):
    return lambda _: FileResponse(HERE / name)


async def _slow(request: Request) -> Response:
    while not await request.is_disconnected():
        await asyncio.sleep(0.05)
    return Response()


async def _stalling() -> AsyncIterator[bytes]:
    yield b"the beginning"
    await asyncio.Event().wait()  # until the browser goes


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 4096
        await asyncio.sleep(0)


async def _cut(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Ends before the end of its body."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the beginning", "more_body": True})
