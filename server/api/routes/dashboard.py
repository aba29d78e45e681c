"""The figures of a time range: the dashboard, and one error code of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter

from ..http.access import VisibleAccount
from ..http.errors import error_responses
from ..schemas.dashboard_query import DashboardQuery
from ..schemas.figures import Dashboard, ErrorCode
from ..services import ServicesDep

CODE = "^[A-Z][A-Z0-9_]{0,47}$"

router = APIRouter(tags=["figures"])


@router.get("/accounts/{account}/dashboard", response_model=Dashboard, responses=error_responses(400, 404))
def dashboard(account: VisibleAccount, query: Annotated[DashboardQuery, Query()], services: ServicesDep) -> object:
    """Loads, errors, load times and interactions, weighted by their sampling rates, with 95 % intervals.

    The answer has the figures of the whole range and their change against the period before; over time, by widget, by
    layout and by version; the number of errors by code; the distribution of load times; and what changed in the range.
    The points over time are as close together as their page views allow: most have 20, unless `has_enough` is false.
    Nothing is told of fewer than 20 page views. Therefore `from` and `to` are the nearest moments that divide the page
    views into groups of 20 or more; each line of a table has its own.
    """
    now = datetime.now(UTC)
    return services.overviews.of(query.question(account.id, now), now)


@router.get("/accounts/{account}/errors/{code}", response_model=ErrorCode, responses=error_responses(400, 404))
def error(
    account: VisibleAccount,
    code: Annotated[str, PathParameter(pattern=CODE, description="An error code.", examples=["API_ERROR"])],
    query: Annotated[DashboardQuery, Query()],
    services: ServicesDep,
) -> object:
    """The number of errors with this code: in the whole range, over time, by widget and by version."""
    return services.overviews.of_code(query.question(account.id, datetime.now(UTC)), code)
