"""The audit trail, of an account or of all: who changed what, and when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from ..http.access import Operator, SeenAccount
from ..http.errors import error_responses
from ..schemas import answers
from ..schemas.words import MUST_BE
from ..services import ServicesDep

MAX_ENTRIES = 1000  # in one answer

Limit = Annotated[int, Query(ge=1, le=MAX_ENTRIES, description=MUST_BE["limit"])]
Before = Annotated[int | None, Query(ge=1, le=2**53, description="Older than the entry of this id.")]

router = APIRouter(tags=["accounts"])


@router.get("/accounts/{account}/audit", response_model=answers.AuditEntries, responses=error_responses(400, 404))
def audit(account: SeenAccount, services: ServicesDep, limit: Limit = 100, before: Before = None) -> object:
    """The account's changes of the last 90 days, the newest first."""
    return {"entries": services.audit.entries(account.id, limit=limit, before=before)}


@router.get("/audit", response_model=answers.AuditEntries, responses=error_responses(400, 403))
def audit_of_all(_: Operator, services: ServicesDep, limit: Limit = 100, before: Before = None) -> object:
    """Those of every account, and what concerns none, such as an operator's token."""
    return {"entries": services.audit.entries(limit=limit, before=before)}
