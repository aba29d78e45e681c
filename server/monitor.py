"""What a monitor asks: GET /health, whether rows can be stored, and GET /metrics."""

from __future__ import annotations

import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from .api.http.access import bearer
from .api.services import Services
from .errors import ControlError
from .metrics import MEDIA_TYPE, Metrics

NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
OPERATORS_ONLY = "Send the header Authorization: Bearer with an operator's token.\n"

log = logging.getLogger(__name__)


def routes() -> list[BaseRoute]:
    """The routes. The application's state must have `services` and `metrics` at the first request."""
    return [Route("/health", health), Route("/metrics", metrics)]


async def health(request: Request) -> Response:
    """200 while batches are taken, else 503. Counts are the operator's, at /api/v1/health."""
    services: Services = request.app.state.services
    is_down = services.writer.is_failing or not services.database.engine.is_current()
    status, code = ("down", 503) if is_down else ("up", 200)
    return JSONResponse({"status": status}, code, NO_STORE)


async def metrics(request: Request) -> Response:
    """The figures of metrics.py, for an operator's token."""
    figures: Metrics = request.app.state.metrics
    if not await _is_operator(request):
        return PlainTextResponse(OPERATORS_ONLY, 401, {**NO_STORE, "WWW-Authenticate": "Bearer"})
    return Response(await run_in_threadpool(figures.text), headers=NO_STORE, media_type=MEDIA_TYPE)


async def _is_operator(request: Request) -> bool:
    text = bearer(request.headers.get("authorization", ""))
    if not text:
        return False
    services: Services = request.app.state.services
    try:
        token = await run_in_threadpool(services.tokens.check, text)
    except ControlError as error:
        log.error("%s", error)
        return False
    return token is not None and token.scope == "operator"
