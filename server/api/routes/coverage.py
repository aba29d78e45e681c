"""GET /accounts/{account}/coverage: how many loads were heard from, of the content answers given."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from ..http.access import VisibleAccount
from ..http.errors import error_responses
from ..schemas.coverage import Coverage
from ..schemas.dashboard_query import DashboardQuery
from ..services import ServicesDep

router = APIRouter(tags=["figures"])


@router.get("/accounts/{account}/coverage", response_model=Coverage, responses=error_responses(400, 404))
async def coverage(account: VisibleAccount, query: Annotated[DashboardQuery, Query()], services: ServicesDep) -> object:
    """The loads that the account heard from beside the content answers that the server gave, by whole hours.

    Takes the dashboard's parameters; content answers have no layout and no version, so these filter nothing.
    """
    question = query.question(account.id, datetime.now(UTC))
    await services.content_answers.flush()
    return await run_in_threadpool(services.coverage.of, question)
