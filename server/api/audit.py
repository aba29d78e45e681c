"""GET /accounts/{account}/audit: who changed what, and when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from . import models
from .access import SeenAccount
from .errors import refusals
from .services import Serving
from .words import MUST_BE

MAX_ENTRIES = 1000  # in one answer

router = APIRouter(tags=["accounts"])


@router.get("/accounts/{account}/audit", response_model=models.AuditEntries, responses=refusals(400, 404))
def audit(
    account: SeenAccount,
    at: Serving,
    limit: Annotated[int, Query(ge=1, le=MAX_ENTRIES, description=MUST_BE["limit"])] = 100,
    before: Annotated[int | None, Query(ge=1, le=2**53, description="Older than the entry of this id.")] = None,
) -> object:
    """The changes of the last 90 days, the newest first."""
    return {"entries": at.audit.entries(account.id, limit=limit, before=before)}
