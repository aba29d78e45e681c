"""GET /accounts/{account}/live: a stream that says when there is something new to ask for."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from ...errors import ControlError
from ..http.access import SeenAccount
from ..http.errors import error_responses
from ..services import Services, ServicesDep

EVERY_S = 1.0  # at most one event in so long
SIGN_OF_LIFE_EVERY_S = 10.0
RETRY_MS = 2000

# Of each event. Which of its fields there are is said as OpenAPI 3.2 does; 3.1 has no words for streams.
EVENT = {
    "type": "object",
    "properties": {
        "event": {"const": "commit"},
        "id": {"type": "string", "examples": ["1790000000000-12"]},
        "data": {"type": "string", "contentMediaType": "application/json", "examples": ['{"rows": 12}']},
    },
    "required": ["event", "id", "data"],
}
STREAM = {"text/event-stream": {"schema": EVENT}}

router = APIRouter(tags=["figures"])


@router.get(
    "/accounts/{account}/live",
    response_class=StreamingResponse,
    responses={200: {"content": STREAM, "description": "Server-sent events."}, **error_responses(404)},
)
async def live(
    account: SeenAccount,
    request: Request,
    services: ServicesDep,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", description="Where to go on.")] = None,
) -> StreamingResponse:
    """Says `commit`, at most once a second, when rows of the account were stored, and how many.

    It ends when the server stops and when the token is revoked. With the last event's id in Last-Event-ID, the rows
    that came in between are told first. Every ten seconds without an event a comment says that it is still there.
    """
    mark = services.commits.mark(account.id) if last_event_id is None else services.commits.known(last_event_id)
    stream = _events(account.id, mark, services, request.state.token_text)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _events(account: str, mark: str, services: Services, token: str) -> AsyncIterator[bytes]:
    yield format_sse_event(retry=RETRY_MS, id=mark)  # so that one that breaks before its first event goes on, too
    quiet_s = 0.0
    while await _is_allowed(services, token):
        if rows := services.commits.since(account, mark):
            mark, quiet_s = services.commits.mark(account), 0.0
            yield format_sse_event(event="commit", data_str=json.dumps({"rows": rows}), id=mark)
        elif quiet_s >= SIGN_OF_LIFE_EVERY_S:
            quiet_s = 0.0
            yield format_sse_event(comment="still here")
        if not await services.commits.wait(EVERY_S):
            return
        quiet_s += EVERY_S


async def _is_allowed(services: Services, token: str) -> bool:
    try:
        return await run_in_threadpool(services.tokens.check, token) is not None
    except ControlError:  # a moment in which the file cannot be read revokes nothing
        return True
