"""The server's application: its routes, their headers, and its parts at run time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from . import console_files, embed_files, public_content
from .api.app import create_api
from .api.services import Services
from .config import Config
from .content_files import ContentFiles
from .control.accounts import Accounts
from .control.audit import Audit
from .control.database import ControlDatabase
from .control.tokens import Tokens
from .control.upkeep import expire_daily
from .control.widget_owners import WidgetOwners
from .control.widgets import Widgets
from .errors import BrokenContentError, ControlError, UnknownWidgetError
from .figures.dashboard import Dashboards
from .ingest.batch_reader import BatchReader
from .ingest.commits import Commits
from .ingest.counters import Counters
from .ingest.rate_limits import RateLimits
from .ingest.telemetry import Telemetry
from .ingest.writer import Writer
from .public_content import chosen_design
from .store.store import Store

NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}  # and never credentials, because there are none
CONTENT = ANY_ORIGIN | {
    # Each page view asks again, because a change of the account's setting takes effect at the next page load.
    "Cache-Control": "public, max-age=0, stale-if-error=86400",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
COMPRESSED = Middleware(GZipMiddleware, compresslevel=6)  # leaves a fifth of a drawing
BROKEN = "The content of this widget is broken; the server's log says where."
UNAVAILABLE = "No widget can be served now; the server's log says why."

log = logging.getLogger(__name__)


def create_app(
    store: Store, control: ControlDatabase, content: ContentFiles, config: Config, commits: Commits
) -> ASGIApp:
    """The application. When it stops, it commits the queued rows to the store first.

    `config` must have `cdn_url` and `public_url` filled in. Call `commits.end()` before the server stops: it ends the
    live streams, for which the server would wait.
    """
    api = create_api()

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
        writer, counters = Writer(store.insert, config.durability, store.probe), Counters()
        writer.on_commit(lambda rows: counters.count_stored(len(rows)))
        writer.on_commit(commits.note)
        app.state.writer, app.state.counters = writer, counters
        widget_owners = WidgetOwners(control)
        app.state.telemetry = Telemetry(BatchReader(widget_owners, RateLimits(), counters), writer, counters)
        app.state.widget_owners, app.state.content = widget_owners, content
        api.state.services = Services(
            accounts=Accounts(control),
            widgets=Widgets(control),
            tokens=Tokens(control),
            audit=Audit(control),
            store=store,
            control=control.path,
            dashboards=Dashboards(store),
            writer=writer,
            counters=counters,
            commits=commits,
            cdn_url=config.cdn_url,
            public_url=config.public_url,
        )
        upkeep = asyncio.create_task(expire_daily(control))
        yield {"counters": counters, "telemetry": app.state.telemetry}  # for Connection and ShortCut
        upkeep.cancel()
        await writer.close()

    others = Starlette(
        routes=[
            Route("/api/widgets/{widget}/public", widget_content, middleware=[COMPRESSED]),
            Mount("/api/v1", api),
            Route("/health", health),
            *console_files.console(config.dist),
            *embed_files.embed_files(config.dist),
        ],
        lifespan=lifespan,
        exception_handlers={HTTPException: _http_error},
    )
    others.router.redirect_slashes = False  # a redirect would go to the host that the request names

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # Telemetry bypasses the framework, which would cost more than the rest of a request.
        is_telemetry = scope["type"] == "http" and scope["path"] == "/telemetry"
        await (others.state.telemetry if is_telemetry else others)(scope, receive, send)

    return app


async def widget_content(request: Request) -> Response:
    """GET /api/widgets/{widget}/public?layout=list: the content with a drawing in that design, for anyone."""
    files: ContentFiles = request.app.state.content
    widget_owners: WidgetOwners = request.app.state.widget_owners
    widget = request.path_params["widget"]
    try:
        account = widget_owners.account_of(widget)
        content = replace(files.get(widget), telemetry=account.telemetry)
    except UnknownWidgetError:
        return JSONResponse({"error": "There is no widget of this id."}, 404, ANY_ORIGIN | NO_STORE)
    except BrokenContentError:
        return JSONResponse({"error": BROKEN}, 500, ANY_ORIGIN | NO_STORE)
    except ControlError as error:
        log.error("%s", error)
        return JSONResponse({"error": UNAVAILABLE}, 503, ANY_ORIGIN | NO_STORE)
    answer = public_content.answer(content, chosen_design(request.query_params, content.design))
    headers = CONTENT | {"ETag": answer.etag}
    cached_tags = request.headers.get("if-none-match", "").split(",")
    if answer.etag in [tag.strip().removeprefix("W/") for tag in cached_tags]:
        return Response(status_code=304, headers=headers)
    return Response(answer.body, headers=headers, media_type="application/json")


async def health(request: Request) -> Response:
    """GET /health: 200 while rows can be stored, else 503. The counts are since the server's start."""
    writer: Writer = request.app.state.writer
    counters: Counters = request.app.state.counters
    figures = {
        "status": writer.status,
        "problem": writer.problem,
        "queued_rows": writer.queued_rows,
        "written_rows": writer.written_rows,
        "refused": dict(sorted(counters.reasons.items())),
    }
    return JSONResponse(figures, 503 if writer.is_failing else 200, NO_STORE)


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # the only type it is registered for
    headers = ANY_ORIGIN | NO_STORE | dict(error.headers or {})
    return JSONResponse({"error": f"{error.detail}."}, error.status_code, headers)
