"""The collector's routes: what is asked, what is answered, and with which headers."""

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
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}  # and never credentials: there are none to send
CONTENT = ANY_ORIGIN | {
    # Asked for anew by every page: it carries the account's setting, which holds from the next page load on.
    "Cache-Control": "public, max-age=0, stale-if-error=86400",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
COMPRESSED = Middleware(GZipMiddleware, compresslevel=6)  # a drawing repeats itself: a fifth of it travels
BROKEN = "The content of this widget is broken; the server's log says where."

log = logging.getLogger(__name__)


def create_app(
    store: Store, control: ControlDatabase, content: ContentFiles, config: Config, commits: Commits
) -> ASGIApp:
    """The application; when it stops, what waits is committed to the store first.

    `config` has `dist`, `cdn_url` and `public_url` filled in. `commits.end()` ends the live streams, which would
    outlast the server.
    """
    api = create_api()

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
        writer, counters = Writer(store.insert, config.durability, store.probe), Counters()
        writer.on_commit(lambda rows: counters.count_stored(len(rows)))
        writer.on_commit(commits.count)
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
        yield {"counters": counters, "telemetry": app.state.telemetry}  # where a connection finds them
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
    others.router.redirect_slashes = False  # it would send people to whatever host their request names

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # What comes by the thousand a second goes past the framework, which would cost more than all the rest.
        is_telemetry = scope["type"] == "http" and scope["path"] == "/telemetry"
        await (others.state.telemetry if is_telemetry else others)(scope, receive, send)

    return app


async def widget_content(request: Request) -> Response:
    """GET /api/widgets/{widget}/public?layout=list: the content and its drawing in the asked-for design, for anyone."""
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
        return JSONResponse({"error": "The server's log says why no widget can be had."}, 503, ANY_ORIGIN | NO_STORE)
    answer = public_content.answer(content, chosen_design(request.query_params, content.design))
    headers = CONTENT | {"ETag": answer.etag}
    known = request.headers.get("if-none-match", "")
    if answer.etag in [tag.strip().removeprefix("W/") for tag in known.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(answer.body, headers=headers, media_type="application/json")


async def health(request: Request) -> Response:
    """GET /health: 200 while rows can be stored, else 503; the figures count since the start."""
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
    assert isinstance(error, HTTPException)  # it is registered for no other
    headers = ANY_ORIGIN | NO_STORE | dict(error.headers or {})
    return JSONResponse({"error": f"{error.detail}."}, error.status_code, headers)
