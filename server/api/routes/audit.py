"""The audit trail of an account or of all accounts: who changed what, and when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from ..http.access import Operator, VisibleAccount
from ..http.errors import error_responses
from ..schemas import answers
from ..schemas.words import MUST_BE
from ..services import ServicesDep

MAX_ENTRIES = 1000  # in one answer

Limit = Annotated[int, Query(ge=1, le=MAX_ENTRIES, description=MUST_BE["limit"])]
Before = Annotated[int | None, Query(ge=1, le=2**53, description="Only entries older than this entry's id.")]

router = APIRouter(tags=["accounts"])


@router.get("/accounts/{account}/audit", response_model=answers.AuditEntries, responses=error_responses(400, 404))
def audit(account: VisibleAccount, services: ServicesDep, limit: Limit = 100, before: Before = None) -> object:
    """The account's changes of the last 90 days, the newest first."""
    return {"entries": services.audit.entries(account.id, limit=limit, before=before)}


@router.get("/audit", response_model=answers.AuditEntries, responses=error_responses(400, 403))
def audit_of_all(_: Operator, services: ServicesDep, limit: Limit = 100, before: Before = None) -> object:
    """The changes of all accounts, and those of no account, such as a new operator's token."""
    return {"entries": services.audit.entries(limit=limit, before=before)}
