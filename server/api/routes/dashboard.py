"""The figures of a time range: the dashboard, and one error code of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter

from ...figures.error_code import error_code
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
    A figure of fewer than 20 rows is `too_few` and has no value.
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
    question = query.question(account.id, datetime.now(UTC))
    return error_code(services.store, replace(question, exclusions=tuple(services.exclusions.of(account.id))), code)
