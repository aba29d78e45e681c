"""GET /accounts/{account}/live: a stream of server-sent events that announces new rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from ...errors import ControlError
from ..http.access import VisibleAccount
from ..http.errors import error_responses
from ..services import Services, ServicesDep

EVENT_INTERVAL_S = 1.0  # at most one event in this time
COMMENT_INTERVAL_S = 10.0  # a comment after this time without an event
RETRY_MS = 2000  # when a browser reconnects

# The schema of one event, in the way of OpenAPI 3.2, because 3.1 cannot describe streams.
EVENT = {
    "type": "object",
    "properties": {
        "event": {"const": "commit"},
        "id": {"type": "string", "examples": ["1790000000000-12"]},
        "data": {"type": "string", "contentMediaType": "application/json", "examples": ["{}"]},
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
    account: VisibleAccount,
    request: Request,
    services: ServicesDep,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", description="Resume after this event.")] = None,
) -> StreamingResponse:
    """Sends the event `commit`, at most once a second, if rows of the account were stored. It does not say how many.

    The stream ends when the server stops or the token is revoked. With the last event's id in Last-Event-ID, the
    stream starts with an event if rows were stored since then. After ten seconds without an event it sends a comment.
    """
    mark = services.commits.mark() if last_event_id is None else services.commits.resume_mark(last_event_id)
    stream = _events(account.id, mark, services, request.state.token_text)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _events(account: str, mark: str, services: Services, token: str) -> AsyncIterator[bytes]:
    yield format_sse_event(retry=RETRY_MS, id=mark)  # lets a stream resume that breaks before its first event
    quiet_s = 0.0
    while await _is_allowed(services, token):
        if services.commits.has_new(account, mark):
            mark, quiet_s = services.commits.mark(), 0.0
            yield format_sse_event(event="commit", data_str="{}", id=mark)
        elif quiet_s >= COMMENT_INTERVAL_S:
            quiet_s = 0.0
            yield format_sse_event(comment="still here")
        if not await services.commits.wait(EVENT_INTERVAL_S):
            return
        quiet_s += EVENT_INTERVAL_S


async def _is_allowed(services: Services, token: str) -> bool:
    try:
        return await run_in_threadpool(services.tokens.check, token) is not None
    except ControlError:  # if the file cannot be read for a moment, the stream goes on
        return True
