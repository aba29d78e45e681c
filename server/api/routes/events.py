"""GET /events: the newest stored rows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from ..http.access import Operator
from ..http.errors import error_responses
from ..schemas import answers
from ..schemas.words import MUST_BE
from ..services import ServicesDep

MAX_EVENTS = 1000  # in one answer

router = APIRouter(tags=["operation"])


@router.get("/events", response_model=answers.Events, responses=error_responses(400, 403))
async def events(
    operator: Operator,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=MAX_EVENTS, description=MUST_BE["limit"])] = 10,
) -> object:
    """The newest rows of all accounts. Queued rows are stored first. Each row stands for count * weight events.

    The audit trail says that the operator read them.
    """
    await run_in_threadpool(services.audit.note_reading, operator.actor, limit)
    await services.writer.flush()
    return {"events": await run_in_threadpool(services.store.query, "newest_events", limit=limit)}
