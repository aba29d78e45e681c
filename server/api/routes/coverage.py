"""How many loads were heard from, of the content answers given; and which widgets pages have asked for at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from ..http.access import VisibleAccount
from ..http.errors import error_responses
from ..schemas.coverage import Coverage, Seen
from ..schemas.dashboard_query import DashboardQuery
from ..services import ServicesDep

router = APIRouter(tags=["figures"])


@router.get("/accounts/{account}/coverage", response_model=Coverage, responses=error_responses(400, 404))
async def coverage(account: VisibleAccount, query: Annotated[DashboardQuery, Query()], services: ServicesDep) -> object:
    """The loads that the account heard from beside the content answers that the server gave, by whole hours.

    Takes the dashboard's parameters; content answers have no layout and no version, so these filter nothing. `from` and
    `to` are the nearest whole hours that divide the page views, and the answers, into groups of 20 or more. Therefore
    nothing is told of an hour before it is over and 20 page views came after it.
    """
    question = query.question(account.id, datetime.now(UTC))
    await services.content_answers.flush()
    return await run_in_threadpool(services.coverage.of, question)


@router.get("/accounts/{account}/seen", response_model=Seen, responses=error_responses(404))
async def seen(account: VisibleAccount, services: ServicesDep) -> object:
    """The widgets for whose content a page has asked, be it in the sample or not. Nothing more is told of it."""
    await services.content_answers.flush()
    rows = await run_in_threadpool(services.store.query, "seen_widgets", account=account.id)
    asked_for = {row["widget"] for row in rows}
    return {"widgets": [widget for widget in services.widgets.of(account.id) if widget in asked_for]}
