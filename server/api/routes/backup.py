"""GET /backup: accounts and events of one moment, for the command `backup` while a server runs."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from ...store.backup import backup as pieces_of
from ..http.access import Operator
from ..http.errors import error_responses
from ..services import ServicesDep

router = APIRouter(tags=["operation"])
TAR = "application/x-tar"


@router.get(
    "/backup",
    response_class=Response,
    responses={
        200: {"description": "A tar; whole if its last file is manifest.json.", "content": {TAR: {}}},
        **error_responses(403),
    },
)
async def backup(_: Operator, services: ServicesDep) -> StreamingResponse:
    """All accounts and all events that were acknowledged so far, as one tar. It comes a day at a time."""
    until = datetime.now(UTC)
    await services.writer.flush()  # what was stamped until then is stored now
    return StreamingResponse(pieces_of(services.store, services.control, until), media_type=TAR)
