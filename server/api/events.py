"""GET /events: the newest stored rows, as they are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from . import models
from .access import Operator
from .errors import refusals
from .services import Serving
from .words import MUST_BE

MAX_EVENTS = 1000  # in one answer

router = APIRouter(tags=["operation"])


@router.get("/events", response_model=models.Events, responses=refusals(400, 403))
async def events(
    _: Operator, at: Serving, limit: Annotated[int, Query(ge=1, le=MAX_EVENTS, description=MUST_BE["limit"])] = 10
) -> object:
    """The newest rows of all accounts, what waits to be stored included. Each stands for count * weight events."""
    await at.writer.flush()
    return {"events": await run_in_threadpool(at.store.query, "newest_events", limit=limit)}
