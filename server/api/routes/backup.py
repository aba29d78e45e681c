"""GET /backup: the accounts and events of one moment. The command `backup` uses it while the server runs."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from ...store.backup import backup as backup_chunks
from ..http.access import Operator
from ..http.errors import error_responses
from ..services import ServicesDep

router = APIRouter(tags=["operation"])
TAR = "application/x-tar"


@router.get(
    "/backup",
    response_class=Response,
    responses={
        200: {"description": "A tar. It is complete if its last file is manifest.json.", "content": {TAR: {}}},
        **error_responses(403),
    },
)
async def backup(_: Operator, services: ServicesDep) -> StreamingResponse:
    """All accounts, and all events that were acknowledged so far, as one tar. It is sent day by day."""
    until = datetime.now(UTC)
    await services.writer.flush()  # stores all rows with a time up to `until`
    return StreamingResponse(backup_chunks(services.store, services.database.place, until), media_type=TAR)
