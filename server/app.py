"""The collector's routes: what is asked, what is answered, and with which headers."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from . import public_content
from .content_files import ContentFiles
from .errors import BrokenContentError, StoreError, UnknownWidgetError
from .ingest.accept import Judge
from .ingest.floods import Floods
from .ingest.refusals import Refusals
from .ingest.telemetry import Telemetry
from .ingest.writer import Writer
from .public_content import chosen_design
from .store.store import Store
from .tokens import is_bearer

MAX_EVENTS = 1000  # in one answer
NO_STORE = {"Cache-Control": "no-store"}
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}  # and never credentials: there are none to send
CONTENT = ANY_ORIGIN | {
    "Cache-Control": "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400",
    "Timing-Allow-Origin": "*",
}
COMPRESSED = Middleware(GZipMiddleware, compresslevel=6)  # a drawing repeats itself: a fifth of it travels
BROKEN = "The content of this widget is broken; the server's log says where."
NO_TOKEN = "Send the header Authorization: Bearer with the token of the server's operator.token."

log = logging.getLogger(__name__)


def create_app(store: Store, content: ContentFiles, operator_token: str, durability: str = "durable") -> ASGIApp:
    """The application; when it stops, what waits is committed to the store first."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        writer, refusals = Writer(store.insert, durability), Refusals()
        writer.on_commit(lambda rows: refusals.stored(len(rows)))
        app.state.store, app.state.writer, app.state.refusals = store, writer, refusals
        app.state.telemetry = Telemetry(Judge(content, Floods(), refusals), writer, refusals)
        app.state.content, app.state.operator_token = content, operator_token
        yield
        await writer.close()

    others = Starlette(
        routes=[
            Route("/api/widgets/{widget}/public", widget_content, middleware=[COMPRESSED]),
            Route("/api/v1/events", newest_events),
            Route("/health", health),
        ],
        lifespan=lifespan,
        exception_handlers={HTTPException: _http_error},
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # What comes by the thousand a second goes past the framework, which would cost more than all the rest.
        is_telemetry = scope["type"] == "http" and scope["path"] == "/telemetry"
        await (others.state.telemetry if is_telemetry else others)(scope, receive, send)

    return app


async def widget_content(request: Request) -> Response:
    """GET /api/widgets/{widget}/public?layout=list: the content and its drawing in the asked-for design, for anyone."""
    files: ContentFiles = request.app.state.content
    try:
        content = files.get(request.path_params["widget"]).content
    except UnknownWidgetError:
        return JSONResponse({"error": "There is no widget of this id."}, 404, ANY_ORIGIN | NO_STORE)
    except BrokenContentError:
        return JSONResponse({"error": BROKEN}, 500, ANY_ORIGIN | NO_STORE)
    answer = public_content.answer(content, chosen_design(request.query_params, content.design))
    headers = CONTENT | {"ETag": answer.etag}
    known = request.headers.get("if-none-match", "")
    if answer.etag in [tag.strip().removeprefix("W/") for tag in known.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(answer.body, headers=headers, media_type="application/json")


async def newest_events(request: Request) -> Response:
    """GET /api/v1/events?limit=10: the newest stored rows, what waits included, for the operator."""
    if not is_bearer(request.headers.get("authorization", ""), request.app.state.operator_token):
        return JSONResponse({"error": NO_TOKEN}, 401, NO_STORE | {"WWW-Authenticate": "Bearer"})
    limit = _whole_number(request.query_params.get("limit", "10"))
    if not 1 <= limit <= MAX_EVENTS:
        return JSONResponse({"error": f"limit must be a whole number from 1 to {MAX_EVENTS}."}, 400, NO_STORE)
    await request.app.state.writer.flush()
    try:
        events = await run_in_threadpool(request.app.state.store.query, "newest_events", limit=limit)
    except StoreError as error:
        log.error("%s", error)
        return JSONResponse({"error": str(error)}, 503, NO_STORE)
    return JSONResponse({"events": events}, headers=NO_STORE)


async def health(request: Request) -> Response:
    """GET /health: 200 while rows can be stored, else 503; the figures count since the start."""
    writer: Writer = request.app.state.writer
    refusals: Refusals = request.app.state.refusals
    figures = {
        "status": "store_failing" if writer.is_failing else "ok",
        "queued_rows": writer.queued_rows,
        "written_rows": writer.written_rows,
        "refused": dict(sorted(refusals.reasons.items())),
    }
    return JSONResponse(figures, 503 if writer.is_failing else 200, NO_STORE)


def _whole_number(text: str) -> int:
    """The number, or 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # it is registered for no other
    headers = ANY_ORIGIN | NO_STORE | dict(error.headers or {})
    return JSONResponse({"error": f"{error.detail}."}, error.status_code, headers)
