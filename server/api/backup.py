"""GET /backup: accounts and events of one moment, for the command `backup` while a server runs."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from ..store.backup import backup as pieces_of
from .access import Operator
from .errors import refusals
from .services import Serving

router = APIRouter(tags=["operation"])
TAR = "application/x-tar"


@router.get(
    "/backup",
    response_class=Response,
    responses={
        200: {"description": "A tar; whole if its last file is manifest.json.", "content": {TAR: {}}},
        **refusals(403),
    },
)
async def backup(_: Operator, at: Serving) -> StreamingResponse:
    """All accounts and all events that were acknowledged so far, as one tar. It comes a day at a time."""
    until = datetime.now(UTC)
    await at.writer.flush()  # what was stamped until then is stored now
    return StreamingResponse(pieces_of(at.store, at.control, until), media_type=TAR)
